import type { User } from '../directory/types.ts'
import { answerOne } from './odata/collection.ts'
import { flag, many, text, words } from './odata/types.ts'
import type { EntityType } from './odata/types.ts'
import type { Asked, Endpoint } from './protocol/endpoint.ts'
import { badRequest, noSuchObject } from './protocol/refusal.ts'

/** A user as Graph shows one unasked. */
const user: EntityType<User> = {
  name: 'user',
  key: ({ id }) => id,
  properties: {
    businessPhones: many(text(), { of: ({ businessPhones }) => businessPhones ?? [] }),
    displayName: text(),
    givenName: text(),
    jobTitle: text(),
    mail: text(),
    mobilePhone: text(),
    officeLocation: text(),
    preferredLanguage: text(),
    surname: text(),
    userPrincipalName: text(),
    id: text({ isReadOnly: true }),
    accountEnabled: flag({ isOnRequest: true }),
    userType: words(['Member', 'Guest'], { isOnRequest: true }),
  },
}

/** The user whom a token is about. */
export function meOf({ caller, tenant }: Asked): User {
  const user = caller.kind === 'application' ? null : caller.user
  if (!user) throw badRequest('/me request is only valid with delegated authentication flow. Send a user\'s token, or ask for /users/{id}.')
  const found = tenant.directory.get('users', user.id)
  if (!found) throw noSuchObject(user.id)

  return found
}

/** `/me` */
export const meEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/me',
    permissions: { delegated: ['User.Read', 'User.ReadBasic.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['User.Read.All', 'Directory.Read.All'] },
    answer: (asked) => answerOne(meOf(asked), { type: user, context: 'users' }, asked),
  },
]
