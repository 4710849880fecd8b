import type { User } from '../../directory/types.ts'
import type { Decision } from '../../policy/decision.ts'
import type { SignIn } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'
import type { AccountSession } from '../session.ts'

/**
 * Whether "Stay signed in?" is asked after this sign-in: once per session, and not where the answer is settled or the
 * sign-in is one that should not last (reference 5.1).
 */
export function isKmsiDue(
  tenant: Pick<SignInTenant, 'directory'>,
  session: AccountSession,
  decision: Decision | null,
  user: User,
  signIn: SignIn | null = null,
): boolean {
  if (session.isKmsiAnswered || !tenant.directory.settings.settings.kmsiPromptEnabled) return false
  const isSettled = (decision?.session.persistentBrowser ?? null) !== null
  if (user.userType === 'Guest' || isSettled) return false

  return signIn?.conditions.signInRiskLevel !== 'high' && signIn?.conditions.userRiskLevel !== 'high'
}

/** The session after the user's answer, or after a policy that answers for the user (`persistentBrowser`). */
export function applyPersistence(session: AccountSession, by: boolean | Decision | null): AccountSession {
  if (typeof by === 'boolean') return { ...session, isPersistent: by, isKmsiAnswered: true }
  const mode = by?.session.persistentBrowser ?? null
  if (mode === null || session.isPersistent === (mode === 'always')) return session

  return { ...session, isPersistent: mode === 'always' }
}
