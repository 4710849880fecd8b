import { describe, expect, it } from 'vitest'
import { checkPolicy, InvalidPolicy, validatePolicy, type ValidationContext } from '../../src/policy/index.ts'
import { policyRules } from '../../src/policy/validate/policy-rules.ts'
import { wellKnown } from '../../src/policy/well-known.ts'

type Json = Record<string, unknown>

/** The smallest policy there is. */
const smallest: Json = {
  displayName: 'Block everybody',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
}

/** The smallest policy, with members of it replaced by path. */
function changed(changes: Record<string, unknown>): Json {
  const written = structuredClone(smallest)
  for (const [path, value] of Object.entries(changes)) {
    const members = path.split('.')
    const last = members.pop()!
    const inside = members.reduce((object, member) => (object[member] ??= {}) as Json, written)
    if (value === undefined) delete inside[last]
    else inside[last] = value
  }

  return written
}

const grant = (builtInControls: string[], more: Json = {}) => ({ grantControls: { operator: 'OR', builtInControls, ...more } })
const session = (controls: Json) => ({ grantControls: null, sessionControls: controls })
const frequency = (members: Json) => session({ signInFrequency: { isEnabled: true, ...members } })
const workload = { 'conditions.users': { includeUsers: ['None'] }, 'conditions.clientApplications': { includeServicePrincipals: ['ServicePrincipalsInMyTenant'] } }
const passwordChange = { ...grant(['mfa', 'passwordChange'], { operator: 'AND' }), 'conditions.userRiskLevels': ['high'] }

type Broken = { readonly rule: keyof typeof policyRules | 'schema' | 'notLicensed'; readonly change: Record<string, unknown>; readonly context?: ValidationContext; readonly says: Record<string, unknown> }

const reason = (word: string) => ({ number: 1_032, status: 400, code: 'BadRequest', message: `1032: ConditionalActionPolicy validation failed due to ${word}.` })
const schema = { number: 1_007, status: 400, code: 'BadRequest', message: expect.stringMatching(/^1007: Incoming ConditionalAccessPolicy object is null/) }

const broken: Record<string, Broken> = {
  'no displayName': { rule: 'required', change: { displayName: undefined }, says: { path: 'displayName', number: 1_007 } },
  'an empty displayName': { rule: 'required', change: { displayName: '' }, says: { path: 'displayName' } },
  'a displayName without end': { rule: 'required', change: { displayName: 'x'.repeat(257) }, says: { path: 'displayName', detail: 'a displayName has at most 256 characters' } },
  'no state': { rule: 'required', change: { state: null }, says: { path: 'state' } },
  'no conditions': { rule: 'required', change: { conditions: null }, says: { path: 'conditions' } },

  'a persistent browser that does not say how': { rule: 'required', change: session({ persistentBrowser: { isEnabled: true } }), says: { path: 'sessionControls.persistentBrowser.mode', detail: 'say "always" or "never"' } },
  'continuous access evaluation that does not say how': { rule: 'required', change: session({ continuousAccessEvaluation: { isEnabled: true } }), says: { path: 'sessionControls.continuousAccessEvaluation.mode' } },
  'a filter without a rule': { rule: 'required', change: { 'conditions.devices': { deviceFilter: { mode: 'include' } } }, says: { path: 'conditions.devices.deviceFilter.rule', detail: 'a filter needs a rule' } },
  'guests of some tenants, and of no kind': { rule: 'required', change: { 'conditions.users.excludeGuestsOrExternalUsers': { externalTenants: { membershipKind: 'enumerated', members: ['x'] } } }, says: { path: 'conditions.users.excludeGuestsOrExternalUsers.guestOrExternalUserTypes' } },
  'a strength with a member that it has not': { rule: 'schema', change: grant([], { authenticationStrength: { id: 'x', colour: 'red' } }), says: { path: 'grantControls.authenticationStrength.colour' } },

  'text where a list belongs': { rule: 'schema', change: { 'conditions.users.includeUsers': 'All' }, says: { ...schema, path: 'conditions.users.includeUsers', detail: 'expected a list, found "All"' } },
  'a list where an object belongs': { rule: 'schema', change: { 'conditions.users': ['All'] }, says: { ...schema, path: 'conditions.users' } },
  'a number where text belongs': { rule: 'schema', change: { displayName: 7 }, says: { path: 'displayName', detail: 'expected text, found 7' } },
  'an unknown state': { rule: 'schema', change: { state: 'on' }, says: { path: 'state' } },
  'an unknown word, with the nearest': { rule: 'schema', change: grant(['compliantDevise']), says: { path: 'grantControls.builtInControls[0]', detail: expect.stringMatching(/did you mean compliantDevice\?$/) } },
  'a word of the future': { rule: 'schema', change: { 'conditions.clientAppTypes': ['unknownFutureValue'] }, says: schema },
  'an unknown member, with the nearest': { rule: 'schema', change: { 'conditions.users.includeGruops': ['x'] }, says: { path: 'conditions.users.includeGruops', detail: 'there is no member includeGruops; did you mean includeGroups?' } },
  'a member of Graph that is not modelled': { rule: 'schema', change: { 'conditions.times': { all: true } }, says: { path: 'conditions.times', detail: expect.stringContaining('not supported here') } },
  'a member that is there twice': { rule: 'schema', change: { GrantControls: { operator: 'OR', builtInControls: ['mfa'] } }, says: { path: 'GrantControls', detail: 'the member grantControls is there twice' } },
  'a null in a list': { rule: 'schema', change: { 'conditions.users.includeGroups': [null] }, says: { path: 'conditions.users.includeGroups[0]' } },
  'a number in a list of ids': { rule: 'schema', change: { 'conditions.users.includeGroups': [7] }, says: { path: 'conditions.users.includeGroups[0]', detail: 'expected an id, found 7' } },
  'an unknown platform': { rule: 'schema', change: { 'conditions.platforms': { includePlatforms: ['chromeOS'] } }, says: { path: 'conditions.platforms.includePlatforms[0]' } },
  'an unknown flow in a set of words': { rule: 'schema', change: { 'conditions.authenticationFlows': { transferMethods: 'deviceCodeFlow,carrierPigeon' } }, says: { path: 'conditions.authenticationFlows.transferMethods[1]' } },
  'half a number': { rule: 'schema', change: frequency({ value: 1.5, type: 'hours' }), says: { path: 'sessionControls.signInFrequency.value' } },
  'a strength without an id': { rule: 'schema', change: grant([], { authenticationStrength: {} }), says: { path: 'grantControls.authenticationStrength' } },

  'an empty list of client apps': { rule: 'clientAppTypesEmpty', change: { 'conditions.clientAppTypes': [] }, says: { number: 1_064, path: 'conditions.clientAppTypes', message: expect.stringMatching(/^1064: 'clientAppTypes' condition does not support \[\]/) } },
  'applications and user actions': { rule: 'appsAndActions', change: { 'conditions.applications.includeUserActions': ['urn:user:registerdevice'] }, says: { number: 1_012, path: 'conditions.applications' } },
  'applications and authentication contexts': { rule: 'appsAndActions', change: { 'conditions.applications.includeAuthenticationContextClassReferences': ['c1'] }, says: { number: 1_012 } },
  'no applications': { rule: 'missingApplications', change: { 'conditions.applications': null }, says: { number: 1_007, path: 'conditions.applications' } },
  'nothing in applications': { rule: 'missingApplications', change: { 'conditions.applications': { includeApplications: [] } }, says: { number: 1_007 } },
  'nobody': { rule: 'missingUsers', change: { 'conditions.users': null }, says: { ...reason('MissingUserCondition'), path: 'conditions.users' } },
  'only exclusions': { rule: 'missingUsers', change: { 'conditions.users': { excludeUsers: ['x'] } }, says: reason('MissingUserCondition') },
  'guests by keyword and by kind': {
    rule: 'guestKeywordMix', change: { 'conditions.users': { includeUsers: ['GuestsOrExternalUsers'], excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'internalGuest' } } },
    says: { number: null, message: "'GuestsOrExternalUsers' cannot be combined with guestOrExternalUsers" },
  },
  'All among roles': { rule: 'roleAll', change: { 'conditions.users.includeRoles': ['All'] }, says: { path: 'conditions.users.includeRoles' } },
  'All among groups': { rule: 'roleAll', change: { 'conditions.users.excludeGroups': ['all'] }, says: { path: 'conditions.users.excludeGroups' } },
  'All beside an id': { rule: 'noneAlone', change: { 'conditions.users.includeUsers': ['All', 'x'] }, says: { ...reason('InvalidInclusion'), path: 'conditions.users.includeUsers' } },
  'None with an exclusion': { rule: 'noneAlone', change: { 'conditions.users': { includeUsers: ['None'], excludeGroups: ['x'] } }, says: reason('InvalidInclusion') },
  'None of the applications with an exclusion': { rule: 'noneAlone', change: { 'conditions.applications': { includeApplications: ['None'], excludeApplications: ['x'] } }, says: reason('InvalidInclusion') },
  'everything left out': { rule: 'noneAlone', change: { 'conditions.applications.excludeApplications': ['All'] }, says: reason('InvalidInclusion') },
  'all platforms and one': { rule: 'noneAlone', change: { 'conditions.platforms': { includePlatforms: ['all', 'iOS'] } }, says: reason('InvalidInclusion') },
  'all clients and one': { rule: 'noneAlone', change: { 'conditions.clientAppTypes': ['all', 'browser'] }, says: reason('InvalidInclusion') },
  'all locations and one': { rule: 'noneAlone', change: { 'conditions.locations': { includeLocations: ['All', 'x'] } }, says: reason('InvalidInclusion') },
  'no control': { rule: 'noControls', change: { grantControls: null }, says: { ...reason('MissingControls'), path: 'grantControls' } },
  'only session controls that are off': { rule: 'noControls', change: session({ persistentBrowser: { isEnabled: false, mode: 'never' } }), says: reason('MissingControls') },
  'several controls and no operator': { rule: 'operator', change: { grantControls: { builtInControls: ['mfa', 'compliantDevice'] } }, says: { number: 1_007, path: 'grantControls.operator' } },
  'block with MFA': { rule: 'blockCombined', change: grant(['block', 'mfa']), says: reason('InvalidBlockControl') },
  'block with terms': { rule: 'blockCombined', change: grant(['block'], { termsOfUse: ['t'] }), says: reason('InvalidBlockControl') },
  'MFA and a strength': { rule: 'mfaAndStrength', change: grant(['mfa'], { authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } }), says: reason('InvalidAuthenticationStrengthControl') },
  'a password change alone': { rule: 'passwordChange', change: { ...grant(['passwordChange']), 'conditions.userRiskLevels': ['high'] }, says: reason('InvalidPasswordResetControl') },
  'a password change or MFA': { rule: 'passwordChange', change: { ...grant(['passwordChange', 'mfa']), 'conditions.userRiskLevels': ['high'] }, says: reason('InvalidPasswordResetControl') },
  'a password change without user risk': { rule: 'passwordChange', change: { ...passwordChange, 'conditions.userRiskLevels': [] }, says: reason('InvalidPasswordResetControl') },
  'a password change for some applications': { rule: 'passwordChange', change: { ...passwordChange, 'conditions.applications.excludeApplications': ['x'] }, says: reason('InvalidPasswordResetControl') },
  'a password change at some locations': { rule: 'passwordChange', change: { ...passwordChange, 'conditions.locations': { includeLocations: ['All'] } }, says: reason('InvalidPasswordResetControl') },
  'registering a device with a compliant one': { rule: 'registerDeviceControls', change: { ...grant(['compliantDevice']), 'conditions.applications': { includeUserActions: ['urn:user:registerdevice'] } }, says: reason('InvalidUserActionControl') },
  'registering a device from a browser only': { rule: 'registerDeviceControls', change: { ...grant(['mfa']), 'conditions.applications': { includeUserActions: ['urn:user:registerdevice'] }, 'conditions.clientAppTypes': ['browser'] }, says: reason('InvalidUserActionControl') },
  'something of Exchange ActiveSync elsewhere': { rule: 'easScope', change: { ...grant(['compliantDevice']), 'conditions.clientAppTypes': ['exchangeActiveSync'] }, says: reason('InvalidExchangeActiveSyncCondition') },
  'approved apps on macOS': { rule: 'mobileAppControls', change: { ...grant(['approvedApplication']), 'conditions.platforms': { includePlatforms: ['macOS'] } }, says: reason('InvalidPlatformCondition') },
  'a persistent browser for some applications': { rule: 'persistentBrowserApps', change: { ...session({ persistentBrowser: { isEnabled: true, mode: 'never' } }), 'conditions.applications': { includeApplications: ['x'] } }, says: reason('InvalidPersistentBrowserControl') },
  'every time, and eight hours': { rule: 'sifInterval', change: frequency({ frequencyInterval: 'everyTime', value: 8, type: 'hours' }), says: reason('InvalidSignInFrequencyControl') },
  'now and then': { rule: 'sifInterval', change: frequency({ frequencyInterval: 'timeBased' }), says: reason('InvalidSignInFrequencyControl') },
  'a day in hours': { rule: 'sifInterval', change: frequency({ value: 24, type: 'hours' }), says: { detail: '24 hours is out of bounds; there are 1 to 23 hours' } },
  'no time at all': { rule: 'sifInterval', change: frequency({ value: 0, type: 'days' }), says: reason('InvalidSignInFrequencyControl') },
  'CAE off for some': { rule: 'caeDisabled', change: { ...session({ continuousAccessEvaluation: { mode: 'disabled' } }), 'conditions.platforms': { includePlatforms: ['iOS'] } }, says: reason('InvalidContinuousAccessEvaluationControl') },
  'MFA of a workload identity': { rule: 'workloadControls', change: { ...workload, ...grant(['mfa']) }, says: reason('InvalidWorkloadIdentityControl') },
  'users and workload identities': { rule: 'workloadControls', change: { ...workload, 'conditions.users': { includeUsers: ['All'] } }, says: reason('InvalidWorkloadIdentityControl') },
  'the platform of a workload identity': { rule: 'workloadControls', change: { ...workload, 'conditions.platforms': { includePlatforms: ['linux'] } }, says: reason('InvalidWorkloadIdentityControl') },
  'workload identities of nobody': { rule: 'workloadControls', change: { ...workload, 'conditions.clientApplications': { excludeServicePrincipals: ['x'] } }, says: reason('InvalidWorkloadIdentityControl') },
  'a device filter that cannot be read': { rule: 'deviceFilter', change: { 'conditions.devices': { deviceFilter: { mode: 'include', rule: 'device.colour -eq "red"' } } }, says: { ...reason('InvalidDeviceFilter'), path: 'conditions.devices.deviceFilter.rule', detail: expect.stringMatching(/"device\.colour".+\(column 1\)$/) } },
  'a device filter that does not say which way': { rule: 'deviceFilter', change: { 'conditions.devices': { deviceFilter: { rule: 'device.model -eq "x"' } } }, says: { path: 'conditions.devices.deviceFilter.mode' } },
  'a device filter and device states': { rule: 'deviceFilter', change: { 'conditions.devices': { includeDevices: ['All'], deviceFilter: { mode: 'include', rule: 'device.model -eq "x"' } } }, says: reason('InvalidDeviceFilter') },
  'an application filter with All': { rule: 'appFilterScope', change: { 'conditions.applications.applicationFilter': { mode: 'include', rule: 'CustomSecurityAttribute.A_B -eq "x"' } }, says: reason('InvalidApplicationFilter') },
  'an application filter that cannot be read': { rule: 'appFilterScope', change: { 'conditions.applications': { applicationFilter: { mode: 'include', rule: 'A_B -eq "x"' } } }, says: { detail: expect.stringContaining('CustomSecurityAttribute.') } },
  'a service principal filter that cannot be read': { rule: 'appFilterScope', change: { ...workload, 'conditions.clientApplications': { servicePrincipalFilter: { mode: 'include', rule: 'A -eq' } } }, says: reason('InvalidServicePrincipalFilter') },
  'an authentication context beyond c99': { rule: 'acrUnknown', change: { 'conditions.applications': { includeAuthenticationContextClassReferences: ['c100'] } }, says: reason('InvalidAuthenticationContext') },
  'an authentication context that is not there': { rule: 'acrUnknown', change: { 'conditions.applications': { includeAuthenticationContextClassReferences: ['c2'] } }, context: { known: { authenticationContexts: ['c1'] } }, says: reason('InvalidAuthenticationContext') },
  'a named location that is not there': { rule: 'locationUnknown', change: { 'conditions.locations': { includeLocations: ['All'], excludeLocations: ['office', 'cafe'] } }, context: { known: { namedLocations: new Set(['OFFICE']) } }, says: { ...reason('InvalidNamedLocation'), path: 'conditions.locations.excludeLocations[1]' } },
  'a strength that is not there': { rule: 'strengthUnknown', change: grant([], { authenticationStrength: { id: 'x' } }), context: { known: { authenticationStrengths: [] } }, says: reason('InvalidAuthenticationStrength') },
  'terms that are not there': { rule: 'termsOfUseUnknown', change: grant([], { termsOfUse: ['t'] }), context: { known: { termsOfUse: [] } }, says: reason('InvalidTermsOfUse') },
  'a group that is not there': { rule: 'referenceUnknown', change: { 'conditions.users.excludeGroups': ['ops'] }, context: { known: { groups: ['sales'], users: [], applications: [] } }, says: { path: 'conditions.users.excludeGroups[0]', detail: "ops is not in the tenant's groups" } },
  'a risk condition under P1': { rule: 'riskLicence', change: { 'conditions.signInRiskLevels': ['high'] }, context: { licence: 'P1' }, says: { status: 403, code: 'AccessDenied' } },
  'an enabled policy beside security defaults': { rule: 'securityDefaultsOn', change: {}, context: { securityDefaults: true }, says: { number: null, status: 400, message: 'Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.' } },
  'one policy too many': { rule: 'tooManyPolicies', change: {}, context: { counts: { policies: 240 } }, says: reason('PolicyQuotaExceeded') },
  'one too many, by the tenant\'s own limit': { rule: 'tooManyPolicies', change: {}, context: { counts: { policies: 195 }, limits: { policies: 195 } }, says: reason('PolicyQuotaExceeded') },
  'no licence': { rule: 'notLicensed', change: {}, context: { licence: 'none' }, says: { status: 403, code: 'AccessDenied', message: 'Your tenant is not licensed for this feature. Please upgrade your subscription to access it.' } },
  'a licence that has lapsed': { rule: 'notLicensed', change: {}, context: { licence: 'lapsed' }, says: { status: 403 } },
}

describe('a policy is refused', () => {
  it.for(Object.entries(broken))('%s', ([, { rule, change, context, says }]) => {
    const { policy, problems } = checkPolicy(changed(change), context)

    expect(policy).toBeNull()
    expect(problems[0]).toMatchObject(says)
    // What is required and what is licensed is told by rules of other names.
    if (!['required', 'operator', 'riskLicence', 'deviceFilter'].includes(rule)) expect(problems[0]!.rule).toBe(rule)
  })

  it('every rule has a case', () => {
    expect(Object.keys(policyRules).filter((rule) => Object.values(broken).every((one) => one.rule !== rule))).toEqual([])
  })

  it.for([null, undefined, 7, 'policy', []])('when it is %j', (input) => {
    expect(checkPolicy(input).problems).toMatchObject([{ rule: 'schema', number: 1_007, path: '' }])
  })

  it('with every problem at once, the first being what Graph answers', () => {
    const input = changed({ state: 'on', 'conditions.users.includeUsers': 'All', 'conditions.colour': 'red', displayName: null })
    const refusal = refusalOf(input)

    expect(refusal.problems.map(({ path }) => path)).toEqual(['state', 'conditions.colour', 'conditions.users.includeUsers', 'displayName'])
    expect(refusal.message.split('\n')).toHaveLength(4)
    expect(refusalOf(changed({ ...grant(['block', 'mfa']), 'conditions.locations': { includeLocations: ['All', 'x'] } })).problems.map(({ rule }) => rule)).toEqual(['noneAlone', 'blockCombined'])
  })
})

function refusalOf(input: unknown): InvalidPolicy {
  try {
    validatePolicy(input)
  } catch (error) {
    if (error instanceof InvalidPolicy) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a policy is accepted', () => {
  const accepted: Record<string, [Record<string, unknown>, ValidationContext?]> = {
    'as small as it can be': [{}],
    'about nothing': [{ 'conditions.applications': { includeApplications: ['None'] } }],
    'about nobody': [{ 'conditions.users': { includeUsers: ['None'] } }],
    'about all and some': [{ 'conditions.users.includeGroups': ['x'], 'conditions.users.includeRoles': ['y'] }],
    'with a session control alone': [session({ signInFrequency: { isEnabled: true, value: 8, type: 'hours' } })],
    'every time': [frequency({ frequencyInterval: 'everyTime' })],
    'with a block and a session control': [{ sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } }],
    'about workload identities': [workload],
    'that changes passwords': [passwordChange],
    'that blocks Exchange ActiveSync everywhere': [{ 'conditions.clientAppTypes': ['exchangeActiveSync'] }],
    'about registering a device': [{ ...grant(['mfa']), 'conditions.applications': { includeUserActions: ['urn:user:registerdevice'] } }],
    'with a strength that every tenant has': [grant([], { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } }), { known: { authenticationStrengths: [] } }],
    'about the MFA trusted IPs': [{ 'conditions.locations': { includeLocations: ['All'], excludeLocations: ['AllTrusted', '00000000-0000-0000-0000-000000000000'] } }, { known: { namedLocations: [] } }],
    'report-only beside security defaults': [{ state: 'enabledForReportingButNotEnforced' }, { securityDefaults: true }],
    'where keywords are no references': [{ 'conditions.users': { includeUsers: ['GuestsOrExternalUsers'] }, 'conditions.applications': { includeApplications: ['Office365'] } }, { known: { users: [], applications: [] } }],
    'risk under P2': [{ 'conditions.signInRiskLevels': ['high'] }, { licence: 'P2' }],
  }
  it.for(Object.entries(accepted))('%s', ([, [change, context]]) => expect(checkPolicy(changed(change), context).problems).toEqual([]))
})

describe('a policy is normalised', () => {
  it('to every list, and null for whatever says nothing', () => {
    expect(validatePolicy(smallest)).toEqual({
      id: '',
      displayName: 'Block everybody',
      state: 'enabled',
      conditions: {
        users: { includeUsers: ['All'], excludeUsers: [], includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [], includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null },
        applications: { includeApplications: ['All'], excludeApplications: [], includeUserActions: [], includeAuthenticationContextClassReferences: [], applicationFilter: null },
        clientAppTypes: ['all'], locations: null, platforms: null, devices: null, signInRiskLevels: [], userRiskLevels: [], servicePrincipalRiskLevels: [],
        insiderRiskLevels: null, clientApplications: null, authenticationFlows: null,
      },
      grantControls: { operator: 'OR', builtInControls: ['block'], customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: null },
      sessionControls: null,
    })
  })

  const normalised: Record<string, [Record<string, unknown>, Record<string, unknown>]> = {
    'one control needs no AND': [grant(['mfa'], { operator: 'AND' }), { grantControls: { operator: 'OR' } }],
    'nor does a strength alone': [grant([], { operator: 'AND', authenticationStrength: { id: 'X' } }), { grantControls: { operator: 'OR', authenticationStrength: { id: 'X' } } }],
    'one control needs no operator': [{ grantControls: { builtInControls: ['mfa'] } }, { grantControls: { operator: 'OR' } }],
    'members are read in any case': [{ grantControls: undefined, GrantControls: { OPERATOR: 'or', BuiltInControls: ['MFA'] } }, { grantControls: { operator: 'OR', builtInControls: ['mfa'] } }],
    'words are read in any case': [{ 'conditions.clientAppTypes': ['Browser'], 'conditions.platforms': { includePlatforms: ['ios', 'MACOS'] }, 'conditions.users': { includeUsers: ['guestsorexternalusers'] } }, { conditions: { clientAppTypes: ['browser'], platforms: { includePlatforms: ['iOS', 'macOS'], excludePlatforms: [] }, users: { includeUsers: ['GuestsOrExternalUsers'] } } }],
    'ids are written small, names are not': [{ 'conditions.users': { includeUsers: ['7A6DA1C3-616A-416B-A820-CBE4FA8E225E', 'Alice'] } }, { conditions: { users: { includeUsers: ['7a6da1c3-616a-416b-a820-cbe4fa8e225e', 'Alice'] } } }],
    'nothing is said twice': [{ 'conditions.users.includeGroups': ['a', 'a'], ...grant(['mfa', 'MFA']) }, { conditions: { users: { includeGroups: ['a'] } }, grantControls: { builtInControls: ['mfa'] } }],
    'sets of words are text or lists': [{ 'conditions.insiderRiskLevels': 'minor, Elevated', 'conditions.authenticationFlows': { transferMethods: ['deviceCodeFlow'] } }, { conditions: { insiderRiskLevels: ['minor', 'elevated'], authenticationFlows: { transferMethods: ['deviceCodeFlow'] } } }],
    'a set of nothing is null': [{ 'conditions.authenticationFlows': { transferMethods: 'none' }, 'conditions.insiderRiskLevels': '' }, { conditions: { authenticationFlows: null, insiderRiskLevels: null } }],
    'kinds of guests come back in small letters': [{ 'conditions.users': { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'InternalGuest,B2bCollaborationGuest', externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessAllExternalTenants', membershipKind: 'all' } } } }, { conditions: { users: { includeGuestsOrExternalUsers: { guestOrExternalUserTypes: ['internalGuest', 'b2bCollaborationGuest'], externalTenants: { membershipKind: 'all' } } } } }],
    'an empty list is nothing where an object belongs': [{ 'conditions.locations': [], 'conditions.platforms': { includePlatforms: [] } }, { conditions: { locations: null, platforms: null } }],
    'null is the same as missing': [{ 'conditions.clientAppTypes': null, 'conditions.signInRiskLevels': null, sessionControls: null }, { conditions: { clientAppTypes: ['all'], signInRiskLevels: [] }, sessionControls: null }],
    'session controls that are off are gone': [{ sessionControls: { persistentBrowser: { isEnabled: false, mode: 'always' }, disableResilienceDefaults: false } }, { sessionControls: null }],
    'a frequency is time based, of both factors, unless told otherwise': [{ sessionControls: { signInFrequency: { isEnabled: true, value: 12, type: 'Hours' } } }, { sessionControls: { signInFrequency: { isEnabled: true, value: 12, type: 'hours', authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'timeBased' } } }],
    'continuous access evaluation may say that it is on': [{ sessionControls: { continuousAccessEvaluation: { isEnabled: true, mode: 'StrictLocation' } } }, { sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } }],
    'an expanded strength is kept by its id': [grant([], { authenticationStrength: { id: 'x', displayName: 'X', allowedCombinations: [] } }), { grantControls: { authenticationStrength: { id: 'x' } } }],
    'risk remediation brings a strong method and a fresh one': [
      { ...grant(['riskRemediation']), 'conditions.userRiskLevels': ['high'] },
      { grantControls: { operator: 'AND', authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } }, sessionControls: { signInFrequency: { frequencyInterval: 'everyTime', value: null } } },
    ],
  }
  it.for(Object.entries(normalised))('%s', ([, [change, expected]]) => expect(validatePolicy(changed(change))).toMatchObject(expected))

  it('what was left out is told', () => {
    const notes: string[] = []
    const input = changed({
      createdDateTime: '2022-03-31T22:59:59Z', modifiedDateTime: null, deletedDateTime: '2022', templateId: 't', 'conditions.times': null,
    })
    const restorable = { ...input, '@odata.context': 'x', '#microsoft.graph.restore': {} }
    const policy = validatePolicy(restorable, { onNote: ({ path }) => notes.push(path) })

    expect(notes.toSorted()).toEqual(['#microsoft.graph.restore', '@odata.context', 'conditions.times', 'createdDateTime', 'deletedDateTime', 'templateId'])
    expect(policy).not.toHaveProperty('createdDateTime')
    expect(validatePolicy(input, { keepsReadOnly: true })).toMatchObject({ createdDateTime: '2022-03-31T22:59:59Z', templateId: 't' })
  })

  it('what was normalised is normal', () => {
    for (const [change] of Object.values(normalised)) {
      const policy = validatePolicy(changed(change))
      expect(validatePolicy(policy)).toEqual(policy)
    }
  })

  it('Exchange Online alone may be wanted something of by Exchange ActiveSync', () => {
    const exchangeOnly = { 'conditions.clientAppTypes': ['exchangeActiveSync'], 'conditions.applications': { includeApplications: [wellKnown.exchangeOnline] } }
    expect(checkPolicy(changed({ ...exchangeOnly, ...grant(['compliantDevice']), 'conditions.users': { includeGroups: ['sales'] } })).problems).toEqual([])
    expect(checkPolicy(changed({ ...exchangeOnly, ...grant(['compliantApplication']) })).problems).toEqual([])
    expect(checkPolicy(changed({ ...exchangeOnly, ...grant(['compliantDevice']) })).problems).toMatchObject([{ rule: 'easScope' }])
  })
})
