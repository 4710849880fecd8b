import type { Blocked, Challenge, ChallengeKind, Outcome } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { forEachBit, has, intersects, unite, type Bits } from './bits.ts'
import type { Compiled } from './compile.ts'
import { isLegacy } from './conditions/client-app-types.ts'
import { frequencyOrder, legacyRefusal, stateOf, type Demand } from './demand.ts'
import { ever, evidenceOf, type Evidence, type Since } from './evidence.ts'
import { strictest, type FrequencyState } from './frequency.ts'
import type { Impossible, Owed, Question } from './grant-controls/grant-control.ts'
import type { FrequencyInForce, InForce } from './ruling.ts'
import { securityDefaultsId } from './security-defaults.ts'

/** Something that stands between the sign-in and a token, and the policies that put it there. */
export type Obstacle = { readonly order: number; readonly judgement: Owed | Impossible; readonly policyIds: readonly string[] }

/** The challenges that ask for a second factor, in one way or another. */
export const mfaKinds: ReadonlySet<ChallengeKind> = new Set<ChallengeKind>(['mfa', 'federatedMfa', 'register', 'registerSkippable'])

export function obstaclesTo(asked: InForce, securityDefaults: Owed | Impossible | null): Obstacle[] {
  const { compiled, signIn, inForce, frequencies } = asked
  const obstacles: Obstacle[] = frequencies
    .filter(({ isPrimaryStale }) => isPrimaryStale)
    .map(({ policies, frequency }) => ({ order: frequencyOrder, judgement: reauthentication(signIn, frequency), policyIds: idsOf(compiled, policies, inForce) }))
  const fresh = evidenceOf(signIn, compiled.source, strictest(frequencies))
  for (const demand of compiled.demands) {
    if (demand.wants.length === 0 || !intersects(demand.policies, inForce)) continue
    const state = stateOf(demand, questionOf(asked, demand, fresh))
    if (state.isMet) continue
    const stale = staleFrequencies(asked, demand)
    for (const { want, judgement } of state.asks) obstacles.push(obstacleOf(asked, demand, want.order, judgement, stale))
  }
  if (securityDefaults !== null) obstacles.push({ order: securityDefaultsOrder, judgement: securityDefaults, policyIds: [securityDefaultsId] })

  return obstacles
}

/** Security defaults ask where MFA is asked. */
const securityDefaultsOrder = 2

function obstacleOf({ compiled, inForce }: InForce, demand: Demand, order: number, judgement: Owed | Impossible, stale: readonly FrequencyInForce[]): Obstacle {
  const [first] = stale
  if (first === undefined || judgement.kind !== 'owed' || !mfaKinds.has(judgement.challenge.kind)) {
    return { order, judgement, policyIds: idsOf(compiled, demand.policies, inForce) }
  }
  const policies = demand.policies.slice()
  for (const frequency of stale) unite(policies, frequency.policies)
  const { authenticationType } = first.frequency

  return { order, judgement: { ...judgement, challenge: { ...judgement.challenge, authenticationType } }, policyIds: idsOf(compiled, policies, inForce) }
}

/** The frequencies without which the demand would be met by what was shown before. */
function staleFrequencies(asked: InForce, demand: Demand): readonly FrequencyInForce[] {
  if (asked.frequencies.length === 0 || !isMetSince(asked, demand, ever)) return []

  return asked.frequencies.filter(({ since }) => !isMetSince(asked, demand, since))
}

/** Whether a frequency has passed: for the first factor, or for a second one that something in force needs. */
export function isFrequencyPassed(asked: InForce, { isPrimaryStale, since }: FrequencyState): boolean {
  const { compiled, signIn, inForce } = asked
  if (isPrimaryStale) return true
  if (evidenceOf(signIn, compiled.source, ever).used === evidenceOf(signIn, compiled.source, since).used) return false

  return compiled.demands.some((demand) => intersects(demand.policies, inForce) && isMetSince(asked, demand, ever) && !isMetSince(asked, demand, since))
}

function isMetSince(asked: InForce, demand: Demand, since: Since): boolean {
  return stateOf(demand, questionOf(asked, demand, evidenceOf(asked.signIn, asked.compiled.source, since))).isMet
}

export function questionOf({ compiled, signIn }: InForce, { isRiskBased }: Demand, evidence: Evidence): Question {
  return { signIn, source: compiled.source, evidence, isRiskBased }
}

function reauthentication({ conditions }: SignIn, { authenticationType }: FrequencyState['frequency']): Owed | Impossible {
  return isLegacy(conditions.clientAppType) ? legacyRefusal : { kind: 'owed', challenge: { kind: 'reauthenticate', allowedMethods: null, authenticationType } }
}

function idsOf({ policies }: Compiled, chosen: Bits, inForce: Bits): string[] {
  const ids: string[] = []
  forEachBit(chosen, (position) => {
    if (has(inForce, position)) ids.push(policies[position]!.policy.id)
  })

  return ids
}

/** Obstacles are met in order; the first that nothing can be done about ends it. */
export function resolve(obstacles: Obstacle[]): Omit<Outcome, 'session'> {
  if (obstacles.length === 0) return granted
  obstacles.sort((one, other) => one.order - other.order || rankOf(one) - rankOf(other))
  const wall = obstacles.findIndex(({ judgement }) => judgement.kind === 'impossible')
  if (wall === 0) return { outcome: 'blocked', challenges: [], blocked: blockedBy(obstacles) }

  return { outcome: 'interrupted', challenges: challengesFrom(wall < 0 ? obstacles : obstacles.slice(0, wall)), blocked: null }
}

const granted: Omit<Outcome, 'session'> = { outcome: 'granted', challenges: [], blocked: null }

function blockedBy(obstacles: readonly Obstacle[]): Blocked {
  const { by } = obstacles[0]!.judgement as Impossible
  const alike = obstacles.filter(({ judgement }) => judgement.kind === 'impossible' && judgement.by === by)

  return { by, policyIds: distinct(alike.flatMap(({ policyIds }) => policyIds)) }
}

/** One challenge of each kind, unless two narrow the methods in ways that no method satisfies. */
function challengesFrom(obstacles: readonly Obstacle[]): Challenge[] {
  const challenges: Challenge[] = []
  for (const { judgement, policyIds } of obstacles) {
    if (judgement.kind !== 'owed') continue
    const challenge = { ...judgement.challenge, policyIds }
    const at = challenges.findIndex((one) => one.kind === challenge.kind && commonMethods(one, challenge) !== undefined)
    if (at < 0) challenges.push(challenge)
    else challenges[at] = merged(challenges[at]!, challenge)
  }

  return challenges
}

function merged(one: Challenge, other: Challenge): Challenge {
  const ids = one.ids || other.ids ? { ids: distinct([...(one.ids ?? []), ...(other.ids ?? [])]) } : {}
  // Asked because it was never done outweighs asked because it is too long ago; both factors outweigh the second alone.
  const types = [one.authenticationType, other.authenticationType]
  const authenticationType = types.includes(undefined) ? undefined : types.includes('primaryAndSecondaryAuthentication') ? 'primaryAndSecondaryAuthentication' : 'secondaryAuthentication'
  const { authenticationType: _, ...rest } = { ...other, ...one }

  return {
    ...rest,
    ...ids,
    ...(authenticationType ? { authenticationType } : {}),
    policyIds: distinct([...one.policyIds, ...other.policyIds]),
    allowedMethods: commonMethods(one, other) ?? null,
  }
}

/** Undefined where no method satisfies both. */
function commonMethods(one: Challenge, other: Challenge): readonly string[] | null | undefined {
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

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)]
}
