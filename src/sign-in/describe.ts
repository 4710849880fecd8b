import type { Application, Directory, User } from '../directory/types.ts'
import { isPass, passStateAt } from './challenges/temporary-access-pass.ts'
import type { TransferMethod } from '../policy/policy.ts'
import type { Conditions, Device, RegisteredCredential, ServicePrincipalIdentity, Session, SignIn, Target, UserIdentity } from '../policy/sign-in.ts'
import { userActionAt } from '../policy/well-known.ts'
import { normalAddress } from './address.ts'
import type { Attempt, SignInTenant } from './attempt.ts'
import { standingAcceptances } from './challenges/terms-of-use.ts'
import { kindOf } from './client-kind.ts'
import { securityDefaultsStateOf } from './security-defaults.ts'
import type { AccountSession } from './session.ts'
import { soundSignals } from './signals-syntax.ts'
import type { Signals } from './signals.ts'
import { standingMethods, voidedFor } from './validity.ts'

export { observe } from './observe.ts'

/**
 * Everything Conditional Access may know about an attempt: the directory's facts, what the request shows, and what is
 * simulated in its place. Reading it changes nothing.
 */
export function describe(attempt: Attempt, tenant: SignInTenant): SignIn {
  const conditions = conditionsOf(attempt, tenant)
  const securityDefaults = securityDefaultsStateOf(attempt, conditions, tenant)
  return {
    identity: attempt.user ? userIdentity(attempt.user, tenant.directory, tenant.clock.now()) : servicePrincipalIdentity(attempt.client, tenant.directory),
    target: targetOf(attempt),
    conditions,
    session: { ...(attempt.session ? sessionOf(attempt, attempt.session, conditions, tenant) : noSession), ...(securityDefaults ? { securityDefaults } : {}) },
    isInteractive: attempt.isInteractive,
    now: tenant.clock.now(),
  }
}

/**
 * The signals that count for an attempt, nearest wins, member by member: request header, browser, what tests set for
 * the user, what the tenant file says of the user, the tenant's (product.md 4).
 */
export function signalsOf(attempt: Pick<Attempt, 'observation' | 'user'>, tenant: Pick<SignInTenant, 'signals'>): Signals {
  const { signals: board } = tenant
  const { user, observation } = attempt
  if (observation.settled) return observation.settled
  const ofFile = user && board.isSimulationOn !== false ? signalsInFile(user) : {}

  return { ...board.tenant, ...ofFile, ...(user ? board.ofUser(user.id) : {}), ...observation.browser, ...observation.header }
}

/** How authentication came here from another device: by a device code, or as the signals have it. What a refresh goes back to is its session's. */
export function transferMethodOf(attempt: Attempt, tenant: Pick<SignInTenant, 'signals'>): TransferMethod | null {
  const isCarriedOver = attempt.event === 'authorize' && attempt.transferMethod === null && signalsOf(attempt, tenant).transferMethod === 'authenticationTransfer'

  return isCarriedOver ? 'authenticationTransfer' : attempt.transferMethod
}

/** The address an attempt is judged by. */
export function addressOf(attempt: Pick<Attempt, 'observation' | 'user'>, tenant: Pick<SignInTenant, 'signals'>): string {
  return signalsOf(attempt, tenant).ipAddress ?? attempt.observation.ipAddress
}

function signalsInFile(user: User): Signals {
  const known = filed.get(user.signals)
  if (known) return known

  const signals = soundSignals(user.signals)
  filed.set(user.signals, signals)

  return signals
}

/** Entities are replaced, never changed: what was read of one stays true. */
const filed = new WeakMap<User['signals'], Signals>()

/** A user as Conditional Access knows them: what is in the directory now. At an instant, a pass that is over is none. */
export function userIdentity(user: User, directory: Directory, now?: number): UserIdentity {
  const domain = directory.domainOf(user.userPrincipalName)
  const isFederated = domain?.authenticationType === 'Federated'
  return {
    kind: 'user',
    id: user.id,
    userType: user.userType,
    externalUserType: user.externalType,
    homeTenantId: user.homeTenantId,
    groupIds: directory.groupIdsOf(user.id),
    roleTemplateIds: directory.roleTemplateIdsOf(user.id),
    perUserMfaState: user.perUserMfaState,
    registeredMethods: [
      ...(user.passwordHash === null ? [] : [isFederated ? ('federatedSingleFactor' as const) : ('password' as const)]),
      ...user.authenticationMethods.filter((method) => now === undefined || !isPass(method) || passStateAt(method, now) === 'EnabledByPolicy').map(({ type }) => type),
    ],
    ...credentialsOf(user),
    federation: isFederated
      ? { mfaEnabled: domain.federation?.mfaEnabled ?? true, federatedIdpMfaBehavior: domain.federation?.federatedIdpMfaBehavior ?? null }
      : null,
  }
}

/** What the directory knows of keys and certificates that strengths may ask for. */
function credentialsOf({ authenticationMethods }: User): Pick<UserIdentity, 'credentials'> {
  const credentials = authenticationMethods.flatMap(({ aaGuid, issuerSki, policyOIDs }): RegisteredCredential[] => {
    const known = {
      ...(typeof aaGuid === 'string' ? { aaGuid } : {}),
      ...(typeof issuerSki === 'string' ? { issuerSki } : {}),
      ...(Array.isArray(policyOIDs) ? { policyOIDs: policyOIDs.map(String) } : {}),
    }

    return Object.keys(known).length > 0 ? [known] : []
  })

  return credentials.length > 0 ? { credentials } : {}
}

/** An application that signs in for itself, as Conditional Access knows it. */
export function servicePrincipalIdentity(client: Application, directory: Directory): ServicePrincipalIdentity {
  const { appOwnerOrganizationId: owner, servicePrincipalType, customSecurityAttributes } = client
  return {
    kind: 'servicePrincipal',
    id: client.servicePrincipalId,
    appId: client.appId,
    isManagedIdentity: servicePrincipalType === 'ManagedIdentity',
    isOwnedByTenant: typeof owner !== 'string' || owner.toLowerCase() === directory.settings.id.toLowerCase(),
    ...(isRecord(customSecurityAttributes) ? { customSecurityAttributes } : {}),
  }
}

function targetOf(attempt: Attempt): Target {
  const { client, resources, scopes, authenticationContexts } = attempt
  const userAction = attempt.userAction ?? [...resources, client].map(({ appId }) => userActionAt[appId]).find((action) => action !== undefined) ?? null
  const kind = kindOf(attempt)
  // Whoever redeems a grant without naming scopes asks for all it was given for.
  const asksWhoTheUserIs = scopes.includes('openid') || (scopes.length === 0 && attempt.grantIssuedAt !== null)
  // A confidential client that asks who the user is, is itself what is signed in to (reference 4.6.3).
  const isTargetItself = kind === 'web' && attempt.user !== null && userAction === null && asksWhoTheUserIs
  const targets = isTargetItself ? [...resources, client] : resources
  const attributes = targets.flatMap((app) => (isRecord(app.customSecurityAttributes) ? [[app.appId, app.customSecurityAttributes] as const] : []))
  return {
    resources: [...new Set(targets.map(({ appId }) => appId))],
    scopes,
    userAction,
    authenticationContexts,
    client: { appId: client.appId, isConfidential: kind === 'web', isSinglePageApplication: kind === 'spa' },
    ...(attributes.length > 0 ? { resourceAttributes: Object.fromEntries(attributes) } : {}),
  }
}

function conditionsOf(attempt: Attempt, tenant: SignInTenant): Conditions {
  const { observation, session, client } = attempt
  const signals = signalsOf(attempt, tenant)
  const ipAddress = signals.ipAddress ?? observation.ipAddress
  return {
    ipAddress,
    country: signals.country ?? tenant.directory.countryOf(ipAddress),
    gpsCountry: signals.gpsCountry ?? null,
    insideCorporateNetwork: signals.insideCorporateNetwork ?? session?.insideCorporateNetwork ?? false,
    isCompliantNetwork: signals.compliantNetwork ?? false,
    clientAppType: signals.clientAppType ?? (kindOf(attempt) === 'publicClient' ? 'mobileAppsAndDesktopClients' : 'browser'),
    platform: signals.platform ?? observation.platform,
    device: deviceOf(signals.device, tenant.directory),
    signInRiskLevel: signals.signInRiskLevel ?? 'none',
    userRiskLevel: signals.userRiskLevel ?? 'none',
    servicePrincipalRiskLevel: signals.servicePrincipalRiskLevel ?? 'none',
    insiderRiskLevel: signals.insiderRiskLevel ?? 'none',
    transferMethod: transferMethodOf(attempt, tenant),
    originalTransferMethod: session?.originalTransferMethod ?? null,
    ...(attempt.addressSeenByResource ? { ipAddressSeenByResource: normalAddress(attempt.addressSeenByResource) } : {}),
    isApprovedApplication: client.isApprovedApplication === true,
    isCompliantApplication: client.isCompliantApplication === true,
  }
}

/** A device that has left the directory since it was named is an unregistered one. */
function deviceOf(signal: Signals['device'], directory: Directory): Device | null {
  if (signal === undefined || signal === null) return null

  return typeof signal === 'string' ? (directory.named('devices', signal) ?? null) : signal
}

function sessionOf(attempt: Attempt, session: AccountSession, conditions: Conditions, tenant: SignInTenant): Session {
  const { mfaAtHome = false } = signalsOf(attempt, tenant)
  const rememberedAt = rememberedMfaOf(attempt, session, tenant)

  return {
    methods: standingMethods(attempt, session, tenant),
    isPersistent: session.isPersistent,
    acceptedTermsOfUse: [...session.acceptedTermsOfUse, ...(attempt.user ? standingAcceptances(attempt.user, tenant, conditions.device) : [])],
    passedCustomFactors: session.passedCustomFactors,
    isMfaAssertedByFederation: session.isMfaAssertedByFederation || mfaAtHome,
    isMfaAssertedByHomeTenant: (session.isMfaAssertedByHomeTenant ?? false) || mfaAtHome,
    passwordChangedAt: session.passwordChangedAt,
    ...(rememberedAt === null ? {} : { rememberedMfaAt: rememberedAt }),
  }
}

/** The second factor that the browser remembers, while its days last and nothing has made it void (reference 3.5). */
function rememberedMfaOf(attempt: Attempt, { rememberedMfaAt: at }: AccountSession, tenant: SignInTenant): number | null {
  const { rememberMfaDays } = tenant.directory.settings.mfaServiceSettings
  if (at === undefined || tenant.clock.now() - at > rememberMfaDays * 24 * 60 * 60 * 1000) return null

  return at > (voidedFor(attempt, tenant)?.until ?? -Infinity) ? at : null
}

const noSession: Session = {
  methods: [],
  isPersistent: false,
  acceptedTermsOfUse: [],
  passedCustomFactors: [],
  isMfaAssertedByFederation: false,
  isMfaAssertedByHomeTenant: false,
  passwordChangedAt: null,
}

function isRecord(value: unknown): value is Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
