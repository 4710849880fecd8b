/**
 * A Conditional Access policy as Graph spells it (`conditionalAccessPolicy`), after validation: every list is
 * there (empty when unset), every unset complex member is null. `validate.ts` makes this shape out of what an
 * administrator wrote.
 *
 * @see shared reference, section 2
 */
export type Policy = {
  readonly id: string
  readonly displayName: string
  readonly state: PolicyState
  readonly conditions: ConditionSet
  readonly grantControls: GrantControls | null
  readonly sessionControls: SessionControls | null
  readonly createdDateTime?: string
  readonly modifiedDateTime?: string | null
  readonly description?: string | null
  readonly templateId?: string | null
}

export type PolicyState = 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced'

export type ConditionSet = {
  readonly users: UsersCondition
  readonly applications: ApplicationsCondition
  readonly clientAppTypes: readonly ClientAppTypeCondition[]
  readonly locations: LocationsCondition | null
  readonly platforms: PlatformsCondition | null
  readonly devices: DevicesCondition | null
  readonly signInRiskLevels: readonly RiskLevel[]
  readonly userRiskLevels: readonly RiskLevel[]
  readonly servicePrincipalRiskLevels: readonly RiskLevel[]
  /** Graph joins the levels with commas on the wire; here they are a list. */
  readonly insiderRiskLevels: readonly InsiderRiskLevel[] | null
  readonly clientApplications: ClientApplicationsCondition | null
  readonly authenticationFlows: { readonly transferMethods: readonly TransferMethod[] } | null
}

export type UsersCondition = {
  readonly includeUsers: readonly string[]
  readonly excludeUsers: readonly string[]
  readonly includeGroups: readonly string[]
  readonly excludeGroups: readonly string[]
  /** Role template ids, never role names. */
  readonly includeRoles: readonly string[]
  readonly excludeRoles: readonly string[]
  readonly includeGuestsOrExternalUsers: GuestsOrExternalUsers | null
  readonly excludeGuestsOrExternalUsers: GuestsOrExternalUsers | null
}

export type GuestsOrExternalUsers = {
  /** Graph joins the types with commas on the wire; here they are a list. */
  readonly guestOrExternalUserTypes: readonly GuestOrExternalUserType[]
  readonly externalTenants:
    | { readonly membershipKind: 'all' }
    | { readonly membershipKind: 'enumerated'; readonly members: readonly string[] }
    | null
}

export type GuestOrExternalUserType =
  | 'internalGuest' | 'b2bCollaborationGuest' | 'b2bCollaborationMember'
  | 'b2bDirectConnectUser' | 'otherExternalUser' | 'serviceProvider'

export type ApplicationsCondition = {
  readonly includeApplications: readonly string[]
  readonly excludeApplications: readonly string[]
  readonly includeUserActions: readonly string[]
  readonly includeAuthenticationContextClassReferences: readonly string[]
  readonly applicationFilter: Filter | null
}

export type Filter = { readonly mode: 'include' | 'exclude'; readonly rule: string }

export type ClientAppTypeCondition = ClientAppType | 'all' | 'easSupported'
export type ClientAppType = 'browser' | 'mobileAppsAndDesktopClients' | 'exchangeActiveSync' | 'other'

export type LocationsCondition = {
  /** Named location ids, `All`, `AllTrusted`, or {@link mfaTrustedIpsLocation}. */
  readonly includeLocations: readonly string[]
  readonly excludeLocations: readonly string[]
}

/** The pseudo location "Multifactor authentication trusted IPs". */
export const mfaTrustedIpsLocation = '00000000-0000-0000-0000-000000000000'

export type PlatformsCondition = {
  readonly includePlatforms: readonly (Platform | 'all')[]
  readonly excludePlatforms: readonly (Platform | 'all')[]
}
export type Platform = 'android' | 'iOS' | 'windows' | 'windowsPhone' | 'macOS' | 'linux'

export type DevicesCondition = {
  readonly deviceFilter: Filter | null
  readonly includeDevices?: readonly string[]
  readonly excludeDevices?: readonly string[]
}

export type RiskLevel = 'low' | 'medium' | 'high' | 'none'
export type InsiderRiskLevel = 'minor' | 'moderate' | 'elevated'
export type TransferMethod = 'deviceCodeFlow' | 'authenticationTransfer'

export type ClientApplicationsCondition = {
  readonly includeServicePrincipals: readonly string[]
  readonly excludeServicePrincipals: readonly string[]
  readonly servicePrincipalFilter: Filter | null
}

export type GrantControls = {
  readonly operator: 'AND' | 'OR'
  readonly builtInControls: readonly BuiltInControl[]
  readonly customAuthenticationFactors: readonly string[]
  readonly termsOfUse: readonly string[]
  readonly authenticationStrength: { readonly id: string } | null
}

export type BuiltInControl =
  | 'block' | 'mfa' | 'compliantDevice' | 'domainJoinedDevice' | 'approvedApplication'
  | 'compliantApplication' | 'passwordChange' | 'riskRemediation'

export type SessionControls = {
  readonly applicationEnforcedRestrictions: { readonly isEnabled: boolean } | null
  readonly cloudAppSecurity: {
    readonly isEnabled: boolean
    readonly cloudAppSecurityType: 'mcasConfigured' | 'monitorOnly' | 'blockDownloads' | null
  } | null
  readonly signInFrequency: SignInFrequency | null
  readonly persistentBrowser: { readonly isEnabled: boolean; readonly mode: 'always' | 'never' } | null
  readonly disableResilienceDefaults: boolean | null
  readonly secureSignInSession: { readonly isEnabled: boolean } | null
  readonly continuousAccessEvaluation: { readonly mode: 'strictEnforcement' | 'disabled' | 'strictLocation' } | null
}

export type SignInFrequency = {
  readonly isEnabled: boolean
  readonly value: number | null
  readonly type: 'hours' | 'days' | null
  readonly authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication' | null
  readonly frequencyInterval: 'timeBased' | 'everyTime' | null
}
