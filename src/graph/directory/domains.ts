import { createHash } from 'node:crypto'
import type { Directory, Domain, Federation } from '../../directory/types.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { flag, json, many, number, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty, GraphRefusal, noSuchObject } from '../protocol/refusal.ts'
import { required } from './asking.ts'
import { objectsEndpoints } from './objects-list.ts'
import { readDomains, verifyDomains, writeDomains } from './permissions.ts'

const known = { isReadOnly: true } as const
export const isVerified = ({ isVerified: said }: Domain) => said !== false

const domainType: EntityType<Domain> = {
  name: 'domain',
  key: ({ id }) => id,
  properties: {
    authenticationType: words(['Managed', 'Federated'], { filter: 'eq' }),
    availabilityStatus: text({ of: () => null, ...known }),
    id: text({ filter: 'eq' }),
    isAdminManaged: flag({ of: () => true, ...known }),
    isDefault: flag({ filter: 'eq' }),
    isInitial: flag({ of: ({ id }, { tenant }) => tenant.directory.list('domains')[0]?.id === id, ...known }),
    isRoot: flag({ of: ({ id }, { tenant }) => !tenant.directory.list('domains').some((other) => id.endsWith(`.${other.id}`)), ...known }),
    isVerified: flag({ filter: 'eq', of: isVerified, ...known }),
    model: text({ of: () => null, isOnRequest: true, ...known }),
    passwordNotificationWindowInDays: number({ of: () => null, ...known }),
    passwordValidityPeriodInDays: number({ of: () => null, ...known }),
    state: json({ of: () => null, ...known }),
    supportedServices: many(text(), { of: (domain) => (isVerified(domain) ? ['Email', 'OfficeCommunicationsOnline'] : []) }),
  },
}

const domains: Collection<Domain> = { type: domainType, context: 'domains', source: { list: ({ tenant }) => tenant.directory.list('domains') } }

/** Domains: listed, read, added, verified, made the default, removed. */
export const domainEndpoints: readonly Endpoint[] = [
  ...reading('/domains', domains, readDomains, domainAsked),
  { method: 'POST', path: '/domains', permissions: writeDomains, answer: create },
  { method: 'PATCH', path: '/domains/{id}', permissions: writeDomains, answer: change },
  { method: 'DELETE', path: '/domains/{id}', permissions: writeDomains, answer: remove },
  { method: 'POST', path: '/domains/{id}/verify', permissions: verifyDomains, status: 200, answer: verify },
  { method: 'GET', path: '/domains/{id}/verificationDnsRecords', permissions: readDomains, answer: (asked) => records(asked, verificationRecords(domainAsked(asked))) },
  { method: 'GET', path: '/domains/{id}/serviceConfigurationRecords', permissions: readDomains, answer: (asked) => records(asked, []) },
  ...objectsEndpoints('/domains/{id}/domainNameReferences', readDomains, (asked) => usersOf(asked.tenant.directory, domainAsked(asked))),
]

export function domainAsked({ tenant, names: { id = '' } }: Asked): Domain {
  const domain = tenant.directory.get('domains', id)
  if (!domain) throw noSuchObject(id)

  return domain
}

const usersOf = (directory: Directory, { id }: Domain) => directory.list('users').filter(({ userPrincipalName }) => directory.domainOf(userPrincipalName)?.id === id)

async function create(asked: Asked): Promise<Answer> {
  const { members } = readWritten(await asked.body(), domainType)
  const id = String(required(members.id, 'id', 'Domain')).toLowerCase()
  const { directory } = asked.tenant
  const other = Object.keys(members).find((name) => name !== 'id')
  if (other !== undefined) throw badProperty(other, `A domain is added by its id alone; '${other}' can be changed once it is verified.`)
  if (directory.get('domains', id)) throw new GraphRefusal(409, 'Request_BadRequest', `Domain already exists: ${id}.`, { details: [{ target: 'id', message: id, code: 'ObjectConflict' }] })
  await asked.directory.put('domains', { id, isVerified: false, isDefault: false } as Domain)

  return created(asked, id, entityBody(directory.get('domains', id) as Domain, domains, asked))
}

/** Federation is changed where the federation is; the default is given up by giving it to another. */
async function change(asked: Asked): Promise<Answer> {
  const { members: { id: _name, supportedServices: _services, ...members } } = readWritten(await asked.body(), domainType)
  const before = domainAsked(asked)
  if ('authenticationType' in members && members.authenticationType !== before.authenticationType) {
    const federation: Federation | null = members.authenticationType === 'Federated' ? { mfaEnabled: true, federatedIdpMfaBehavior: null, displayName: null } : null
    await asked.directory.put('domains', { ...before, ...members, federation } as Domain)
  } else await asked.directory.put('domains', { ...before, ...members } as Domain)

  return changed(asked, () => entityBody(domainAsked(asked), domains, asked))
}

async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('domains', domainAsked(asked).id)

  return {}
}

/** There is no DNS to look into: whoever asks has shown it. */
async function verify(asked: Asked): Promise<Answer> {
  const before = domainAsked(asked)
  if (isVerified(before)) throw new GraphRefusal(400, 'Request_BadRequest', `The domain ${before.id} is verified already.`)
  const { isVerified: _not, ...domain } = before
  await asked.directory.put('domains', domain)

  return { status: 200, body: entityBody(domainAsked(asked), domains, asked) }
}

/** What the owner of a domain would publish: one number, as TXT or as MX. */
function verificationRecords({ id }: Domain): readonly unknown[] {
  const code = `ms${createHash('sha1').update(id).digest().readUInt32BE(0) % 100_000_000}`
  const record = { id: createHash('sha1').update(code).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'), isOptional: false, label: id, supportedService: 'Email', ttl: 3600 }

  return [
    { '@odata.type': '#microsoft.graph.domainDnsTxtRecord', ...record, 'recordType': 'Txt', 'text': `MS=${code}` },
    { '@odata.type': '#microsoft.graph.domainDnsMxRecord', ...record, 'recordType': 'Mx', 'mailExchange': `${code}.msv1.invalid`, 'preference': 32_767 },
  ]
}

const records = ({ root }: Asked, value: readonly unknown[]): Answer => ({ body: { '@odata.context': `${root}/$metadata#domainDnsRecords`, value } })
