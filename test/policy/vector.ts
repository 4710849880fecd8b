import type {
  ClientAppType, Device, FederatedIdpMfaBehavior, InsiderRiskLevel, Platform, PolicySource, RiskLevel, TransferMethod, UserAction, UserIdentity, WhatIf,
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

export type Ids = readonly string[]
export type PolicyJson = {
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

export type ToldWhatIf = Omit<WhatIf['conditions'], 'platform' | 'device' | 'ipAddress' | 'transferMethod'> & {
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

export type LocationJson =
  | { readonly kind: 'ip'; readonly ipRanges: Ids; readonly isTrusted?: boolean }
  | {
      readonly kind: 'country'
      readonly countriesAndRegions: Ids
      readonly countryLookupMethod?: 'clientIpAddress' | 'authenticatorAppGps'
      readonly includeUnknownCountriesAndRegions?: boolean
    }

export type UserJson = {
  readonly upn?: string
  readonly groups?: Ids
  readonly roles?: readonly (string | { readonly role: string; readonly scope?: string })[]
  readonly methods?: Ids
  readonly userType?: 'Member' | 'Guest'
  readonly externalType?: UserIdentity['externalUserType']
  readonly homeTenant?: string
}
