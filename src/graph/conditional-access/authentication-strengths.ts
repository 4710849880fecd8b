import { builtInStrengths, combinations, strengthToGraph } from '../../policy/index.ts'
import type { AuthenticationStrength } from '../../policy/policy-set.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { instant, json, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { readWritten } from '../odata/write.ts'
import { changed, created, nowOf } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { licensed } from '../protocol/licensed.ts'
import { badRequest, notFound } from '../protocol/refusal.ts'
import { combinationConfiguration, configurationEndpoints } from './combination-configurations.ts'
import { methodModes } from './method-modes.ts'
import { readPolicies, writeStrengths } from './permissions.ts'
import { policyShown } from './policies.ts'
import type { Body } from './written.ts'

const authenticationStrengthPolicy: EntityType<Body> = {
  name: 'authenticationStrengthPolicy',
  home: 'policies/authenticationStrengthPolicies',
  key: ({ id }) => String(id),
  properties: {
    id: text({ filter: 'eq ne in', isSortable: true }),
    createdDateTime: instant(),
    modifiedDateTime: instant(),
    displayName: text({ filter: 'eq ne in startswith contains', isSortable: true }),
    description: text(),
    policyType: words(['builtIn', 'custom'], { filter: 'eq ne in', isSortable: true }),
    requirementsSatisfied: words(['none', 'mfa'], { filter: 'eq ne' }),
    allowedCombinations: many(text(), { filter: 'any all count' }),
    combinationConfigurations: json(),
  },
  navigations: () => ({ combinationConfigurations: { type: combinationConfiguration as EntityType<never>, of: ({ combinationConfigurations }) => combinationConfigurations } }),
}

const strengths: Collection<Body> = {
  type: authenticationStrengthPolicy,
  context: 'policies/authenticationStrengthPolicies',
  source: { list: (asked) => [...builtInStrengths, ...customOnes(asked)].map(strengthToGraph) },
}

const paths = ['/policies/authenticationStrengthPolicies', '/identity/conditionalAccess/authenticationStrength/policies']

/** Authentication strengths, the built-in and the tenant's own, and what they can be made of (reference 7.4). */
export const authenticationStrengthEndpoints: readonly Endpoint[] = [
  ...paths.flatMap((path): readonly Endpoint[] => [
    ...reading(path, strengths, readPolicies, (asked) => strengthToGraph(strengthOf(asked))),
    { method: 'POST', path, permissions: writeStrengths, answer: licensed(create) },
    { method: 'PATCH', path: `${path}/{id}`, permissions: writeStrengths, answer: licensed(change) },
    { method: 'DELETE', path: `${path}/{id}`, permissions: writeStrengths, answer: remove },
    { method: 'POST', path: `${path}/{id}/updateAllowedCombinations`, permissions: writeStrengths, answer: licensed(updateCombinations) },
    { method: 'GET', path: `${path}/{id}/usage`, permissions: readPolicies, answer: usage },
    ...configurationEndpoints(`${path}/{id}/combinationConfigurations`, strengthOf, put),
  ]),
  { method: 'GET', path: '/identity/conditionalAccess/authenticationStrength', permissions: readPolicies, answer: whole },
  { method: 'GET', path: '/identity/conditionalAccess/authenticationStrength/combinations', permissions: readPolicies, answer: combinationList },
  ...reading('/identity/conditionalAccess/authenticationStrength/authenticationMethodModes', methodModes, readPolicies),
]

const customOnes = ({ directory }: Asked) => directory.list('authenticationStrengths').filter(({ policyType }) => policyType === 'custom')

function strengthOf(asked: Asked): AuthenticationStrength {
  const { id = '' } = asked.names
  const found = builtInStrengths.find((one) => one.id === id.toLowerCase()) ?? asked.directory.get('authenticationStrengths', id)
  if (!found) throw notFound(`The authentication strength '${id.slice(0, 120)}' was not found.`)

  return found
}

/** The strength as it is from now on. */
async function put(asked: Asked, strength: AuthenticationStrength): Promise<AuthenticationStrength> {
  await asked.directory.put('authenticationStrengths', { ...strength, modifiedDateTime: nowOf(asked) })

  return asked.directory.get('authenticationStrengths', strength.id)!
}

/** What a strength says of itself; what the service says of it, and what has an address of its own, may come along and is left out. */
async function readStrength(asked: Asked): Promise<Partial<AuthenticationStrength>> {
  const { members } = readWritten(await asked.body(), authenticationStrengthPolicy)
  const texts = ['displayName', 'description'].flatMap((name) => (name in members ? [[name, members[name] ?? '']] : []))
  const { allowedCombinations } = members

  return { ...Object.fromEntries(texts), ...(Array.isArray(allowedCombinations) ? { allowedCombinations: allowedCombinations.map((one) => spelled(String(one))) } : {}) }
}

/** Methods in any case and order, as the service spells and orders them. */
function spelled(combination: string): string {
  const wanted = sorted(combination)

  return combinations.find((one) => sorted(one) === wanted) ?? combination
}

const sorted = (combination: string) => combination.toLowerCase().split(',').map((method) => method.trim()).toSorted().join(',')

async function create(asked: Asked): Promise<Answer> {
  const { displayName = '', allowedCombinations = [], description = '' } = await readStrength(asked)
  const id = crypto.randomUUID()
  const strength = await put(asked, { id, displayName, description, policyType: 'custom', allowedCombinations, combinationConfigurations: [], createdDateTime: nowOf(asked) })

  return created(asked, id, entityBody(strengthToGraph(strength), strengths, asked))
}

async function change(asked: Asked): Promise<Answer> {
  const { allowedCombinations, ...said } = await readStrength(asked)
  const before = strengthOf(asked)
  if (allowedCombinations && allowedCombinations.join(' ') !== before.allowedCombinations.join(' ')) {
    throw badRequest('allowedCombinations are changed with updateAllowedCombinations.', [{ target: 'allowedCombinations', message: `POST them to ${asked.path}/updateAllowedCombinations.` }])
  }
  const strength = await put(asked, { ...before, ...said })

  return changed(asked, () => entityBody(strengthToGraph(strength), strengths, asked))
}

async function remove(asked: Asked): Promise<Answer> {
  const strength = strengthOf(asked)
  if (strength.policyType === 'builtIn') throw badRequest(`"${strength.displayName}" is built in and cannot be removed.`)
  await asked.directory.remove('authenticationStrengths', strength.id)

  return {}
}

/** The combinations said take the place of those there were; configurations of what is gone go with it. */
async function updateCombinations(asked: Asked): Promise<Answer> {
  const { allowedCombinations } = await readStrength(asked)
  if (!allowedCombinations) throw badRequest('allowedCombinations is missing.', [{ target: 'allowedCombinations', message: 'this member is required: a list of combinations.' }])
  const before = strengthOf(asked)
  const kept = (before.combinationConfigurations ?? []).filter((configuration) => (configuration as { appliesToCombinations: readonly string[] }).appliesToCombinations.every((one) => allowedCombinations.includes(one)))
  const { allowedCombinations: currentCombinations } = await put(asked, { ...before, allowedCombinations, combinationConfigurations: kept })
  const conditionalAccessReferences = policiesAsking(before.id, asked).map(({ id }) => id)

  return {
    status: 200,
    body: {
      '@odata.context': `${asked.root}/$metadata#microsoft.graph.updateAllowedCombinationsResult`,
      'previousCombinations': before.allowedCombinations,
      currentCombinations,
      conditionalAccessReferences,
      'additionalInformation': '',
    },
  }
}

const policiesAsking = (id: string, { directory }: Asked) => directory.list('conditionalAccessPolicies').filter(({ grantControls }) => grantControls?.authenticationStrength?.id === id)

/** Which policies ask for a strength, by what it proves. */
function usage(asked: Asked): Answer {
  const strength = strengthOf(asked)
  const asking = policiesAsking(strength.id, asked).map((policy) => policyShown(policy, asked))
  const isMfa = strengthToGraph(strength).requirementsSatisfied === 'mfa'

  return { body: { '@odata.context': `${asked.root}/$metadata#microsoft.graph.authenticationStrengthUsage`, 'none': isMfa ? [] : asking, 'mfa': isMfa ? asking : [] } }
}

function combinationList({ root }: Asked): Answer {
  return { body: { '@odata.context': `${root}/$metadata#Collection(microsoft.graph.authenticationMethodModes)`, 'value': combinations } }
}

function whole(asked: Asked): Answer {
  const root: EntityType<Body> = { name: 'authenticationStrengthRoot', key: () => '', properties: { combinations: json() } }

  return answerOne({ combinations }, { type: root, context: 'identity/conditionalAccess/authenticationStrength', isSingle: true }, asked)
}
