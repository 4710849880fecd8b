import type { Blocked, Challenge, ChallengeKind, Outcome } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { intersects, noBits, pick, unite, type Bits } from './bits.ts'
import type { Compiled } from './compile.ts'
import { isLegacy } from './conditions/client-app-types.ts'
import { asksOf, frequencyOrder, legacyRefusal, type Demand } from './demand.ts'
import { ever, evidenceOf, isLess, type Evidence } from './evidence.ts'
import { strictest, type FrequencyState } from './frequency.ts'
import type { Impossible, Owed, Question } from './grant-controls/grant-control.ts'
import type { FrequencyInForce, InForce } from './ruling.ts'

/** Something that stands between the sign-in and a token, and who put it there: policies, or the id of what asks beside them. */
export type Obstacle = { readonly order: number; readonly judgement: Owed | Impossible; readonly by: Bits | string }

/** What asks for a second factor beside the policies. */
export type Beside = { readonly id: string; readonly judgement: Owed | Impossible }

/** The challenges that ask for a second factor, in one way or another. */
export const mfaKinds: ReadonlySet<ChallengeKind> = new Set<ChallengeKind>(['mfa', 'federatedMfa', 'register', 'registerSkippable'])

export function obstaclesTo(asked: InForce, beside: readonly Beside[]): Obstacle[] {
  const { compiled, signIn, inForce, frequencies } = asked
  const obstacles: Obstacle[] = []
  for (const { isPrimaryStale, policies, frequency } of frequencies) {
    if (isPrimaryStale) obstacles.push({ order: frequencyOrder, judgement: reauthentication(signIn, frequency), by: policies })
  }
  const fresh = evidenceOf(signIn, compiled.source, strictest(frequencies))
  const isAnyStale = frequencies.length > 0 && isLess(fresh, evidenceOf(signIn, compiled.source, ever))
  const ordinary: Question = { signIn, source: compiled.source, evidence: fresh, isRiskBased: false }
  for (const demand of compiled.demands) {
    if (demand.wants.length === 0 || !intersects(demand.policies, inForce)) continue
    const question = demand.isRiskBased ? { ...ordinary, isRiskBased: true } : ordinary
    const asks = asksOf(demand, question)
    if (asks === null) continue
    const stale = isAnyStale ? staleFrequencies(asked, demand) : none
    for (const { want, judgement } of asks) obstacles.push(obstacleOf(demand, want.order, judgement, stale))
  }
  for (const { id, judgement } of beside) obstacles.push({ order: besideOrder, judgement, by: id })

  return obstacles
}

const none: readonly FrequencyInForce[] = []

/** They ask where MFA is asked. */
const besideOrder = 2

function obstacleOf({ policies }: Demand, order: number, judgement: Owed | Impossible, stale: readonly FrequencyInForce[]): Obstacle {
  const [first] = stale
  if (first === undefined || judgement.kind !== 'owed' || !mfaKinds.has(judgement.challenge.kind)) return { order, judgement, by: policies }
  const together = policies.slice()
  for (const frequency of stale) unite(together, frequency.policies)
  const { authenticationType } = first.frequency

  return { order, judgement: { ...judgement, challenge: { ...judgement.challenge, authenticationType } }, by: together }
}

/** The frequencies without which the demand would be met by what was shown before. */
function staleFrequencies(asked: InForce, demand: Demand): readonly FrequencyInForce[] {
  return isMetSince(asked, demand, ever) ? asked.frequencies.filter(({ since }) => !isMetSince(asked, demand, since)) : none
}

/** Whether a frequency has passed: for the first factor, or for a second one that something in force needs. */
export function isFrequencyPassed(asked: InForce, { isPrimaryStale, since }: FrequencyState): boolean {
  const { compiled, signIn, inForce } = asked
  if (isPrimaryStale) return true
  if (!isLess(evidenceOf(signIn, compiled.source, since), evidenceOf(signIn, compiled.source, ever))) return false

  return compiled.demands.some((demand) => intersects(demand.policies, inForce) && isMetSince(asked, demand, ever) && !isMetSince(asked, demand, since))
}

function isMetSince(asked: InForce, demand: Demand, since: number): boolean {
  return asksOf(demand, questionOf(asked, demand, evidenceOf(asked.signIn, asked.compiled.source, since))) === null
}

export function questionOf({ compiled, signIn }: InForce, { isRiskBased }: Demand, evidence: Evidence): Question {
  return { signIn, source: compiled.source, evidence, isRiskBased }
}

function reauthentication({ conditions }: SignIn, { authenticationType }: FrequencyState['frequency']): Owed | Impossible {
  return isLegacy(conditions.clientAppType) ? legacyRefusal : { kind: 'owed', challenge: { kind: 'reauthenticate', allowedMethods: null, authenticationType } }
}

/** Obstacles are met in order; the first that nothing can be done about ends it. */
export function resolve(compiled: Compiled, obstacles: Obstacle[], inForce: Bits): Omit<Outcome, 'session'> {
  if (obstacles.length === 0) return granted
  if (obstacles.length > 1) obstacles.sort(byOrder)
  const wall = obstacles.findIndex(({ judgement }) => judgement.kind === 'impossible')
  const named: Named = (put) => idsOf(compiled, put, inForce)
  if (wall === 0) return { outcome: 'blocked', challenges: [], blocked: blockedBy(obstacles, named) }

  return { outcome: 'interrupted', challenges: challengesFrom(wall < 0 ? obstacles : obstacles.slice(0, wall), named), blocked: null }
}

function byOrder(one: Obstacle, other: Obstacle): number {
  return one.order - other.order || rankOf(one) - rankOf(other)
}

const granted: Omit<Outcome, 'session'> = { outcome: 'granted', challenges: [], blocked: null }

type Named = (put: readonly Obstacle['by'][]) => string[]

function idsOf({ ids: all }: Compiled, put: readonly Obstacle['by'][], inForce: Bits): string[] {
  const together = put.length === 1 && typeof put[0] === 'object' ? put[0] : noBits(all.length)
  if (put.length > 1) for (const by of put) if (typeof by === 'object') unite(together, by)
  const ids = pick(together, inForce, all)
  for (const by of put) if (typeof by === 'string') ids.push(by)

  return ids
}

function blockedBy(obstacles: readonly Obstacle[], named: Named): Blocked {
  const { by } = obstacles[0]!.judgement as Impossible
  const alike = obstacles.filter(({ judgement }) => judgement.kind === 'impossible' && judgement.by === by)

  return { by, policyIds: named(alike.map(({ by: put }) => put)) }
}

/** One challenge of each kind, unless two narrow the methods in ways that no method satisfies. */
function challengesFrom(obstacles: readonly Obstacle[], named: Named): Challenge[] {
  const groups: { challenge: Unnamed; readonly put: Obstacle['by'][] }[] = []
  for (const { judgement, by } of obstacles) {
    if (judgement.kind !== 'owed') continue
    const { challenge } = judgement
    const group = groups.find((one) => one.challenge === challenge || (one.challenge.kind === challenge.kind && commonMethods(one.challenge, challenge) !== undefined))
    if (group === undefined) groups.push({ challenge, put: [by] })
    else {
      if (group.challenge !== challenge) group.challenge = merged(group.challenge, challenge)
      group.put.push(by)
    }
  }

  return groups.map(({ challenge, put }) => ({ ...challenge, policyIds: named(put) }))
}

type Unnamed = Omit<Challenge, 'policyIds'>

function merged(one: Unnamed, other: Unnamed): Unnamed {
  const { authenticationType: oneType, ...rest } = one
  const { authenticationType: otherType } = other
  const ids = one.ids || other.ids ? { ids: [...new Set([...(one.ids ?? []), ...(other.ids ?? [])])] } : {}
  // Asked because it was never done outweighs asked because it is too long ago; both factors outweigh the second alone.
  const isBoth = oneType === 'primaryAndSecondaryAuthentication' || otherType === 'primaryAndSecondaryAuthentication'
  const type = oneType && otherType ? { authenticationType: isBoth ? ('primaryAndSecondaryAuthentication' as const) : oneType } : {}

  return { ...rest, ...ids, ...type, allowedMethods: commonMethods(one, other) ?? null }
}

/** Undefined where no method satisfies both. */
function commonMethods(one: Unnamed, other: Unnamed): readonly string[] | null | undefined {
  if (one.allowedMethods === null || other.allowedMethods === null) return one.allowedMethods ?? other.allowedMethods
  const common = one.allowedMethods.filter((method) => other.allowedMethods!.includes(method))

  return common.length > 0 ? common : undefined
}

/** Where several things are asked at once: what the user can show before what must first be registered. */
const kindOrder: Record<ChallengeKind, number> = {
  reauthenticate: 0, mfa: 1, federatedMfa: 2, register: 3, registerSkippable: 4, passwordChange: 5, termsOfUse: 6, custom: 7,
}

function rankOf({ judgement }: Obstacle): number {
  return judgement.kind === 'owed' ? kindOrder[judgement.challenge.kind] : -1
}
