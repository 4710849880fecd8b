import type { Outcome, SessionDecision, SignInFrequencyDecision } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { forEachBit, intersect, intersects, type Bits } from './bits.ts'
import type { Compiled } from './compile.ts'
import type { Finding } from './conditions/condition.ts'
import { ever, evidenceOf } from './evidence.ts'
import { frequencyStateOf, hasSessionControls, type FrequencyState } from './frequency.ts'
import { mfaKinds, obstaclesTo, resolve } from './obstacles.ts'
import { askOfSecurityDefaults } from './security-defaults.ts'
import { sessionControls } from './session-controls/index.ts'
import type { Impossible, Owed } from './grant-controls/grant-control.ts'

/** What the policies in force make of a sign-in: the outcome, and what it was worked out from. */
export type Ruling = InForce & {
  readonly findings: readonly Finding[]
  /** The policies all of whose conditions hold, whatever their state. */
  readonly applies: Bits
  readonly outcome: Outcome
  /** A second factor is being asked for: what is asked after it does not count yet. */
  readonly isMfaPending: boolean
  readonly securityDefaults: Owed | Impossible | null
}

/** The policies that have a say, and how far back they let the session's evidence reach. */
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
  const findings = compiled.conditions.map(({ ask }) => ask(signIn))
  const applies = appliesOf(compiled, findings)
  const inForce = applies.slice()
  intersect(inForce, compiled.enforced)

  const settings = hasSessionControls(signIn) ? compiled.settings.filter(({ policies }) => intersects(policies, inForce)) : []
  const frequencies = settings
    .filter(({ control }) => control === 'signInFrequency')
    .map(({ setting, policies }) => ({ ...frequencyStateOf(setting as SignInFrequencyDecision, signIn), policies }))
  const asked = { compiled, signIn, inForce, frequencies }
  const securityDefaults = compiled.source.securityDefaults ? askOfSecurityDefaults(signIn, compiled.source, evidenceOf(signIn, compiled.source, ever)) : null
  const outcome = { ...resolve(obstaclesTo(asked, securityDefaults)), session: sessionOf(asked, settings) }
  const isMfaPending = outcome.challenges.some(({ kind }) => mfaKinds.has(kind))

  return { ...asked, findings, applies, outcome, isMfaPending, securityDefaults }
}

function appliesOf({ policies }: Compiled, findings: readonly Finding[]): Bits {
  const applies = new Int32Array((policies.length + 31) >>> 5).fill(-1)
  for (const { holds } of findings) intersect(applies, holds)
  if (findings.length === 0) applies.fill(0)

  return applies
}

function sessionOf({ compiled, inForce, frequencies }: InForce, settings: Compiled['settings']): SessionDecision {
  if (settings.length === 0) return nothingSet
  const combined: Record<string, unknown> = { ...nothingSet }
  for (const [name, control] of Object.entries(sessionControls)) {
    const set = settings.filter((setting) => setting.control === name).map(({ setting }) => setting)
    if (set.length > 0) combined[name] = (control.combine as (settings: readonly unknown[]) => unknown)(set)
  }
  const signInFrequencies: SessionDecision['signInFrequencies'][number][] = []
  for (const { frequency, policies } of frequencies) {
    forEachBit(policies, (position) => {
      if ((inForce[position >>> 5]! >>> (position & 31)) & 1) signInFrequencies.push({ ...frequency, policyId: compiled.policies[position]!.policy.id })
    })
  }

  return { ...(combined as SessionDecision), signInFrequencies }
}

const nothingSet = {
  ...Object.fromEntries(Object.entries(sessionControls).map(([name, { unset }]) => [name, unset])),
  signInFrequencies: [],
} as unknown as SessionDecision
