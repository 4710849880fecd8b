import { randomBytes } from 'node:crypto'
import { application as applicationInFile } from '../../directory/file/schema-applications.ts'
import type { Application, PasswordCredential } from '../../directory/types.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { asDirectory } from './as-directory.ts'
import { mayChangeApplication } from './application-rights.ts'
import { applicationType } from './application-type.ts'
import { nowOf, referred, required } from './asking.ts'
import { certificatesWritten, secretNamed } from './credentials.ts'
import { asHeld } from './held.ts'
import { registrationById, registrations } from './objects.ts'
import { leadsToOwners } from './owners.ts'
import { readApplications, writeApplications } from './permissions.ts'

export const applications: Collection<Application> = {
  type: { ...applicationType, navigations: leadsToOwners },
  context: 'applications',
  source: { list: ({ tenant }) => registrations(tenant.directory) },
  ...asDirectory,
}

const paths = ['/applications/{id}', '/applications/appId={appId}']

/** Applications: listed, read, registered, changed, deleted, and given secrets. */
export const applicationEndpoints: readonly Endpoint[] = [
  ...reading('/applications', applications, readApplications),
  { method: 'POST', path: '/applications', permissions: writeApplications, answer: create },
  ...paths.flatMap((path): readonly Endpoint[] => [
    { method: 'GET', path, permissions: readApplications, answer: (asked) => answerOne(applicationAsked(asked), applications, asked) },
    { method: 'PATCH', path, permissions: writeApplications, answer: change },
    { method: 'DELETE', path, permissions: writeApplications, answer: remove },
  ]),
]

/** The registration that a path names, by object id or `(appId='…')`. */
export function applicationAsked({ tenant, names: { id, appId } }: Asked): Application {
  const { directory } = tenant
  const named = id === undefined ? directory.application(appId ?? '')?.id : id
  const found = named === undefined ? undefined : registrationById(directory, named)
  if (!found) throw noSuchObject(id ?? appId ?? '')

  return found
}

async function create(asked: Asked): Promise<Answer> {
  const { members, binds } = readWritten(await asked.body(), applicationType)
  const displayName = String(required(members.displayName, 'displayName', 'Application'))
  const { directory } = asked.tenant
  const creator = asked.caller.kind === 'user' ? asked.caller.user.id : asked.caller.kind === 'application' ? asked.caller.objectId : null
  const bound = Object.entries(binds).flatMap(([name, references]) => {
    if (name.toLowerCase() !== 'owners') throw badProperty(name, `'${name.slice(0, 80)}' cannot be bound here; owners can.`)

    return references.map((reference) => referred(directory, reference).id)
  })
  const id = crypto.randomUUID()
  await asked.directory.put('applications', {
    ...asKept(members), id, appId: crypto.randomUUID(), servicePrincipalId: crypto.randomUUID(), displayName, createdDateTime: nowOf(asked),
    owners: [...new Set([...(creator ? [creator] : []), ...bound])], hasServicePrincipal: false,
  } as unknown as Application)
  const made = directory.get('applications', id) as Application

  return created(asked, id, entityBody(made, applications, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), applicationType)
  const before = applicationAsked(asked)
  mayChangeApplication(before, asked)
  if ('displayName' in members) required(members.displayName, 'displayName', 'Application')
  const after = { ...before, ...asKept(members, before) } as Application
  refuseDroppingEnabled(before, after)
  const roles = new Set(after.appRoles.map(({ id }) => id))
  const assignments = before.assignments.filter(({ role }) => role === null || roles.has(role))
  await asked.directory.put('applications', { ...after, assignments })

  return changed(asked, () => entityBody(applicationAsked(asked), applications, asked))
}

/** What is said of an application as it is kept: a part of `web`, `api`, … leaves the rest of it as it was. */
function asKept(members: Readonly<Record<string, unknown>>, before?: Application): Readonly<Record<string, unknown>> {
  const { keyCredentials, ...said } = asHeld(members, applicationInFile)
  const parts = Object.fromEntries(['web', 'spa', 'publicClient', 'api'].flatMap((part) => {
    if (said[part] === undefined) return []

    return [[part, said[part] === null ? {} : { ...(before?.[part] as object | undefined), ...withoutNulls(said[part] as object) }]]
  }))
  const lists = Object.fromEntries(['appRoles', 'identifierUris', 'requiredResourceAccess', 'tags'].flatMap((list) => (said[list] === null ? [[list, []]] : [])))

  return {
    ...said,
    ...parts,
    ...lists,
    ...(said.isFallbackPublicClient === null ? { isFallbackPublicClient: false } : {}),
    ...(keyCredentials === undefined ? {} : { certificates: certificatesWritten((keyCredentials ?? []) as readonly unknown[], before) }),
  }
}

const withoutNulls = (part: object) => Object.fromEntries(Object.entries(part).map(([name, value]) => [name, value ?? undefined]))

/** A permission that somebody may have been given is switched off before it is taken away. */
function refuseDroppingEnabled(before: Application, after: Application): void {
  const kept = new Set([...after.appRoles, ...after.api.oauth2PermissionScopes ?? []].map(({ id }) => id))
  const dropped = [...before.appRoles, ...before.api.oauth2PermissionScopes].find(({ id, isEnabled }) => !kept.has(id) && isEnabled !== false)
  if (!dropped) return
  const message = 'Permission (scope or role) cannot be deleted or updated unless disabled first.'

  throw new GraphRefusal(400, 'Request_BadRequest', `${message} Set isEnabled of "${dropped.value}" to false first.`, { details: [{ target: 'appRoles', message, code: 'CannotDeleteOrUpdateEnabledEntitlement' }] })
}

async function remove(asked: Asked): Promise<Answer> {
  const application = applicationAsked(asked)
  mayChangeApplication(application, asked)
  await asked.directory.remove('applications', application.id, { deletedDateTime: nowOf(asked) })

  return {}
}

const twoYears = 2 * 365 * 24 * 60 * 60 * 1000

/** A new secret, told this once. */
export async function addPassword(asked: Asked, find: (asked: Asked) => Application): Promise<Answer> {
  const body = await asked.body()
  const wanted = (body.passwordCredential ?? {}) as Partial<Record<'displayName' | 'startDateTime' | 'endDateTime', unknown>>
  const now = asked.tenant.clock.now()
  const credential: PasswordCredential = {
    keyId: crypto.randomUUID(),
    displayName: typeof wanted.displayName === 'string' ? wanted.displayName : null,
    startDateTime: instantOf(wanted.startDateTime, now, 'startDateTime'),
    endDateTime: instantOf(wanted.endDateTime, now + twoYears, 'endDateTime'),
    secretText: `${randomBytes(2).toString('hex').slice(0, 3)}8Q~${randomBytes(26).toString('base64url').slice(0, 34).replaceAll('-', '.')}`,
  }
  const application = find(asked)
  const secrets = [...application.secrets, credential.secretText]
  await asked.directory.put('applications', { ...application, secrets, passwordCredentials: [...(application.passwordCredentials ?? []), credential] })
  const { secretText, ...rest } = credential

  return { status: 200, body: { '@odata.context': `${asked.root}/$metadata#microsoft.graph.passwordCredential`, 'customKeyIdentifier': null, ...rest, secretText, 'hint': secretText.slice(0, 3) } }
}

function instantOf(written: unknown, otherwise: number, property: string): string {
  const instant = written === undefined || written === null ? otherwise : Date.parse(String(written))
  if (Number.isNaN(instant)) throw badProperty(property, `'${property}' wants an instant such as 2026-01-09T02:02:12Z.`)

  return new Date(instant).toISOString()
}

/** A secret that is good no more. */
export async function removePassword(asked: Asked, find: (asked: Asked) => Application): Promise<Answer> {
  const { keyId } = await asked.body()
  const application = find(asked)
  const secret = secretNamed(application, String(required(keyId, 'keyId', 'Application')))
  if (secret === undefined) throw badProperty('keyId', 'No password credential found with keyId.')
  const passwordCredentials = (application.passwordCredentials ?? []).filter(({ secretText }) => secretText !== secret)
  await asked.directory.put('applications', { ...application, secrets: application.secrets.filter((one) => one !== secret), passwordCredentials })

  return {}
}
