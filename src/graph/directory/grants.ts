import type { Application, Directory } from '../../directory/types.ts'
import { answerList, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { guid, instant, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { ofUser, required } from './asking.ts'
import { relationId } from './ids.ts'
import { servicePrincipalById, servicePrincipalOf, type ServicePrincipal } from './objects.ts'
import { ownProfile, readGrants, writeGrants } from './permissions.ts'
import { servicePrincipalAsked } from './service-principals.ts'

/** What a client may do with a resource on behalf of users: of everybody by an administrator's consent, or of one by his own. */
type Grant = { readonly client: ServicePrincipal; readonly resource: ServicePrincipal; /** Null = everybody. */ readonly principal: string | null; readonly scopes: readonly string[] }

const idOf = ({ client, resource, principal }: Grant) => relationId(client.id, resource.id, ...(principal === null ? [] : [principal]))

const grantType: EntityType<Grant> = {
  name: 'oAuth2PermissionGrant',
  key: idOf,
  properties: {
    id: text({ of: idOf, isReadOnly: true }),
    clientId: guid({ filter: 'eq', of: ({ client }) => client.id }),
    consentType: words(['AllPrincipals', 'Principal'], { filter: 'eq', of: ({ principal }) => (principal === null ? 'AllPrincipals' : 'Principal') }),
    principalId: guid({ filter: 'eq', of: ({ principal }) => principal }),
    resourceId: guid({ filter: 'eq', of: ({ resource }) => resource.id }),
    scope: text({ of: ({ scopes }) => scopes.join(' ') }),
    startTime: instant({ of: () => null, isOnRequest: true }),
    expiryTime: instant({ of: () => null, isOnRequest: true }),
  },
}

const grants: Collection<Grant> = { type: grantType, context: 'oauth2PermissionGrants', source: { list: ({ tenant }) => allGrants(tenant.directory) }, options: ['filter', 'select', 'top', 'skiptoken', 'count', 'format'] }
const grantsWhere = (isMeant: (grant: Grant) => boolean): Collection<Grant> => ({ ...grants, source: { list: ({ tenant }) => allGrants(tenant.directory).filter(isMeant) } })

/** Delegated permissions: what was consented to, given and taken back. */
export const grantEndpoints: readonly Endpoint[] = [
  ...reading('/oauth2PermissionGrants', grants, readGrants, grantAsked),
  { method: 'POST', path: '/oauth2PermissionGrants', permissions: writeGrants, answer: create },
  { method: 'PATCH', path: '/oauth2PermissionGrants/{id}', permissions: writeGrants, answer: change },
  { method: 'DELETE', path: '/oauth2PermissionGrants/{id}', permissions: writeGrants, answer: remove },
  ...ofUser({ method: 'GET', suffix: '/oauth2PermissionGrants', own: ownProfile, others: readGrants, answer: (asked, { id }) => answerList(grantsWhere(({ principal }) => principal === id), asked) }),
  ...['/servicePrincipals/{id}', '/servicePrincipals/appId={appId}'].map((path): Endpoint => ({
    method: 'GET',
    path: `${path}/oauth2PermissionGrants`,
    permissions: readGrants,
    answer(asked) {
      const { id } = servicePrincipalAsked(asked)

      return answerList(grantsWhere(({ client }) => client.id === id), asked)
    },
  })),
]

function allGrants(directory: Directory): readonly Grant[] {
  return directory.list('applications').flatMap((application) => grantsOf(directory, application))
}

function grantsOf(directory: Directory, application: Application): readonly Grant[] {
  const client = servicePrincipalOf(application)
  const found = new Map<string, Grant>()
  const consents = [...application.consents.map((consent) => ({ ...consent, principal: null })), ...(application.userConsents ?? [])]
  for (const { resource: name, principal, scopes } of consents) {
    const resource = directory.resource(name)
    if (!resource) continue
    const grant = { client, resource: servicePrincipalOf(resource), principal, scopes }
    const before = found.get(idOf(grant))
    found.set(idOf(grant), before ? { ...grant, scopes: [...new Set([...before.scopes, ...scopes])] } : grant)
  }

  return [...found.values()]
}

function grantAsked({ tenant, names: { id = '' } }: Asked): Grant {
  const grant = allGrants(tenant.directory).find((one) => idOf(one) === id)
  if (!grant) throw noSuchObject(id)

  return grant
}

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), grantType)
  const { directory } = asked.tenant
  for (const property of ['clientId', 'consentType', 'resourceId']) required(members[property], property, 'OAuth2PermissionGrant')
  const [client, resource] = [members.clientId, members.resourceId].map((id) => servicePrincipalById(directory, String(id)))
  if (!client) throw noSuchObject(String(members.clientId))
  if (!resource) throw noSuchObject(String(members.resourceId))
  const isForAll = members.consentType === 'AllPrincipals'
  if (isForAll === (typeof members.principalId === 'string')) throw badProperty('principalId', 'principalId names the user where consentType is Principal, and is left out where it is AllPrincipals.')
  const principal = isForAll ? null : String(members.principalId)
  if (principal !== null && !directory.get('users', principal)) throw noSuchObject(principal)
  const grant: Grant = { client, resource, principal, scopes: scopesIn(members.scope) }
  if (allGrants(directory).some((one) => idOf(one) === idOf(grant))) throw new GraphRefusal(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.')
  await put(grant, grant.scopes, asked)

  return created(asked, idOf(grant), entityBody(grant, grants, asked))
}

const scopesIn = (scope: unknown) => [...new Set(String(scope ?? '').split(/\s+/).filter((one) => one !== ''))]

async function change(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), grantType)
  const grant = grantAsked(asked)
  const other = Object.keys(members).find((name) => name !== 'scope')
  if (other !== undefined) throw badProperty(other, `Only scope can be changed; '${other}' says which grant it is.`)
  if ('scope' in members) await put(grant, scopesIn(members.scope), asked)

  return {}
}

async function remove(asked: Asked): Promise<Answer> {
  await put(grantAsked(asked), [], asked)

  return {}
}

/** Keeps a grant with its client; without scopes there is none. */
async function put({ client, resource, principal }: Grant, scopes: readonly string[], asked: Asked): Promise<void> {
  const { directory } = asked.tenant
  const application = client.principalOf
  const isOther = (name: string) => directory.resource(name)?.appId !== resource.principalOf.appId
  const said = scopes.length === 0 ? [] : [{ resource: resource.principalOf.appId, scopes }]
  await asked.directory.put('applications', principal === null
    ? { ...application, consents: [...application.consents.filter((consent) => isOther(consent.resource)), ...said] }
    : { ...application, userConsents: [...(application.userConsents ?? []).filter((consent) => consent.principal !== principal || isOther(consent.resource)), ...said.map((consent) => ({ principal, ...consent }))] })
}
