import { roleNamed } from '../../directory/index.ts'
import type { Directory, User } from '../../directory/types.ts'
import { meOf } from '../me.ts'
import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import { authorize, hasRole, type Permissions } from '../protocol/permissions.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { principalById, userNamed, type Principal } from './objects.ts'

/** Something asked of one user, at `/users/{user}` and, of the user who asks, at `/me`. */
export type OfUser = Pick<Endpoint, 'method' | 'only' | 'status'> & {
  /** What follows the user: `/memberOf`. */
  readonly suffix: string
  /** What suffices to ask it about oneself, beside what suffices to ask it about others. Null = nobody asks it about himself. */
  readonly own: readonly string[] | null
  readonly others: Permissions
  answer(asked: Asked, user: User): ReturnType<Endpoint['answer']>
}

/** The endpoints of what is asked of one user. Whoever may ask it about himself only is refused about others. */
export function ofUser({ method, suffix, own, others, answer, ...rest }: OfUser): readonly Endpoint[] {
  const delegated = [...(own ?? []), ...others.delegated]
  const me: Endpoint = { method, path: `/me${suffix}`, ...rest, permissions: { ...others, delegated, application: others.application, ...(own ? { roles: undefined } : {}) }, answer: (asked) => answer(asked, meOf(asked)) }
  const named: Endpoint = {
    method,
    path: `/users/{user}${suffix}`,
    ...rest,
    permissions: own ? { ...others, delegated, roles: undefined } : others,
    answer(asked) {
      const user = userAsked(asked)
      if (own && !isSelf(asked, user)) authorize(others, asked.caller, asked.tenant.directory)

      return answer(asked, user)
    },
  }

  return [me, named]
}

/** The user a path names, by id or user principal name. */
export function userAsked({ tenant, names: { user: name = '' } }: Asked): User {
  const user = userNamed(tenant.directory, name)
  if (!user) throw noSuchObject(name)

  return user
}

/** A user by id as he is now: whoever waited for a body or a hash may find that he is gone. */
export function userOf({ tenant }: Asked, id: string): User {
  const user = tenant.directory.get('users', id)
  if (!user) throw noSuchObject(id)

  return user
}

/** The user a path names, or the one who asks where it is below `/me`. */
export const userAskedOrMe = (asked: Asked): User => (asked.names.user === undefined ? meOf(asked) : userAsked(asked))

export const isSelf = ({ caller }: Asked, { id }: User) => caller.kind === 'user' && caller.user.id === id

/** Refuses a user who neither looks after the object nor has one of the roles that may change any. */
export function refuseUnlessOwnerOr(roles: readonly string[], owners: readonly string[], { caller, tenant }: Asked): void {
  if (caller.kind !== 'user' || owners.includes(caller.user.id) || hasRole(caller.user.id, roles, tenant.directory)) return

  throw insufficient(`The user is neither an owner nor any of: ${['Global Administrator', ...roles].join(', ')}.`)
}

/** What lets somebody in as an administrator is changed by those who may do so to administrators, not by every help desk. */
export function refuseOverAdministrators({ caller, tenant: { directory } }: Asked, { id }: User): void {
  if (caller.kind !== 'user' || caller.user.id === id || hasRole(caller.user.id, ['Privileged Authentication Administrator'], directory)) return
  const role = directory.roleTemplateIdsOf(id).map((templateId) => roleNamed(templateId)).find((held) => held?.isPrivileged)
  if (role) throw insufficient(`The user is ${role.displayName}; a Global Administrator or a Privileged Authentication Administrator may do this.`)
}

export function insufficient(why: string): GraphRefusal {
  return new GraphRefusal(403, 'Authorization_RequestDenied', `Insufficient privileges to complete the operation. ${why}`)
}

/** Whoever is added to a list is not on it yet. */
export function alreadyThere(list: 'members' | 'owners'): GraphRefusal {
  return new GraphRefusal(400, 'Request_BadRequest', `One or more added object references already exist for the following modified properties: '${list}'.`, { details: [{ target: list, message: `'${list}'` }] })
}

/** A member that has to be there. */
export function required<T>(value: T | null | undefined, property: string, resource: string): T {
  if (value === undefined || value === null || value === '') throw badProperty(property, `A value is required for property '${property}' of resource '${resource}'.`)

  return value
}

/** The end of an address, which names an object: `https://…/v1.0/directoryObjects/{id}`, `…/users('{id}')`; the id alone will do. */
export function referredId(reference: unknown): string {
  const id = typeof reference === 'string' ? /([^/('"]+)['")]*\/?$/.exec(decoded(reference))?.[1] : undefined
  if (id === undefined) throw badProperty('@odata.id', 'Invalid reference. Send { "@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{id}" }.')

  return id
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The principal that a reference means; a user by user principal name too. */
export function referred(directory: Directory, reference: unknown): Principal {
  const id = referredId(reference)
  const found = principalById(directory, id) ?? directory.user(id)
  if (!found) throw noSuchObject(id)

  return found
}

/** The object that the body of a `$ref` means. */
export async function referredIn(asked: Asked): Promise<Principal> {
  const body = await asked.body()

  return referred(asked.tenant.directory, body['@odata.id'])
}

export { nowOf } from '../protocol/endpoint.ts'
