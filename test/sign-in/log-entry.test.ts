import { describe, expect, test } from 'vitest'
import type { TenantData } from '../../src/directory/types.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Attempt, Verdict } from '../../src/sign-in/attempt.ts'
import { decide, failed } from '../../src/sign-in/decide.ts'
import { signInEntry } from '../../src/sign-in/log-entry.ts'
import { newSession, withMethod } from '../../src/sign-in/session.ts'
import { application, authenticator, authorize, cafe, demand, emptyTenant, from, idOf, morning, office, passwordHash, policy, tenantOf, user } from './tenant.ts'

const alice = user('Alice', { displayName: 'Alice Adams', authenticationMethods: [authenticator] })
const hub = application('Sales Hub', { secrets: ['sales-hub-secret'] })
const headOffice = {
  '@odata.type': '#microsoft.graph.ipNamedLocation' as const,
  id: idOf('Head office'),
  displayName: 'Head office',
  isTrusted: true,
  ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange' as const, cidrAddress: '198.51.100.0/24' }],
}
const outside = { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }
const mfa = policy('MFA', { grantControls: demand('mfa', 'compliantDevice') })
const noSession = { applicationEnforcedRestrictions: null, cloudAppSecurity: null, signInFrequency: null, persistentBrowser: null, disableResilienceDefaults: null, secureSignInSession: null, continuousAccessEvaluation: null }
const block = policy('Block outside', { grantControls: demand('block'), conditions: outside })

type Given = { policies?: readonly Policy[]; change?: Partial<Attempt>; verdict?: Verdict; data?: Partial<TenantData> }

function row({ policies = [], change = {}, verdict, data = {} }: Given = {}): Record<string, unknown> {
  const tenant = tenantOf({ ...emptyTenant, users: [alice], applications: [hub], namedLocations: [headOffice], conditionalAccessPolicies: policies, ...data })
  const attempt = authorize(alice, hub, change)

  return signInEntry(attempt, verdict ?? decide(attempt, tenant), tenant, 'row')
}

const applied = (given: Given) => row(given).appliedConditionalAccessPolicies as Record<string, unknown>[]

describe('a row of the sign-in log', () => {
  test('says who, to what, from where, and that it went well', () => {
    expect(row()).toMatchObject({
      id: 'row',
      createdDateTime: '2026-01-05T08:00:00.0000000Z',
      userDisplayName: 'Alice Adams',
      userPrincipalName: 'alice@contoso.example',
      userId: alice.id,
      userType: 'member',
      appId: hub.appId,
      appDisplayName: 'Sales Hub',
      resourceId: hub.appId,
      resourceDisplayName: 'Sales Hub',
      ipAddress: office,
      clientAppUsed: 'Browser',
      correlationId: 'c0ffee00-0000-4000-8000-00000000cccc',
      isInteractive: true,
      signInEventTypes: ['interactiveUser'],
      status: { errorCode: 0, failureReason: null, additionalDetails: null },
      conditionalAccessStatus: 'notApplied',
      appliedConditionalAccessPolicies: [],
      location: { city: null, state: null, countryOrRegion: 'US' },
      deviceDetail: { deviceId: '', displayName: null, operatingSystem: 'Windows', browser: 'Chrome 126.0.0.0', isCompliant: null, isManaged: null, trustType: null },
      authenticationRequirement: 'singleFactorAuthentication',
      incomingTokenType: 'none',
      originalTransferMethod: 'none',
    })
  })

  test('names the device it came from', () => {
    const device = { deviceId: idOf('laptop'), displayName: 'Laptop', isCompliant: true, trustType: 'ServerAD', operatingSystem: 'Windows 11' }
    expect(row({ change: { observation: { ...from(office), header: { device } } } }).deviceDetail).toEqual({
      deviceId: device.deviceId, displayName: 'Laptop', operatingSystem: 'Windows 11', browser: 'Chrome 126.0.0.0', isCompliant: true, isManaged: null, trustType: 'Hybrid Azure AD joined',
    })
  })

  test('of a failure says why, from where, and that no policy was asked', () => {
    expect(row({ policies: [block], verdict: failed({ code: 50126 }), change: { session: null, observation: { ...from(office), header: { ipAddress: cafe } } } })).toMatchObject({
      ipAddress: cafe,
      location: { countryOrRegion: 'DE' },
      status: { errorCode: 50126, failureReason: 'Invalid user name or password.' },
      conditionalAccessStatus: 'notApplied',
      appliedConditionalAccessPolicies: [],
      authenticationDetails: [{ authenticationMethod: 'Password', succeeded: false, authenticationStepRequirement: 'Primary authentication' }],
    })
  })

  test('of a stranger names nobody', () => {
    expect(row({ verdict: failed({ code: 50034 }), change: { user: null, session: null } })).toMatchObject({ userId: '', userPrincipalName: '', status: { errorCode: 50034 } })
  })

  test('of a refusal that nobody wrote a reason for says "Other."', () => {
    expect(row({ verdict: failed({ code: 1 }) }).status).toMatchObject({ errorCode: 1, failureReason: 'Other.' })
  })

  const kinds: Record<string, { change: Partial<Attempt>; row: Record<string, unknown> }> = {
    'of a refresh': { change: { event: 'refreshToken', isInteractive: false, grantIssuedAt: morning }, row: { signInEventTypes: ['nonInteractiveUser'], incomingTokenType: 'refreshToken', isInteractive: false } },
    'of a password sent along': { change: { event: 'password', isInteractive: false }, row: { authenticationProtocol: 'ropc' } },
    'of a daemon': {
      change: { event: 'clientCredentials', user: null, session: null, isInteractive: false },
      row: { signInEventTypes: ['servicePrincipal'], servicePrincipalId: hub.servicePrincipalId, servicePrincipalName: 'Sales Hub', userId: '' },
    },
    'of a device code': { change: { event: 'deviceCode', transferMethod: 'deviceCodeFlow' }, row: { authenticationProtocol: 'deviceCode', originalTransferMethod: 'deviceCodeFlow' } },
  }
  test.each(Object.entries(kinds))('%s says so', (_fact, { change, row: expected }) => {
    expect(row({ change })).toMatchObject(expected)
  })

  test('keeps no secret', () => {
    const text = JSON.stringify(row({ policies: [mfa] }))
    for (const secret of [passwordHash, authenticator.secret as string, 'sales-hub-secret']) expect(text).not.toContain(secret)
  })

  test('hides risk where the licence does not show it', () => {
    const risky = { observation: { ...from(office), header: { signInRiskLevel: 'high' as const } } }
    expect(row({ change: risky })).toMatchObject({ riskLevelDuringSignIn: 'high', riskState: 'atRisk' })
    expect(row({ change: risky, data: { licence: 'P1' } })).toMatchObject({ riskLevelDuringSignIn: 'hidden', riskLevelAggregated: 'hidden' })
  })
})

describe('a policy\'s part in it', () => {
  test('that blocks is a failure', () => {
    const given = { policies: [block], change: { observation: from(cafe) } }
    expect(row(given)).toMatchObject({ status: { errorCode: 53003 }, conditionalAccessStatus: 'failure' })
    expect(applied(given)).toMatchObject([{
      id: block.id,
      displayName: 'Block outside',
      enforcedGrantControls: ['Block'],
      enforcedSessionControls: [],
      result: 'failure',
      conditionsSatisfied: 'application,users,location,ipAddressSeenByAzureAD',
      conditionsNotSatisfied: 'none',
    }])
  })

  test('that does not apply lists its controls, and stops at the first condition that does not hold', () => {
    const elsewhere = policy('Elsewhere', { grantControls: demand('block'), conditions: { ...outside, platforms: { includePlatforms: ['iOS'], excludePlatforms: [] } } })
    expect(applied({ policies: [elsewhere] })).toMatchObject([{
      enforcedGrantControls: ['Block'],
      result: 'notApplied',
      conditionsSatisfied: 'application,users',
      conditionsNotSatisfied: 'location,ipAddressSeenByAzureAD',
    }])
  })

  test('that is disabled has nothing to say', () => {
    expect(applied({ policies: [{ ...block, state: 'disabled' }] })).toMatchObject([{
      result: 'notEnabled', enforcedGrantControls: [], conditionsSatisfied: 'none', conditionsNotSatisfied: 'none',
    }])
  })

  test('that only reports says what it would have done', () => {
    const given = { policies: [{ ...block, state: 'enabledForReportingButNotEnforced' as const }], change: { observation: from(cafe) } }
    expect(applied(given)).toMatchObject([{ result: 'reportOnlyFailure' }])
    expect(row(given)).toMatchObject({ conditionalAccessStatus: 'notApplied', status: { errorCode: 0 } })
  })

  test('spells its controls as the log does', () => {
    expect(applied({ policies: [mfa] })).toMatchObject([{ enforcedGrantControls: ['Mfa', 'RequireCompliantDevice'] }])
  })

  test('names a strength beside its controls', () => {
    const strength = { id: idOf('strong'), displayName: 'Strong', policyType: 'custom' as const, allowedCombinations: ['password,softwareOath'] }
    const strong = policy('Strong', { grantControls: { operator: 'OR', builtInControls: [], customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: { id: strength.id } } })
    const given = { policies: [strong], data: { authenticationStrengths: [strength] } }
    expect(applied(given)).toMatchObject([{ enforcedGrantControls: [], authenticationStrength: { authenticationStrengthId: strength.id, displayName: 'Strong' } }])
    expect(row(given)).toMatchObject({ authenticationRequirement: 'multiFactorAuthentication' })
  })

  test('names a strength that every tenant has', () => {
    const id = '00000000-0000-0000-0000-000000000004'
    const strong = policy('Strong', { grantControls: { operator: 'OR', builtInControls: [], customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: { id } } })
    expect(applied({ policies: [strong] })).toMatchObject([{ enforcedGrantControls: [], authenticationStrength: { authenticationStrengthId: id, displayName: 'Phishing resistant MFA' } }])
    expect(applied({ policies: [block] })).toMatchObject([{ authenticationStrength: null }])
  })

  test('says that its sign-in frequency has passed', () => {
    const hourly = policy('Hourly', { grantControls: null, sessionControls: { ...noSession, signInFrequency: { isEnabled: true, frequencyInterval: 'timeBased', type: 'hours', value: 1, authenticationType: 'primaryAndSecondaryAuthentication' } } })
    const old = newSession(alice.id, { method: 'password', at: morning - 7_200_000 }, morning - 7_200_000)
    expect(applied({ policies: [hourly], change: { session: old } })).toMatchObject([{ enforcedSessionControls: ['SignInFrequency'], sessionControlsNotSatisfied: ['SignInFrequency'] }])
    expect(applied({ policies: [hourly] })).toMatchObject([{ enforcedSessionControls: ['SignInFrequency'], sessionControlsNotSatisfied: [] }])
  })

  test('is security defaults\' too', () => {
    expect(applied({ data: { licence: 'none', securityDefaults: true } })).toMatchObject([{ id: 'SecurityDefaults', displayName: 'Security Defaults', result: 'success' }])
  })
})

describe('how the user was authenticated', () => {
  const session = withMethod(newSession(alice.id, { method: 'password', at: morning }, morning), { method: 'softwareOath', at: morning })
  const steps = (change: Partial<Attempt>, policies: readonly Policy[] = []) => row({ change, policies }).authenticationDetails

  test('just now, step by step', () => {
    expect(steps({ session, isFresh: true })).toMatchObject([
      { authenticationMethod: 'Password', succeeded: true, authenticationStepResultDetail: 'Correct password', authenticationStepRequirement: 'Primary authentication' },
      { authenticationMethod: 'OATH verification code', succeeded: true, authenticationStepRequirement: 'Multifactor authentication' },
    ])
  })

  test('some time ago, and it still counts', () => {
    expect(steps({ session })).toMatchObject([
      { authenticationMethod: 'Previously satisfied', authenticationStepResultDetail: 'First factor requirement satisfied by claim in the token' },
      { authenticationMethod: 'Previously satisfied', authenticationStepResultDetail: 'MFA requirement satisfied by claim in the token' },
    ])
  })

  test('counts each method once, and none that was shown before', () => {
    expect(row({ change: { session, isFresh: true } })).toMatchObject({ authenticationMethodsUsed: ['Password', 'OATH verification code'], status: { additionalDetails: 'MFA completed in Azure AD' } })
    expect(row({ change: { session } })).toMatchObject({ authenticationMethodsUsed: [], status: { additionalDetails: 'MFA requirement satisfied by claim in the token' }, sessionId: session.id, signInIdentifier: 'Alice@contoso.example' })
  })

  test('not far enough', () => {
    expect(steps({}, [mfa])).toMatchObject([{ succeeded: true }, { succeeded: false, authenticationStepResultDetail: 'MFA required in Azure AD' }])
    expect(row({ policies: [mfa] })).toMatchObject({
      authenticationRequirement: 'multiFactorAuthentication',
      authenticationRequirementPolicies: [{ requirementProvider: 'multiConditionalAccess', detail: 'Conditional Access' }],
      status: { errorCode: 50074, additionalDetails: 'MFA required in Azure AD' },
    })
  })
})

describe('the network it came from', () => {
  const networks = (ipAddress: string, data: Partial<TenantData> = {}) => row({ change: { observation: from(ipAddress) }, data }).networkLocationDetails

  test('is named, and trusted', () => {
    expect(networks(office)).toEqual([{ networkType: 'trusted', networkNames: ['Head office'] }, { networkType: 'namedNetwork', networkNames: ['Head office'] }])
  })

  test('is outside', () => {
    expect(networks(cafe)).toEqual([{ networkType: 'extranet', networkNames: [] }])
  })

  test('is one of the trusted addresses of the multifactor service', () => {
    const mfaServiceSettings = { ...emptyTenant.mfaServiceSettings, trustedIps: ['203.0.113.0/24'] }
    expect(networks(cafe, { mfaServiceSettings })).toEqual([{ networkType: 'trusted', networkNames: ['Multifactor authentication trusted IPs'] }])
  })
})
