import { builtInRoles, idFor, roleNamed, wellKnownApplications, type Role } from '../../directory/index.ts'
import type { Application, Device, Directory, Group, User } from '../../directory/types.ts'

/** The service principal of an application: the tenant's own, or one of Microsoft's that every tenant has. */
export type ServicePrincipal = { readonly id: string; readonly principalOf: Application; readonly isWellKnown: boolean }

/** A directory role as a tenant has it, once it is activated. */
export type DirectoryRole = { readonly id: string; readonly role: Role }

/** Whatever may be a member, an owner, or named by its id alone. */
export type DirectoryObject = User | Group | Device | Application | ServicePrincipal | DirectoryRole

/** Who can be a member, an owner or an assignee. */
export type Principal = User | Group | Device | ServicePrincipal

export type ObjectKind = 'user' | 'group' | 'device' | 'application' | 'servicePrincipal' | 'directoryRole'

/** Which kind of object something is: each has a member that no other has. */
export function kindOf(object: DirectoryObject): ObjectKind {
  if ('userPrincipalName' in object) return 'user'
  if ('membershipRule' in object) return 'group'
  if ('principalOf' in object) return 'servicePrincipal'
  if ('servicePrincipalId' in object) return 'application'

  return 'role' in object && 'templateId' in (object.role as object) ? 'directoryRole' : 'device'
}

/** An object by its id, whatever it is. */
export function objectById(directory: Directory, id: string): DirectoryObject | undefined {
  return principalById(directory, id) ?? registrationById(directory, id) ?? directoryRoleById(directory, id)
}

/** Somebody who can be a member, an owner or an assignee, by object id. */
export function principalById(directory: Directory, id: string): Principal | undefined {
  return directory.get('users', id) ?? directory.get('groups', id) ?? directory.get('devices', id) ?? servicePrincipalById(directory, id)
}

/** A user by object id or user principal name, as Graph's paths take either. */
export function userNamed(directory: Directory, name: string): User | undefined {
  return directory.get('users', name) ?? directory.user(name)
}

/** The tenant's own applications. One of Microsoft's that it holds (to assign its roles) is no registration of the tenant. */
export function registrations(directory: Directory): readonly Application[] {
  return directory.list('applications').filter(({ appId }) => !wellKnownAppIds.has(appId))
}

export function registrationById(directory: Directory, id: string): Application | undefined {
  const found = directory.get('applications', id)

  return found && !wellKnownAppIds.has(found.appId) ? found : undefined
}

/** Every service principal of the tenant, its own first. */
export function servicePrincipals(directory: Directory): readonly ServicePrincipal[] {
  const own = directory.list('applications')
  const held = new Set(own.map(({ appId }) => appId))

  return [
    ...own.flatMap((application) => (application.hasServicePrincipal === false ? [] : [servicePrincipalOf(application)])),
    ...wellKnownApplications.flatMap((application) => (held.has(application.appId) ? [] : [servicePrincipalOf(application)])),
  ]
}

export function servicePrincipalById(directory: Directory, id: string): ServicePrincipal | undefined {
  const [own] = directory.found('applications', 'servicePrincipalId', id.toLowerCase())
  if (own) return own.hasServicePrincipal === false ? undefined : servicePrincipalOf(own)
  const known = wellKnownByPrincipal.get(id.toLowerCase())

  return known && servicePrincipalOf(known)
}

export function servicePrincipalByAppId(directory: Directory, appId: string): ServicePrincipal | undefined {
  const own = directory.application(appId)
  if (own) return own.hasServicePrincipal === false ? undefined : servicePrincipalOf(own)
  const known = wellKnownApplications.find((application) => application.appId === appId.toLowerCase())

  return known && servicePrincipalOf(known)
}

export function servicePrincipalOf(application: Application): ServicePrincipal {
  return { id: application.servicePrincipalId, principalOf: application, isWellKnown: wellKnownAppIds.has(application.appId) }
}

const wellKnownAppIds: ReadonlySet<string> = new Set(wellKnownApplications.map(({ appId }) => appId))
const wellKnownByPrincipal = new Map(wellKnownApplications.map((application) => [application.servicePrincipalId, application]))

/** The roles that are active: activated by somebody, or had by somebody. */
export function directoryRoles(directory: Directory): readonly DirectoryRole[] {
  return builtInRoles.filter(({ templateId }) => isActive(directory, templateId)).map((role) => directoryRole(directory, role))
}

export function directoryRole(directory: Directory, role: Role): DirectoryRole {
  return { id: idFor(directory.settings.id, 'directoryRole', role.templateId), role }
}

/** An active role by its object id in this tenant. */
export function directoryRoleById(directory: Directory, id: string): DirectoryRole | undefined {
  return directoryRoles(directory).find((role) => role.id === id.toLowerCase())
}

/** An active role by template id; its members can be read and changed like one named by object id. */
export function directoryRoleByTemplate(directory: Directory, templateId: string): DirectoryRole | undefined {
  const role = roleNamed(templateId)

  return role && role.templateId === templateId.toLowerCase() && isActive(directory, role.templateId) ? directoryRole(directory, role) : undefined
}

function isActive(directory: Directory, templateId: string): boolean {
  return (directory.settings.settings.activatedRoles ?? []).includes(templateId) || holdersOf(directory, templateId).length > 0
}

/** Who was given a role directly: users, role-assignable groups, service principals. */
export function holdersOf(directory: Directory, templateId: string): readonly (User | Group | ServicePrincipal)[] {
  return [
    ...directory.found('users', 'roles', templateId),
    ...directory.found('groups', 'roles', templateId),
    ...directory.found('applications', 'roles', templateId).map(servicePrincipalOf),
  ]
}

/** The groups that somebody is in without being in another group for it: named as a member, or found by a rule. */
export function groupsAround(directory: Directory, id: string): readonly Group[] {
  const dynamic = directory.groupIdsOf(id).flatMap((groupId) => directory.get('groups', groupId) ?? []).filter(({ membershipRule }) => membershipRule !== null)

  return [...directory.found('groups', 'members', id), ...dynamic]
}
