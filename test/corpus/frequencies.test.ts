import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkPolicy, toGraph } from '../../src/policy/index.ts'
import { corpus, skipping } from './exports.ts'

type Json = Record<string, unknown>
type Counted = { readonly path: string; readonly types: readonly string[]; readonly values: readonly string[] }

const { title, isSkipped } = skipping('what public policies say', 'policy-field-frequencies.txt')

/** Every path and value that occurs in public policies, each alone in a policy that is otherwise plain: kept as it is said, or refused by name. What is false says nothing. */
describe.skipIf(isSkipped)(title, () => {
  const counted = isSkipped ? [] : countedIn(readFileSync(join(corpus!, 'policy-field-frequencies.txt'), 'utf8'))
  const refused: string[] = []

  it.for(counted.map((one) => [one.path, one] as const))('%s', ([path, { types, values }]) => {
    for (const value of values) {
      for (const written of spellings(value, types)) {
        const { policy, problems, notes } = checkPolicy(policyWith(path, written))
        const told = [...problems, ...notes].filter((one) => isAbout(one.path, path))
        if (policy === null) {
          expect(problems.filter((one) => isAbout(one.path, path)), `${path}: ${JSON.stringify(written)}: ${JSON.stringify(problems)}`).not.toEqual([])
          refused.push(`${path}: ${JSON.stringify(written)}: ${problems[0]!.detail}`)
        } else if (told.length === 0 && written !== false) expect(saidAt(toGraph(policy), path), path).toContain(String(value).split(',')[0]!.toLowerCase())
      }
    }
  })

  it('there are some, and those refused are told', () => {
    console.log(`corpus: ${counted.length} members, ${counted.reduce((sum, { values }) => sum + values.length, 0)} values; refused by name:\n${refused.join('\n')}`)

    expect(counted.length).toBeGreaterThan(0)
  })
})

/** A line of a path and its counts, and below it the commonest values. */
function countedIn(text: string): Counted[] {
  return [...text.matchAll(/^(\S+) +present=.*?types=\{(.*?)\}\n +\[(.*)\]$/gm)].map(([, path = '', types = '', values = '']) => ({
    path,
    types: [...types.matchAll(/'(\w+)':/g)].map(([, type]) => type!),
    // A value is shown up to sixty characters; of one that was cut nothing can be said.
    values: [...values.matchAll(/\('((?:[^'\\]|\\.)*)', \d+\)/g)].map(([, value]) => value!).filter((value) => value.length < 60),
  }))
}

function spellings(value: string, types: readonly string[]): unknown[] {
  return types.map((type) => ({ list: [value], str: value, bool: value === 'True', int: Number(value) })[type] ?? value)
}

/** What must stand beside some members so that they mean anything. */
const companions: Readonly<Record<string, Json>> = {
  'sessionControls.signInFrequency': { isEnabled: true, value: 4, type: 'hours', frequencyInterval: 'timeBased' },
  'sessionControls.persistentBrowser': { isEnabled: true, mode: 'never' },
  'sessionControls.cloudAppSecurity': { isEnabled: true, cloudAppSecurityType: 'monitorOnly' },
  'conditions.devices.deviceFilter': { mode: 'include', rule: 'device.isCompliant -eq True' },
  'conditions.users.includeGuestsOrExternalUsers': { guestOrExternalUserTypes: 'internalGuest', externalTenants: { membershipKind: 'all' } },
  'conditions.users.excludeGuestsOrExternalUsers': { guestOrExternalUserTypes: 'internalGuest', externalTenants: { membershipKind: 'all' } },
  'grantControls.authenticationStrength': { id: '00000000-0000-0000-0000-000000000002' },
  'conditions.locations': { includeLocations: ['All'] },
  'conditions.platforms': { includePlatforms: ['all'] },
  'conditions.clientApplications': { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] },
}

function policyWith(path: string, value: unknown): Json {
  const policy: Json = { displayName: 'A policy', state: 'enabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', builtInControls: ['block'] } }
  for (const [at, beside] of Object.entries(companions)) if (path.startsWith(`${at}.`)) put(policy, at, structuredClone(beside))
  makeRoomFor(policy, path, value)
  put(policy, path, value)

  return policy
}

/** Members that exclude each other do not stand side by side in the plain policy. */
function makeRoomFor(policy: Json, path: string, value: unknown): void {
  const text = JSON.stringify(value)
  if (/^conditions\.applications\.include(UserActions|Authentication)|applicationFilter/.test(path)) put(policy, 'conditions.applications', {})
  if (path.startsWith('conditions.users.include')) put(policy, 'conditions.users.includeUsers', [])
  if (path.startsWith('conditions.clientApplications') || path.startsWith('conditions.servicePrincipalRisk')) put(policy, 'conditions.users', { includeUsers: ['None'] })
  if (path.startsWith('conditions.servicePrincipalRisk')) put(policy, 'conditions.clientApplications', companions['conditions.clientApplications'])
  if (path.startsWith('sessionControls.') || path.startsWith('grantControls.authenticationStrength') || path === 'grantControls.termsOfUse') put(policy, 'grantControls', path.startsWith('grantControls') ? { operator: 'OR', ...(policy['grantControls'] as Json), builtInControls: [] } : null)
  if (text.includes('registerdevice')) put(policy, 'grantControls', { operator: 'OR', builtInControls: ['mfa'] })
  if (text.includes('passwordChange')) {
    put(policy, 'conditions.userRiskLevels', ['high'])
    put(policy, 'grantControls', { operator: 'AND', builtInControls: [] })
  }
  if (path.endsWith('frequencyInterval') && text.includes('everyTime')) put(policy, 'sessionControls.signInFrequency', { isEnabled: true })
  if (path === 'grantControls.operator') put(policy, 'grantControls.builtInControls', ['mfa', 'compliantDevice'])
  if (path === 'sessionControls.disableResilienceDefaults') put(policy, 'grantControls', { operator: 'OR', builtInControls: ['block'] })
  if (path.startsWith('conditions.applications.excludeApplications')) put(policy, 'conditions.applications.includeApplications', ['All'])
  if (text.includes('passwordChange') && Array.isArray(value)) value.push('mfa')
}

function put(policy: Json, path: string, value: unknown): void {
  const members = path.split('.')
  const last = members.pop()!
  const inside = members.reduce((object, member) => {
    if (typeof object[member] !== 'object' || object[member] === null) object[member] = {}

    return object[member] as Json
  }, policy)
  inside[last] = value
}

/** Whether what is told at one place is about another: the same, inside it, or around it. */
function isAbout(told: string, path: string): boolean {
  const [one, other] = [`${told.toLowerCase()}.`.replaceAll('[', '.'), `${path.toLowerCase()}.`]

  return one.startsWith(other) || other.startsWith(one)
}

function saidAt(shown: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((inside, member) => {
    const name = Object.keys((inside ?? {}) as object).find((known) => known.toLowerCase() === member.toLowerCase())

    return name === undefined ? undefined : (inside as Json)[name]
  }, shown)

  return [found].flat().map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one))).join(' ').toLowerCase()
}
