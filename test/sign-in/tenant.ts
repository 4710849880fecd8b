import { createClock } from '../../src/clock/clock.ts'
import type { Clock } from '../../src/clock/clock.ts'
import { createDirectory } from '../../src/directory/directory.ts'
import { hashPassword } from '../../src/directory/passwords.ts'
import type { Application, RegisteredMethod, TenantData, User } from '../../src/directory/types.ts'
import { compile } from '../../src/policy/compile.ts'
import type { PolicySet, PolicySource } from '../../src/policy/policy-set.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Attempt, SignInTenant } from '../../src/sign-in/attempt.ts'
import { createSignInLog } from '../../src/sign-in/log.ts'
import { createSignInMemory } from '../../src/sign-in/memory.ts'
import { newSession } from '../../src/sign-in/session.ts'
import { createSignalBoard } from '../../src/sign-in/signals.ts'
import type { Observation } from '../../src/sign-in/signals.ts'

/** Eight in the morning. The wall on which a test's clock hangs stands still until the test moves the clock. */
export const morning = Date.parse('2026-01-05T08:00:00.000Z')

export const office = '198.51.100.7'
export const cafe = '203.0.113.9'
export const password = 'Portcullis1!'

export type TestTenant = SignInTenant & { readonly clock: Clock }

/** A tenant of values only: a real directory, a real clock, real policies compiled anew after each change. */
export function tenantOf(data: TenantData, options: { readonly simulation?: boolean; readonly now?: number } = {}): TestTenant {
  const directory = createDirectory(data)
  let compiled: { version: number; policySet: PolicySet } | null = null

  return {
    directory,
    clock: createClock(() => options.now ?? morning),
    get policySet() {
      if (compiled?.version !== directory.version) {
        compiled = { version: directory.version, policySet: compile(policySourceOf(directory.snapshot())) }
      }

      return compiled.policySet
    },
    signals: createSignalBoard(options),
    memory: createSignInMemory(),
    log: createSignInLog(),
  }
}

function policySourceOf(data: TenantData): PolicySource {
  return {
    policies: data.conditionalAccessPolicies,
    namedLocations: data.namedLocations,
    authenticationStrengths: data.authenticationStrengths,
    licence: data.licence,
    securityDefaults: data.securityDefaults,
    mfaServiceSettings: data.mfaServiceSettings,
    lowPrivilegeScopeEnforcement: data.settings.lowPrivilegeScopeEnforcement,
    inboundTrust: data.settings.inboundTrust,
  }
}

export const emptyTenant: TenantData = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  displayName: 'Contoso',
  profile: 'entra',
  licence: 'P2',
  securityDefaults: false,
  mfaServiceSettings: { trustedIps: [], skipMfaForFederatedUsersOnIntranet: false, rememberMfaDays: 0 },
  settings: {
    kmsiPromptEnabled: true,
    lowPrivilegeScopeEnforcement: 'enforced',
    hourlyPolicyCheck: false,
    inboundTrust: { mfa: false, compliantDevice: false, hybridDevice: false },
    smartLockout: { threshold: 10, seconds: 60 },
    limits: {},
  },
  countries: { '198.51.100.0/24': 'US', '203.0.113.0/24': 'DE' },
  users: [],
  groups: [],
  applications: [],
  devices: [],
  domains: [
    { id: 'contoso.example', isDefault: true, authenticationType: 'Managed', federation: null },
    { id: 'fed.contoso.example', isDefault: false, authenticationType: 'Federated', federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp', displayName: 'Contoso Federation' } },
  ],
  namedLocations: [],
  conditionalAccessPolicies: [],
  authenticationStrengths: [],
  tokenLifetimePolicies: [],
  agreements: [],
  authenticationContextClassReferences: [],
  deletedItems: [],
}

export const passwordHash = await hashPassword(password)

export function user(localPart: string, change: Partial<User> = {}): User {
  const userPrincipalName = `${localPart}@contoso.example`
  return {
    id: idOf(userPrincipalName),
    userPrincipalName,
    displayName: `${localPart.slice(0, 1).toUpperCase()}${localPart.slice(1)}`,
    passwordHash,
    accountEnabled: true,
    userType: 'Member',
    externalType: null,
    externalUserState: null,
    homeTenantId: null,
    roles: [],
    authenticationMethods: [],
    perUserMfaState: 'disabled',
    signals: {},
    signInSessionsValidFromDateTime: null,
    lastPasswordChangeDateTime: null,
    forceChangePasswordNextSignIn: false,
    mail: null,
    givenName: null,
    surname: null,
    ...change,
  }
}

export const authenticator: RegisteredMethod = {
  id: 'c0ffee00-0000-4000-8000-00000000a001',
  type: 'softwareOath',
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  createdDateTime: null,
}

export function application(displayName: string, change: Partial<Application> = {}): Application {
  return {
    id: idOf(`${displayName} object`),
    appId: idOf(displayName),
    servicePrincipalId: idOf(`${displayName} principal`),
    displayName,
    secrets: [],
    certificates: [],
    web: { redirectUris: [], logoutUrl: null },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    isFallbackPublicClient: false,
    identifierUris: [],
    api: { oauth2PermissionScopes: [], requestedAccessTokenVersion: 2 },
    appRoles: [],
    assignments: [],
    appRoleAssignmentRequired: false,
    consents: [],
    optionalClaims: null,
    groupMembershipClaims: null,
    requiredResourceAccess: [],
    sessionTimeoutInMinutes: null,
    inactivityTimeoutInMinutes: null,
    tokenLifetimePolicy: null,
    ...change,
  }
}

/** A policy for everybody and everything, until it is changed. */
export function policy(displayName: string, change: Partial<Omit<Policy, 'conditions'>> & { readonly conditions?: Partial<Policy['conditions']> } = {}): Policy {
  return {
    id: idOf(displayName),
    displayName,
    state: 'enabled',
    grantControls: null,
    sessionControls: null,
    ...change,
    conditions: {
      users: { includeUsers: ['All'], excludeUsers: [], includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [], includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null },
      applications: { includeApplications: ['All'], excludeApplications: [], includeUserActions: [], includeAuthenticationContextClassReferences: [], applicationFilter: null },
      clientAppTypes: ['all'],
      locations: null,
      platforms: null,
      devices: null,
      signInRiskLevels: [],
      userRiskLevels: [],
      servicePrincipalRiskLevels: [],
      insiderRiskLevels: null,
      clientApplications: null,
      authenticationFlows: null,
      ...change.conditions,
    },
  }
}

export const demand = (...builtInControls: NonNullable<Policy['grantControls']>['builtInControls']): Policy['grantControls'] => ({
  operator: 'OR',
  builtInControls,
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: null,
})

export const from = (ipAddress: string): Observation => ({
  ipAddress,
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36',
  platform: 'windows',
  header: {},
  browser: {},
  correlationId: 'c0ffee00-0000-4000-8000-00000000cccc',
})

/** The user at the office, signed in a moment ago with a password, asks a browser's application for a code. */
export function authorize(user: User, client: Application, change: Partial<Attempt> = {}): Attempt {
  return {
    event: 'authorize',
    user,
    client,
    resources: [client],
    scopes: ['openid'],
    authenticationContexts: [],
    userAction: null,
    observation: from(office),
    session: newSession(user.id, { method: 'password', at: morning }, morning, 'sid'),
    isInteractive: true,
    transferMethod: null,
    maxAge: null,
    grantIssuedAt: null,
    isFresh: false,
    challenge: null,
    ...change,
  }
}

/** The same for every run, different for every name. */
export function idOf(name: string): string {
  let hash = 0n
  for (const character of name) hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % 0xffffffffffffn

  return `c0ffee00-0000-4000-9000-${hash.toString(16).padStart(12, '0')}`
}
