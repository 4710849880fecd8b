import type { ConditionName } from '../decision.ts'
import type { InsiderRiskLevel, Policy, RiskLevel } from '../policy.ts'
import type { PolicySource } from '../policy-set.ts'
import type { SignIn } from '../sign-in.ts'
import { valueCondition, type Condition, type WhatIfCondition } from './condition.ts'

/** How likely it is that somebody else signs in. Exact levels, not a threshold. */
export const signInRiskLevels = risk({
  name: 'signInRisk',
  whatIf: { reason: () => 'signInRisk', isGiven: (given) => given.signInRiskLevel !== undefined },
  levels: ({ conditions }) => conditions.signInRiskLevels,
  level: ({ conditions }) => conditions.signInRiskLevel,
  words: 'the sign-in risk is',
  isLicensed: ({ licence }) => licence !== 'P1',
})

/** How likely it is that the account has been taken over. */
export const userRiskLevels = risk({
  name: 'userRisk',
  whatIf: { reason: () => 'userRisk', isGiven: (given) => given.userRiskLevel !== undefined },
  levels: ({ conditions }) => conditions.userRiskLevels,
  level: ({ conditions }) => conditions.userRiskLevel,
  words: 'the user risk is',
  isLicensed: ({ licence }) => licence !== 'P1',
})

/** How likely it is that a workload identity has been taken over. */
export const servicePrincipalRiskLevels = risk({
  name: 'servicePrincipalRisk',
  whatIf: { reason: () => 'workloadIdentities', isGiven: (given) => given.servicePrincipalRiskLevel !== undefined },
  levels: ({ conditions }) => conditions.servicePrincipalRiskLevels,
  level: ({ conditions }) => conditions.servicePrincipalRiskLevel,
  words: "the service principal's risk is",
})

/** What Purview makes of the user's behaviour. */
export const insiderRiskLevels = risk<InsiderRiskLevel | 'none'>({
  name: 'insiderRisk',
  whatIf: { reason: () => 'insiderRisk', isGiven: (given) => given.insiderRiskLevel !== undefined },
  levels: ({ conditions }) => conditions.insiderRiskLevels ?? [],
  level: ({ conditions }) => conditions.insiderRiskLevel,
  words: 'the insider risk is',
  rule: 'insiderRisk',
})

type Risk<Level> = {
  readonly name: ConditionName
  readonly whatIf: WhatIfCondition
  levels(policy: Policy): readonly Level[]
  level(signIn: SignIn): Level
  readonly words: string
  /** Without the licence a policy that names the risk never matches (reference 1.1). */
  isLicensed?(source: PolicySource): boolean
  readonly rule?: string
}

function risk<Level extends string = RiskLevel>({ name, whatIf, levels, level, words, isLicensed, rule }: Risk<Level>): Condition {
  return valueCondition<{ readonly levels: readonly Level[]; readonly isLicensed: boolean }, Level>({
    names: [name],
    weight: 6,
    whatIf,
    member: (policy, source) => {
      const listed = levels(policy)

      return listed.length === 0 ? null : { levels: listed, isLicensed: isLicensed?.(source) ?? true }
    },
    value: level,
    holds: (member, shown) => member.isLicensed && member.levels.includes(shown),
    rules: (member, shown) =>
      rule && member.levels.includes(shown) ? { include: [{ conditionalAccessCondition: name, ruleSatisfied: rule }] } : {},
    words: (shown, member) => (member.isLicensed ? `${words} ${shown}` : 'risk conditions need the P2 licence'),
  })
}
