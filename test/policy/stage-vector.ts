import { readFileSync } from 'node:fs'
import { parseAddress, parseCidr } from '../../src/policy/address.ts'
import {
  validatePolicy, type AuthenticationMethod, type Event, type NamedLocation, type Policy, type PolicySource, type SignIn, type Target, type UserAction,
  type UserIdentity, type WhatIf, type WhatIfTarget,
} from '../../src/policy/index.ts'
import { methods } from '../../src/policy/methods.ts'
import { furtherVectors } from './further-vectors.ts'
import type { Ids, LocationJson, PolicyJson, Told, UserJson, Vector, VectorDirectory, VectorFile } from './vector.ts'

export type { TenantChange, Told, Vector, VectorDirectory, VectorFile } from './vector.ts'

/** The cases of the file that `PORTCULLIS_VECTORS` names; otherwise those of the project's copy, and the further ones of ours. */
export function readVectors(): VectorFile {
  const own = read(new URL('./vectors.json', import.meta.url)) as VectorFile
  const named = process.env['PORTCULLIS_VECTORS']
  if (named === undefined) return { ...own, vectors: [...own.vectors, ...furtherVectors] }
  const given = read(named) as VectorFile | readonly Vector[]

  return Array.isArray(given) ? { ...own, vectors: given } : { ...own, ...(given as VectorFile) }
}

function read(file: string | URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** When every case takes place. */
export const vectorNow = Date.UTC(2026, 0, 5, 9)

/** What the pure evaluator is given for a case, and how its answer reaches the client. */
export function stageVector(vector: Vector, directory: VectorDirectory): { source: PolicySource; signIn: SignIn; event: Event } {
  const told = vector.signIn!
  const isInteractive = told.interactive !== false && told.prompt !== 'none' && eventOf(told) === 'authorize'

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
    event: { isInteractive, event: events[eventOf(told)] ?? 'authorize' },
  }
}

/** A case that does not say what happens is a sign-in, of an application for itself where no user is there. */
export function eventOf({ event, servicePrincipal, managedIdentity }: Told): string {
  return event ?? (servicePrincipal || managedIdentity ? 'client_credentials' : 'authorize')
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
  // Somebody nobody knows is in no group and has no proof to show; that there is no such account is told before policy is asked.
  const user = directory.users[name] ?? {}
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
    registeredMethods: [signIn?.registeredMethods ?? user.methods ?? []].flat().map(methodNamed),
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
function rolesOf(roles: NonNullable<UserJson['roles']>): string[] {
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
  const scopes = [told.scopes ?? []].flat().flatMap((scope) => scope.split(' '))
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
    clientAppType: told.client ?? (told.protocol ? 'other' : 'browser'),
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

export function ipNamed(name: string | null | undefined, { ips }: VectorDirectory): string | null {
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
  const used: AuthenticationMethod[] = told.methodsUsed ? [told.methodsUsed].flat().map(methodNamed) : (told.mfaInSession ? [first, 'softwareOath'] : [first])

  return {
    methods: told.user ? used.map((method) => ({ method, at })) : [],
    isPersistent: told.kmsi ?? false,
    acceptedTermsOfUse: [told.touAccepted ?? []].flat(),
    passedCustomFactors: [],
    isMfaAssertedByFederation: saysMfa(told, directory),
    isMfaAssertedByHomeTenant: told.homeMfa === true,
    passwordChangedAt: null,
    ...(told.sdDay === undefined ? {} : { securityDefaults: { daysLeft: Math.max(0, 14 - told.sdDay), isRegistrationSkipped: false, isMfaDue: false } }),
  }
}

/** Whether the federated identity provider says that MFA was done, however the case spells it. */
export function saysMfa(told: Told, { users }: VectorDirectory): boolean {
  const isFederated = (users[told.user ?? '']?.methods ?? []).includes('federated')
  const claims = Object.entries(told.claims ?? {}).filter(([name, value]) => !isNetworkClaim(name) && value !== false && value !== 'false')

  return isFederated && /multipleauthn|mfa/i.test(JSON.stringify(claims))
}

/** The claim by its short name, or by its address. */
function isNetworkClaim(name: string): boolean {
  return name.toLowerCase().endsWith('insidecorporatenetwork')
}

/** Short names stand for the usual kind of a method. */
export function methodNamed(name: string): AuthenticationMethod {
  const method = shortNames[name] ?? (name as AuthenticationMethod)
  if (methods[method] === undefined) throw new Error(`The case names the method "${name}", which Graph does not.`)

  return method
}

const shortNames: Record<string, AuthenticationMethod> = {
  federated: 'federatedSingleFactor',
  temporaryAccessPass: 'temporaryAccessPassMultiUse',
  x509Certificate: 'x509CertificateMultiFactor',
  certificate: 'x509CertificateMultiFactor',
  microsoftAuthenticator: 'microsoftAuthenticatorPush',
  phoneSignIn: 'deviceBasedPush',
  passkey: 'fido2',
  totp: 'softwareOath',
}

/** Of an answer, what the case tells of it. */
export function asTold(answer: Vector['expect'], { expect: told }: Vector): Vector['expect'] {
  return Object.fromEntries(Object.keys(told).map((member) => [member, answer[member as keyof Vector['expect']]]))
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
