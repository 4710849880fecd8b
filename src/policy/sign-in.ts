import type { ClientAppType, GuestOrExternalUserType, InsiderRiskLevel, Platform, RiskLevel, TransferMethod } from './policy.ts'

/**
 * Everything Conditional Access may know about one sign-in, as plain data. `sign-in/describe.ts` makes it from a
 * request; a test or a what-if writes it by hand.
 */
export type SignIn = {
  readonly identity: UserIdentity | ServicePrincipalIdentity
  readonly target: Target
  readonly conditions: Conditions
  readonly session: Session
  /** A person is there to be asked: false for refresh, password, client credentials, `prompt=none`. */
  readonly isInteractive: boolean
  /** Milliseconds since the epoch, UTC, by the tenant's clock. */
  readonly now: number
}

export type UserIdentity = {
  readonly kind: 'user'
  readonly id: string
  readonly userType: 'Member' | 'Guest'
  /** Null for a user who is neither a guest nor external. */
  readonly externalUserType: GuestOrExternalUserType | null
  readonly homeTenantId: string | null
  /** Transitive: nested groups are resolved when the directory changes. */
  readonly groupIds: readonly string[]
  /** Template ids of active roles assigned at tenant scope. */
  readonly roleTemplateIds: readonly string[]
  /** The older switch on the user itself (reference 1.5); absent = disabled. */
  readonly perUserMfaState?: PerUserMfaState
  /** What the user could be asked for. */
  readonly registeredMethods: readonly AuthenticationMethod[]
  /** What is known of registered keys and certificates. Absent = nothing. */
  readonly credentials?: readonly RegisteredCredential[]
  readonly federation: {
    readonly mfaEnabled: boolean
    readonly federatedIdpMfaBehavior: FederatedIdpMfaBehavior | null
  } | null
}

export type RegisteredCredential = {
  /** The model of a key. */
  readonly aaGuid?: string
  /** Who issued a certificate, and by which policies. */
  readonly issuerSki?: string
  readonly policyOIDs?: readonly string[]
}

export type PerUserMfaState = 'disabled' | 'enabled' | 'enforced'

export type FederatedIdpMfaBehavior =
  | 'acceptIfMfaDoneByFederatedIdp' | 'enforceMfaByFederatedIdp' | 'rejectMfaByFederatedIdp'

export type ServicePrincipalIdentity = {
  readonly kind: 'servicePrincipal'
  /** Object id of the service principal. */
  readonly id: string
  readonly appId: string
  /** Managed identities and other tenants' service principals are never matched by a workload policy. */
  readonly isManagedIdentity: boolean
  readonly isOwnedByTenant: boolean
  readonly customSecurityAttributes?: Readonly<Record<string, unknown>>
}

export type Target = {
  /** App ids of the resources a token is asked for, the confidential client itself included (reference 4.6.3). */
  readonly resources: readonly string[]
  /** As requested, resource prefix included. */
  readonly scopes: readonly string[]
  readonly userAction: UserAction | null
  /** `c1` … `c99`, as the `acrs` claim asks for them. */
  readonly authenticationContexts: readonly string[]
  readonly client: { readonly appId: string; readonly isConfidential: boolean; readonly isSinglePageApplication: boolean }
  /** Custom security attributes of the resources, by app id, for the application filter. */
  readonly resourceAttributes?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type UserAction = 'urn:user:registersecurityinfo' | 'urn:user:registerdevice' | 'urn:user:accountrecovery'

export type Conditions = {
  /** The public address, as text; null where none is known. */
  readonly ipAddress: string | null
  /** ISO 3166-1 alpha-2 by the tenant's table or a signal; null = unknown. */
  readonly country: string | null
  readonly gpsCountry: string | null
  /** The federated claim `insidecorporatenetwork`. */
  readonly insideCorporateNetwork: boolean
  readonly isCompliantNetwork: boolean
  readonly clientAppType: ClientAppType
  /** Null = unknown: matched by `all` only. */
  readonly platform: Platform | null
  /** Null = unregistered. */
  readonly device: Device | null
  readonly signInRiskLevel: RiskLevel
  readonly userRiskLevel: RiskLevel
  readonly servicePrincipalRiskLevel: RiskLevel
  readonly insiderRiskLevel: InsiderRiskLevel | 'none'
  readonly transferMethod: TransferMethod | null
  /** How the session was born: every refresh of it counts as that flow (reference 4.1, protocol tracking). */
  readonly originalTransferMethod: TransferMethod | null
  /** The address that the resource sees, where it differs: strict location enforcement judges it too (reference 6.1). */
  readonly ipAddressSeenByResource?: string | null
  readonly isApprovedApplication: boolean
  readonly isCompliantApplication: boolean
}

/** A device as the filter sees it: Graph's property names, absent = null. */
export type Device = {
  readonly deviceId?: string
  readonly displayName?: string
  readonly isCompliant?: boolean | null
  readonly trustType?: 'AzureAD' | 'ServerAD' | 'Workplace' | null
  /** Set when the device belongs to another tenant. */
  readonly tenantId?: string
  readonly [property: string]: unknown
}

/** What the user has shown in this session. Empty for a service principal. */
export type Session = {
  readonly methods: readonly UsedMethod[]
  readonly isPersistent: boolean
  /** Ids of agreements accepted and not expired. */
  readonly acceptedTermsOfUse: readonly string[]
  /** Ids of custom controls passed in this session. */
  readonly passedCustomFactors: readonly string[]
  /** The federated identity provider, or the home tenant of a guest, said that MFA was done. */
  readonly isMfaAssertedByFederation: boolean
  readonly isMfaAssertedByHomeTenant: boolean
  /**
   * When the second factor was shown that this browser was told to remember, ms ("Don't ask again for X days", reference
   * 3.5); absent = none, or its days are over.
   */
  readonly rememberedMfaAt?: number
  /** When the user changed the password in this sign-in, ms; null = not. */
  readonly passwordChangedAt: number | null
  /** What security defaults go by; absent = registration is due, and nothing has changed since the last MFA. */
  readonly securityDefaults?: SecurityDefaultsState
}

/** How a user stands with security defaults (reference 1.4). */
export type SecurityDefaultsState = {
  /** Days of grace left to register a second factor; 0 = it must be done now. */
  readonly daysLeft: number
  /** The user chose "Skip for now" in this sign-in. */
  readonly isRegistrationSkipped: boolean
  /** A new device or network since the last MFA. */
  readonly isMfaDue: boolean
}

/** One authentication step, and when it was taken (ms, UTC). */
export type UsedMethod = { readonly method: AuthenticationMethod; readonly at: number }

/** Graph's `authenticationMethodModes`. */
export type AuthenticationMethod =
  | 'password' | 'voice' | 'hardwareOath' | 'softwareOath' | 'sms' | 'fido2' | 'windowsHelloForBusiness'
  | 'microsoftAuthenticatorPush' | 'deviceBasedPush' | 'temporaryAccessPassOneTime' | 'temporaryAccessPassMultiUse'
  | 'email' | 'x509CertificateSingleFactor' | 'x509CertificateMultiFactor' | 'federatedSingleFactor'
  | 'federatedMultiFactor' | 'qrCodePin'
