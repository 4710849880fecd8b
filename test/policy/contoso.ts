import {
  compile, type Conditions, type ConditionSet, type Decision, type GrantControls, type NamedLocation, type Policy, type PolicySource, type ServicePrincipalIdentity,
  type Session, type SessionControls, type SignIn, type Target, type UserIdentity,
} from '../../src/policy/index.ts'
import { wellKnown } from '../../src/policy/well-known.ts'

/** A small tenant to decide about: who is in it, where they are, and short ways to write a policy and a sign-in. */

export const now = Date.UTC(2026, 0, 5, 9)
export const minutes = (count: number) => count * 60_000

export const app = { salesHub: 'app-sales-hub', salesApi: 'app-sales-api', exchange: wellKnown.exchangeOnline, graph: wellKnown.microsoftGraph }
export const address = { office: '198.51.100.7', office6: '2001:db8:100::7', branch: '203.0.113.9', cafe: '198.18.0.5', mfaTrusted: '192.0.2.10' }

export const office: NamedLocation = {
  '@odata.type': '#microsoft.graph.ipNamedLocation',
  id: 'office',
  displayName: 'Head office',
  isTrusted: true,
  ipRanges: [
    { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '198.51.100.0/24' },
    { '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8:100::/48' },
  ],
}
export const branch: NamedLocation = {
  '@odata.type': '#microsoft.graph.ipNamedLocation',
  id: 'branch',
  displayName: 'Branch',
  isTrusted: false,
  ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4Range', lowerAddress: '203.0.113.0', upperAddress: '203.0.113.255' }],
}
export const germany: NamedLocation = {
  '@odata.type': '#microsoft.graph.countryNamedLocation',
  id: 'germany',
  displayName: 'Germany',
  countriesAndRegions: ['DE'],
  countryLookupMethod: 'clientIpAddress',
  includeUnknownCountriesAndRegions: false,
}
export const sanctioned: NamedLocation = { ...germany, id: 'sanctioned', displayName: 'Sanctioned countries', countriesAndRegions: ['KP'], includeUnknownCountriesAndRegions: true }
export const phone: NamedLocation = { ...germany, id: 'phone', displayName: 'Germany by phone', countryLookupMethod: 'authenticatorAppGps' }
export const network: NamedLocation = {
  '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation',
  id: 'network',
  displayName: 'All Compliant Network locations',
  compliantNetworkType: 'allTenantCompliantNetworks',
  isTrusted: true,
}

export const alice: UserIdentity = {
  kind: 'user', id: 'alice', userType: 'Member', externalUserType: null, homeTenantId: null, groupIds: ['sales'], roleTemplateIds: [],
  registeredMethods: ['password', 'softwareOath'], federation: null,
}
export const bob: UserIdentity = { ...alice, id: 'bob', groupIds: ['sales', 'staff'], registeredMethods: ['password'] }
export const carol: UserIdentity = { ...alice, id: 'carol', groupIds: [], roleTemplateIds: ['62e90394-69f5-4237-9190-012177145e10'] }
export const erin: UserIdentity = { ...alice, id: 'erin', groupIds: [], userType: 'Guest', externalUserType: 'b2bCollaborationGuest', homeTenantId: 'fabrikam' }
export const direct: UserIdentity = { ...erin, id: 'direct', userType: 'Member', externalUserType: 'b2bDirectConnectUser', registeredMethods: [] }
export const fiona: UserIdentity = { ...alice, id: 'fiona', federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' } }
export const job: ServicePrincipalIdentity = { kind: 'servicePrincipal', id: 'job', appId: 'app-job', isManagedIdentity: false, isOwnedByTenant: true }

export type PolicyInput = {
  readonly id?: string
  readonly displayName?: string
  readonly state?: Policy['state']
  readonly users?: Partial<ConditionSet['users']>
  readonly applications?: Partial<ConditionSet['applications']>
  readonly grant?: GrantControls['builtInControls'] | Partial<GrantControls> | null
  readonly session?: Partial<SessionControls>
} & Partial<Omit<ConditionSet, 'users' | 'applications'>>

/** A policy that covers everybody and everything and blocks, unless told otherwise. */
export function policy({ id = 'P', displayName = id, state = 'enabled', users, applications, grant = ['block'], session, ...conditions }: PolicyInput = {}): Policy {
  return {
    id,
    displayName,
    state,
    conditions: {
      users: {
        includeUsers: users === undefined ? ['All'] : [], excludeUsers: [], includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [],
        includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null, ...users,
      },
      applications: {
        includeApplications: applications === undefined ? ['All'] : [], excludeApplications: [], includeUserActions: [],
        includeAuthenticationContextClassReferences: [], applicationFilter: null, ...applications,
      },
      clientAppTypes: ['all'], locations: null, platforms: null, devices: null, signInRiskLevels: [], userRiskLevels: [], servicePrincipalRiskLevels: [],
      insiderRiskLevels: null, clientApplications: null, authenticationFlows: null, ...conditions,
    },
    grantControls: grant === null ? null : {
      operator: 'OR', customAuthenticationFactors: [], termsOfUse: [], authenticationStrength: null,
      ...(Array.isArray(grant) ? { builtInControls: grant } : { builtInControls: [], ...grant }),
    },
    sessionControls: session === undefined ? null : { ...noSessionControls, ...session },
  }
}

export const noSessionControls: SessionControls = {
  applicationEnforcedRestrictions: null, cloudAppSecurity: null, signInFrequency: null, persistentBrowser: null, disableResilienceDefaults: null,
  secureSignInSession: null, continuousAccessEvaluation: null,
}

export function frequency(value: number | 'everyTime', authenticationType: NonNullable<SessionControls['signInFrequency']>['authenticationType'] = 'primaryAndSecondaryAuthentication'): SessionControls['signInFrequency'] {
  return value === 'everyTime'
    ? { isEnabled: true, value: null, type: null, authenticationType, frequencyInterval: 'everyTime' }
    : { isEnabled: true, value, type: 'hours', authenticationType, frequencyInterval: 'timeBased' }
}

export function source(policies: readonly Policy[], changes: Partial<PolicySource> = {}): PolicySource {
  return {
    policies,
    namedLocations: [office, branch, germany, sanctioned, phone, network],
    authenticationStrengths: [],
    licence: 'P2',
    securityDefaults: false,
    mfaServiceSettings: { trustedIps: ['192.0.2.0/25'], skipMfaForFederatedUsersOnIntranet: false, rememberMfaDays: 0 },
    lowPrivilegeScopeEnforcement: 'enforced',
    inboundTrust: { mfa: false, compliantDevice: false, hybridDevice: false },
    ...changes,
  }
}

export type SignInInput = {
  readonly who?: SignIn['identity']
  readonly from?: string | null
  readonly to?: string | readonly string[]
  readonly isInteractive?: boolean
  readonly now?: number
  readonly target?: Partial<Target>
  readonly session?: Partial<Session>
  /** Whether a one-time code was given beside the password. */
  readonly withMfa?: boolean
  /** How long ago it all was, minutes. */
  readonly age?: number
} & Partial<Conditions>

/** Alice signs in to Sales Hub with a password, in a browser, at the office, unless told otherwise. */
export function signIn({ who = alice, from = address.office, to = app.salesHub, isInteractive = true, now: at = now, target, session, withMfa = false, age = 0, ...conditions }: SignInInput = {}): SignIn {
  const shown = at - minutes(age)

  return {
    identity: who,
    target: {
      resources: [to].flat(), scopes: [], userAction: null, authenticationContexts: [],
      client: { appId: 'app-client', isConfidential: false, isSinglePageApplication: false }, ...target,
    },
    conditions: {
      ipAddress: from, country: 'US', gpsCountry: null, insideCorporateNetwork: false, isCompliantNetwork: false, clientAppType: 'browser', platform: 'windows', device: null,
      signInRiskLevel: 'none', userRiskLevel: 'none', servicePrincipalRiskLevel: 'none', insiderRiskLevel: 'none', transferMethod: null,
      originalTransferMethod: null, isApprovedApplication: false, isCompliantApplication: false, ...conditions,
    },
    session: {
      methods: who.kind === 'servicePrincipal' ? [] : [{ method: 'password', at: shown }, ...(withMfa ? [{ method: 'softwareOath' as const, at: shown }] : [])],
      isPersistent: false, acceptedTermsOfUse: [], passedCustomFactors: [], isMfaAssertedByFederation: false, isMfaAssertedByHomeTenant: false,
      passwordChangedAt: null, ...session,
    },
    isInteractive,
    now: at,
  }
}

export function decisionOn(policies: readonly Policy[], attempt: SignInInput = {}, changes: Partial<PolicySource> = {}): Decision {
  return compile(source(policies, changes)).evaluate(signIn(attempt))
}

/** Whether the only policy applies. */
export function applies(input: PolicyInput, attempt: SignInInput = {}, changes: Partial<PolicySource> = {}): boolean {
  return decisionOn([policy(input)], attempt, changes).policies[0]!.applies
}
