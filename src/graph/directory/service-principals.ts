import { application as applicationInFile } from '../../directory/file/schema-applications.ts'
import type { Application } from '../../directory/types.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { leadsToAssigned } from './app-role-assignment-type.ts'
import { asDirectory } from './as-directory.ts'
import { mayChangeApplication } from './application-rights.ts'
import { asHeld } from './held.ts'
import { leadsToMemberships } from './memberships.ts'
import { servicePrincipalByAppId, servicePrincipalById, servicePrincipalOf, servicePrincipals as all, type ServicePrincipal } from './objects.ts'
import { leadsToOwners } from './owners.ts'
import { readApplications, writeApplications } from './permissions.ts'
import { servicePrincipalType } from './service-principal-type.ts'

export const servicePrincipals: Collection<ServicePrincipal> = {
  type: { ...servicePrincipalType, navigations: () => ({ ...leadsToMemberships<ServicePrincipal>(), ...leadsToOwners<ServicePrincipal>(), ...leadsToAssigned() }) },
  context: 'servicePrincipals',
  source: { list: ({ tenant }) => all(tenant.directory) },
  ...asDirectory,
}

const paths = ['/servicePrincipals/{id}', '/servicePrincipals/appId={appId}']

/** Service principals: listed, read, made of an application, changed, deleted. Microsoft's own are there and stay as they are. */
export const servicePrincipalEndpoints: readonly Endpoint[] = [
  ...reading('/servicePrincipals', servicePrincipals, readApplications),
  { method: 'POST', path: '/servicePrincipals', permissions: writeApplications, answer: create },
  ...paths.flatMap((path): readonly Endpoint[] => [
    { method: 'GET', path, permissions: readApplications, answer: (asked) => answerOne(servicePrincipalAsked(asked), servicePrincipals, asked) },
    { method: 'PATCH', path, permissions: writeApplications, answer: change },
    { method: 'DELETE', path, permissions: writeApplications, answer: remove },
  ]),
]

/** The service principal that a path names, by object id or `(appId='…')`. */
export function servicePrincipalAsked({ tenant, names: { id, appId } }: Asked): ServicePrincipal {
  const found = id === undefined ? servicePrincipalByAppId(tenant.directory, appId ?? '') : servicePrincipalById(tenant.directory, id)
  if (!found) throw noSuchObject(id ?? appId ?? '')

  return found
}

/** The application behind a service principal that the caller may change. */
export function ownApplication(asked: Asked): Application {
  const { principalOf, isWellKnown } = servicePrincipalAsked(asked)
  if (isWellKnown) throw new GraphRefusal(403, 'Authorization_RequestDenied', `Insufficient privileges to complete the operation. "${principalOf.displayName}" is Microsoft's, and the same in every tenant.`)
  mayChangeApplication(principalOf, asked)

  return principalOf
}

async function create(asked: Asked): Promise<Answer> {
  const { members: { appId, ...members } } = readWritten(await asked.body(), servicePrincipalType)
  const { directory } = asked.tenant
  if (typeof appId !== 'string') throw badProperty('appId', 'A value is required for property \'appId\' of resource \'ServicePrincipal\'.')
  if (servicePrincipalByAppId(directory, appId)) {
    throw new GraphRefusal(409, 'Request_MultipleObjectsWithSameKeyValue', `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`, { details: [{ target: 'appId', message: appId }] })
  }
  const application = directory.application(appId)
  if (!application) throw badProperty('appId', `The appId '${appId}' of the service principal does not reference a valid application object.`)
  mayChangeApplication(application, asked)
  const { hasServicePrincipal: _gone, ...rest } = application
  await asked.directory.put('applications', { ...rest, ...ofApplication(members) } as Application)
  const made = servicePrincipalByAppId(directory, appId) as ServicePrincipal

  return created(asked, made.id, entityBody(made, servicePrincipals, asked))
}

/** What is said of a service principal is kept with its application. */
function ofApplication({ displayName, logoutUrl, description, ...members }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept = Object.fromEntries(Object.entries(members).filter(([name]) => keptHere.has(name)))

  return asHeld({ ...kept, ...(displayName === undefined ? {} : { displayName }), ...(logoutUrl === undefined ? {} : { logoutUrl }), ...(description === undefined ? {} : { description }) }, applicationInFile)
}

const keptHere: ReadonlySet<string> = new Set(['accountEnabled', 'appRoleAssignmentRequired', 'homepage', 'loginUrl', 'notes', 'preferredSingleSignOnMode', 'tags', 'tokenEncryptionKeyId', 'addIns', 'customSecurityAttributes'])

async function change(asked: Asked): Promise<Answer> {
  const { members: { appId: _same, ...members } } = readWritten(await asked.body(), servicePrincipalType)
  const before = ownApplication(asked)
  await asked.directory.put('applications', { ...before, ...ofApplication(members) } as Application)

  return changed(asked, () => entityBody(servicePrincipalOf(asked.tenant.directory.get('applications', before.id) as Application), servicePrincipals, asked))
}

/** The application stays; what its service principal had goes with it: roles, groups, and what it was allowed. */
async function remove(asked: Asked): Promise<Answer> {
  const application = ownApplication(asked)
  const { directory: changes } = asked
  const { servicePrincipalId } = application
  for (const group of asked.tenant.directory.found('groups', 'members', servicePrincipalId)) {
    await changes.put('groups', { ...group, members: group.members.filter((id) => id !== servicePrincipalId) })
  }
  for (const resource of asked.tenant.directory.found('applications', 'principals', servicePrincipalId)) {
    await changes.put('applications', { ...resource, assignments: resource.assignments.filter(({ principal }) => principal !== servicePrincipalId) })
  }
  await changes.put('applications', { ...asked.tenant.directory.get('applications', application.id) as Application, hasServicePrincipal: false, assignments: [], consents: [], userConsents: [], roles: [] })

  return {}
}
