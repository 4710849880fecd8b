import type { TokenLifetimePolicy } from '../directory/types.ts'
import { readTokenPolicies, writeTokenPolicies } from './directory/permissions.ts'
import { entityBody } from './odata/collection.ts'
import type { Collection } from './odata/collection.ts'
import { reading } from './odata/reading.ts'
import { flag, instant, many, text } from './odata/types.ts'
import type { EntityType } from './odata/types.ts'
import { readWritten } from './odata/write.ts'
import { changed, created } from './protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from './protocol/endpoint.ts'
import { licensed } from './protocol/licensed.ts'
import { badProperty, noSuchObject } from './protocol/refusal.ts'

/** How long tokens live: for the whole organisation, or for the applications that are given the policy. */
const tokenLifetimePolicy: EntityType<TokenLifetimePolicy> = {
  name: 'tokenLifetimePolicy',
  home: 'policies/tokenLifetimePolicies',
  key: ({ id }) => id,
  properties: {
    id: text({ filter: 'eq ne in', isReadOnly: true }),
    deletedDateTime: instant({ isReadOnly: true }),
    definition: many(text()),
    displayName: text({ filter: 'eq ne in startswith', isSortable: true }),
    isOrganizationDefault: flag({ filter: 'eq ne' }),
  },
}

export const tokenLifetimePolicies: Collection<TokenLifetimePolicy> = {
  type: tokenLifetimePolicy,
  context: 'policies/tokenLifetimePolicies',
  source: { list: ({ directory }) => directory.list('tokenLifetimePolicies') },
}

const path = '/policies/tokenLifetimePolicies'

/** Token lifetime policies: listed, read, made, changed and removed. */
export const tokenLifetimePolicyEndpoints: readonly Endpoint[] = [
  ...reading(path, tokenLifetimePolicies, readTokenPolicies, policyOf),
  { method: 'POST', path, permissions: writeTokenPolicies, answer: licensed(create) },
  { method: 'PATCH', path: `${path}/{id}`, permissions: writeTokenPolicies, answer: licensed(change) },
  { method: 'DELETE', path: `${path}/{id}`, permissions: writeTokenPolicies, answer: remove },
]

function policyOf({ directory, names: { id = '' } }: Asked): TokenLifetimePolicy {
  const policy = directory.get('tokenLifetimePolicies', id)
  if (!policy) throw noSuchObject(id)

  return policy
}

async function create(asked: Asked): Promise<Answer> {
  const said = await readPolicy(asked)
  if (!said.displayName) throw badProperty('displayName', 'A value is required for property \'displayName\' of resource \'tokenLifetimePolicy\'.')
  if (!said.definition) throw badProperty('definition', 'A value is required for property \'definition\' of resource \'tokenLifetimePolicy\'.')
  const id = crypto.randomUUID()
  await put(asked, { isOrganizationDefault: false, ...said, id } as TokenLifetimePolicy)

  return created(asked, id, entityBody(asked.directory.get('tokenLifetimePolicies', id)!, tokenLifetimePolicies, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const said = await readPolicy(asked)
  await put(asked, { ...policyOf(asked), ...said })

  return changed(asked, () => entityBody(policyOf(asked), tokenLifetimePolicies, asked))
}

/** What applications live by stays until none does. */
async function remove(asked: Asked): Promise<Answer> {
  const { id, displayName } = policyOf(asked)
  const holder = asked.directory.list('applications').find(({ tokenLifetimePolicy: held }) => held === id)
  if (holder) throw badProperty('', `"${displayName}" is the policy of the application "${holder.displayName}". Take it away there first.`)
  await asked.directory.remove('tokenLifetimePolicies', id)

  return {}
}

/** One policy is the organisation's default. */
async function put({ directory }: Asked, policy: TokenLifetimePolicy): Promise<void> {
  const other = policy.isOrganizationDefault ? directory.list('tokenLifetimePolicies').find(({ id, isOrganizationDefault }) => isOrganizationDefault && id !== policy.id) : undefined
  if (other) throw badProperty('isOrganizationDefault', `Property 'isOrganizationDefault' cannot be true: "${other.displayName}" is the organisation's default. Change that one first.`)
  await directory.put('tokenLifetimePolicies', policy)
}

async function readPolicy(asked: Asked): Promise<Partial<TokenLifetimePolicy>> {
  const { members } = readWritten(await asked.body(), tokenLifetimePolicy)
  const { definition } = members as { definition?: readonly string[] }
  if (definition !== undefined && (definition?.length !== 1 || !isDefinition(definition[0] ?? ''))) {
    throw badProperty('definition', 'Property \'definition\' has an invalid value: it is a list of one text such as {"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}.')
  }

  return members
}

function isDefinition(text: string): boolean {
  try {
    const { TokenLifetimePolicy: lifetimes } = JSON.parse(text) as { TokenLifetimePolicy?: Readonly<Record<string, unknown>> }
    const lifetime = lifetimes?.AccessTokenLifetime

    return typeof lifetimes === 'object' && (lifetime === undefined || /^(?:\d+\.)?\d{1,2}:\d{2}:\d{2}$/.test(String(lifetime)))
  } catch {
    return false
  }
}
