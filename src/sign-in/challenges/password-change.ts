import { himself } from '../../directory/himself.ts'
import type { User } from '../../directory/types.ts'
import { hashPassword, verifyPassword } from '../../directory/passwords.ts'
import type { SignInTenant } from '../attempt.ts'
import type { Refusal } from '../refusal.ts'
import { newSession, withMethod } from '../session.ts'
import type { AccountSession } from '../session.ts'
import { timeOfProof } from '../validity.ts'
import { primaryMethodOf } from './password.ts'
import { counterOf } from './smart-lockout.ts'

/**
 * "Update your password". The session in which it happens goes on, with the change noted; every other one that began
 * with the old password ends (reference 5.3). Without a session one begins: a password that had to be changed first.
 */
export async function changePassword(
  tenant: SignInTenant,
  user: User,
  session: AccountSession | null,
  current: string,
  wanted: string,
): Promise<{ readonly session: AccountSession } | { readonly refusal: Refusal }> {
  const values = { user: user.userPrincipalName }
  if (primaryMethodOf(tenant, user) !== 'password') return { refusal: { code: 120012, values } }

  const counter = counterOf(tenant, `${user.id} password change`)
  const locked = counter.lock()
  if (locked) return { refusal: locked }
  if (user.passwordHash === null || !(await verifyPassword(current, user.passwordHash))) {
    counter.fail(current)
    return { refusal: { code: 120000, values } }
  }
  counter.succeed()

  const weakness = weaknessOf(wanted, current, user)
  if (weakness !== null) return { refusal: { code: weakness, values } }

  const now = tenant.clock.now()
  const latest = tenant.directory.get('users', user.id) ?? user
  const passwordHash = await hashPassword(wanted)
  await tenant.directory.by(himself(user)).put('users', {
    ...latest,
    passwordHash,
    lastPasswordChangeDateTime: new Date(now).toISOString(),
    forceChangePasswordNextSignIn: false,
  })
  const used = { method: 'password', at: timeOfProof(tenant, { ...latest, lastPasswordChangeDateTime: null }) } as const

  return { session: { ...(session ? withMethod(session, used) : newSession(user.id, used, now)), passwordChangedAt: now } }
}

/** Whether a password is not one that Entra takes: 8 to 256 characters of at least three kinds, without the user's name. */
export function isWeakPassword(wanted: string, userPrincipalName: string): boolean {
  return isTooPlain(wanted) || holdsName(wanted, userPrincipalName)
}

/** What Entra finds wrong with a new password: too plain, the same as before, or with the user's name in it. */
function weaknessOf(wanted: string, current: string, user: User): number | null {
  if (isTooPlain(wanted) || wanted === current) return 120002

  return holdsName(wanted, user.userPrincipalName) ? 120003 : null
}

function isTooPlain(wanted: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(wanted)).length

  return wanted.length < 8 || wanted.length > 256 || kinds < 3
}

function holdsName(wanted: string, userPrincipalName: string): boolean {
  const [localPart = ''] = userPrincipalName.toLowerCase().split('@')

  return localPart.length >= 3 && wanted.toLowerCase().includes(localPart)
}
