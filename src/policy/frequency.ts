import type { SignInFrequencyDecision } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { ever, primaryAt, type Since } from './evidence.ts'
import { toleratedMilliseconds } from './session-controls/sign-in-frequency.ts'

/** How a sign-in stands to a sign-in frequency. */
export type FrequencyState = {
  readonly frequency: SignInFrequencyDecision
  /** What was shown before no longer counts. */
  readonly since: Since
  /** The first factor itself must be shown again. */
  readonly isPrimaryStale: boolean
}

/**
 * Whether the authentication is recent enough. `secondaryAuthentication` lets the first factor stand and asks for the
 * second again.
 *
 * @see reference 5.4
 */
export function frequencyStateOf(frequency: SignInFrequencyDecision, signIn: SignIn): FrequencyState {
  const earliest = signIn.now - toleratedMilliseconds(frequency)
  const asksForPrimary = frequency.authenticationType === 'primaryAndSecondaryAuthentication'

  return {
    frequency,
    since: { primary: asksForPrimary ? earliest : -Infinity, secondary: earliest },
    isPrimaryStale: asksForPrimary && primaryAt(signIn) < earliest,
  }
}

/** What all of them together leave standing. */
export function strictest(states: readonly FrequencyState[]): Since {
  if (states.length === 0) return ever
  let { primary, secondary } = ever
  for (const { since } of states) {
    if (since.primary > primary) primary = since.primary
    if (since.secondary > secondary) secondary = since.secondary
  }

  return { primary, secondary }
}

/** Whether this kind of identity has a session that a policy could shape. Direct connect and workload identities have none. */
export function hasSessionControls({ identity }: SignIn): boolean {
  return identity.kind === 'user' && identity.externalUserType !== 'b2bDirectConnectUser'
}
