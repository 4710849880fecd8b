import type { UsedMethod } from '../policy/sign-in.ts'
import type { User } from '../directory/types.ts'
import type { Attempt, SignInTenant } from './attempt.ts'
import { kindOf } from './client-kind.ts'
import type { AccountSession } from './session.ts'

/** Why nothing that was proved up to an instant, that instant included, counts any more. */
export type Voided = { readonly until: number; readonly by: 'revocation' | 'passwordChange' }

/**
 * The instant up to which all proofs and grants of a user are void: sessions revoked, or the password changed where the
 * proof was a password (reference 5.3). A confidential client's grant outlives a change of the password. Null = none.
 */
export function voidedFor(attempt: Attempt, { clock }: Pick<SignInTenant, 'clock'>): Voided | null {
  const revokedAt = instantOf(attempt.user?.signInSessionsValidFromDateTime)
  const changedAt = outlivesPasswordChange(attempt) ? null : instantOf(attempt.user?.lastPasswordChangeDateTime)
  // Where the clock stands still everything happens at one instant, and what was there before is meant.
  const spared = clock.isFrozen ? 0 : 1
  if (changedAt !== null && (revokedAt === null || changedAt > revokedAt)) return { until: changedAt - spared, by: 'passwordChange' }

  return revokedAt === null ? null : { until: revokedAt - spared, by: 'revocation' }
}

/** The proofs of a session that still count: what came before a revocation has to be shown again, the second factor too. */
export function standingMethods(attempt: Attempt, session: AccountSession, tenant: Pick<SignInTenant, 'clock'>): readonly UsedMethod[] {
  const voided = voidedFor(attempt, tenant)

  return voided === null ? session.methods : session.methods.filter(({ at }) => at > voided.until)
}

/**
 * When a proof made now was made: after whatever voided those before it, also where the tenant's clock stands still and
 * both happen at the same instant.
 */
export function timeOfProof({ clock }: Pick<SignInTenant, 'clock'>, user: User): number {
  const voidedAt = [user.signInSessionsValidFromDateTime, user.lastPasswordChangeDateTime].map((dateTime) => (instantOf(dateTime) ?? -Infinity) + 1)

  return Math.max(clock.now(), ...voidedAt)
}

function outlivesPasswordChange(attempt: Attempt): boolean {
  const { session, user } = attempt
  if (session === null || !session.methods.some(({ method }) => method === 'password')) return true
  if (attempt.grantIssuedAt !== null && kindOf(attempt) === 'web') return true

  return changedInside(session, user)
}

/** The user changed the password in this very session, which goes on. */
function changedInside(session: AccountSession, user: User | null): boolean {
  return session.passwordChangedAt !== null && session.passwordChangedAt >= (instantOf(user?.lastPasswordChangeDateTime) ?? 0)
}

function instantOf(dateTime: string | null | undefined): number | null {
  const instant = dateTime ? Date.parse(dateTime) : Number.NaN

  return Number.isNaN(instant) ? null : instant
}
