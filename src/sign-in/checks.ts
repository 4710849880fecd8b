import type { Attempt, NextStep, SignInTenant } from './attempt.ts'
import { authenticatedAt, isAlive } from './session.ts'
import { idleLimitsOf, refreshTokenRules } from './lifetimes.ts'
import { voidedFor } from './validity.ts'

/** What stands against an attempt before policy is asked. `next` = a page would settle it, where one can be shown. */
export type Objection = {
  readonly code: number
  readonly next?: NextStep
  readonly values?: Readonly<Record<string, string | number>>
}

/** Whether the code, refresh token or assertion presented is still good: not too old, not revoked, young enough for the challenge. */
export function checkGrant(attempt: Attempt, tenant: SignInTenant): Objection | null {
  const { grantIssuedAt: issuedAt } = attempt
  if (issuedAt === null) return null

  return checkAge(attempt, issuedAt, tenant) ?? checkRevocation(attempt, issuedAt, tenant)
}

function checkAge(attempt: Attempt, issuedAt: number, tenant: SignInTenant): Objection | null {
  if (attempt.event !== 'refreshToken') return null
  const rules = refreshTokenRules(tenant, attempt)
  const since = rules.isSliding ? issuedAt : (attempt.chainIssuedAt ?? issuedAt)
  if (tenant.clock.now() - since <= rules.seconds * 1000) return null

  return { code: rules.isSliding ? 700082 : 700084, values: { issuedAt: iso(since), seconds: rules.seconds, lifetime: timeSpan(rules.seconds) } }
}

function checkRevocation(attempt: Attempt, issuedAt: number, tenant: SignInTenant): Objection | null {
  const voided = voidedFor(attempt, tenant)
  // A grant is no older than the proof it was given for.
  const since = attempt.session ? Math.max(issuedAt, authenticatedAt(attempt.session)) : issuedAt
  if (voided !== null && since <= voided.until) {
    return { code: 50173, values: { issuedAt: iso(issuedAt), validFrom: iso(voided.until + 1) } }
  }

  return isTooOldFor(attempt, issuedAt) ? { code: 50173, values: { issuedAt: iso(issuedAt), validFrom: iso((attempt.challenge?.notBefore ?? 0) * 1000) } } : null
}

/**
 * Whether the browser's session stands (reference 5.1, 5.3). Where it does not, a person is asked to sign in; whoever
 * asks silently hears that nobody is signed in.
 */
export function checkSession(attempt: Attempt, tenant: SignInTenant): Objection | null {
  if (!isInBrowser(attempt)) return null
  const { session, user, maxAge } = attempt
  const now = tenant.clock.now()
  if (session === null || user === null || !isAlive(session, now, idleLimitsOf(tenant))) return { code: 50058, next: 'signIn' }

  const at = authenticatedAt(session)
  const voided = voidedFor(attempt, tenant)
  if (voided !== null && at <= voided.until) return { code: voided.by === 'passwordChange' ? 50133 : 50058, next: 'signIn' }
  if (attempt.isFresh) return null
  if (maxAge !== null && (maxAge === 0 || now - at > maxAge * 1000)) return { code: 50058, next: 'reauthenticate' }

  return isTooOldFor(attempt, at) ? { code: 50058, next: 'reauthenticate' } : null
}

/** Whether a browser's session is what an attempt stands on, rather than a grant or a password sent along. */
export function isInBrowser({ event, isInteractive }: Attempt): boolean {
  return isInteractive || browserEvents.has(event)
}

const browserEvents: ReadonlySet<Attempt['event']> = new Set<Attempt['event']>(['authorize', 'registerSecurityInfo'])

/** A resource asked for something newer than this (reference 6.2). */
function isTooOldFor({ challenge }: Attempt, instant: number): boolean {
  const notBefore = challenge?.notBefore ?? null

  return notBefore !== null && Math.floor(instant / 1000) < notBefore
}

function iso(instant: number): string {
  return new Date(instant).toISOString()
}

/** `90.00:00:00`, as refusals spell a lifetime. */
function timeSpan(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0')

  return `${Math.floor(seconds / 86400)}.${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}
