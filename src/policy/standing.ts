import type { ConditionName, PolicyResult, PolicyStanding, RuleSatisfied } from './decision.ts'
import { has } from './bits.ts'
import type { CompiledPolicy } from './compile.ts'
import { stateOf, type Demand, type DemandState } from './demand.ts'
import { ever, evidenceOf } from './evidence.ts'
import { frequencyStateOf, hasSessionControls } from './frequency.ts'
import { isFrequencyPassed, questionOf } from './obstacles.ts'
import { reasonFor } from './reason.ts'
import type { Ruling } from './ruling.ts'
import { securityDefaultsId } from './security-defaults.ts'

/** Every policy's part in the decision, in display-name order. */
export function standingsOf(ruling: Ruling): PolicyStanding[] {
  const states = new Map<Demand, Applied>()

  return ruling.compiled.policies.map((compiled, position) => {
    const applies = has(ruling.applies, position)
    if (!compiled.isAwake) return asleep(ruling, compiled, applies)
    if (!applies || isUntestable(compiled)) return notApplied(ruling, compiled, position)
    const known = states.get(compiled.demand) ?? appliedState(ruling, compiled.demand)
    states.set(compiled.demand, known)

    return applied(ruling, compiled, position, known)
  })
}

/** How a policy that applies stands: its own demand, under its own sign-in frequency. */
export type Applied = { readonly state: DemandState; readonly isFrequencyPassed: boolean }

function appliedState(ruling: Ruling, demand: Demand): Applied {
  const { signIn, compiled, isMfaPending } = ruling
  const frequency = demand.frequency && hasSessionControls(signIn) ? frequencyStateOf(demand.frequency, signIn) : null
  const evidence = evidenceOf(signIn, compiled.source, frequency?.since ?? ever)

  return {
    state: stateOf(demand, questionOf(ruling, demand, evidence), isMfaPending),
    isFrequencyPassed: frequency !== null && isFrequencyPassed(ruling, frequency),
  }
}

function applied(ruling: Ruling, compiled: CompiledPolicy, position: number, standing: Applied): PolicyStanding {
  const { state, isFrequencyPassed: isPassed } = standing
  const isOwed = !state.isMet || isPassed
  const isImpossible = state.asks.some(({ judgement }) => judgement.kind === 'impossible')
  const results = compiled.policy.state === 'enabled' ? enforcedResults : reportOnlyResults

  return {
    ...heading(compiled),
    result: !isOwed ? results.met : isImpossible ? results.impossible : results.owed,
    applies: true,
    ...conditionsOf(ruling, compiled, position),
    controlsMet: state.met,
    controlsOwed: isPassed ? [...state.owed, 'signInFrequency'] : state.owed,
    controlsImpossible: state.impossible,
    grantControls: compiled.grantControls,
    sessionControls: compiled.sessionControls,
    reason: reasonFor(ruling, compiled, position, standing),
  }
}

type Results = { readonly met: PolicyResult; readonly owed: PolicyResult; readonly impossible: PolicyResult; readonly notApplied: PolicyResult }
const enforcedResults: Results = { met: 'success', owed: 'failure', impossible: 'failure', notApplied: 'notApplied' }
const reportOnlyResults: Results = { met: 'reportOnlySuccess', owed: 'reportOnlyInterrupted', impossible: 'reportOnlyFailure', notApplied: 'reportOnlyNotApplied' }

function notApplied(ruling: Ruling, compiled: CompiledPolicy, position: number): PolicyStanding {
  const results = compiled.policy.state === 'enabled' ? enforcedResults : reportOnlyResults

  return {
    ...heading(compiled),
    result: results.notApplied,
    applies: false,
    ...conditionsOf(ruling, compiled, position),
    ...noControls,
    grantControls: compiled.grantControls,
    sessionControls: compiled.sessionControls,
    reason: reasonFor(ruling, compiled, position, null),
  }
}

/** A disabled policy, or any in a tenant without the licence: the log shows it with nothing in it. */
function asleep({ compiled: { source } }: Ruling, compiled: CompiledPolicy, applies: boolean): PolicyStanding {
  const why = source.licence === 'none' ? 'is dormant: the tenant has no Conditional Access licence.' : 'is switched off.'

  return {
    ...heading(compiled),
    result: 'notEnabled',
    applies,
    conditionsSatisfied: [],
    conditionsNotSatisfied: [],
    includeRulesSatisfied: [],
    excludeRulesSatisfied: [],
    ...noControls,
    grantControls: [],
    sessionControls: [],
    reason: `"${compiled.policy.displayName}" ${why}`,
  }
}

/** Policies about user actions are not evaluated in report-only mode (reference 4.4). */
export function isUntestable({ policy }: CompiledPolicy): boolean {
  return policy.state === 'enabledForReportingButNotEnforced' && policy.conditions.applications.includeUserActions.length > 0
}

function heading({ policy: { id, displayName, state } }: CompiledPolicy) {
  return { id, displayName, state }
}

const noControls = { controlsMet: [], controlsOwed: [], controlsImpossible: [] }

function conditionsOf({ compiled: { conditions }, findings }: Ruling, { configured }: CompiledPolicy, position: number) {
  const conditionsSatisfied: ConditionName[] = []
  const conditionsNotSatisfied: ConditionName[] = []
  const includeRulesSatisfied: RuleSatisfied[] = []
  const excludeRulesSatisfied: RuleSatisfied[] = []
  for (const index of configured) {
    const finding = findings[index]!
    ;(has(finding.holds, position) ? conditionsSatisfied : conditionsNotSatisfied).push(...conditions[index]!.condition.names)
    const { include, exclude } = finding.explain(position)
    includeRulesSatisfied.push(...include)
    excludeRulesSatisfied.push(...exclude)
  }

  return { conditionsSatisfied, conditionsNotSatisfied, includeRulesSatisfied, excludeRulesSatisfied }
}

/** The part of security defaults, as the log writes it; null where they are off or not about this identity. */
export function securityDefaultsStanding({ compiled: { source }, signIn, securityDefaults: ask }: Ruling): PolicyStanding | null {
  if (!source.securityDefaults || signIn.identity.kind !== 'user') return null
  const wants = ask?.kind === 'owed' ? `ask for ${ask.challenge.kind === 'mfa' ? 'multifactor authentication' : 'a second factor to be registered'}` : ''

  return {
    id: securityDefaultsId,
    displayName: 'Security Defaults',
    state: 'enabled',
    result: ask === null ? 'success' : 'failure',
    applies: true,
    conditionsSatisfied: ['application', 'users'],
    conditionsNotSatisfied: [],
    includeRulesSatisfied: [],
    excludeRulesSatisfied: [],
    controlsMet: [],
    controlsOwed: ask?.kind === 'owed' ? ['mfa'] : [],
    controlsImpossible: ask?.kind === 'impossible' ? ['mfa'] : [],
    grantControls: [],
    sessionControls: [],
    reason: ask === null ? 'Security defaults ask nothing more.' : ask.kind === 'owed' ? `Security defaults ${wants}.` : `Security defaults refuse: ${ask.because}.`,
  }
}
