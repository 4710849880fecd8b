import { roleNamed } from '../roles.ts'
import type { Application, Device, Directory, Group, User } from '../types.ts'
import { target, type Target } from './activity.ts'
import type { Modified } from './modified.ts'

export const userTarget = ({ id, displayName, userPrincipalName }: User, modifiedProperties: readonly Modified[] = []): Target => target('User', id, displayName, { userPrincipalName, modifiedProperties })

export const groupTarget = ({ id, displayName, groupTypes }: Group, modifiedProperties: readonly Modified[] = []): Target =>
  target('Group', id, displayName, { groupType: (groupTypes as readonly string[] | undefined)?.includes('Unified') ? 'unifiedGroups' : 'azureAD', modifiedProperties })

export const applicationTarget = ({ id, displayName }: Application, modifiedProperties: readonly Modified[] = []): Target => target('Application', id, displayName, { modifiedProperties })

export const servicePrincipalTarget = ({ servicePrincipalId, displayName }: Application, modifiedProperties: readonly Modified[] = []): Target =>
  target('ServicePrincipal', servicePrincipalId, displayName, { modifiedProperties })

export const deviceTarget = ({ id, displayName }: Device, modifiedProperties: readonly Modified[] = []): Target => target('Device', id, displayName, { modifiedProperties })

export const roleTarget = (templateId: string): Target => target('Role', templateId, roleNamed(templateId)?.displayName ?? null)

/** Whoever has this object id; somebody who is gone keeps nothing but the id. */
export function principalTarget(directory: Directory, id: string, modifiedProperties: readonly Modified[] = []): Target {
  const user = directory.get('users', id)
  if (user) return userTarget(user, modifiedProperties)
  const group = directory.get('groups', id)
  if (group) return groupTarget(group, modifiedProperties)
  const [application] = directory.found('applications', 'servicePrincipalId', id.toLowerCase())
  if (application) return servicePrincipalTarget(application, modifiedProperties)
  const device = directory.get('devices', id)

  return device ? deviceTarget(device, modifiedProperties) : target('Other', id, null, { modifiedProperties })
}
