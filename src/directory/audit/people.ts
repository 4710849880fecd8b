import { isDeepStrictEqual } from 'node:util'
import type { Device, Group, RegisteredMethod, User } from '../types.ts'
import { target, type Activity } from './activity.ts'
import { core, difference, type Changed, type Kind } from './entity.ts'
import { modified, modifiedProperties, type Modified } from './modified.ts'
import { deviceTarget, groupTarget, userTarget } from './principals.ts'
import { belonging, roleHolding } from './relations.ts'

/** Users, with the names that Entra's audit has for what happens to them. */
export const users: Kind<User> = {
  noun: 'user',
  category: 'UserManagement',
  show: userTarget,
  relations: { roles: roleHolding(userTarget) },
  // Simulated signals are no part of a real directory, and no audit tells of them.
  silent: ['signals', 'authenticationMethods', 'lastPasswordChangeDateTime'],
  own: {
    passwordHash: (_, user, change) => [about(user, isHimself(change) ? 'Change user password' : 'Reset user password')],
    signInSessionsValidFromDateTime: (before, user) => [
      about(user, 'Update StsRefreshTokenValidFrom Timestamp', [modified('StsRefreshTokensValidFrom', [before.signInSessionsValidFromDateTime], [user.signInSessionsValidFromDateTime])]),
    ],
    accountEnabled: (before, user) => [about(user, user.accountEnabled ? 'Enable account' : 'Disable account', modifiedProperties(['accountEnabled'], before, user))],
    perUserMfaState: (before, user) => [about(user, `${user.perUserMfaState === 'disabled' ? 'Disable' : 'Enable'} Strong Authentication`, modifiedProperties(['perUserMfaState'], before, user))],
    authenticationMethods: securityInfo,
    agreementAcceptances: accepted,
  },
}

export const groups: Kind<Group> = {
  noun: 'group',
  category: 'GroupManagement',
  show: groupTarget,
  relations: {
    members: belonging('member', 'group', 'GroupManagement', groupTarget),
    owners: belonging('owner', 'group', 'GroupManagement', groupTarget),
    roles: roleHolding(groupTarget),
  },
  silent: [],
  own: {},
}

export const devices: Kind<Device> = {
  noun: 'device',
  category: 'Device',
  show: deviceTarget,
  relations: { registeredOwners: belonging('registered owner', 'device', 'Device', deviceTarget) },
  silent: [],
  own: {},
}

const about = (user: User, name: string, modifiedOnes: readonly Modified[] = [], more: Partial<Activity> = {}): Activity =>
  ({ name, service: core, category: 'UserManagement', operation: 'Update', targets: [userTarget(user, modifiedOnes)], ...more })

const isHimself = ({ by, after }: Changed<User>) => by?.user !== undefined && by.user.id === after?.id

/** Methods that were registered, changed or deleted. Of a method its type is told, and nothing that proves anything. */
function securityInfo(before: User, user: User, change: Changed<User>): readonly Activity[] {
  const who = isHimself(change) ? 'User' : 'Admin'
  const tell = (verb: string, operation: Activity['operation'], old: RegisteredMethod | undefined, now: RegisteredMethod | undefined) =>
    about(user, `${who} ${verb} security info`, [modified('StrongAuthenticationMethod', old && [old.type], now && [now.type])], { service: 'Authentication Methods', operation })
  const earlier = new Map(before.authenticationMethods.map((method) => [method.id, method]))
  const later = new Set(user.authenticationMethods.map(({ id }) => id))

  return [
    ...before.authenticationMethods.filter(({ id }) => !later.has(id)).map((method) => tell('deleted', 'Delete', method, undefined)),
    ...user.authenticationMethods.flatMap((method) => {
      const old = earlier.get(method.id)
      if (old === undefined) return [tell('registered', 'Add', undefined, method)]

      return isDeepStrictEqual(old, method) ? [] : [tell('updated', 'Update', old, method)]
    }),
  ]
}

type Acceptance = { readonly agreementId: string }

function accepted(before: User, user: User, { directory }: Changed<User>): readonly Activity[] {
  const of = (one: User) => (one.agreementAcceptances ?? []) as readonly Acceptance[]

  return difference(of(before), of(user)).came.map(({ agreementId: id }) => about(user, 'Accept Terms Of Use', [], {
    service: 'Terms Of Use', category: 'Policy', targets: [userTarget(user), target('Policy', id, directory.get('agreements', id)?.displayName ?? null)],
  }))
}
