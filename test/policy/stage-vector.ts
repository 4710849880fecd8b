import { readFileSync } from 'node:fs'
import { parseAddress, parseCidr } from '../../src/policy/address.ts'
import {
  validatePolicy, type AuthenticationMethod, type ClientAppType, type Device, type Event, type FederatedIdpMfaBehavior, type InsiderRiskLevel,
  type NamedLocation, type Platform, type Policy, type PolicySource, type RiskLevel, type SignIn, type Target, type TransferMethod, type UserAction,
  type UserIdentity, type WhatIf, type WhatIfTarget,
} from '../../src/policy/index.ts'

/** The form of an evaluation case: reference 13. */
export type VectorFile = { readonly directory: VectorDirectory; readonly vectors: readonly Vector[] }

export type Vector = {
  readonly id: string
  readonly title: string
  readonly level: 'policy' | 'session' | 'whatIf'
  readonly tenant?: TenantChange | null
  readonly policies?: readonly PolicyJson[]
  readonly signIn?: Told
  readonly whatIf?: ToldWhatIf
  readonly expect: {
    readonly outcome?: string
    readonly challenge?: string
    readonly error?: number | string | null
    readonly policyResults?: Record<string, string>
    readonly conditionalAccessStatus?: string
    readonly policyApplies?: Record<string, boolean>
    readonly analysisReasons?: Record<string, string>
  }
}

export type TenantChange = Partial<
  Pick<PolicySource, 'licence' | 'securityDefaults' | 'lowPrivilegeScopeEnforcement'> & {
    readonly mfaServiceSettings: Partial<PolicySource['mfaServiceSettings']>
    readonly federatedIdpMfaBehavior: FederatedIdpMfaBehavior
    readonly mfaEnabled: boolean
    readonly inboundTrust: Partial<PolicySource['inboundTrust']>
  }
>

type Ids = readonly string[]
type PolicyJson = {
  readonly id: string
  readonly grantControls?: { readonly termsOfUse?: Ids } | null
  readonly conditions?: {
    readonly users?: { readonly includeRoles?: Ids; readonly excludeRoles?: Ids }
    readonly applications?: { readonly includeApplications?: Ids; readonly excludeApplications?: Ids }
    readonly clientApplications?: { readonly includeServicePrincipals?: Ids; readonly excludeServicePrincipals?: Ids } | null
  }
}

/** What a case tells of its sign-in. */
export type Told = Partial<{
  readonly event: string
  readonly user: string | null
  readonly servicePrincipal: string
  readonly managedIdentity: string | boolean
  readonly app: string | Ids
  readonly scopes: Ids
  readonly clientApp: string
  readonly userAction: UserAction
  readonly acrs: string | Ids
  readonly ip: string
  readonly resourceSeesIp: string
  readonly country: string
  readonly gpsCountry: string
  readonly client: ClientAppType
  readonly clientType: string
  readonly platform: string
  readonly device: (Device & { readonly tenant?: string }) | null
  readonly mfaInSession: boolean
  readonly methodsUsed: Ids
  readonly claims: Readonly<Record<string, unknown>>
  readonly homeMfa: boolean
  readonly minutesSinceAuth: number
  readonly touAccepted: Ids
  readonly interactive: boolean
  readonly prompt: string
  readonly flow: TransferMethod
  readonly originalTransferMethod: TransferMethod
  readonly signInRisk: RiskLevel
  readonly userRisk: RiskLevel
  readonly servicePrincipalRisk: RiskLevel
  readonly insiderRisk: InsiderRiskLevel
  readonly kmsi: boolean
  readonly sdDay: number
  // What happened to the session, the account or the tokens meanwhile: told for the checks before the evaluator.
  readonly session: null
  readonly password: string
  readonly accountEnabled: boolean
  readonly hoursIdle: number
  readonly hoursSinceIssue: number
  readonly revokedAfterIssue: boolean
  readonly passwordChangedAfterIssue: boolean
  readonly policyCreatedAfterSignIn: boolean
  readonly registeredMethods: Ids
  readonly headers: Readonly<Record<string, string>>
  readonly clientCapabilities: Ids
  readonly protocol: string
}>

type ToldWhatIf = Omit<WhatIf['conditions'], 'platform' | 'device' | 'ipAddress' | 'transferMethod'> & {
  readonly user?: string
  readonly servicePrincipal?: string
  readonly app?: string | Ids
  readonly userAction?: string
  readonly authenticationContextValue?: string
  readonly deviceInfo?: Device
  readonly devicePlatform?: Platform
  readonly ipAddress?: string
  readonly authenticationFlow?: TransferMethod | { readonly transferMethod: TransferMethod }
}

export type VectorDirectory = {
  readonly tenant: Pick<PolicySource, 'licence' | 'securityDefaults'> & { readonly mfaServiceSettings: Omit<PolicySource['mfaServiceSettings'], 'rememberMfaDays'> }
  readonly domains: Readonly<Record<string, { readonly authenticationType: string; readonly federatedIdpMfaBehavior?: FederatedIdpMfaBehavior }>>
  readonly geo: Readonly<Record<string, string | null>>
  readonly namedLocations: Readonly<Record<string, LocationJson>>
  readonly groups: Readonly<Record<string, { readonly members?: Ids }>>
  readonly users: Readonly<Record<string, UserJson>>
  readonly apps: Readonly<Record<string, string>>
  readonly ips: Readonly<Record<string, string>>
}

type LocationJson =
  | { readonly kind: 'ip'; readonly ipRanges: Ids; readonly isTrusted?: boolean }
  | {
      readonly kind: 'country'
      readonly countriesAndRegions: Ids
      readonly countryLookupMethod?: 'clientIpAddress' | 'authenticatorAppGps'
      readonly includeUnknownCountriesAndRegions?: boolean
    }

type UserJson = {
  readonly upn?: string
  readonly groups?: Ids
  readonly roles?: readonly (string | { readonly role: string; readonly scope?: string })[]
  readonly methods?: Ids
  readonly userType?: 'Member' | 'Guest'
  readonly externalType?: UserIdentity['externalUserType']
  readonly homeTenant?: string
}

/** The cases of the file that `PORTCULLIS_VECTORS` names, or of the project's copy. */
export function readVectors(): VectorFile {
  const file = process.env['PORTCULLIS_VECTORS'] ?? new URL('./vectors.json', import.meta.url)

  return JSON.parse(readFileSync(file, 'utf8')) as VectorFile
}

/** When every case takes place. */
export const vectorNow = Date.UTC(2026, 0, 5, 9)

/** What the pure evaluator is given for a case, and how its answer reaches the client. */
export function stageVector(vector: Vector, directory: VectorDirectory): { source: PolicySource; signIn: SignIn; event: Event } {
  const told = vector.signIn!
  const isInteractive = told.interactive !== false && told.prompt !== 'none' && told.event === 'authorize'

  return {
    source: stageSource(vector, directory),
    signIn: {
      identity: told.servicePrincipal || told.managedIdentity ? servicePrincipal(told, directory) : stageUser(told.user ?? '', vector, directory),
      target: targetOf(told, directory),
      conditions: conditionsOf(told, directory),
      session: sessionOf(told, directory),
      isInteractive,
      now: vectorNow,
    },
    event: { isInteractive, event: events[told.event ?? 'authorize'] ?? 'authorize' },
  }
}

const events: Record<string, Event['event']> = {
  authorize: 'authorize', refresh_token: 'refreshToken', ropc: 'password', client_credentials: 'clientCredentials',
}

/** The tenant of a case: the shared directory's, with the case's changes and policies. */
export function stageSource({ tenant, policies }: Vector, directory: VectorDirectory): PolicySource {
  const { mfaServiceSettings, ...changes } = tenant ?? {}

  return {
    policies: (policies ?? []).map((policy) => stagePolicy(policy, directory)),
    namedLocations: Object.entries(directory.namedLocations).map(([name, location]) => stageLocation(name, location)),
    authenticationStrengths: [],
    licence: changes.licence ?? directory.tenant.licence ?? 'P2',
    securityDefaults: changes.securityDefaults ?? directory.tenant.securityDefaults ?? false,
    mfaServiceSettings: { rememberMfaDays: 0, ...directory.tenant.mfaServiceSettings, ...mfaServiceSettings },
    lowPrivilegeScopeEnforcement: changes.lowPrivilegeScopeEnforcement ?? 'enforced',
    inboundTrust: { mfa: false, compliantDevice: false, hybridDevice: false, ...changes.inboundTrust },
  }
}

/** Names are ids here, but for applications and roles, which have ids of their own. */
export function stagePolicy(policy: PolicyJson, directory: VectorDirectory): Policy {
  const { users = {}, applications = {}, clientApplications, ...conditions } = policy.conditions ?? {}
  const apps = (list?: Ids) => list?.map((name) => appId(name, directory))
  const roles = (list?: Ids) => list?.map((name) => administratorRoles[name] ?? name)
  const input = {
    displayName: policy.id,
    ...policy,
    conditions: {
      ...conditions,
      users: { ...users, includeRoles: roles(users.includeRoles), excludeRoles: roles(users.excludeRoles) },
      applications: { ...applications, includeApplications: apps(applications.includeApplications), excludeApplications: apps(applications.excludeApplications) },
      clientApplications: clientApplications && {
        ...clientApplications,
        includeServicePrincipals: apps(clientApplications.includeServicePrincipals),
        excludeServicePrincipals: apps(clientApplications.excludeServicePrincipals),
      },
    },
  }

  return validatePolicy(input)
}

function stageLocation(name: string, location: LocationJson): NamedLocation {
  const common = { id: name, displayName: name }
  if (location.kind === 'country') {
    return {
      ...common,
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      countriesAndRegions: location.countriesAndRegions,
      countryLookupMethod: location.countryLookupMethod ?? 'clientIpAddress',
      includeUnknownCountriesAndRegions: location.includeUnknownCountriesAndRegions ?? false,
    }
  }

  return {
    ...common,
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: location.isTrusted ?? false,
    ipRanges: (location.ipRanges as string[]).map((cidrAddress) => ({
      '@odata.type': cidrAddress.includes(':') ? '#microsoft.graph.iPv6CidrRange' : '#microsoft.graph.iPv4CidrRange',
      cidrAddress,
    })),
  }
}

export function stageUser(name: string, { tenant, signIn }: Pick<Vector, 'tenant' | 'signIn'>, directory: VectorDirectory): UserIdentity {
  const user = directory.users[name]
  if (!user) throw new Error(`The case names the user "${name}", who is not in the directory of the vectors.`)
  const domain = directory.domains[String(user.upn ?? '@contoso.com').split('@')[1]!]
  const isFederated = domain?.authenticationType === 'Federated'

  return {
    kind: 'user',
    id: name,
    userType: user.userType ?? 'Member',
    externalUserType: user.externalType ?? null,
    homeTenantId: user.homeTenant ?? null,
    groupIds: transitiveGroups(user.groups ?? [], directory),
    roleTemplateIds: rolesOf(user.roles ?? []),
    registeredMethods: (signIn?.registeredMethods ?? user.methods ?? []).map(methodNamed),
    federation: isFederated
      ? { mfaEnabled: tenant?.['mfaEnabled'] ?? true, federatedIdpMfaBehavior: tenant?.['federatedIdpMfaBehavior'] ?? domain.federatedIdpMfaBehavior ?? null }
      : null,
  }
}

function transitiveGroups(direct: readonly string[], { groups }: VectorDirectory): string[] {
  const found = new Set(direct)
  for (const group of found) {
    for (const [parent, { members = [] }] of Object.entries(groups)) if (members.includes(group)) found.add(parent)
  }

  return [...found]
}

/** Only roles at tenant scope count. */
function rolesOf(roles: readonly (string | { role: string; scope?: string })[]): string[] {
  return roles.flatMap((role) => {
    const { role: name, scope = 'tenant' } = typeof role === 'string' ? { role } : role

    return scope === 'tenant' || scope === '/' ? (administratorRoles[name] ?? name) : []
  })
}

const administratorRoles: Record<string, string> = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'User Administrator': 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  'Security Administrator': '194ae4cb-b126-40b2-bd5b-6091b380977d',
  'Conditional Access Administrator': 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
  'Exchange Administrator': '29232cdf-9323-42fd-ade2-1d097af3e4de',
  'SharePoint Administrator': 'f28a1f50-f6e7-4571-818b-6a12f2af6b6c',
}

function servicePrincipal(told: Told, directory: VectorDirectory): SignIn['identity'] {
  const isManagedIdentity = Boolean(told.managedIdentity)
  const name = String(told.servicePrincipal ?? (typeof told.managedIdentity === 'string' ? told.managedIdentity : 'managed-identity'))

  return { kind: 'servicePrincipal', id: appId(name, directory), appId: appId(name, directory), isManagedIdentity, isOwnedByTenant: true }
}

/** A description stands where the directory gives an app no id; its name will do. */
export function appId(name: string, { apps }: VectorDirectory): string {
  const id = apps[name]

  return id !== undefined && /^[0-9a-f-]{36}$/i.test(id) ? id : name
}

function targetOf(told: Told, directory: VectorDirectory): Target {
  const { app, clientApp, userAction = null, acrs } = told
  const scopes = told.scopes ?? []
  const isConfidential = clientApp ? /confidential/.test(directory.apps[clientApp] ?? '') : told.client === 'browser' && told.clientType !== 'spa'
  const client = { appId: clientApp ? appId(clientApp, directory) : 'client', isConfidential, isSinglePageApplication: told.clientType === 'spa' }
  const resources = [app ?? []].flat().map((name) => appId(name, directory))
  // A confidential client that asks for an ID token is a target itself (reference 4.6.3).
  if (clientApp && isConfidential && scopes.includes('openid')) resources.push(client.appId)

  return { resources, scopes, userAction, authenticationContexts: acrs === undefined ? [] : [acrs].flat(), client }
}

function conditionsOf(told: Told, directory: VectorDirectory): SignIn['conditions'] {
  const ipAddress = ipNamed(told.ip, directory)
  const { device } = told

  return {
    ipAddress,
    country: told.country ?? countryOf(ipAddress, directory),
    gpsCountry: told.gpsCountry ?? null,
    insideCorporateNetwork: Object.entries(told.claims ?? {}).some(([name, value]) => isNetworkClaim(name) && String(value) === 'true'),
    isCompliantNetwork: false,
    clientAppType: told.client ?? 'browser',
    platform: platforms.find((platform) => platform === told.platform) ?? null,
    device: device ? { ...device, ...(device.tenant ? { tenantId: device.tenant } : {}) } : null,
    signInRiskLevel: told.signInRisk ?? 'none',
    userRiskLevel: told.userRisk ?? 'none',
    servicePrincipalRiskLevel: told.servicePrincipalRisk ?? 'none',
    insiderRiskLevel: told.insiderRisk ?? 'none',
    transferMethod: told.flow ?? null,
    originalTransferMethod: told.originalTransferMethod ?? null,
    ...(told.resourceSeesIp ? { ipAddressSeenByResource: ipNamed(told.resourceSeesIp, directory) } : {}),
    isApprovedApplication: false,
    isCompliantApplication: false,
  }
}

const platforms = ['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'] as const

function ipNamed(name: string | null | undefined, { ips }: VectorDirectory): string | null {
  return name === null || name === undefined ? null : (ips[name] ?? name)
}

function countryOf(ipAddress: string | null, { geo }: VectorDirectory): string | null {
  const address = ipAddress === null ? null : parseAddress(ipAddress)
  if (address === null) return null
  const containing = Object.entries(geo)
    .map(([cidr, country]) => ({ range: parseCidr(cidr)!, country }))
    .filter(({ range }) => range.width === address.width && range.lower.every((_, word) => isWithin(range, address.words, word)))
    .toSorted((one, other) => other.range.prefix - one.range.prefix)

  return containing[0]?.country ?? null
}

/** Enough for prefixes: each word lies between the words of the range. */
function isWithin(range: NonNullable<ReturnType<typeof parseCidr>>, words: readonly number[], word: number): boolean {
  return words[word]! >= range.lower[word]! && words[word]! <= range.upper[word]!
}

function sessionOf(told: Told, directory: VectorDirectory): SignIn['session'] {
  const at = vectorNow - (told.minutesSinceAuth ?? 0) * 60_000
  const isFederated = (directory.users[told.user ?? '']?.methods ?? []).includes('federated')
  const first: AuthenticationMethod = isFederated ? 'federatedSingleFactor' : 'password'
  const used: AuthenticationMethod[] = told.methodsUsed?.map(methodNamed) ?? (told.mfaInSession ? [first, 'softwareOath'] : [first])
  const claims = JSON.stringify(Object.entries(told.claims ?? {}).filter(([name, value]) => !isNetworkClaim(name) && value !== false))

  return {
    methods: told.user ? used.map((method) => ({ method, at })) : [],
    isPersistent: told.kmsi ?? false,
    acceptedTermsOfUse: told.touAccepted ?? [],
    passedCustomFactors: [],
    isMfaAssertedByFederation: isFederated && /multipleauthn|mfa/i.test(claims),
    isMfaAssertedByHomeTenant: told.homeMfa === true,
    passwordChangedAt: null,
    ...(told.sdDay === undefined ? {} : { securityDefaults: { daysLeft: Math.max(0, 14 - told.sdDay), isRegistrationSkipped: false, isMfaDue: false } }),
  }
}

/** The claim by its short name, or by its address. */
function isNetworkClaim(name: string): boolean {
  return name.toLowerCase().endsWith('insidecorporatenetwork')
}

/** Short names stand for the usual kind of a method. */
function methodNamed(name: string): AuthenticationMethod {
  return shortNames[name] ?? (name as AuthenticationMethod)
}

const shortNames: Record<string, AuthenticationMethod> = {
  federated: 'federatedSingleFactor',
  temporaryAccessPass: 'temporaryAccessPassMultiUse',
  x509Certificate: 'x509CertificateMultiFactor',
}

/** A What If question as the cases write it: the members of Graph's request, and names. */
export function stageWhatIf(vector: Vector, directory: VectorDirectory): { source: PolicySource; question: WhatIf } {
  const { user, servicePrincipal: principal, app, userAction, authenticationContextValue, deviceInfo, devicePlatform, ipAddress, authenticationFlow, ...given } = vector.whatIf!
  const target: WhatIfTarget =
    authenticationContextValue !== undefined
      ? { authenticationContext: authenticationContextValue }
      : userAction !== undefined
        ? { userAction: userActions[userAction] ?? (userAction as UserAction) }
        : { applications: [app ?? []].flat().map((name) => appId(name, directory)) }

  return {
    source: stageSource(vector, directory),
    question: {
      identity: principal ? servicePrincipal({ servicePrincipal: principal }, directory) : stageUser(user ?? '', vector, directory),
      target,
      conditions: {
        ...given,
        ...(ipAddress === undefined ? {} : { ipAddress: ipNamed(ipAddress, directory) }),
        ...(devicePlatform === undefined ? {} : { platform: devicePlatform }),
        ...(deviceInfo === undefined ? {} : { device: deviceInfo }),
        ...(authenticationFlow === undefined ? {} : { transferMethod: typeof authenticationFlow === 'string' ? authenticationFlow : authenticationFlow.transferMethod }),
      },
    },
  }
}

const userActions: Record<string, 'urn:user:registersecurityinfo' | 'urn:user:registerdevice'> = {
  registerSecurityInformation: 'urn:user:registersecurityinfo',
  registerOrJoinDevices: 'urn:user:registerdevice',
}
