import type { BuiltInControl, ConditionSet, GrantControls, GuestOrExternalUserType, InsiderRiskLevel, RiskLevel, SessionControls, TransferMethod } from '../policy.ts'
import {
  idsOr, isMissing, listOf, normalId, objectOf, oneOf, optionalFlag, optionalInteger, optionalText, refuse, wordsOf, type At, type Read,
} from './read.ts'

/** What somebody may write as a policy, read member by member. Rules that span members are in `policy-rules.ts`. */
export const readPolicyShape = objectOf(
  {
    id: optionalText,
    displayName: optionalText,
    description: optionalText,
    state: oneOf('enabled', 'disabled', 'enabledForReportingButNotEnforced'),
    createdDateTime: optionalText,
    modifiedDateTime: optionalText,
    templateId: optionalText,
    conditions: readConditions(),
    grantControls: readGrantControls(),
    sessionControls: readSessionControls(),
  },
  { dropped: ['deletedDateTime', 'partialEnablementStrategy'] },
)

export type PolicyShape = NonNullable<ReturnType<typeof readPolicyShape>>
export type ConditionShape = NonNullable<PolicyShape['conditions']>
export type SessionShape = NonNullable<PolicyShape['sessionControls']>

/** A member that nobody reads here is an error of the compiler's. */
type Every<T> = { readonly [K in keyof T]-?: Read<unknown> }

function readConditions() {
  return objectOf(
    {
      users: readUsers(),
      applications: readApplications(),
      clientAppTypes: optional(listOf(oneOf('all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other'))),
      locations: objectOf({ includeLocations: idsOr('All', 'AllTrusted'), excludeLocations: idsOr('All', 'AllTrusted') }),
      platforms: objectOf({ includePlatforms: platforms(), excludePlatforms: platforms() }),
      devices: objectOf({
        deviceFilter: readFilter(),
        includeDevices: listOf(oneOf('All', 'Compliant', 'DomainJoined')),
        excludeDevices: listOf(oneOf('All', 'Compliant', 'DomainJoined')),
      }, { unmodelled: ['includeDeviceStates', 'excludeDeviceStates'] }),
      signInRiskLevels: riskLevels(),
      userRiskLevels: riskLevels(),
      servicePrincipalRiskLevels: riskLevels(),
      insiderRiskLevels: wordsOf<InsiderRiskLevel>(['minor', 'moderate', 'elevated'], 'none'),
      clientApplications: objectOf({
        includeServicePrincipals: idsOr('ServicePrincipalsInMyTenant'),
        excludeServicePrincipals: idsOr(),
        servicePrincipalFilter: readFilter(),
      }, { unmodelled: ['includeAgentIdServicePrincipals', 'excludeAgentIdServicePrincipals', 'agentIdServicePrincipalFilter'] }),
      authenticationFlows: objectOf({ transferMethods: wordsOf<TransferMethod>(['deviceCodeFlow', 'authenticationTransfer'], 'none') }),
    } satisfies Every<ConditionSet>,
    { unmodelled: ['times', 'deviceStates', 'clients', 'globalSecureAccess', 'networkAccess', 'agentIdRiskLevels', 'agents', 'agentContext'] },
  )
}

function readUsers() {
  return objectOf({
    includeUsers: idsOr('All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers'),
    excludeUsers: idsOr('All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers'),
    includeGroups: idsOr('All', 'None'),
    excludeGroups: idsOr('All', 'None'),
    includeRoles: idsOr('All', 'None'),
    excludeRoles: idsOr('All', 'None'),
    includeGuestsOrExternalUsers: readGuests(),
    excludeGuestsOrExternalUsers: readGuests(),
  })
}

function readGuests() {
  const types: GuestOrExternalUserType[] = [
    'internalGuest', 'b2bCollaborationGuest', 'b2bCollaborationMember', 'b2bDirectConnectUser', 'otherExternalUser', 'serviceProvider',
  ]

  return objectOf({
    guestOrExternalUserTypes: wordsOf(types, 'none'),
    externalTenants: objectOf({ membershipKind: oneOf('all', 'enumerated'), members: idsOr() }),
  })
}

function readApplications() {
  const keywords = ['All', 'None', 'Office365', 'MicrosoftAdminPortals', 'AllAgentIdResources']

  return objectOf(
    {
      includeApplications: idsOr(...keywords),
      excludeApplications: idsOr(...keywords),
      includeUserActions: listOf(oneOf('urn:user:registersecurityinfo', 'urn:user:registerdevice', 'urn:user:accountrecovery')),
      includeAuthenticationContextClassReferences: listOf(readContext),
      applicationFilter: readFilter(),
    },
    { unmodelled: ['globalSecureAccess', 'networkAccess'] },
  )
}

function readContext(value: unknown, at: At): string | null {
  if (typeof value === 'string') return value.toLowerCase()
  if (!isMissing(value)) refuse(at, 'expected an authentication context such as "c1"')

  return null
}

function readFilter() {
  return objectOf({ mode: oneOf('include', 'exclude'), rule: optionalText })
}

function riskLevels() {
  return listOf(oneOf<RiskLevel>('low', 'medium', 'high', 'none'))
}

function platforms() {
  return listOf(oneOf('android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux', 'all'))
}

function readGrantControls() {
  const builtIn = {
    block: true, mfa: true, compliantDevice: true, domainJoinedDevice: true, approvedApplication: true, compliantApplication: true, passwordChange: true, riskRemediation: true,
  } satisfies Record<BuiltInControl, true>

  return objectOf({
    operator: oneOf('AND', 'OR'),
    builtInControls: listOf(oneOf(...(Object.keys(builtIn) as BuiltInControl[]))),
    customAuthenticationFactors: idsOr(),
    termsOfUse: idsOr(),
    authenticationStrength: readStrength,
  } satisfies Every<GrantControls>)
}

/** Graph answers with the whole strength, and takes only its id. */
function readStrength(value: unknown, at: At): { id: string } | null {
  const read = readStrengthMembers(value, at)
  if (read?.id) return { id: normalId(read.id) }
  if (!isMissing(value) && at.problems.every(({ path }) => !path.startsWith(at.path))) refuse(at, 'expected an authentication strength as { "id": "…" }')

  return null
}

const readStrengthMembers = objectOf({ id: optionalText }, {
  dropped: ['displayName', 'description', 'policyType', 'requirementsSatisfied', 'allowedCombinations', 'combinationConfigurations', 'createdDateTime', 'modifiedDateTime'],
})

function readSessionControls() {
  return objectOf(
    {
      applicationEnforcedRestrictions: objectOf({ isEnabled: optionalFlag }),
      cloudAppSecurity: objectOf({ isEnabled: optionalFlag, cloudAppSecurityType: oneOf('mcasConfigured', 'monitorOnly', 'blockDownloads') }),
      signInFrequency: objectOf({
        isEnabled: optionalFlag,
        value: optionalInteger,
        type: oneOf('hours', 'days'),
        authenticationType: oneOf('primaryAndSecondaryAuthentication', 'secondaryAuthentication'),
        frequencyInterval: oneOf('timeBased', 'everyTime'),
      }),
      persistentBrowser: objectOf({ isEnabled: optionalFlag, mode: oneOf('always', 'never') }),
      disableResilienceDefaults: optionalFlag,
      secureSignInSession: objectOf({ isEnabled: optionalFlag }),
      continuousAccessEvaluation: objectOf({ isEnabled: optionalFlag, mode: oneOf('strictEnforcement', 'disabled', 'strictLocation') }),
    } satisfies Every<SessionControls>,
    { unmodelled: ['globalSecureAccessFilteringProfile', 'networkAccessSecurity', 'blockSensitiveActions'] },
  )
}

/** A list that was not given at all is told apart from an empty one. */
function optional<T>(read: Read<T[]>): Read<T[] | null> {
  return (value, at) => (isMissing(value) ? null : read(value, at))
}
