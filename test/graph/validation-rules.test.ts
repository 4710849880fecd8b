import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'
import type { Graph, Json } from './ask.ts'

/** The rules of the service for what may be written as a policy, as the reference lists them: each broken over the wire, in every way it names. */
type Rule = { readonly id: string; readonly rule: string; readonly number: number | null; readonly status: number; readonly code: string; readonly message: string }
const { rules } = JSON.parse(readFileSync(new URL('./validation-rules.json', import.meta.url), 'utf8')) as { rules: readonly Rule[] }

const server = useMock()
const policies = '/identity/conditionalAccess/policies'
const locations = '/identity/conditionalAccess/namedLocations'
const office = 'c0ffee00-0000-4000-8000-0000000000d1'
const branch = 'c0ffee00-0000-4000-8000-0000000000d2'
const mfaStrength = { id: '00000000-0000-0000-0000-000000000002' }
const exchange = '00000002-0000-0ff1-ce00-000000000000'

/** What breaks a rule: a policy, or what is done instead; in a tenant that differs, by whoever may less. */
type Done = { readonly tenant?: Json; readonly does: (graph: Graph) => ReturnType<Graph['post']> }
type Breach = Done | { readonly body: Json; readonly tenant?: Json; readonly user?: string } | Readonly<Record<string, unknown>>

const breaches: Record<string, Record<string, Breach>> = {
  schema: {
    'text where a list belongs': policy({ users: { includeUsers: 'All' } }),
    'a list where an object belongs': policy({ users: ['All'] }),
    'an unknown word': policy({ clientAppTypes: ['unknownFutureValue'] }),
    'an unknown member': policy({ usrs: {} }),
    'a null in a list': policy({ users: { includeUsers: [null] } }),
    'no state': { ...policy({}), state: undefined },
    'no displayName': { ...policy({}), displayName: null },
    'no conditions': { ...policy({}), conditions: undefined },
  },
  appsAndActions: {
    'applications and user actions': policy({ applications: { includeApplications: ['All'], includeUserActions: ['urn:user:registerdevice'] } }),
    'applications and contexts': policy({ applications: { includeApplications: ['All'], includeAuthenticationContextClassReferences: ['c1'] } }),
    'user actions and contexts': policy({ applications: { includeUserActions: ['urn:user:registerdevice'], includeAuthenticationContextClassReferences: ['c1'] } }),
  },
  passwordChange: {
    'alone': policy({ userRiskLevels: ['high'] }, controls('OR', 'passwordChange')),
    'or MFA': policy({ userRiskLevels: ['high'] }, controls('OR', 'mfa', 'passwordChange')),
    'without user risk': policy({}, controls('AND', 'mfa', 'passwordChange')),
    'not for all resources': policy({ userRiskLevels: ['high'], applications: { includeApplications: [exchange] } }, controls('AND', 'mfa', 'passwordChange')),
    'with an exclusion': policy({ userRiskLevels: ['high'], applications: { includeApplications: ['All'], excludeApplications: [exchange] } }, controls('AND', 'mfa', 'passwordChange')),
    'with a platform': policy({ userRiskLevels: ['high'], platforms: { includePlatforms: ['iOS'] } }, controls('AND', 'mfa', 'passwordChange')),
    'with a location': policy({ userRiskLevels: ['high'], locations: { includeLocations: ['AllTrusted'] } }, controls('AND', 'mfa', 'passwordChange')),
    'with client apps': policy({ userRiskLevels: ['high'], clientAppTypes: ['browser'] }, controls('AND', 'mfa', 'passwordChange')),
    'with another control': policy({ userRiskLevels: ['high'] }, controls('AND', 'mfa', 'passwordChange', 'compliantDevice')),
  },
  clientAppTypesEmpty: { 'an empty list': policy({ clientAppTypes: [] }) },
  securityDefaultsOn: {
    'enabled': { body: policy({}), tenant: { securityDefaults: true, conditionalAccessPolicies: [] } },
    'enabled by a change': { tenant: { securityDefaults: true, conditionalAccessPolicies: [policy({}, controls('OR', 'block'), 'disabled')] }, does: async (graph) => graph.patch(`${policies}/${(await graph.get(policies)).body.value[0].id}`, { state: 'enabled' }) },
  },
  notLicensed: {
    'a tenant that never had it': { body: policy({}), tenant: { licence: 'none' } },
    'a tenant that lost it': { body: policy({}), tenant: { licence: 'lapsed' } },
    'a change in a tenant that lost it': { tenant: { licence: 'lapsed' }, does: async (graph) => graph.patch(`${policies}/${(await graph.get(policies)).body.value[0].id}`, { state: 'disabled' }) },
    'risk under P1': { body: policy({ signInRiskLevels: ['high'] }), tenant: { licence: 'P1' } },
  },
  missingScopes: { 'a token of an application that may not': { body: policy({}), user: 'alice' } },
  guestKeywordMix: {
    'included twice': policy({ users: { includeUsers: ['GuestsOrExternalUsers'], includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest' } } }),
    'included and left out': policy({ users: { includeUsers: ['GuestsOrExternalUsers'], excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest' } } }),
  },
  missingApplications: { 'none': policy({ applications: undefined }), 'nothing in them': policy({ applications: { includeApplications: [] } }) },
  roleAll: {
    'roles': policy({ users: { includeRoles: ['All'] } }),
    'roles left out': policy({ users: { includeUsers: ['All'], excludeRoles: ['All'] } }),
    'groups': policy({ users: { includeGroups: ['All'] } }),
    'groups left out': policy({ users: { includeUsers: ['All'], excludeGroups: ['All'] } }),
  },
  missingUsers: { 'none': policy({ users: undefined }), 'only those left out': policy({ users: { excludeUsers: ['GuestsOrExternalUsers'] } }) },
  noControls: {
    'none': policy({}, {}),
    'none that is on': policy({}, { sessionControls: { persistentBrowser: { isEnabled: false, mode: 'never' } } }),
    'an empty list': policy({}, { grantControls: { operator: 'OR', builtInControls: [] } }),
  },
  blockCombined: {
    'with MFA': policy({}, controls('OR', 'block', 'mfa')),
    'with a strength': policy({}, { grantControls: { operator: 'OR', builtInControls: ['block'], authenticationStrength: mfaStrength } }),
    'with terms of use': policy({}, { grantControls: { operator: 'OR', builtInControls: ['block'], termsOfUse: ['c0ffee00-0000-4000-8000-0000000000f9'] } }),
  },
  mfaAndStrength: { 'both': policy({}, { grantControls: { operator: 'OR', builtInControls: ['mfa'], authenticationStrength: mfaStrength } }) },
  registerDeviceControls: {
    'a device control': policy({ applications: { includeUserActions: ['urn:user:registerdevice'] } }, controls('OR', 'compliantDevice')),
    'a block': policy({ applications: { includeUserActions: ['urn:user:registerdevice'] } }, controls('OR', 'block')),
    'from browsers only': policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, clientAppTypes: ['browser'] }, controls('OR', 'mfa')),
    'with a device filter': policy({ applications: { includeUserActions: ['urn:user:registerdevice'] }, devices: { deviceFilter: { mode: 'include', rule: 'device.model -eq "x"' } } }, controls('OR', 'mfa')),
  },
  persistentBrowserApps: {
    'one application': policy({ applications: { includeApplications: [exchange] } }, { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } }),
    'all but one': policy({ applications: { includeApplications: ['All'], excludeApplications: [exchange] } }, { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'always' } } }),
  },
  sifInterval: {
    'every time, with a value': policy({}, frequency({ frequencyInterval: 'everyTime', value: 1, type: 'hours' })),
    'time based, without a value': policy({}, frequency({ frequencyInterval: 'timeBased', type: 'hours' })),
    'time based, without a type': policy({}, frequency({ frequencyInterval: 'timeBased', value: 4 })),
    'no hour': policy({}, frequency({ value: 0, type: 'hours' })),
    'too many hours': policy({}, frequency({ value: 24, type: 'hours' })),
    'too many days': policy({}, frequency({ value: 366, type: 'days' })),
  },
  caeDisabled: {
    'for one application': policy({ applications: { includeApplications: [exchange] } }, { sessionControls: { continuousAccessEvaluation: { mode: 'disabled' } } }),
    'with a condition': policy({ platforms: { includePlatforms: ['iOS'] } }, { sessionControls: { continuousAccessEvaluation: { mode: 'disabled' } } }),
  },
  workloadControls: {
    'MFA': policy(workload({}), controls('OR', 'mfa')),
    'a session control': policy(workload({}), frequency({ value: 1, type: 'hours' })),
    'users too': policy({ ...workload({}), users: { includeUsers: ['All'] } }),
    'a platform': policy(workload({ platforms: { includePlatforms: ['iOS'] } })),
    'a risk of users': policy(workload({ userRiskLevels: ['high'] })),
  },
  easScope: {
    'another application': policy({ clientAppTypes: ['exchangeActiveSync'], applications: { includeApplications: ['All'] }, users: { includeGroups: ['c0ffee00-0000-4000-8000-0000000000c1'] } }, controls('OR', 'compliantDevice')),
    'all users': policy({ clientAppTypes: ['exchangeActiveSync'], applications: { includeApplications: [exchange] } }, controls('OR', 'compliantDevice')),
    'roles': policy({ clientAppTypes: ['exchangeActiveSync'], applications: { includeApplications: [exchange] }, users: { includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] } }, controls('OR', 'compliantDevice')),
  },
  mobileAppControls: {
    'an approved app on macOS': policy({ platforms: { includePlatforms: ['macOS'] } }, controls('OR', 'approvedApplication')),
    'a protected app on Linux': policy({ platforms: { includePlatforms: ['linux', 'iOS'] } }, controls('OR', 'compliantApplication')),
    'together with MFA': policy({ platforms: { includePlatforms: ['macOS'] } }, controls('AND', 'approvedApplication', 'mfa')),
  },
  deviceFilter: {
    'a rule that cannot be read': policy({ devices: { deviceFilter: { mode: 'include', rule: 'device.model = "x"' } } }),
    'an attribute that is none': policy({ devices: { deviceFilter: { mode: 'include', rule: 'device.colour -eq "red"' } } }),
    'an operator the attribute does not take': policy({ devices: { deviceFilter: { mode: 'include', rule: 'device.isCompliant -contains "Tr"' } } }),
    'a rule without end': policy({ devices: { deviceFilter: { mode: 'include', rule: `device.model -eq "${'x'.repeat(3072)}"` } } }),
    'and device states': policy({ devices: { includeDevices: ['All'], deviceFilter: { mode: 'include', rule: 'device.model -eq "x"' } } }),
  },
  appFilterScope: {
    'with All': policy({ applications: { includeApplications: ['All'], applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.A_B -eq "x"' } } }),
    'with None': policy({ applications: { includeApplications: ['None'], applicationFilter: { mode: 'include', rule: 'CustomSecurityAttribute.A_B -eq "x"' } } }),
  },
  locationUnknown: {
    'included': policy({ locations: { includeLocations: ['c0ffee00-0000-4000-8000-00000000dddd'] } }),
    'left out': policy({ locations: { includeLocations: ['All'], excludeLocations: ['c0ffee00-0000-4000-8000-00000000dddd'] } }),
  },
  acrUnknown: {
    'past c99': policy({ applications: { includeAuthenticationContextClassReferences: ['c100'] } }),
    'not there': policy({ applications: { includeAuthenticationContextClassReferences: ['c42'] } }),
  },
  noneAlone: {
    'all users and one': policy({ users: { includeUsers: ['All', 'c0ffee00-0000-4000-8000-0000000000b1'] } }),
    'no users and one': policy({ users: { includeUsers: ['None', 'c0ffee00-0000-4000-8000-0000000000b1'] } }),
    'nobody, and some left out': policy({ users: { includeUsers: ['None'], excludeUsers: ['c0ffee00-0000-4000-8000-0000000000b1'] } }),
    'all applications and one': policy({ applications: { includeApplications: ['All', exchange] } }),
    'all locations and one': policy({ locations: { includeLocations: ['All', branch] } }),
    'all platforms and one': policy({ platforms: { includePlatforms: ['all', 'iOS'] } }),
    'all clients and one': policy({ clientAppTypes: ['all', 'browser'] }),
  },
  tooManyPolicies: { 'one more': { body: policy({}), tenant: { settings: { limits: { policies: 6 } } } } },
  trustedDelete: { 'a trusted location': { does: (graph) => graph.delete(`${locations}/${office}`) } },
  inUseDelete: {
    'a location that a policy names': {
      does: async (graph) => {
        expect((await graph.post(policies, policy({ locations: { includeLocations: [branch] } }))).status).toBe(201)

        return graph.delete(`${locations}/${branch}`)
      },
    },
  },
}

/** What is said word for word; of two rules the reference gives no wording of the service. */
const unworded = new Set(['missingApplications', 'roleAll'])
const cases = rules.flatMap((rule) => Object.entries(breaches[rule.id] ?? {}).map(([how, breach]) => [`${rule.id}: ${how}`, rule, breach] as const))

describe('a policy that breaks a rule is answered as the service answers', () => {
  test.each(cases)('%s', async (_, { id, status, code, number, message }, breach) => {
    const { body, tenant = {}, user, does } = ('does' in breach || 'body' in breach ? breach : { body: breach }) as { body?: Json; tenant?: Json; user?: string; does?: (graph: Graph) => ReturnType<Graph['post']> }
    const { graph } = await graphOf(server.mock, tenant, user)
    const count = (await graph.get(`${policies}?$count=true`)).body.value?.length
    const said = await (does?.(graph) ?? graph.post(policies, body))

    expect(said, JSON.stringify(said.body)).toMatchObject({ status, body: { error: { code } } })
    if (number !== null) expect(said.body.error.message).toMatch(new RegExp(`^${number}: `))
    if (!unworded.has(id)) expect(said.body.error.message).toContain(message.replace(/\.$/, ''))
    if (!does && count !== undefined) expect((await graph.get(policies)).body.value).toHaveLength(count)
  })

  test('every rule of the reference has a breach, and no breach is without a rule', () => {
    expect(Object.keys(breaches).toSorted()).toEqual(rules.map(({ id }) => id).toSorted())
  })
})

function policy(conditions: Json, more: Json = controls('OR', 'block'), state = 'enabled'): Json {
  return {
    displayName: 'A policy', state, ...more,
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, ...conditions },
  }
}

function controls(operator: string, ...builtInControls: readonly string[]): Json {
  return { grantControls: { operator, builtInControls } }
}

function frequency(members: Json): Json {
  return { sessionControls: { signInFrequency: { isEnabled: true, ...members } } }
}

function workload(more: Json): Json {
  return { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] }, ...more }
}
