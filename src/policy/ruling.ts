import type { Challenge, Outcome, SessionDecision, SignInFrequencyDecision } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { bothIn, intersect, intersects, noBits, pick, type Bits } from './bits.ts'
import type { Compiled, CompiledSettings } from './compile.ts'
import type { Finding } from './conditions/condition.ts'
import { ageOf, ever, evidenceOf } from './evidence.ts'
import { frequencyStateOf, hasSessionControls, type FrequencyState } from './frequency.ts'
import type { Impossible, Owed } from './grant-controls/grant-control.ts'
import { mfaKinds, obstaclesTo, resolve, type Beside } from './obstacles.ts'
import { perUserMfaId, perUserMfaOf, type PerUserMfa } from './per-user-mfa.ts'
import { askOfSecurityDefaults, securityDefaultsId } from './security-defaults.ts'
import { sessionControls } from './session-controls/index.ts'
import { toleratedMilliseconds } from './session-controls/sign-in-frequency.ts'

/** What the policies in force make of a sign-in: the outcome, and what it was worked out from. */
export type Ruling = InForce & {
  readonly findings: readonly Finding[]
  /** The policies all of whose conditions hold, whatever their state. */
  readonly applies: Bits
  readonly outcome: Outcome
  /** A second factor is being asked for: what is asked after it does not count yet. */
  readonly isMfaPending: boolean
  readonly securityDefaults: Owed | Impossible | null
  readonly perUserMfa: PerUserMfa | null
}

/** The policies that have a say, and which of them find the session's evidence too old. */
export type InForce = {
  readonly compiled: Compiled
  readonly signIn: SignIn
  /** Enforced, and all their conditions hold. */
  readonly inForce: Bits
  readonly frequencies: readonly FrequencyInForce[]
}

export type FrequencyInForce = FrequencyState & { readonly policies: Bits }

/** Step by step: who applies, what is still fresh, what stands in the way, and what the session will be like. */
export function ruleOn(compiled: Compiled, signIn: SignIn): Ruling {
  const findings: Finding[] = []
  for (let at = 0; at < compiled.conditions.length; at++) findings.push(compiled.conditions[at]!.ask(signIn))
  const applies = appliesOf(compiled, findings)
  const inForce = bothIn(applies, compiled.enforced)

  const isShaped = intersects(compiled.shaping, inForce) && hasSessionControls(signIn)
  const frequencies = isShaped ? frequenciesOf(compiled.settings, signIn, inForce) : noFrequencies
  const asked: InForce = { compiled, signIn, inForce, frequencies }
  const securityDefaults = compiled.source.securityDefaults ? askOfSecurityDefaults(signIn, compiled.source, evidenceOf(signIn, compiled.source, ever)) : null
  const perUserMfa = isPerUserMfaOn(signIn) ? perUserMfaOf(signIn, compiled.source, evidenceOf(signIn, compiled.source, ever), compiled.locations.placeOf(signIn).isMfaTrusted) : null
  const beside = securityDefaults === null && (perUserMfa?.ask ?? null) === null ? nobody : besideOf(securityDefaults, perUserMfa)
  const { outcome, challenges, blocked } = resolve(compiled, obstaclesTo(asked, beside), inForce)
  const session = isShaped ? sessionOf(compiled, inForce) : nothingSet
  const isMfaPending = challenges.some(isAboutMfa)

  return { compiled, signIn, inForce, frequencies, findings, applies, outcome: { outcome, challenges, blocked, session }, isMfaPending, securityDefaults, perUserMfa }
}

const isAboutMfa = ({ kind }: Challenge) => mfaKinds.has(kind)
const nobody: readonly Beside[] = []

function besideOf(securityDefaults: Owed | Impossible | null, perUserMfa: PerUserMfa | null): readonly Beside[] {
  const asks = [[securityDefaultsId, securityDefaults], [perUserMfaId, perUserMfa?.ask ?? null]] as const

  return asks.flatMap(([id, judgement]) => (judgement === null ? [] : { id, judgement }))
}

function isPerUserMfaOn({ identity }: SignIn): boolean {
  return identity.kind === 'user' && identity.perUserMfaState !== undefined && identity.perUserMfaState !== 'disabled'
}

function appliesOf({ policies }: Compiled, findings: readonly Finding[]): Bits {
  const applies = findings[0]?.holds.slice() ?? noBits(policies.length)
  for (let at = 1; at < findings.length; at++) intersect(applies, findings[at]!.holds)

  return applies
}

const noFrequencies: readonly FrequencyInForce[] = []

/** The frequencies in force under which something has become too old. */
function frequenciesOf(all: readonly CompiledSettings[], signIn: SignIn, inForce: Bits): readonly FrequencyInForce[] {
  const age = ageOf(signIn)
  const frequencies: FrequencyInForce[] = []
  for (const { setting, policies } of all.find(({ name }) => name === 'signInFrequency')?.settings ?? []) {
    if (age <= toleratedMilliseconds(setting as SignInFrequencyDecision) || !intersects(policies, inForce)) continue
    frequencies.push({ ...frequencyStateOf(setting as SignInFrequencyDecision, signIn), policies })
  }

  return frequencies
}

/** What the policies in force make of the session together. */
function sessionOf({ frequencies, settings }: Compiled, inForce: Bits): SessionDecision {
  const session: Record<string, unknown> = { ...nothingSet }
  const signInFrequencies: SessionDecision['signInFrequencies'][number][] = []
  for (const { name, combine, settings: alike } of settings) {
    const chosen: unknown[] = []
    for (const { setting, policies } of alike) if (intersects(policies, inForce)) chosen.push(setting)
    if (chosen.length > 0) session[name] = combine(chosen)
    if (name !== 'signInFrequency') continue
    for (const { policies } of alike) pick(policies, inForce, frequencies, signInFrequencies)
  }
  session['signInFrequencies'] = signInFrequencies

  return session as SessionDecision
}

const nothingSet = {
  ...Object.fromEntries(Object.entries(sessionControls).map(([name, { unset }]) => [name, unset])),
  signInFrequencies: [],
} as unknown as SessionDecision
