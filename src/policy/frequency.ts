import type { SignInFrequencyDecision } from './decision.ts'
import type { SignIn } from './sign-in.ts'
import { ever, primaryAt } from './evidence.ts'
import { toleratedMilliseconds } from './session-controls/sign-in-frequency.ts'

/** How a sign-in stands to a sign-in frequency. */
export type FrequencyState = {
  readonly frequency: SignInFrequencyDecision
  /** A second factor that was shown before no longer counts, ms. */
  readonly since: number
  /** The first factor must be shown again, too. */
  readonly isPrimaryStale: boolean
}

/**
 * Whether the authentication is recent enough. `secondaryAuthentication` lets the first factor stand and asks for the
 * second again.
 *
 * @see reference 5.4
 */
export function frequencyStateOf(frequency: SignInFrequencyDecision, signIn: SignIn): FrequencyState {
  const since = signIn.now - toleratedMilliseconds(frequency)
  const asksForPrimary = frequency.authenticationType === 'primaryAndSecondaryAuthentication'

  return { frequency, since, isPrimaryStale: asksForPrimary && primaryAt(signIn) < since }
}

/** Since when a second factor counts under all of them together. */
export function strictest(states: readonly FrequencyState[]): number {
  let latest = ever
  for (const { since } of states) if (since > latest) latest = since

  return latest
}

/** Whether this kind of identity has a session that a policy could shape. Direct connect and workload identities have none. */
export function hasSessionControls({ identity }: SignIn): boolean {
  return identity.kind === 'user' && identity.externalUserType !== 'b2bDirectConnectUser'
}
