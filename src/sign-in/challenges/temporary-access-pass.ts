import { createHash, timingSafeEqual } from 'node:crypto'
import { himself } from '../../directory/himself.ts'
import type { RegisteredMethod, User } from '../../directory/types.ts'
import type { AuthenticationMethod, UsedMethod } from '../../policy/sign-in.ts'
import type { SignInTenant } from '../attempt.ts'
import { timeOfProof } from '../validity.ts'

/** Whether a temporary access pass is good at an instant, and why not, in Graph's words (reference 7.1). */
export function passStateAt({ startDateTime, createdDateTime, lifetimeInMinutes }: RegisteredMethod, now: number): 'EnabledByPolicy' | 'NotYetValid' | 'Expired' {
  const start = Date.parse(String(startDateTime ?? createdDateTime))
  if (Number.isNaN(start)) return 'EnabledByPolicy'
  if (now < start) return 'NotYetValid'

  return typeof lifetimeInMinutes === 'number' && now >= start + lifetimeInMinutes * 60_000 ? 'Expired' : 'EnabledByPolicy'
}

export function isPass({ type }: { readonly type: AuthenticationMethod }): boolean {
  return type === 'temporaryAccessPassOneTime' || type === 'temporaryAccessPassMultiUse'
}

/** The pass that a user may type now; undefined = the user has none. */
export function passOf({ authenticationMethods }: User, now: number): RegisteredMethod | undefined {
  return authenticationMethods.find((method) => isPass(method) && typeof method.temporaryAccessPass === 'string' && passStateAt(method, now) === 'EnabledByPolicy')
}

/** Whether what was typed is the user's pass: multifactor authentication in itself. One that is usable once is gone with it. Null = it is not. */
export async function checkPass(tenant: SignInTenant, user: User, typed: string): Promise<UsedMethod | null> {
  const { directory, clock } = tenant
  const current = directory.get('users', user.id) ?? user
  const pass = passOf(current, clock.now())
  if (!pass || !timingSafeEqual(digestOf(typed), digestOf(String(pass.temporaryAccessPass)))) return null
  if (pass.type === 'temporaryAccessPassOneTime') {
    await directory.by(himself(current)).put('users', { ...current, authenticationMethods: current.authenticationMethods.filter(({ id }) => id !== pass.id) })
  }

  return { method: pass.type, at: timeOfProof(tenant, current) }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text.trim()).digest()
}
