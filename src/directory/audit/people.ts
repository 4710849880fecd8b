import { isDeepStrictEqual } from 'node:util'
import type { Device, Group, RegisteredMethod, User } from '../types.ts'
import { target, type Activity } from './activity.ts'
import { changedMembers, modified, modifiedProperties, type Modified } from './modified.ts'
import { deviceTarget, groupTarget, userTarget } from './principals.ts'
import { core, difference, lifecycle, relation, roleActivities, type Changed } from './relations.ts'

export function userActivities(change: Changed<User>): readonly Activity[] {
  const { before, after, by, wasDeleted, directory } = change
  const of = (name: string, operation: Activity['operation'], modifiedOnes: readonly Modified[], more: Partial<Activity> = {}): Activity =>
    ({ name, service: core, category: 'UserManagement', operation, targets: [userTarget((after ?? before) as User, { modifiedProperties: modifiedOnes })], ...more })
  if (!before || !after) return lifecycle('user', change, (modifiedOnes, name, operation) => of(name, operation, modifiedOnes), ['authenticationMethods', 'roles', 'signals']).concat(after && !wasDeleted ? roleActivities(change, userTarget) : [])

  const own = by?.user?.id === after.id
  const changed = changedMembers(before, after)
  const activities: Activity[] = []
  const isPasswordNew = changed.includes('passwordHash')
  if (isPasswordNew) activities.push(of(own ? 'Change user password' : 'Reset user password', 'Update', []))
  if (changed.includes('signInSessionsValidFromDateTime')) {
    activities.push(of('Update StsRefreshTokenValidFrom Timestamp', 'Update', [modified('StsRefreshTokensValidFrom', [before.signInSessionsValidFromDateTime], [after.signInSessionsValidFromDateTime])]))
  }
  if (changed.includes('authenticationMethods')) activities.push(...securityInfo(before, after, own).map(([name, operation, info]) => of(name, operation, info, { service: 'Authentication Methods' })))
  if (changed.includes('agreementAcceptances')) activities.push(...acceptances(before, after).map((id) => of('Accept Terms Of Use', 'Update', [], { service: 'Terms Of Use', category: 'Policy', targets: [userTarget(after), target('Policy', id, directory.get('agreements', id)?.displayName ?? null)] })))
  if (changed.includes('accountEnabled')) activities.push(of(after.accountEnabled ? 'Enable account' : 'Disable account', 'Update', modifiedProperties(['accountEnabled'], before, after)))
  if (changed.includes('perUserMfaState')) {
    const isOn = after.perUserMfaState !== 'disabled'
    activities.push(of(`${isOn ? 'Enable' : 'Disable'} Strong Authentication`, 'Update', modifiedProperties(['perUserMfaState'], before, after)))
  }
  activities.push(...roleActivities(change, userTarget))
  const rest = changed.filter((name) => !toldOfUsers.has(name) && !(isPasswordNew && name === 'lastPasswordChangeDateTime'))
  if (rest.length > 0) activities.push(of('Update user', 'Update', modifiedProperties(rest, before, after)))

  return activities
}

export function groupActivities(change: Changed<Group>): readonly Activity[] {
  const { before, after } = change
  const of = (name: string, operation: Activity['operation'], modifiedOnes: readonly Modified[]): Activity =>
    ({ name, service: core, category: 'GroupManagement', operation, targets: [groupTarget((after ?? before) as Group, { modifiedProperties: modifiedOnes })] })
  const people = [
    ...relation(change, 'members', { added: 'Add member to group', removed: 'Remove member from group', category: 'GroupManagement', target: groupTarget }),
    ...relation(change, 'owners', { added: 'Add owner to group', removed: 'Remove owner from group', category: 'GroupManagement', target: groupTarget }),
    ...roleActivities(change, groupTarget),
  ]
  if (!before || !after) return [...lifecycle('group', change, (modifiedOnes, name, operation) => of(name, operation, modifiedOnes), ['members', 'owners', 'roles']), ...(after && !change.wasDeleted ? people : [])]
  const rest = changedMembers(before, after).filter((name) => !toldOfGroups.has(name))

  return rest.length > 0 ? [...people, of('Update group', 'Update', modifiedProperties(rest, before, after))] : people
}

export function deviceActivities(change: Changed<Device>): readonly Activity[] {
  const { before, after } = change
  const of = (name: string, operation: Activity['operation'], modifiedOnes: readonly Modified[]): Activity =>
    ({ name, service: core, category: 'Device', operation, targets: [deviceTarget((after ?? before) as Device, { modifiedProperties: modifiedOnes })] })
  const owners = relation(change, 'registeredOwners', { added: 'Add registered owner to device', removed: 'Remove registered owner from device', category: 'Device', target: deviceTarget })
  if (!before || !after) return [...lifecycle('device', change, (modifiedOnes, name, operation) => of(name, operation, modifiedOnes), ['registeredOwners']), ...(after ? owners : [])]
  const rest = changedMembers(before, after).filter((name) => name !== 'registeredOwners')

  return rest.length > 0 ? [...owners, of('Update device', 'Update', modifiedProperties(rest, before, after))] : owners
}

/** Members whose change is an activity of its own; simulated signals are no part of a real directory, and no audit tells of them. */
const toldOfUsers: ReadonlySet<string> = new Set(['passwordHash', 'signInSessionsValidFromDateTime', 'authenticationMethods', 'agreementAcceptances', 'accountEnabled', 'perUserMfaState', 'roles', 'signals'])
const toldOfGroups: ReadonlySet<string> = new Set(['members', 'owners', 'roles'])

function securityInfo(before: User, after: User, isOwn: boolean): readonly (readonly [name: string, operation: Activity['operation'], modified: readonly Modified[]])[] {
  const who = isOwn ? 'User' : 'Admin'
  const earlier = new Map(before.authenticationMethods.map((method) => [method.id, method]))
  const later = new Map(after.authenticationMethods.map((method) => [method.id, method]))
  const told = ({ type }: RegisteredMethod) => [type]

  return [
    ...[...later.values()].filter(({ id }) => !earlier.has(id)).map((method) => [`${who} registered security info`, 'Add', [modified('StrongAuthenticationMethod', undefined, told(method))]] as const),
    ...[...earlier.values()].filter(({ id }) => !later.has(id)).map((method) => [`${who} deleted security info`, 'Delete', [modified('StrongAuthenticationMethod', told(method), undefined)]] as const),
    ...[...later.values()].filter((method) => earlier.has(method.id) && !isDeepStrictEqual(earlier.get(method.id), method)).map((method) => [`${who} updated security info`, 'Update', [modified('StrongAuthenticationMethod', told(earlier.get(method.id)!), told(method))]] as const),
  ]
}

/** The ids of the agreements that were accepted just now. */
function acceptances(before: User, after: User): readonly string[] {
  type Acceptance = { readonly agreementId: string; readonly recordedDateTime: string }
  const of = (user: User) => (user.agreementAcceptances ?? []) as readonly Acceptance[]

  return difference(of(before), of(after)).came.map(({ agreementId }) => agreementId)
}
