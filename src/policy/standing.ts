import type { ConditionName, PolicyResult, PolicyStanding, RuleSatisfied } from './decision.ts'
import { has } from './bits.ts'
import type { CompiledPolicy } from './compile.ts'
import { stateOf, type Demand, type DemandState } from './demand.ts'
import { ever, evidenceOf } from './evidence.ts'
import { frequencyStateOf, hasSessionControls } from './frequency.ts'
import { isFrequencyPassed, questionOf } from './obstacles.ts'
import type { Ruling } from './ruling.ts'
import { toldAbout } from './told.ts'

/** Every policy's part in the decision, in display-name order. */
export function standingsOf(ruling: Ruling): PolicyStanding[] {
  const { policies } = ruling.compiled
  const applied = new Map<Demand, Applied>()
  const standings: PolicyStanding[] = []
  for (let position = 0; position < policies.length; position++) {
    const policy = policies[position]!
    const applies = has(ruling.applies, position)
    if (!policy.isAwake) standings.push(asleep(ruling, policy, applies))
    else if (!applies || !policy.isTestable) standings.push(notApplied(ruling, policy, position))
    else {
      const known = applied.get(policy.demand) ?? appliedState(ruling, policy.demand)
      applied.set(policy.demand, known)
      standings.push(appliedStanding(ruling, policy, position, known))
    }
  }

  return standings
}

/** How a policy that applies stands: its own demand, under its own sign-in frequency. */
type Applied = { readonly state: DemandState; readonly isFrequencyPassed: boolean; readonly controlsOwed: readonly string[] }

function appliedState(ruling: Ruling, demand: Demand): Applied {
  const { signIn, compiled, isMfaPending } = ruling
  const frequency = demand.frequency && hasSessionControls(signIn) ? frequencyStateOf(demand.frequency, signIn) : null
  const evidence = evidenceOf(signIn, compiled.source, frequency?.since ?? ever)
  const state = stateOf(demand, questionOf(ruling, demand, evidence), isMfaPending)
  const isPassed = frequency !== null && isFrequencyPassed(ruling, frequency)

  return { state, isFrequencyPassed: isPassed, controlsOwed: isPassed ? [...state.owed, 'signInFrequency'] : state.owed }
}

function appliedStanding(ruling: Ruling, compiled: CompiledPolicy, position: number, standing: Applied): PolicyStanding {
  const { policy, results } = compiled
  const { state, isFrequencyPassed: isPassed, controlsOwed } = standing
  const isImpossible = state.asks?.some(({ judgement }) => judgement.kind === 'impossible') ?? false
  const told = toldAbout(ruling, compiled, position)

  return {
    id: policy.id,
    displayName: policy.displayName,
    state: policy.state,
    result: state.asks === null && !isPassed ? results.met : isImpossible ? results.impossible : results.owed,
    applies: true,
    conditionsSatisfied: told.conditionsSatisfied,
    conditionsNotSatisfied: told.conditionsNotSatisfied,
    includeRulesSatisfied: told.includeRulesSatisfied,
    excludeRulesSatisfied: told.excludeRulesSatisfied,
    controlsMet: state.met,
    controlsOwed,
    controlsImpossible: state.impossible,
    grantControls: compiled.grantControls,
    sessionControls: compiled.sessionControls,
    reason: reasonWhenApplied(ruling, compiled, position, standing),
  }
}

function reasonWhenApplied(ruling: Ruling, compiled: CompiledPolicy, position: number, { state, isFrequencyPassed: isPassed }: Applied): string {
  const { sentences, demand, telling } = compiled
  const because = () => `${ruling.findings[telling]!.words(position, ruling.signIn)}.`
  if (state.asks !== null) {
    if (demand.wants[0]!.isUnconditional) return sentences.blocks + because()
    for (const { judgement } of state.asks) if (judgement.kind === 'impossible') return `${sentences.refuses}${judgement.because}.`

    return sentences.asks + because()
  }
  if (isPassed) return sentences.asksAgain

  return demand.wants.length > 0 ? sentences.isSatisfied : sentences.isSatisfied + because()
}

/** Most policies do not apply to most sign-ins, and for the same reason each time: then they stand as they stood. */
function notApplied(ruling: Ruling, compiled: CompiledPolicy, position: number): PolicyStanding {
  const told = toldAbout(ruling, compiled, position)
  if (told.standing !== null) return told.standing
  const { policy, sentences, results } = compiled
  const hindrance = told.hindrance === null ? null : ruling.findings[told.hindrance]!
  const standing: PolicyStanding = {
    id: policy.id,
    displayName: policy.displayName,
    state: policy.state,
    result: results.notApplied,
    applies: false,
    conditionsSatisfied: told.conditionsSatisfied,
    conditionsNotSatisfied: told.conditionsNotSatisfied,
    includeRulesSatisfied: told.includeRulesSatisfied,
    excludeRulesSatisfied: told.excludeRulesSatisfied,
    controlsMet: nothing,
    controlsOwed: nothing,
    controlsImpossible: nothing,
    grantControls: compiled.grantControls,
    sessionControls: compiled.sessionControls,
    reason: hindrance === null ? sentences.untestable : `${sentences.doesNotApply}${hindrance.words(position, ruling.signIn)}.`,
  }
  if (hindrance === null || hindrance.isShared) told.standing = Object.freeze(standing)

  return standing
}

/** A disabled policy, or any in a tenant without the licence: the log shows it with nothing in it. */
function asleep({ compiled: { source } }: Ruling, { policy, sentences }: CompiledPolicy, applies: boolean): PolicyStanding {
  return {
    id: policy.id,
    displayName: policy.displayName,
    state: policy.state,
    result: 'notEnabled',
    applies,
    conditionsSatisfied: noNames,
    conditionsNotSatisfied: noNames,
    includeRulesSatisfied: noRules,
    excludeRulesSatisfied: noRules,
    controlsMet: nothing,
    controlsOwed: nothing,
    controlsImpossible: nothing,
    grantControls: nothing,
    sessionControls: nothing,
    reason: source.licence === 'none' ? sentences.dormant : sentences.disabled,
  }
}

/** The words for how a policy stands. */
export type Results = { readonly met: PolicyResult; readonly owed: PolicyResult; readonly impossible: PolicyResult; readonly notApplied: PolicyResult }

export const enforcedResults: Results = { met: 'success', owed: 'failure', impossible: 'failure', notApplied: 'notApplied' }
export const reportOnlyResults: Results = {
  met: 'reportOnlySuccess', owed: 'reportOnlyInterrupted', impossible: 'reportOnlyFailure', notApplied: 'reportOnlyNotApplied',
}

const nothing: readonly string[] = Object.freeze([])
const noNames: readonly ConditionName[] = Object.freeze([])
const noRules: readonly RuleSatisfied[] = Object.freeze([])

