import { builtInRoles, roleNamed, type Role } from '../../directory/index.ts'
import type { Application, Directory, Group, User } from '../../directory/types.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { guid, instant, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { alreadyThere, referredIn, required } from './asking.ts'
import { directoryRoleType, objectType } from './object-type.ts'
import { objectsEndpoints } from './objects-list.ts'
import { directoryRole, directoryRoleById, directoryRoleByTemplate, directoryRoles as active, holdersOf, kindOf, type DirectoryRole, type Principal, type ServicePrincipal } from './objects.ts'
import { readRoles, writeRoles } from './permissions.ts'

const roleType: EntityType<DirectoryRole> = {
  ...directoryRoleType,
  navigations: () => ({ members: { type: objectType as never, of: ({ role }, { tenant }) => holdersOf(tenant.directory, role.templateId) } }),
}

const directoryRoles: Collection<DirectoryRole> = { type: roleType, context: 'directoryRoles', source: { list: ({ tenant }) => active(tenant.directory) } }

const templates: Collection<Role> = {
  type: {
    name: 'directoryRoleTemplate',
    key: ({ templateId }) => templateId,
    properties: {
      id: guid({ filter: 'eq', of: ({ templateId }) => templateId }),
      deletedDateTime: instant({ of: () => null }),
      description: text({ of: ({ displayName }) => `${displayName}.` }),
      displayName: text({ filter: 'eq startswith' }),
    },
  },
  context: 'directoryRoleTemplates',
  source: { list: () => builtInRoles },
}

/** `(roleTemplateId='…')` and, as older pages write it, `roleTemplateId=…`. */
const paths = ['/directoryRoles/{id}', '/directoryRoles/roleTemplateId={roleTemplateId}']

/** Directory roles: which are active, who has them, activated, given and taken away. */
export const directoryRoleEndpoints: readonly Endpoint[] = [
  ...reading('/directoryRoleTemplates', templates, readRoles, templateAsked),
  ...reading('/directoryRoles', directoryRoles, readRoles),
  { method: 'POST', path: '/directoryRoles', permissions: writeRoles, answer: activate },
  ...paths.flatMap((path): readonly Endpoint[] => [
    { method: 'GET', path, permissions: readRoles, answer: (asked) => answerOne(roleAsked(asked), directoryRoles, asked) },
    ...objectsEndpoints(`${path}/members`, readRoles, (asked) => holdersOf(asked.tenant.directory, roleAsked(asked).role.templateId)),
    { method: 'POST', path: `${path}/members/$ref`, permissions: writeRoles, status: 204, answer: give },
    { method: 'DELETE', path: `${path}/members/{other}/$ref`, permissions: writeRoles, answer: take },
  ]),
]

function templateAsked({ names: { id = '' } }: Asked): Role {
  const role = builtInRoles.find(({ templateId }) => templateId === id.toLowerCase())
  if (!role) throw noSuchObject(id)

  return role
}

function roleAsked({ tenant, names: { id, roleTemplateId = '' } }: Asked): DirectoryRole {
  const role = id === undefined ? directoryRoleByTemplate(tenant.directory, roleTemplateId) : directoryRoleById(tenant.directory, id)
  if (!role) throw noSuchObject(id ?? roleTemplateId)

  return role
}

async function activate(asked: Asked): Promise<Answer> {
  const { directory } = asked.tenant
  const templateId = String(required((await asked.body()).roleTemplateId, 'roleTemplateId', 'DirectoryRole'))
  const role = roleNamed(templateId)
  if (!role || role.templateId !== templateId.toLowerCase()) throw noSuchObject(templateId)
  if (directoryRoleByTemplate(directory, templateId)) throw new GraphRefusal(400, 'Request_BadRequest', 'A conflicting object with one or more of the specified property values is present in the directory.', { details: [{ target: 'roleTemplateId', message: templateId, code: 'ObjectConflict' }] })
  await asked.directory.patchSettings({ settings: { activatedRoles: [...(directory.settings.settings.activatedRoles ?? []), role.templateId] } })
  const made = directoryRole(directory, role)

  return created(asked, made.id, entityBody(made, directoryRoles, asked))
}

async function give(asked: Asked): Promise<Answer> {
  const principal = await referredIn(asked)
  const { role } = roleAsked(asked)
  if (holdersOf(asked.tenant.directory, role.templateId).some(({ id }) => id === principal.id)) {
    throw alreadyThere('members')
  }
  await giveRole(asked.directory, principal, role.templateId)

  return {}
}

async function take(asked: Asked): Promise<Answer> {
  const { role } = roleAsked(asked)
  const id = asked.names.other?.toLowerCase() ?? ''
  const holder = holdersOf(asked.tenant.directory, role.templateId).find((one) => one.id === id)
  if (!holder) throw noSuchObject(id)
  await takeRole(asked.directory, holder, role.templateId)

  return {}
}

/** Gives a role to a user, a service principal, or a group that can have roles. */
export async function giveRole(directory: Directory, principal: Principal, templateId: string): Promise<void> {
  await putRoles(directory, principal, (roles) => [...roles, templateId])
}

export async function takeRole(directory: Directory, principal: Principal, templateId: string): Promise<void> {
  await putRoles(directory, principal, (roles) => roles.filter((role) => role !== templateId))
}

async function putRoles(directory: Directory, principal: Principal, changed: (roles: readonly string[]) => readonly string[]): Promise<void> {
  const kind = kindOf(principal)
  if (kind === 'user') return directory.put('users', { ...principal as User, roles: changed((principal as User).roles) })
  if (kind === 'servicePrincipal') {
    const application = (principal as ServicePrincipal).principalOf

    return directory.put('applications', { ...application, roles: changed(application.roles ?? []) } as Application)
  }
  if (kind !== 'group') throw badProperty('@odata.id', `A ${kind} cannot have a directory role.`)
  const group = principal as Group
  if (!group.isAssignableToRole) throw badProperty('@odata.id', 'Only a group that was made with isAssignableToRole can have a directory role.')

  return directory.put('groups', { ...group, roles: changed(group.roles ?? []) })
}
