import { randomUUID } from 'node:crypto'
import type { SignIn } from '../policy/sign-in.ts'
import type { Attempt, SignInTenant, Verdict } from './attempt.ts'
import { describe } from './describe.ts'
import { failureReasonOf } from './failure-reasons.ts'
import { appliedPolicies, demandsMfa } from './log-policies.ts'
import { authenticationDetailsOf, previouslySatisfied } from './log-steps.ts'
import type { NewSignIn } from './log.ts'
import { deviceWords } from './platform.ts'

/**
 * What the sign-in log says of one attempt, in Graph's words (reference 9.1, 9.2). `id` is the request id, which the
 * refusal's trace id repeats. No password, code, secret or token is ever part of a row.
 */
export function signInEntry(
  attempt: Attempt,
  verdict: Verdict,
  tenant: SignInTenant,
  id: string = randomUUID(),
): NewSignIn {
  const { decision } = verdict
  const signIn = verdict.signIn ?? describe(attempt, tenant)
  const { settings } = tenant.directory
  const authenticationDetails = authenticationDetailsOf(attempt, verdict, signIn)
  return {
    id,
    createdDateTime: sevenDigits(tenant.clock.now()),
    ...whoAndWhat(attempt, tenant),
    correlationId: attempt.observation.correlationId,
    originalRequestId: id,
    sessionId: attempt.session?.id ?? null,
    isInteractive: attempt.isInteractive,
    signInEventTypes: [eventType(attempt)],
    ...whereFrom(attempt, signIn),
    ...risk(signIn, settings.licence),
    status: statusOf(attempt, verdict),
    conditionalAccessStatus: decision?.conditionalAccessStatus ?? 'notApplied',
    appliedConditionalAccessPolicies: decision ? appliedPolicies(decision, tenant) : [],
    conditionalAccessAudiences: signIn.target.resources,
    networkLocationDetails: decision ? networkLocations(signIn, verdict, tenant) : [],
    authenticationDetails,
    authenticationMethodsUsed: methodsUsed(authenticationDetails),
    ...requirements(verdict, tenant),
    authenticationContextClassReferences: attempt.authenticationContexts.map((context) => ({ id: context, detail: 'required' })),
    authenticationProcessingDetails: [],
    authenticationProtocol: protocols[attempt.event] ?? 'none',
    incomingTokenType: attempt.event === 'refreshToken' ? 'refreshToken' : 'none',
    originalTransferMethod: signIn.conditions.transferMethod ?? signIn.conditions.originalTransferMethod ?? 'none',
    processingTimeInMilliseconds: 0,
    uniqueTokenIdentifier: id,
    tokenIssuerName: '',
    tokenIssuerType: 'AzureAD',
  }
}

function whoAndWhat(attempt: Attempt, { directory }: SignInTenant): Record<string, unknown> {
  const { user, client, event } = attempt
  const resource = attempt.resources[0] ?? client
  const tenantId = directory.settings.id
  return {
    userId: user?.id ?? '',
    userDisplayName: user?.displayName ?? '',
    userPrincipalName: user?.userPrincipalName.toLowerCase() ?? '',
    userType: user ? user.userType.toLowerCase() : null,
    homeTenantId: user?.homeTenantId ?? tenantId,
    resourceTenantId: tenantId,
    crossTenantAccessType: user?.homeTenantId && user.homeTenantId !== tenantId ? 'b2bCollaboration' : 'none',
    servicePrincipalId: user ? '' : client.servicePrincipalId,
    servicePrincipalName: user ? null : client.displayName,
    appId: client.appId,
    appDisplayName: client.displayName,
    resourceId: resource.appId,
    resourceDisplayName: resource.displayName,
    resourceServicePrincipalId: resource.servicePrincipalId,
    signInIdentifier: user?.userPrincipalName ?? '',
    signInIdentifierType: user ? 'userPrincipalName' : null,
    clientCredentialType: event === 'clientCredentials' ? (attempt.clientCredential ?? 'clientSecret') : 'none',
  }
}

function eventType({ event, isInteractive }: Attempt): string {
  if (event === 'clientCredentials') return 'servicePrincipal'

  return isInteractive ? 'interactiveUser' : 'nonInteractiveUser'
}

function whereFrom(attempt: Attempt, { conditions }: SignIn): Record<string, unknown> {
  const { userAgent } = attempt.observation
  const { device, platform } = conditions
  const { operatingSystem, browser } = deviceWords(userAgent, platform)
  return {
    ipAddress: conditions.ipAddress ?? '',
    ipAddressFromResourceProvider: attempt.addressSeenByResource ?? null,
    clientAppUsed: attempt.event === 'clientCredentials' ? '' : clientApps[conditions.clientAppType],
    userAgent,
    location: {
      city: null,
      state: null,
      countryOrRegion: conditions.country,
      geoCoordinates: { altitude: null, latitude: null, longitude: null },
    },
    deviceDetail: {
      deviceId: device?.deviceId ?? '',
      displayName: device?.displayName ?? null,
      operatingSystem: typeof device?.operatingSystem === 'string' ? device.operatingSystem : operatingSystem,
      browser,
      isCompliant: device?.isCompliant ?? null,
      isManaged: typeof device?.isManaged === 'boolean' ? device.isManaged : null,
      trustType: device?.trustType ? trustTypes[device.trustType] : null,
    },
  }
}

const clientApps: Readonly<Record<SignIn['conditions']['clientAppType'], string>> = {
  browser: 'Browser',
  mobileAppsAndDesktopClients: 'Mobile Apps and Desktop clients',
  exchangeActiveSync: 'Exchange ActiveSync',
  other: 'Other clients',
}

const trustTypes = { AzureAD: 'Azure AD joined', ServerAD: 'Hybrid Azure AD joined', Workplace: 'Azure AD registered' } as const

/** Risk is shown to whoever is licensed to see it. */
function risk({ conditions, identity }: SignIn, licence: string): Record<string, unknown> {
  const isVisible = licence === 'P2'
  const user = identity.kind === 'user' ? conditions.userRiskLevel : conditions.servicePrincipalRiskLevel
  const isAtRisk = user !== 'none' || conditions.signInRiskLevel !== 'none'
  return {
    riskDetail: isVisible ? 'none' : 'hidden',
    riskLevelAggregated: isVisible ? user : 'hidden',
    riskLevelDuringSignIn: isVisible ? conditions.signInRiskLevel : 'hidden',
    riskState: isVisible && isAtRisk ? 'atRisk' : 'none',
    riskEventTypes: [],
    riskEventTypes_v2: [],
  }
}

function statusOf({ session, isFresh }: Attempt, { refusal, outcome }: Verdict): Record<string, unknown> {
  if (refusal) return { errorCode: refusal.code, failureReason: failureReasonOf(refusal.code), additionalDetails: detailsOfInterrupt[refusal.code] ?? null }
  const usedSecondFactor = (session?.methods.length ?? 0) > 1

  const how = isFresh ? 'MFA completed in Azure AD' : 'MFA requirement satisfied by claim in the token'

  return { errorCode: 0, failureReason: null, additionalDetails: outcome === 'granted' && usedSecondFactor ? how : null }
}

const detailsOfInterrupt: Readonly<Record<number, string>> = {
  50074: 'MFA required in Azure AD',
  50076: 'MFA required in Azure AD',
}

function networkLocations({ conditions }: SignIn, { decision }: Verdict, { directory }: SignInTenant): Record<string, unknown>[] {
  if (!decision) return []
  const { namedLocationIds, isTrusted, isMfaTrustedIp } = decision.location
  const locations = namedLocationIds.flatMap((id) => directory.get('namedLocations', id) ?? [])
  const trusted = locations.filter((location) => 'isTrusted' in location && location.isTrusted).map(({ displayName }) => displayName)
  if (isMfaTrustedIp) trusted.push('Multifactor authentication trusted IPs')

  const details: Record<string, unknown>[] = []
  if (conditions.insideCorporateNetwork) details.push({ networkType: 'intranet', networkNames: [] })
  if (isTrusted) details.push({ networkType: 'trusted', networkNames: trusted })
  if (locations.length > 0) details.push({ networkType: 'namedNetwork', networkNames: locations.map(({ displayName }) => displayName) })

  return details.length > 0 ? details : [{ networkType: 'extranet', networkNames: [] }]
}

function requirements({ decision }: Verdict, tenant: SignInTenant): Record<string, unknown> {
  const provider = decision ? demandsMfa(decision, tenant) : null
  return {
    authenticationRequirement: provider ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationRequirementPolicies: provider ? [provider] : [],
    sessionLifetimePolicies: decision?.challenges.some(({ kind }) => kind === 'reauthenticate') ? [frequencyPolicy(decision.session.signInFrequency?.seconds)] : [],
  }
}

function frequencyPolicy(seconds: number | 'everyTime' | undefined): Record<string, string> {
  return seconds === 'everyTime'
    ? { expirationRequirement: 'signInFrequencyEveryTime', detail: 'Sign-in frequency (every time)' }
    : { expirationRequirement: 'signInFrequencyPeriodicReauthentication', detail: 'Sign-in frequency (periodic re-authentication)' }
}

/** The methods that were shown, once each; what an earlier sign-in brought along was not. */
function methodsUsed(steps: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  return [...new Set(steps.filter(({ succeeded }) => succeeded).map(({ authenticationMethod }) => authenticationMethod))].filter((method) => method !== '' && method !== previouslySatisfied)
}

const protocols: Partial<Record<Attempt['event'], string>> = { password: 'ropc', deviceCode: 'deviceCode' }

/** Graph's DateTimeOffset. */
function sevenDigits(instant: number): string {
  return new Date(instant).toISOString().replace('Z', '0000Z')
}
