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

/** Whether a demand is met, and nothing else about it. */
export function isMet({ operator, wants }: Demand, question: Question): boolean {
  if (wants.length === 0) return true
  const isEnough = operator === 'OR'
  for (const { control } of wants) if ((control.judge(question).kind === 'met') === isEnough) return isEnough

  return !isEnough
}

/** How a sign-in stands to a demand. */
export type DemandState = {
  readonly isMet: boolean
  readonly met: readonly string[]
  readonly owed: readonly string[]
  readonly impossible: readonly string[]
  /** What is to be done about it, in the order of asking. Where any control suffices: the first that can be asked. */
  readonly asks: readonly Ask[]
}

export type Ask = { readonly want: Want; readonly judgement: Owed | Impossible }

const metWithout: DemandState = { isMet: true, met: [], owed: [], impossible: [], asks: [] }

/**
 * Holds a demand against what was shown. With `isMfaPending`, what is asked after MFA does not count yet, whatever was
 * answered before.
 */
export function stateOf({ operator, wants }: Demand, question: Question, isMfaPending = false): DemandState {
  if (wants.length === 0) return metWithout
  const met: string[] = []
  const owed: Ask[] = []
  const refused: Ask[] = []
  for (const want of wants) {
    const judgement = judge(want, question)
    if (judgement.kind === 'impossible') refused.push({ want, judgement })
    else if (judgement.kind === 'owed') owed.push({ want, judgement })
    else if (isMfaPending && want.isAskedAfterMfa) owed.push({ want, judgement: pending })
    else met.push(want.id)
  }
  const isMet = operator === 'AND' ? owed.length === 0 && refused.length === 0 : met.length > 0
  const asks = isMet ? [] : operator === 'AND' ? [...owed, ...refused].toSorted(byOrder) : owed.length > 0 ? owed.slice(0, 1) : refused.slice(0, 1)

  return { isMet, met, owed: owed.map(idOf), impossible: refused.map(idOf), asks }
}

function judge(want: Want, question: Question): Judgement {
  const judgement = want.control.judge(question)
  // A legacy client shows no page, no second factor and no device: what it lacks it can never show.
  return judgement.kind === 'met' || want.isUnconditional || !isLegacy(question.signIn.conditions.clientAppType) ? judgement : legacyRefusal
}

export const legacyRefusal = impossible('legacyAuthentication', 'a legacy client cannot be asked for it')
const pending: Owed = { kind: 'owed', challenge: { kind: 'mfa', allowedMethods: null } }

function byOrder(one: Ask, other: Ask): number {
  return one.want.order - other.want.order
}

function idOf({ want }: Ask): string {
  return want.id
}
