import type { Directory, User } from '../../directory/types.ts'
import type { Navigation } from '../odata/types.ts'
import { objectType } from './object-type.ts'
import { registrationById, servicePrincipalOf, userNamed, type DirectoryObject } from './objects.ts'

/** A tenant file may name the manager as anybody names a user. */
export function managerOf(directory: Directory, { manager }: User): User | undefined {
  return typeof manager === 'string' ? userNamed(directory, manager) : undefined
}

/** Who reports to somebody. */
export function reportsOf(directory: Directory, { id }: User): readonly User[] {
  return directory.list('users').filter((user) => typeof user.manager === 'string' && managerOf(directory, user)?.id === id)
}

/** What somebody is an owner of: groups, applications and their service principals. */
export function ownedBy(directory: Directory, { id }: User): readonly DirectoryObject[] {
  const applications = directory.found('applications', 'owners', id).flatMap((application) => registrationById(directory, application.id) ?? [])
  const principals = applications.filter(({ hasServicePrincipal }) => hasServicePrincipal !== false).map(servicePrincipalOf)

  return [...directory.found('groups', 'owners', id), ...applications, ...principals]
}

/** What a user leads to: the manager, and who reports to the user. */
export function leadsToManager(): Readonly<Record<string, Navigation<User>>> {
  return {
    manager: { type: objectType as never, of: (user, { tenant }) => managerOf(tenant.directory, user) ?? null },
    directReports: { type: objectType as never, of: (user, { tenant }) => reportsOf(tenant.directory, user) },
  }
}
