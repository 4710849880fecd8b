import { describe, expect, it } from 'vitest'
import { compile, InvalidPolicy, readWhatIf, whatIf, type PolicySource, type WhatIf } from '../../src/policy/index.ts'
import { address, alice, app, job, policy, source, type PolicyInput } from './contoso.ts'
import { wellKnown } from '../../src/policy/well-known.ts'

type Case = { readonly when: PolicyInput; readonly asks?: Partial<WhatIf>; readonly tenant?: Partial<PolicySource>; readonly reason: string }

const outside = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }
const to = (...applications: string[]) => ({ target: { applications } })
const given = (conditions: WhatIf['conditions']) => ({ conditions })

const cases: Record<string, Case> = {
  'a policy for everybody applies': { when: {}, reason: 'notSet' },
  'a report-only policy applies': { when: { state: 'enabledForReportingButNotEnforced' }, reason: 'notSet' },
  'a disabled policy does not': { when: { state: 'disabled' }, reason: 'policyNotEnabled' },
  'a dormant policy does not': { when: {}, tenant: { licence: 'none' }, reason: 'policyNotEnabled' },
  'a policy that wants nothing does not': { when: { grant: null }, reason: 'emptyPolicy' },
  'another user': { when: { users: { includeUsers: ['bob'] } }, reason: 'users' },
  'a workload identity': { when: {}, asks: { identity: job }, reason: 'users' },
  'a policy about workload identities': { when: { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'], excludeServicePrincipals: [], servicePrincipalFilter: null } }, reason: 'workloadIdentities' },
  'it applies to one': { when: { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'], excludeServicePrincipals: [], servicePrincipalFilter: null } }, asks: { identity: job }, reason: 'notSet' },
  'another application': { when: { applications: { includeApplications: [app.salesApi] } }, reason: 'application' },
  'a keyword is no application': { when: { applications: { includeApplications: ['Office365'] } }, asks: to('Office365'), reason: 'application' },
  'a member of a keyword is': { when: { applications: { includeApplications: ['Office365'] } }, asks: to(wellKnown.sharePointOnline), reason: 'notSet' },
  'a user action not asked about': { when: { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }, reason: 'userActions' },
  'a user action asked about': { when: { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }, asks: { target: { userAction: 'urn:user:registersecurityinfo' } }, reason: 'notSet' },
  'a user action shows policies on all resources, too': { when: {}, asks: { target: { userAction: 'urn:user:registersecurityinfo' } }, reason: 'notSet' },
  'but none on some': { when: { applications: { includeApplications: [app.salesHub] } }, asks: { target: { userAction: 'urn:user:registersecurityinfo' } }, reason: 'application' },
  'a context not asked about': { when: { applications: { includeAuthenticationContextClassReferences: ['c1'] } }, reason: 'authenticationContext' },
  'a context asked about': { when: { applications: { includeAuthenticationContextClassReferences: ['c1', 'c37'] } }, asks: { target: { authenticationContext: 'c37' } }, reason: 'notSet' },
  'a location that is not given': { when: { locations: outside }, reason: 'location' },
  'a location that is': { when: { locations: outside }, asks: given({ ipAddress: address.cafe }), reason: 'notSet' },
  'a trusted one': { when: { locations: outside }, asks: given({ ipAddress: address.office }), reason: 'location' },
  'a country is not told by the address': { when: { locations: { includeLocations: ['germany'], excludeLocations: [] } }, asks: given({ ipAddress: address.branch }), reason: 'location' },
  'a country': { when: { locations: { includeLocations: ['germany'], excludeLocations: [] } }, asks: given({ country: 'DE' }), reason: 'notSet' },
  'any location need not be given': { when: { locations: { includeLocations: ['All'], excludeLocations: [] } }, reason: 'notSet' },
  'a platform that is not given': { when: { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } }, reason: 'devicePlatform' },
  'a platform that is': { when: { platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] } }, asks: given({ platform: 'android' }), reason: 'notSet' },
  'any platform need not be given': { when: { platforms: { includePlatforms: ['all'], excludePlatforms: [] } }, reason: 'notSet' },
  'a client that is not given': { when: { clientAppTypes: ['browser'] }, reason: 'clientApps' },
  'a client that is': { when: { clientAppTypes: ['browser'] }, asks: given({ clientAppType: 'browser' }), reason: 'notSet' },
  'a sign-in risk that is not given, even none': { when: { signInRiskLevels: ['none'] }, reason: 'signInRisk' },
  'a user risk': { when: { userRiskLevels: ['high'] }, asks: given({ userRiskLevel: 'medium' }), reason: 'userRisk' },
  'an insider risk': { when: { insiderRiskLevels: ['minor'] }, reason: 'insiderRisk' },
  'a device that is not given': { when: { devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } } }, reason: 'devices' },
  'a device, taken literally': { when: { devices: { deviceFilter: { mode: 'include', rule: 'device.manufacturer -eq "Dell"' } } }, asks: given({ device: { manufacturer: 'Dell' } }), reason: 'notSet' },
  'a flow': { when: { authenticationFlows: { transferMethods: ['deviceCodeFlow'] } }, reason: 'authenticationFlow' },
  'the first reason only: users before applications': { when: { users: { includeUsers: ['bob'] }, applications: { includeApplications: ['x'] } }, reason: 'users' },
  'the first reason only: risk before platform': { when: { platforms: { includePlatforms: ['iOS'], excludePlatforms: [] }, signInRiskLevels: ['high'] }, reason: 'signInRisk' },
  'the first reason only: platform before location': { when: { platforms: { includePlatforms: ['iOS'], excludePlatforms: [] }, locations: outside }, reason: 'devicePlatform' },
  'the first reason only: location before clients': { when: { clientAppTypes: ['browser'], locations: outside }, reason: 'location' },
}

describe('what if', () => {
  it.for(Object.entries(cases))('%s', ([, { when, asks, tenant, reason }]) => {
    const [result] = whatIf(compile(source([policy(when)], tenant)), { identity: alice, target: { applications: [app.salesHub] }, conditions: {}, ...asks })

    expect(result).toMatchObject({ policyApplies: reason === 'notSet', analysisReasons: reason, policy: { id: 'P' } })
  })
})

describe('a What If request', () => {
  const body = (changes: object) => ({ signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId: 'u' }, signInContext: { '@odata.type': '#microsoft.graph.applicationContext', includeApplications: ['a'] }, signInConditions: {}, ...changes })

  const read: Record<string, [object, object]> = {
    'asks about a user, an application, and nothing known': [{}, { identity: { kind: 'user', userId: 'u', externalTenantId: null, externalUserType: null }, target: { applications: ['a'] }, conditions: {}, appliedPoliciesOnly: false }],
    'asks about a service principal': [{ signInIdentity: { servicePrincipalId: 's' } }, { identity: { kind: 'servicePrincipal', servicePrincipalId: 's' } }],
    'asks about a guest': [{ signInIdentity: { userId: 'u', externalTenantId: 't', externalUserType: 'B2bCollaborationGuest' } }, { identity: { externalTenantId: 't', externalUserType: 'b2bCollaborationGuest' } }],
    'names members in any case': [{ AppliedPoliciesOnly: 'True' }, { appliedPoliciesOnly: true }],
    'names one application without a list': [{ signInContext: { includeApplications: 'a' } }, { target: { applications: ['a'] } }],
    'asks about a user action': [{ signInContext: { userAction: 'RegisterOrJoinDevices' } }, { target: { userAction: 'urn:user:registerdevice' } }],
    'asks about a context': [{ signInContext: { authenticationContextValue: 'C37' } }, { target: { authenticationContext: 'c37' } }],
    'tells what is known, words in any case': [
      { signInConditions: { devicePlatform: 'Android', clientAppType: 'Browser', signInRiskLevel: 'High', insiderRiskLevel: 'Minor', country: 'FR', ipAddress: '92.205.185.202', authenticationFlow: { transferMethod: 'deviceCodeFlow' } } },
      { conditions: { platform: 'android', clientAppType: 'browser', signInRiskLevel: 'high', insiderRiskLevel: 'minor', country: 'FR', ipAddress: '92.205.185.202', transferMethod: 'deviceCodeFlow' } },
    ],
    'describes a device': [{ signInConditions: { deviceInfo: { isCompliant: 'true', Manufacturer: 'Dell', ownership: 'Company', model: null } } }, { conditions: { device: { isCompliant: true, manufacturer: 'Dell', deviceOwnership: 'Company' } } }],
    'may say that there was no transfer': [{ signInConditions: { authenticationFlow: { transferMethod: 'none' } } }, { conditions: { transferMethod: null } }],
  }
  it.for(Object.entries(read))('%s', ([, [changes, expected]]) => expect(readWhatIf(body(changes))).toMatchObject(expected))

  const refused: Record<string, [unknown, string]> = {
    'no body': [null, ''],
    'no identity': [body({ signInIdentity: undefined }), 'signInIdentity'],
    'no context': [body({ signInContext: null }), 'signInContext'],
    'no conditions': [body({ signInConditions: null }), 'signInConditions'],
    'nobody': [body({ signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn' } }), 'signInIdentity'],
    'an unknown action': [body({ signInContext: { userAction: 'dance' } }), 'signInContext'],
    'an unknown condition': [body({ signInConditions: { weather: 'fine' } }), 'signInConditions.weather'],
    'an unknown platform': [body({ signInConditions: { devicePlatform: 'BeOS' } }), 'signInConditions.devicePlatform'],
    'no address': [body({ signInConditions: { ipAddress: 'office' } }), 'signInConditions.ipAddress'],
    'a country by its name': [body({ signInConditions: { country: 'Germany' } }), 'signInConditions.country'],
    'an unknown fact of the device': [body({ signInConditions: { deviceInfo: { colour: 'red' } } }), 'signInConditions.deviceInfo.colour'],
  }
  it.for(Object.entries(refused))('is refused with %s', ([, [input, path]]) => {
    expect(pathsOf(input)).toContain(path)
  })

  function pathsOf(input: unknown): string[] {
    try {
      readWhatIf(input)
    } catch (error) {
      if (error instanceof InvalidPolicy) return error.problems.map((problem) => problem.path)
      throw error
    }

    return []
  }
})
