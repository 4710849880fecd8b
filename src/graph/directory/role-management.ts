import { builtInRoles, roleNamed, type Role } from '../../directory/index.ts'
import type { Directory } from '../../directory/types.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { flag, guid, json, many, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { required } from './asking.ts'
import { giveRole, takeRole } from './directory-roles.ts'
import { relationId } from './ids.ts'
import { objectType } from './object-type.ts'
import { holdersOf, principalById, type Principal } from './objects.ts'
import { readRoles, writeRoles } from './permissions.ts'

/** That somebody has a directory role, everywhere in the tenant. */
type Assignment = { readonly principal: Principal; readonly role: Role }

const definitionType: EntityType<Role> = {
  name: 'unifiedRoleDefinition',
  key: ({ templateId }) => templateId,
  properties: {
    id: guid({ filter: 'eq', of: ({ templateId }) => templateId }),
    description: text({ of: ({ displayName }) => `${displayName}.` }),
    displayName: text({ filter: 'eq startswith', isSortable: true }),
    isBuiltIn: flag({ filter: 'eq', of: () => true }),
    isEnabled: flag({ of: () => true }),
    isPrivileged: flag({ filter: 'eq', isOnRequest: true }),
    resourceScopes: many(text(), { of: () => ['/'] }),
    templateId: guid({ filter: 'eq' }),
    version: text({ of: () => '1' }),
    rolePermissions: json({ of: () => [] }),
  },
}

const idOf = ({ role, principal }: Assignment) => `${relationId(role.templateId, principal.id)}-1`

const assignmentType: EntityType<Assignment> = {
  name: 'unifiedRoleAssignment',
  key: idOf,
  properties: {
    id: text({ filter: 'eq', of: idOf, isReadOnly: true }),
    principalId: guid({ filter: 'eq in', of: ({ principal }) => principal.id }),
    directoryScopeId: text({ filter: 'eq', of: () => '/' }),
    appScopeId: text({ of: () => null, isOnRequest: true }),
    roleDefinitionId: guid({ filter: 'eq in', of: ({ role }) => role.templateId }),
    resourceScope: text({ of: () => '/', isOnRequest: true }),
  },
  navigations: () => ({
    principal: { type: objectType as never, of: ({ principal }) => principal },
    roleDefinition: { type: definitionType as never, of: ({ role }) => role },
  }),
}

const definitions: Collection<Role> = { type: definitionType, context: 'roleManagement/directory/roleDefinitions', source: { list: () => builtInRoles } }
const assignments: Collection<Assignment> = { type: assignmentType, context: 'roleManagement/directory/roleAssignments', source: { list: ({ tenant }) => assigned(tenant.directory) } }

/** Directory roles as the newer pages see them: what there are, and who has which. */
export const roleManagementEndpoints: readonly Endpoint[] = [
  ...reading('/roleManagement/directory/roleDefinitions', definitions, readRoles, definitionAsked),
  ...reading('/roleManagement/directory/roleAssignments', assignments, readRoles, assignmentAsked),
  { method: 'POST', path: '/roleManagement/directory/roleAssignments', permissions: writeRoles, answer: assign },
  { method: 'DELETE', path: '/roleManagement/directory/roleAssignments/{id}', permissions: writeRoles, answer: withdraw },
]

function assigned(directory: Directory): readonly Assignment[] {
  return builtInRoles.flatMap((role) => holdersOf(directory, role.templateId).map((principal) => ({ principal, role })))
}

function definitionAsked({ names: { id = '' } }: Asked): Role {
  const role = builtInRoles.find(({ templateId }) => templateId === id.toLowerCase())
  if (!role) throw noSuchObject(id)

  return role
}

function assignmentAsked({ tenant, names: { id = '' } }: Asked): Assignment {
  const found = assigned(tenant.directory).find((assignment) => idOf(assignment) === id)
  if (!found) throw noSuchObject(id)

  return found
}

async function assign(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), assignmentType)
  const { directory } = asked.tenant
  const [principalId, roleDefinitionId] = ['principalId', 'roleDefinitionId'].map((name) => String(required(members[name], name, 'UnifiedRoleAssignment'))) as [string, string]
  const scope = members.directoryScopeId ?? members.resourceScope ?? '/'
  if (scope !== '/') throw badProperty('directoryScopeId', 'Roles are given for the whole tenant here: directoryScopeId is "/".')
  const principal = principalById(directory, principalId)
  const role = roleNamed(roleDefinitionId)
  if (!principal) throw noSuchObject(principalId)
  if (!role) throw noSuchObject(roleDefinitionId)
  if (holdersOf(directory, role.templateId).some(({ id }) => id === principal.id)) throw new GraphRefusal(400, 'Request_BadRequest', 'A conflicting object with one or more of the specified property values is present in the directory.')
  await giveRole(asked.directory, principal, role.templateId)
  const made = { principal, role }

  return created(asked, idOf(made), entityBody(made, assignments, asked))
}

async function withdraw(asked: Asked): Promise<Answer> {
  const { principal, role } = assignmentAsked(asked)
  await takeRole(asked.directory, principal, role.templateId)

  return {}
}
