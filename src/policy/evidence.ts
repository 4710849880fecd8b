import type { PolicySource } from './policy-set.ts'
import type { SignIn, Target, UserIdentity } from './sign-in.ts'
import { isExternal } from './conditions/users.ts'
import { isMultiFactor, methods, methodSet, multiFactorMethods, singleFactorMethods, type MethodSet } from './methods.ts'

/** What a user has shown, as far as it still counts. */
export type Evidence = {
  readonly used: MethodSet
  readonly isMultiFactor: boolean
}

/** However long ago. */
export const ever = -Infinity

export const noEvidence: Evidence = { used: 0, isMultiFactor: false }

/**
 * The methods of the session that count: a second factor only if it was shown `since` (ms). Whether the first factor is
 * recent enough is another question, asked by `primaryAt`. What the home of a user says about MFA counts if we believe it: always of a
 * federated identity provider unless its domain is set to reject it, of another tenant where inbound trust is on.
 *
 * @see reference 1.6 and 1.8
 */
export function evidenceOf({ identity, session, target }: SignIn, source: PolicySource, since: number): Evidence {
  if (identity.kind !== 'user') return noEvidence
  let used: MethodSet = 0
  for (const { method, at } of session.methods) {
    const { bit, factor } = methods[method]
    if (factor === 'single' || at >= since) used |= bit
  }
  if (isMfaBelieved(identity, session, source) && primaryAt({ session }) >= since) used |= methods.federatedMultiFactor.bit
  used &= ~(disbelieved(identity) | uselessFor(target))

  // What the browser remembers says that MFA was done, not by which methods: a strength is not met by it.
  return { used, isMultiFactor: isMultiFactor(used) || (session.rememberedMfaAt !== undefined && session.rememberedMfaAt >= since) }
}

/** A device that is only now being registered cannot vouch for its user: methods that live on one do not count (reference 4.8). */
export function uselessFor({ userAction }: Target): MethodSet {
  return userAction === 'urn:user:registerdevice' ? boundToDevice : 0
}

const boundToDevice = methodSet(['windowsHelloForBusiness', 'fido2'])

/** Whether time has taken something away: a method, or that MFA was done. */
export function isLess(fresh: Evidence, ever: Evidence): boolean {
  return fresh.used !== ever.used || fresh.isMultiFactor !== ever.isMultiFactor
}

/** When the user last showed a first factor; `-Infinity` = never. */
export function primaryAt({ session }: Pick<SignIn, 'session'>): number {
  let latest = -Infinity
  let latestOfAny = -Infinity
  for (const { method, at } of session.methods) {
    if (at > latestOfAny) latestOfAny = at
    if (at > latest && (methods[method].bit & (singleFactorMethods | multiFactorMethods)) !== 0) latest = at
  }

  return latest === -Infinity ? latestOfAny : latest
}

/** How long ago the oldest thing was shown, ms; without anything shown, for ever. */
export function ageOf({ session, now }: SignIn): number {
  let oldest = session.rememberedMfaAt ?? Infinity
  for (const { at } of session.methods) if (at < oldest) oldest = at

  return oldest === Infinity ? Infinity : now - oldest
}

function isMfaBelieved(user: UserIdentity, session: SignIn['session'], { inboundTrust }: PolicySource): boolean {
  if (user.federation !== null && session.isMfaAssertedByFederation) return true

  return session.isMfaAssertedByHomeTenant && inboundTrust.mfa && isExternal(user)
}

const federated = methodSet(['federatedSingleFactor', 'federatedMultiFactor'])

/** What does not count for users of this domain. */
function disbelieved({ federation }: UserIdentity): MethodSet {
  if (federation?.federatedIdpMfaBehavior === 'rejectMfaByFederatedIdp') return methods.federatedMultiFactor.bit
  // Under "enforce" only the home provider does MFA; Entra's own methods do not count.
  return federation?.federatedIdpMfaBehavior === 'enforceMfaByFederatedIdp' ? ~federated & ~singleFactorMethods : 0
}
