import type { UsedMethod } from '../policy/sign-in.ts'
import type { User } from '../directory/types.ts'
import type { Attempt } from './attempt.ts'
import { kindOf } from './client-kind.ts'
import type { AccountSession } from './session.ts'

/** Why nothing that was proved before an instant counts any more. */
export type Voided = { readonly before: number; readonly by: 'revocation' | 'passwordChange' }

/**
 * The instant before which all proofs and grants of a user are void: sessions revoked, or the password changed where the
 * proof was a password (reference 5.3). A confidential client's grant outlives a change of the password. Null = none.
 */
export function voidedFor(attempt: Attempt): Voided | null {
  const revokedAt = instantOf(attempt.user?.signInSessionsValidFromDateTime)
  const changedAt = outlivesPasswordChange(attempt) ? null : instantOf(attempt.user?.lastPasswordChangeDateTime)
  if (changedAt !== null && (revokedAt === null || changedAt > revokedAt)) return { before: changedAt, by: 'passwordChange' }

  return revokedAt === null ? null : { before: revokedAt, by: 'revocation' }
}

/** The proofs of a session that still count: what came before a revocation has to be shown again, the second factor too. */
export function standingMethods(attempt: Attempt, session: AccountSession): readonly UsedMethod[] {
  const voided = voidedFor(attempt)

  return voided === null ? session.methods : session.methods.filter(({ at }) => at >= voided.before)
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
