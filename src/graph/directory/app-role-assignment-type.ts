import type { Application, Directory } from '../../directory/types.ts'
import { guid, instant, text } from '../odata/types.ts'
import type { EntityType, Navigation } from '../odata/types.ts'
import { relationId } from './ids.ts'
import { kindOf, principalById, servicePrincipalOf, type Principal, type ServicePrincipal } from './objects.ts'

/** That somebody has an app role: who, of which application, which role. */
export type Assignment = { readonly principal: Principal; readonly resource: ServicePrincipal; readonly role: string | null }

/** What stands for the role of those who may use an application and have no role in it. */
export const defaultAccess = '00000000-0000-0000-0000-000000000000'

const known = { isReadOnly: true } as const
export const assignmentId = ({ principal, resource, role }: Assignment) => relationId(principal.id, relationId(resource.id, role ?? defaultAccess))

/** An app role assignment as Graph shows one. */
export const assignmentType: EntityType<Assignment> = {
  name: 'appRoleAssignment',
  key: assignmentId,
  properties: {
    id: text({ of: assignmentId, ...known }),
    deletedDateTime: instant({ of: () => null, ...known }),
    appRoleId: guid({ filter: 'eq', of: ({ role }) => role ?? defaultAccess }),
    createdDateTime: instant({ of: () => null, ...known }),
    principalDisplayName: text({ filter: 'eq startswith', of: ({ principal }) => nameOf(principal), ...known }),
    principalId: guid({ filter: 'eq', of: ({ principal }) => principal.id }),
    principalType: text({ filter: 'eq', of: ({ principal }) => typeNames[kindOf(principal)], ...known }),
    resourceDisplayName: text({ filter: 'eq startswith', of: ({ resource }) => resource.principalOf.displayName, ...known }),
    resourceId: guid({ filter: 'eq', of: ({ resource }) => resource.id }),
  },
}

/** The kinds of principals that can have an app role, as an assignment names them. */
export const typeNames: Readonly<Record<string, string>> = { user: 'User', group: 'Group', servicePrincipal: 'ServicePrincipal' }
const nameOf = (principal: Principal) => ('principalOf' in principal ? (principal as ServicePrincipal).principalOf.displayName : principal.displayName)

/** Whose assignments they are: those that somebody has, or those of an application's roles. */
export type Side = 'appRoleAssignments' | 'appRoleAssignedTo'

/** The assignments seen from one side: what somebody has, or who has what of an application. */
export function assignments(side: Side, directory: Directory, about: Principal): readonly Assignment[] {
  if (side === 'appRoleAssignedTo') return ofResource(directory, (about as ServicePrincipal).principalOf)

  return directory.found('applications', 'principals', about.id).flatMap((application) => ofResource(directory, application).filter(({ principal }) => principal.id === about.id))
}

function ofResource(directory: Directory, application: Application): readonly Assignment[] {
  const resource = servicePrincipalOf(application)

  return application.assignments.flatMap(({ principal: id, role }) => {
    const principal = principalById(directory, id)

    return principal ? [{ principal, resource, role }] : []
  })
}

/** What somebody leads to: the app roles he has. */
export function leadsToAppRoles<E extends Principal>(): Readonly<Record<string, Navigation<E>>> {
  return { appRoleAssignments: { type: assignmentType as never, of: (about, { tenant }) => assignments('appRoleAssignments', tenant.directory, about) } }
}

/** What a service principal leads to beside: who has its own app roles. */
export function leadsToAssigned(): Readonly<Record<string, Navigation<ServicePrincipal>>> {
  return { ...leadsToAppRoles<ServicePrincipal>(), appRoleAssignedTo: { type: assignmentType as never, of: (about, { tenant }) => assignments('appRoleAssignedTo', tenant.directory, about) } }
}
