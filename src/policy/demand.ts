import type { SignInFrequencyDecision } from './decision.ts'
import type { Policy } from './policy.ts'
import type { PolicySource } from './policy-set.ts'
import { add, noBits, type Bits } from './bits.ts'
import { isLegacy } from './conditions/client-app-types.ts'
import { grantControls } from './grant-controls/index.ts'
import { impossible, type CompiledControl, type Impossible, type Judgement, type Owed, type Question } from './grant-controls/grant-control.ts'
import { sessionControls } from './session-controls/index.ts'
import { settingOf } from './session-controls/session-control.ts'

/** What policies ask of those they apply to. Policies that ask the same share one demand, which is judged once. */
export type Demand = {
  readonly operator: 'AND' | 'OR'
  /** In the order of asking. */
  readonly wants: readonly Want[]
  readonly frequency: SignInFrequencyDecision | null
  /** Whether it is there because of the sign-in risk. */
  readonly isRiskBased: boolean
  /** The policies that make it. */
  readonly policies: Bits
}

export type Want = {
  /** As the policy writes it: `mfa`, an agreement's id. */
  readonly id: string
  readonly order: number
  readonly control: CompiledControl
  readonly isAskedAfterMfa: boolean
  readonly isUnconditional: boolean
}

/** Re-authentication is asked after a block has been ruled out, and before everything else. */
export const frequencyOrder = 1

/** The demands of a policy set, and which of them each policy makes. */
export function demandsOf(policies: readonly Policy[], source: PolicySource): { readonly demands: readonly Demand[]; readonly demandAt: readonly Demand[] } {
  const known = new Map<string, Demand>()
  const compiled = new Map<string, Want>()
  const demandAt = policies.map((policy, position) => {
    const wants = wantsOf(policy, source, compiled)
    const frequency = settingOf(sessionControls.signInFrequency, policy) as SignInFrequencyDecision | null
    const isRiskBased = policy.conditions.signInRiskLevels.length > 0
    const operator = policy.grantControls?.operator ?? 'AND'
    const key = JSON.stringify([operator, wants.map(({ order, id }) => [order, id]), frequency, isRiskBased])
    const demand = known.get(key) ?? { operator, wants, frequency, isRiskBased, policies: noBits(policies.length) }
    known.set(key, demand)
    add(demand.policies, position)

    return demand
  })

  return { demands: [...known.values()], demandAt }
}

function wantsOf({ grantControls: wanted }: Policy, source: PolicySource, compiled: Map<string, Want>): Want[] {
  if (wanted === null) return []

  return Object.values(grantControls).flatMap((grantControl, index) =>
    grantControl.wantedBy(wanted).map((id) => {
      const key = `${index} ${id}`
      const { isAskedAfterMfa = false, isUnconditional = false } = grantControl
      const want = compiled.get(key) ?? { id, order: index * 2, control: grantControl.compile(id, source), isAskedAfterMfa, isUnconditional }
      compiled.set(key, want)

      return want
    }),
  )
}

export type Ask = { readonly want: Want; readonly judgement: Owed | Impossible }

/**
 * What is to be done about a demand, in the order of asking; null where it is met. Where any control suffices, that is
 * the first that can be asked, and a refusal only where none can.
 */
export function asksOf({ operator, wants }: Demand, question: Question, isMfaPending = false): readonly Ask[] | null {
  let asks: Ask[] | null = null
  for (const want of wants) {
    const judgement = judge(want, question, isMfaPending)
    if (judgement.kind === 'met') {
      if (operator === 'OR') return null
    } else if (asks === null) asks = [{ want, judgement }]
    else if (operator === 'AND') asks.push({ want, judgement })
    else if (asks[0]!.judgement.kind === 'impossible' && judgement.kind === 'owed') asks = [{ want, judgement }]
  }

  return asks
}

/** How a sign-in stands to a demand, control by control. */
export type DemandState = {
  readonly asks: readonly Ask[] | null
  readonly met: readonly string[]
  readonly owed: readonly string[]
  readonly impossible: readonly string[]
}

/**
 * Holds a demand against what was shown. With `isMfaPending`, what is asked after MFA does not count yet, whatever was
 * answered before.
 */
export function stateOf(demand: Demand, question: Question, isMfaPending: boolean): DemandState {
  const ids = { met: [] as string[], owed: [] as string[], impossible: [] as string[] }
  for (const want of demand.wants) ids[judge(want, question, isMfaPending).kind].push(want.id)

  return { asks: asksOf(demand, question, isMfaPending), ...ids }
}

function judge(want: Want, question: Question, isMfaPending: boolean): Judgement {
  const judgement = want.control.judge(question)
  if (judgement.kind === 'met') return isMfaPending && want.isAskedAfterMfa ? pending : judgement

  // A legacy client shows no page, no second factor and no device: what it lacks it can never show.
  return want.isUnconditional || !isLegacy(question.signIn.conditions.clientAppType) ? judgement : legacyRefusal
}

export const legacyRefusal = impossible('legacyAuthentication', 'a legacy client cannot be asked for it')
const pending: Owed = { kind: 'owed', challenge: { kind: 'mfa', allowedMethods: null } }
