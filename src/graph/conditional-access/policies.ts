import { toGraph } from '../../policy/index.ts'
import type { Policy } from '../../policy/policy.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { complex, instant, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { changed, created, nowOf } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { notFound } from '../protocol/refusal.ts'
import { lockoutWarning, namesWarning } from './warnings.ts'
import { readPolicies, writeLocations, writePolicies } from './permissions.ts'
import { saidIn } from './written.ts'
import type { Body } from './written.ts'

const list = () => many(text(), { filter: 'any all count' })
const lists = (...names: readonly string[]) => complex(Object.fromEntries(names.map((name) => [name, list()])))

const conditionalAccessPolicy: EntityType<Body> = {
  name: 'conditionalAccessPolicy',
  home: 'identity/conditionalAccess/policies',
  key: ({ id }) => String(id),
  properties: {
    id: text({ filter: 'eq ne in', isSortable: true }),
    templateId: text({ filter: 'eq ne in' }),
    displayName: text({ filter: 'eq ne in startswith endswith contains', isSortable: true }),
    createdDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true }),
    modifiedDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true }),
    description: text({ of: ({ id }, { directory }) => directory.get('conditionalAccessPolicies', String(id))?.description, isOnRequest: true }),
    state: words(['enabled', 'disabled', 'enabledForReportingButNotEnforced'], { filter: 'eq ne in', isSortable: true }),
    deletedDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true }),
    partialEnablementStrategy: text(),
    sessionControls: complex({}),
    conditions: complex({
      applications: lists('includeApplications', 'excludeApplications', 'includeUserActions', 'includeAuthenticationContextClassReferences'),
      users: lists('includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'),
      locations: lists('includeLocations', 'excludeLocations'),
      platforms: lists('includePlatforms', 'excludePlatforms'),
      clientAppTypes: list(),
      userRiskLevels: list(),
      signInRiskLevels: list(),
    }),
    grantControls: complex({
      operator: text({ filter: 'eq ne' }),
      builtInControls: list(),
      termsOfUse: list(),
      authenticationStrength: complex({ id: text({ filter: 'eq ne in' }) }),
    }),
  },
}

export const policies: Collection<Body> = {
  type: conditionalAccessPolicy,
  context: 'identity/conditionalAccess/policies',
  source: { list: (asked) => asked.directory.list('conditionalAccessPolicies').map((policy) => policyShown(policy, asked)) },
}

const paths = ['/identity/conditionalAccess/policies', '/policies/conditionalAccessPolicies', '/conditionalAccess/policies']

/** Conditional Access policies: listed, read, made, changed and removed (reference 2). */
export const policyEndpoints: readonly Endpoint[] = paths.flatMap((path): readonly Endpoint[] => [
  ...reading(path, policies, readPolicies, (asked) => policyShown(policyOf(asked), asked)),
  { method: 'POST', path, permissions: writePolicies, answer: create },
  { method: 'PATCH', path: `${path}/{id}`, permissions: writePolicies, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, permissions: writeLocations, answer: remove },
])

/** A policy as Graph answers with it, its strength written out and addressed. */
export function policyShown(policy: Policy, { directory, root }: Asked): Body {
  const shown = toGraph(policy, directory.list('authenticationStrengths'))
  if (shown.grantControls === null) return shown
  const { authenticationStrength, ...controls } = shown.grantControls as Body
  const address = `${root}/$metadata#identity/conditionalAccess/policies('${policy.id}')/grantControls/authenticationStrength/$entity`

  return { ...shown, grantControls: { ...controls, 'authenticationStrength@odata.context': address, authenticationStrength } }
}

function policyOf({ directory, names: { id = '' } }: Asked): Policy {
  const policy = directory.get('conditionalAccessPolicies', id)
  if (!policy) throw notFound(`The policy '${id.slice(0, 120)}' was not found.`)

  return policy
}

const spellings = ['displayName', 'description', 'state', 'templateId', 'conditions', 'grantControls', 'sessionControls']

async function create(asked: Asked): Promise<Answer> {
  const { directory } = asked
  const body = await asked.body()
  const id = crypto.randomUUID()
  await directory.put('conditionalAccessPolicies', { ...saidIn(body, spellings), id, createdDateTime: nowOf(asked) } as never)
  const policy = directory.get('conditionalAccessPolicies', id)!

  return withWarning(created(asked, id, entityBody(policyShown(policy, asked), policies, asked)), policy, asked)
}

/** What is left out stays, null clears, and each of conditions and controls is replaced whole (reference 2.3). */
async function change(asked: Asked): Promise<Answer> {
  const { directory } = asked
  const said = saidIn(await asked.body(), spellings)
  const after = { ...policyOf(asked), ...said, modifiedDateTime: nowOf(asked) }
  await directory.put('conditionalAccessPolicies', after as Policy)
  const policy = policyOf(asked)

  return withWarning(changed(asked, () => entityBody(policyShown(policy, asked), policies, asked)), policy, asked)
}

/** It can be restored for a while. */
async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('conditionalAccessPolicies', policyOf(asked).id, { deletedDateTime: nowOf(asked) })

  return {}
}

/** Graph takes a policy that locks every administrator out, or that nobody goes by; whoever wrote it is told. */
function withWarning(answer: Answer, policy: Policy, { tenant }: Asked): Answer {
  const warnings = [lockoutWarning(policy, tenant), namesWarning(policy)].filter((warning) => warning !== null)

  return warnings.length === 0 ? answer : { ...answer, headers: { ...answer.headers, warning: warnings.map((warning) => `199 - "${warning}"`).join(', ') } }
}
