import type { NewSignIn } from '../../sign-in/log.ts'
import { complex, exactText, flag, guid, instant, json, many, number, text, words } from '../odata/types.ts'
import type { EntityType, Properties } from '../odata/types.ts'
import type { Asked } from '../protocol/endpoint.ts'
import { refusalFor } from '../protocol/permissions.ts'
import { readAppliedPolicies } from './permissions.ts'

type SignInRow = NewSignIn
type Policy = Readonly<Record<string, unknown>>

const levels = ['none', 'low', 'medium', 'high', 'hidden']
const states = ['none', 'confirmedSafe', 'remediated', 'dismissed', 'atRisk', 'confirmedCompromised']
const details = ['none', 'hidden', 'adminGeneratedTemporaryPassword', 'userPerformedSecuredPasswordChange', 'userPerformedSecuredPasswordReset', 'adminConfirmedSigninSafe', 'aiConfirmedSigninSafe', 'userPassedMFADrivenByRiskBasedPolicy', 'adminDismissedAllRiskForUser', 'adminConfirmedSigninCompromised']
const eventTypes = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'managedIdentity']

/** Risk is P2's to see: what was written down under P2 is hidden when the licence is gone. */
const hidden = (member: string) => (row: SignInRow, { tenant }: Asked) => (tenant.directory.settings.licence === 'P2' ? row[member] : 'hidden')

/** What every version answers, with what may be filtered and how (reference 9.1, facts/signin-filters.json). */
const common: Properties<SignInRow> = {
  id: exactText({ filter: 'eq' }),
  createdDateTime: instant({ filter: 'eq le ge', isSortable: true }),
  userDisplayName: exactText({ filter: 'eq startswith' }),
  userPrincipalName: exactText({ filter: 'eq startswith' }),
  userId: guid({ filter: 'eq' }),
  appId: guid({ filter: 'eq' }),
  appDisplayName: exactText({ filter: 'eq startswith' }),
  ipAddress: exactText({ filter: 'eq startswith' }),
  clientAppUsed: exactText({ filter: 'eq' }),
  correlationId: guid({ filter: 'eq' }),
  conditionalAccessStatus: words(['success', 'failure', 'notApplied'], { filter: 'eq' }),
  isInteractive: flag(),
  riskDetail: words(details, { filter: 'eq', of: hidden('riskDetail') }),
  riskLevelAggregated: words(levels, { filter: 'eq', of: hidden('riskLevelAggregated') }),
  riskLevelDuringSignIn: words(levels, { filter: 'eq', of: hidden('riskLevelDuringSignIn') }),
  riskState: words(states, { filter: 'eq', of: (row, { tenant }) => (tenant.directory.settings.licence === 'P2' ? row.riskState : 'none') }),
  riskEventTypes: many(text(), { filter: 'any' }),
  riskEventTypes_v2: many(text(), { filter: 'any' }),
  resourceDisplayName: exactText({ filter: 'eq' }),
  resourceId: guid({ filter: 'eq' }),
  status: complex({ errorCode: number({ filter: 'eq' }), failureReason: text(), additionalDetails: text() }),
  deviceDetail: complex({
    deviceId: text(),
    displayName: text(),
    operatingSystem: exactText({ filter: 'eq startswith' }),
    browser: exactText({ filter: 'eq startswith' }),
    isCompliant: flag(),
    isManaged: flag(),
    trustType: text(),
  }),
  location: complex({
    city: exactText({ filter: 'eq startswith' }),
    state: exactText({ filter: 'eq startswith' }),
    countryOrRegion: exactText({ filter: 'eq startswith' }),
    geoCoordinates: json(),
  }),
  authenticationAppDeviceDetails: json({ of: () => null }),
  homeTenantId: text(),
  resourceTenantId: text(),
}

/** Found by `eq` and `startsWith` in the beta only. */
const ofPrincipals = (filter?: string): Properties<SignInRow> => {
  const said = filter === undefined ? {} : { filter }

  return { servicePrincipalId: guid(said), servicePrincipalName: exactText(said), userAgent: exactText(said) }
}

/** A sign-in as `/v1.0` tells it. */
export const signInV1: EntityType<SignInRow> = {
  name: 'signIn',
  key: ({ id }) => id,
  properties: {
    ...common,
    ...ofPrincipals(),
    appliedConditionalAccessPolicies: json({ of: (row, asked) => appliedPolicies(row, asked, v1Policy) }),
  },
}

/** The members that say the same of every sign-in here: there is nothing behind them. */
const nothing = { of: () => null }
const none = { of: () => [] }

/** A sign-in as `/beta` tells it. */
export const signInBeta: EntityType<SignInRow> = {
  name: 'signIn',
  key: ({ id }) => id,
  properties: {
    ...common,
    ...ofPrincipals('eq startswith'),
    appliedConditionalAccessPolicies: json({ of: (row, asked) => appliedPolicies(row, asked, (policy) => policy) }),
    appliedEventListeners: json(none),
    appTokenProtectionStatus: text(nothing),
    authenticationAppPolicyEvaluationDetails: json(none),
    authenticationContextClassReferences: json(),
    authenticationDetails: json(),
    authenticationMethodsUsed: json(),
    authenticationProcessingDetails: json(),
    authenticationProtocol: text(),
    authenticationRequirement: exactText({ filter: 'eq startswith' }),
    authenticationRequirementPolicies: json(),
    autonomousSystemNumber: number(nothing),
    azureResourceId: text(nothing),
    clientCredentialType: text(),
    conditionalAccessAudiences: many(text(), { filter: 'any' }),
    crossTenantAccessType: text(),
    federatedCredentialId: text(nothing),
    flaggedForReview: flag({ of: () => false }),
    globalSecureAccessIpAddress: text(nothing),
    homeTenantName: text(nothing),
    incomingTokenType: text(),
    ipAddressFromResourceProvider: text(),
    isTenantRestricted: flag({ of: () => false }),
    isThroughGlobalSecureAccess: flag({ of: () => false }),
    managedServiceIdentity: json(nothing),
    mfaDetail: json(nothing),
    networkLocationDetails: json(),
    originalRequestId: exactText({ filter: 'eq' }),
    originalTransferMethod: text(),
    privateLinkDetails: json(nothing),
    processingTimeInMilliseconds: number(),
    resourceServicePrincipalId: text(),
    servicePrincipalCredentialKeyId: text(nothing),
    servicePrincipalCredentialThumbprint: text(nothing),
    sessionId: text(),
    sessionLifetimePolicies: json(),
    signInEventTypes: many(words(eventTypes), { filter: 'any' }),
    signInIdentifier: text(),
    signInIdentifierType: text(),
    signInTokenProtectionStatus: text({ of: () => 'none' }),
    tokenIssuerName: exactText({ filter: 'eq' }),
    tokenIssuerType: text(),
    uniqueTokenIdentifier: text(),
    userType: text(),
  },
}

const mayReadPolicies = new WeakMap<Asked, boolean>()

/** Every policy's part; nothing for who may not read policies (reference 9.1). Whether somebody may is found out once a request. */
function appliedPolicies({ appliedConditionalAccessPolicies: policies }: SignInRow, asked: Asked, shown: (policy: Policy) => unknown): unknown {
  const may = mayReadPolicies.get(asked) ?? refusalFor(readAppliedPolicies, asked.caller, asked.tenant.directory) === null
  mayReadPolicies.set(asked, may)

  return may ? ((policies ?? []) as readonly Policy[]).map(shown) : []
}

/** A policy's part is one object in many rows, and so is what v1.0 tells of it. */
const v1Policies = new WeakMap<Policy, unknown>()

function v1Policy(policy: Policy): unknown {
  const known = v1Policies.get(policy)
  if (known !== undefined) return known
  const { id, displayName, enforcedGrantControls, enforcedSessionControls, result } = policy
  const told = { id, displayName, enforcedGrantControls, enforcedSessionControls, result }
  v1Policies.set(policy, told)

  return told
}
