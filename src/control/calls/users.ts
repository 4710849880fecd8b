import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { builtInRoles, hashPassword, nearestName, roleNamed } from '../../directory/index.ts'
import { methodTypes, user as userInFile } from '../../directory/file/schema-people.ts'
import type { RegisteredMethod, User } from '../../directory/types.ts'
import type { Tenant } from '../../tenant.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { userNamed } from '../names.ts'
import { badRequest } from '../refusal.ts'
import { signals } from '../signals.ts'
import { listed, members, oneOf, text, truth } from '../validate.ts'

const textOrNull = v.nullable(text)

/** Changes a user as an administrator would: what is left out stays. */
export const changeUser = tenantCall({
  method: 'PATCH',
  path: '/users/{user}',
  summary: 'Disable a user, change the password, the roles, the authenticators, …; what is left out stays',
  answers: answers.user,
  body: members({
    ...otherProperties(),
    accountEnabled: v.optional(truth),
    password: v.optional(textOrNull),
    forceChangePasswordNextSignIn: v.optional(truth),
    displayName: v.optional(text),
    userPrincipalName: v.optional(text),
    givenName: v.optional(textOrNull),
    surname: v.optional(textOrNull),
    mail: v.optional(textOrNull),
    userType: v.optional(oneOf('Member', 'Guest')),
    externalType: v.optional(v.nullable(oneOf(
      'internalGuest', 'b2bCollaborationGuest', 'b2bCollaborationMember', 'b2bDirectConnectUser', 'otherExternalUser', 'serviceProvider',
    ))),
    externalUserState: v.optional(textOrNull),
    homeTenantId: v.optional(textOrNull),
    roles: v.optional(v.array(text, 'is not a list of role names.')),
    authenticationMethods: v.optional(v.array(
      v.looseObject({ type: text, secret: v.optional(v.pipe(text, v.regex(/^[A-Za-z2-7= -]{8,160}$/, 'is not BASE32.'))) }, 'is not an object with a "type".'),
      'is not a list.',
    )),
    signals: v.optional(signals),
  }),
  async answer({ tenant, names, body }) {
    const { password, roles, authenticationMethods, ...plain } = body
    const { id } = userNamed(tenant, names.user)
    const secured = {
      ...(password === undefined ? {} : await newPassword(tenant, password)),
      ...(roles === undefined ? {} : { roles: roles.map(roleId) }),
      ...(authenticationMethods === undefined ? {} : { authenticationMethods: authenticationMethods.map((method) => registered(tenant, method)) }),
    }
    // Read after the hash was made: another change may have come meanwhile.
    const user = userNamed(tenant, id)
    await tenant.directory.put('users', { ...user, ...plain, ...secured })

    return shown(userNamed(tenant, id))
  },
})

/** Graph's own properties of a user that a tenant only keeps, for filters, claims and dynamic groups: those of a tenant file. */
function otherProperties(): v.ObjectEntries {
  const { id: _id, passwordProfile: _password, ...entries } = userInFile.entries as unknown as v.ObjectEntries

  return Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, v.optional(v.nullable(schema as v.GenericSchema))]))
}

async function newPassword(tenant: Tenant, password: string | null) {
  return {
    passwordHash: password === null ? null : await hashPassword(password),
    lastPasswordChangeDateTime: new Date(tenant.clock.now()).toISOString(),
  }
}

function roleId(name: string): string {
  const role = roleNamed(name)
  if (role) return role.templateId

  const near = nearestName(name, builtInRoles.map(({ displayName }) => displayName))
  throw badRequest('invalid_body', `"roles" names "${name.slice(0, 80)}", which is no directory role.${near ? ` Did you mean "${near}"?` : ''}`)
}

function registered(tenant: Tenant, method: { readonly type: string; readonly secret?: string }): RegisteredMethod {
  const type = methodTypes.find((known) => known.toLowerCase() === method.type.toLowerCase())
  if (type === undefined) {
    throw badRequest('invalid_body', `"authenticationMethods" has the type "${method.type.slice(0, 60)}"; a method is ${listed(methodTypes)}.`)
  }

  return { id: randomUUID(), createdDateTime: new Date(tenant.clock.now()).toISOString(), ...method, type }
}

/** A user as it is shown: the hash of the password and secrets of authenticators stay inside. */
function shown({ passwordHash, authenticationMethods, ...user }: User) {
  return {
    ...user,
    hasPassword: passwordHash !== null,
    authenticationMethods: authenticationMethods.map((method) => ({ ...method, secret: undefined, temporaryAccessPass: undefined })),
  }
}
