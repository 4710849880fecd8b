import type { Application } from '../../directory/types.ts'
import { answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { assignmentId, assignments, assignmentType, defaultAccess, typeNames, type Assignment, type Side } from './app-role-assignment-type.ts'
import { ofUser, required, userAskedOrMe } from './asking.ts'
import { groupAsked } from './groups.ts'
import { kindOf, principalById, servicePrincipalById, type Principal } from './objects.ts'
import { assignAppRoles, ownProfile, readAppRoles } from './permissions.ts'
import { servicePrincipalAsked } from './service-principals.ts'

type Find = (asked: Asked) => Principal

const principals: readonly { readonly path: string; readonly find: Find }[] = [
  { path: '/groups/{id}', find: groupAsked },
  { path: '/servicePrincipals/{id}', find: servicePrincipalAsked },
  { path: '/servicePrincipals/appId={appId}', find: servicePrincipalAsked },
]

/** Who has which app role: seen from whoever has it, and from the application whose role it is. */
export const appRoleAssignmentEndpoints: readonly Endpoint[] = [
  ...ofUser({ method: 'GET', suffix: '/appRoleAssignments', own: ownProfile, others: readAppRoles, answer: (asked, user) => list('appRoleAssignments', asked, user) }),
  ...ofUser({ method: 'GET', suffix: '/appRoleAssignments/{assignment}', own: ownProfile, others: readAppRoles, answer: (asked, user) => one('appRoleAssignments', asked, user) }),
  ...ofUser({ method: 'POST', suffix: '/appRoleAssignments', own: null, others: assignAppRoles, answer: (asked) => assign('appRoleAssignments', asked, userAskedOrMe) }),
  ...ofUser({ method: 'DELETE', suffix: '/appRoleAssignments/{assignment}', own: null, others: assignAppRoles, answer: (asked, user) => withdraw('appRoleAssignments', asked, user) }),
  ...principals.flatMap(({ path, find }) => sidesOf(path).flatMap((side): readonly Endpoint[] => [
    { method: 'GET', path: `${path}/${side}`, permissions: readAppRoles, answer: (asked) => list(side, asked, find(asked)) },
    { method: 'GET', path: `${path}/${side}/{assignment}`, permissions: readAppRoles, answer: (asked) => one(side, asked, find(asked)) },
    { method: 'POST', path: `${path}/${side}`, permissions: assignAppRoles, answer: (asked) => assign(side, asked, find) },
    { method: 'DELETE', path: `${path}/${side}/{assignment}`, permissions: assignAppRoles, answer: (asked) => withdraw(side, asked, find(asked)) },
  ])),
]

/** A group only has roles; a service principal has them and gives them. */
function sidesOf(path: string): readonly Side[] {
  return path.startsWith('/groups') ? ['appRoleAssignments'] : ['appRoleAssignments', 'appRoleAssignedTo']
}

function collectionOf(side: Side, about: Principal): Collection<Assignment> {
  return { type: assignmentType, context: 'appRoleAssignments', source: { list: ({ tenant }) => assignments(side, tenant.directory, about) }, options: ['filter', 'select', 'top', 'skiptoken', 'count', 'format'] }
}

const list = (side: Side, asked: Asked, about: Principal) => answerList(collectionOf(side, about), asked)

function found(side: Side, { tenant, names: { assignment = '' } }: Asked, about: Principal): Assignment {
  const one = assignments(side, tenant.directory, about).find((assigned) => assignmentId(assigned) === assignment)
  if (!one) throw noSuchObject(assignment)

  return one
}

const one = (side: Side, asked: Asked, about: Principal) => answerOne(found(side, asked, about), collectionOf(side, about), asked)

async function assign(side: Side, asked: Asked, find: Find): Promise<Answer> {
  const body = await asked.body()
  const about = find(asked)
  const { directory } = asked.tenant
  const [principalId, resourceId, appRoleId] = ['principalId', 'resourceId', 'appRoleId'].map((name) => String(required(body[name], name, 'AppRoleAssignment')).toLowerCase()) as [string, string, string]
  const [member, own] = side === 'appRoleAssignedTo' ? ['resourceId', resourceId] : ['principalId', principalId]
  if (own !== about.id) throw badProperty(String(member), `'${member}' has to be the id of the object in the address, ${about.id}.`)
  const principal = principalById(directory, principalId)
  const resource = servicePrincipalById(directory, resourceId)
  if (!principal || !(kindOf(principal) in typeNames)) throw noSuchObject(principalId)
  if (!resource) throw noSuchObject(resourceId)
  const assignment: Assignment = { principal, resource, role: roleIn(resource.principalOf, appRoleId, principal) }
  const { assignments: before } = resource.principalOf
  if (before.some(({ principal: id, role }) => id === principalId && role === assignment.role)) throw invalid('Permission being assigned already exists on the object')
  await asked.directory.put('applications', { ...resource.principalOf, assignments: [...before, { principal: principalId, role: assignment.role }] })

  return created(asked, assignmentId(assignment), entityBody(assignment, collectionOf(side, about), asked))
}

function roleIn({ appRoles }: Application, id: string, principal: Principal): string | null {
  if (id === defaultAccess) return null
  const role = appRoles.find((known) => known.id === id && known.isEnabled !== false)
  const wanted = kindOf(principal) === 'servicePrincipal' ? 'Application' : 'User'
  if (!role?.allowedMemberTypes.includes(wanted)) throw invalid('Permission being assigned was not found on application')

  return id
}

const invalid = (message: string) => new GraphRefusal(400, 'Request_BadRequest', message, { details: [{ target: 'appRoleId', message, code: 'InvalidUpdate' }] })

async function withdraw(side: Side, asked: Asked, about: Principal): Promise<Answer> {
  const { principal, resource, role } = found(side, asked, about)
  const { principalOf } = resource
  await asked.directory.put('applications', { ...principalOf, assignments: principalOf.assignments.filter((one) => one.principal !== principal.id || one.role !== role) })

  return {}
}
