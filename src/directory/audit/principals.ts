import { roleNamed } from '../roles.ts'
import type { Application, Device, Directory, Group, User } from '../types.ts'
import { target, type Target } from './activity.ts'

export const userTarget = (user: User, more: Partial<Target> = {}): Target => target('User', user.id, user.displayName, { userPrincipalName: user.userPrincipalName, ...more })

export const groupTarget = (group: Group, more: Partial<Target> = {}): Target =>
  target('Group', group.id, group.displayName, { groupType: (group.groupTypes as readonly string[] | undefined)?.includes('Unified') ? 'unifiedGroups' : 'azureAD', ...more })

export const applicationTarget = (application: Application, more: Partial<Target> = {}): Target => target('Application', application.id, application.displayName, more)

export const servicePrincipalTarget = (application: Application, more: Partial<Target> = {}): Target =>
  target('ServicePrincipal', application.servicePrincipalId, application.displayName, more)

export const deviceTarget = (device: Device, more: Partial<Target> = {}): Target => target('Device', device.id, device.displayName, more)

export const roleTarget = (templateId: string): Target => target('Role', templateId, roleNamed(templateId)?.displayName ?? null)

/** Whoever has this object id; somebody who is gone keeps nothing but the id. */
export function principalTarget(directory: Directory, id: string, more: Partial<Target> = {}): Target {
  const user = directory.get('users', id)
  if (user) return userTarget(user, more)
  const group = directory.get('groups', id)
  if (group) return groupTarget(group, more)
  const [application] = directory.found('applications', 'servicePrincipalId', id.toLowerCase())
  if (application) return servicePrincipalTarget(application, more)
  const device = directory.get('devices', id)

  return device ? deviceTarget(device, more) : target('Other', id, null, more)
}
