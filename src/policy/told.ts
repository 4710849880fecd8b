import type { ConditionName, PolicyStanding, RuleSatisfied } from './decision.ts'
import { has } from './bits.ts'
import type { CompiledPolicy } from './compile.ts'
import type { Finding } from './conditions/condition.ts'
import type { Ruling } from './ruling.ts'

/** What one policy's conditions said about a sign-in, as the decision tells it. */
export type Told = {
  readonly conditionsSatisfied: readonly ConditionName[]
  readonly conditionsNotSatisfied: readonly ConditionName[]
  readonly includeRulesSatisfied: readonly RuleSatisfied[]
  readonly excludeRulesSatisfied: readonly RuleSatisfied[]
  /** The first condition that does not hold, as the service looks at them; null = all hold. */
  readonly hindrance: number | null
  /** The standing of a policy that does not apply, where it would read the same again. */
  standing: PolicyStanding | null
  readonly answers: readonly Answer[]
}

/** What a condition answered, so far as the telling depends on it. */
type Answer = { readonly finding: Finding | null; readonly holds: boolean; readonly include: readonly RuleSatisfied[]; readonly exclude: readonly RuleSatisfied[] }

/** The same answers as lately are told in the same values; a tenant's sign-ins are mostly alike. */
export function toldAbout(ruling: Ruling, compiled: CompiledPolicy, position: number): Told {
  const { lately } = compiled
  for (let at = 0; at < lately.length; at++) if (isToldAgain(ruling, compiled, position, lately[at]!)) return lately[at]!
  const told = tell(ruling, compiled, position)
  if (lately.length >= mostRemembered) lately.length = 0
  lately.push(told)

  return told
}

const mostRemembered = 8

function isToldAgain({ findings }: Ruling, { configured }: CompiledPolicy, position: number, { answers }: Told): boolean {
  for (let at = 0; at < configured.length; at++) {
    const finding = findings[configured[at]!]!
    const answer = answers[at]!
    if (finding === answer.finding) continue
    if (finding.isShared || has(finding.holds, position) !== answer.holds) return false
    if (finding.include(position) !== answer.include || finding.exclude(position) !== answer.exclude) return false
  }

  return true
}

function tell({ compiled: { conditions }, findings }: Ruling, { configured }: CompiledPolicy, position: number): Told {
  const answers = configured.map((index): Answer => {
    const finding = findings[index]!

    return { finding: finding.isShared ? finding : null, holds: has(finding.holds, position), include: finding.include(position), exclude: finding.exclude(position) }
  })
  const names = (wanted: boolean) => Object.freeze(configured.filter((_, at) => answers[at]!.holds === wanted).flatMap((index) => conditions[index]!.condition.names))

  return {
    conditionsSatisfied: names(true),
    conditionsNotSatisfied: names(false),
    includeRulesSatisfied: Object.freeze(answers.flatMap(({ include }) => include)),
    excludeRulesSatisfied: Object.freeze(answers.flatMap(({ exclude }) => exclude)),
    hindrance: configured.find((_, at) => !answers[at]!.holds) ?? null,
    standing: null,
    answers,
  }
}
