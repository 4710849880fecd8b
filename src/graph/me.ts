import type { User } from '../directory/types.ts'
import type { Asked } from './protocol/endpoint.ts'
import { badRequest, noSuchObject } from './protocol/refusal.ts'

/** The user whom a token is about: what `/me` means. */
export function meOf({ caller, tenant }: Asked): User {
  const user = caller.kind === 'application' ? null : caller.user
  if (!user) throw badRequest('/me request is only valid with delegated authentication flow. Send a user\'s token, or ask for /users/{id}.')
  const found = tenant.directory.get('users', user.id)
  if (!found) throw noSuchObject(user.id)

  return found
}
