import type { AuthenticationStrength, Licence, MfaServiceSettings } from '../policy/policy-set.ts'
import type { AuthenticationMethod, Device as FilterDevice, FederatedIdpMfaBehavior, PerUserMfaState } from '../policy/sign-in.ts'
import type { GuestOrExternalUserType, Policy } from '../policy/policy.ts'
import type { NamedLocation } from '../policy/named-location.ts'

/**
 * A tenant as the running server holds it: names resolved to ids, defaults filled in, ids given. Plain data, never
 * mutated: a change replaces the object that changed, so that a sandbox may share all the rest.
 */
export type TenantData = TenantSettings & { readonly [C in Collection]: readonly Entities[C][] }

/** What a tenant is, apart from the collections. */
export type TenantSettings = {
  /** GUID, lower case. */
  readonly id: string
  readonly displayName: string
  readonly profile: 'entra' | 'standard'
  readonly licence: Licence
  readonly securityDefaults: boolean
  readonly mfaServiceSettings: MfaServiceSettings
  readonly settings: {
    readonly kmsiPromptEnabled: boolean
    readonly lowPrivilegeScopeEnforcement: 'legacy' | 'enforced'
    readonly hourlyPolicyCheck: boolean
    readonly inboundTrust: { readonly mfa: boolean; readonly compliantDevice: boolean; readonly hybridDevice: boolean }
    readonly smartLockout: { readonly threshold: number; readonly seconds: number }
    /** Overrides of `limits.json`, same member names. */
    readonly limits: Readonly<Record<string, unknown>>
    /** Template ids of the directory roles that were activated, whether anybody has them or not. */
    readonly activatedRoles?: readonly string[]
  }
  /** CIDR range → ISO country; the longest prefix wins. */
  readonly countries: Readonly<Record<string, string>>
}

export type Entities = {
  users: User
  groups: Group
  applications: Application
  devices: Device
  domains: Domain
  namedLocations: NamedLocation
  conditionalAccessPolicies: Policy
  authenticationStrengths: AuthenticationStrength
  authenticationContextClassReferences: AuthenticationContext
  tokenLifetimePolicies: TokenLifetimePolicy
  agreements: Agreement
  deletedItems: DeletedItem
}
export type Collection = keyof Entities

export type User = {
  readonly id: string
  readonly userPrincipalName: string
  readonly displayName: string
  /** Null = no password: cannot sign in with one. Plain text in a tenant file, `scrypt$…` once loaded. */
  readonly passwordHash: string | null
  readonly accountEnabled: boolean
  readonly userType: 'Member' | 'Guest'
  readonly externalType: GuestOrExternalUserType | null
  readonly externalUserState: string | null
  readonly homeTenantId: string | null
  /** Role template ids, active, tenant scope. */
  readonly roles: readonly string[]
  readonly authenticationMethods: readonly RegisteredMethod[]
  /** The older MFA switch on the user itself; registering turns `enabled` into `enforced`. */
  readonly perUserMfaState: PerUserMfaState
  /** Simulated signals of this user (product.md 4). */
  readonly signals: Readonly<Record<string, unknown>>
  /** Sessions and refresh tokens issued before this instant are void. ISO 8601, UTC. */
  readonly signInSessionsValidFromDateTime: string | null
  readonly lastPasswordChangeDateTime: string | null
  readonly forceChangePasswordNextSignIn: boolean
  readonly mail: string | null
  readonly givenName: string | null
  readonly surname: string | null
  /** Any other Graph property, kept and echoed (`department`, `country`, …). */
  readonly [property: string]: unknown
}

export type RegisteredMethod = {
  readonly id: string
  readonly type: AuthenticationMethod
  /** `softwareOath`: BASE32, never logged. */
  readonly secret?: string
  readonly createdDateTime: string | null
  readonly [property: string]: unknown
}

export type Group = {
  readonly id: string
  readonly displayName: string
  /** Object ids of users, groups, service principals or devices. */
  readonly members: readonly string[]
  readonly owners: readonly string[]
  readonly membershipRule: string | null
  readonly isAssignableToRole: boolean
  /** Role template ids that the members of a role-assignable group have. */
  readonly roles?: readonly string[]
  readonly [property: string]: unknown
}

/** An application and its service principal in one: this tenant's own registration. */
export type Application = {
  /** Object id of the application. */
  readonly id: string
  readonly appId: string
  /** Object id of its service principal. */
  readonly servicePrincipalId: string
  readonly displayName: string
  readonly secrets: readonly string[]
  /** Of those secrets that were made over Graph: which each is, and how long it is good. The others are good for ever. */
  readonly passwordCredentials?: readonly PasswordCredential[]
  /** PEM certificates for `private_key_jwt`. */
  readonly certificates: readonly string[]
  readonly web: { readonly redirectUris: readonly string[]; readonly logoutUrl: string | null }
  readonly spa: { readonly redirectUris: readonly string[] }
  readonly publicClient: { readonly redirectUris: readonly string[] }
  readonly isFallbackPublicClient: boolean
  readonly identifierUris: readonly string[]
  readonly api: {
    readonly oauth2PermissionScopes: readonly PermissionScope[]
    readonly requestedAccessTokenVersion: 1 | 2 | null
  }
  readonly appRoles: readonly AppRole[]
  /**
   * Who has which app role of this application: principal = object id of a user, group or service principal; role = id of
   * the app role, null for default access.
   */
  readonly assignments: readonly { readonly principal: string; readonly role: string | null }[]
  readonly appRoleAssignmentRequired: boolean
  /** Admin consent: which scopes of which resource (app id) this client has for everybody. */
  readonly consents: readonly { readonly resource: string; readonly scopes: readonly string[] }[]
  /** A user's own consent: which scopes of which resource (app id) this client has for that user (object id) alone. */
  readonly userConsents?: readonly UserConsent[]
  /** Object ids of the users and service principals that look after it. */
  readonly owners?: readonly string[]
  /** Role template ids that its service principal has. */
  readonly roles?: readonly string[]
  /** False from `POST /applications` until its service principal is made, and after that one is deleted; left out = it is there. */
  readonly hasServicePrincipal?: boolean
  readonly optionalClaims: OptionalClaims | null
  readonly groupMembershipClaims: string | null
  readonly requiredResourceAccess: readonly unknown[]
  /** Ours: 10–1440; the lifetime of its ID and access tokens. */
  readonly sessionTimeoutInMinutes: number | null
  readonly inactivityTimeoutInMinutes: number | null
  /** Id of a token lifetime policy. */
  readonly tokenLifetimePolicy: string | null
  readonly [property: string]: unknown
}

export type PasswordCredential = {
  readonly keyId: string
  readonly displayName: string | null
  readonly startDateTime: string
  readonly endDateTime: string
  /** One of the application's `secrets`; told when it was made, and never again. */
  readonly secretText: string
}
export type UserConsent = { readonly principal: string; readonly resource: string; readonly scopes: readonly string[] }
export type PermissionScope = { readonly id: string; readonly value: string; readonly isEnabled: boolean; readonly [p: string]: unknown }
export type AppRole = {
  readonly id: string
  readonly value: string
  readonly displayName: string
  readonly allowedMemberTypes: readonly ('User' | 'Application')[]
  readonly [p: string]: unknown
}
export type OptionalClaim = { readonly name: string; readonly essential?: boolean; readonly additionalProperties?: readonly string[]; readonly source?: string | null }
export type OptionalClaims = {
  readonly idToken?: readonly OptionalClaim[]
  readonly accessToken?: readonly OptionalClaim[]
  readonly saml2Token?: readonly OptionalClaim[]
}

export type Device = FilterDevice & {
  /** Object id. */
  readonly id: string
  readonly displayName: string
  readonly deviceId: string
  readonly registeredOwners: readonly string[]
}

export type Domain = {
  /** The domain name, lower case. */
  readonly id: string
  readonly isDefault: boolean
  readonly authenticationType: 'Managed' | 'Federated'
  /** False until the tenant has shown that it is its own: nobody is named after a domain before. Left out = it is. */
  readonly isVerified?: boolean
  readonly federation: Federation | null
}

export type Federation = {
  readonly mfaEnabled: boolean
  readonly federatedIdpMfaBehavior: FederatedIdpMfaBehavior | null
  readonly displayName: string | null
  readonly [property: string]: unknown
}

export type TokenLifetimePolicy = {
  readonly id: string
  readonly displayName: string
  readonly definition: readonly string[]
  readonly isOrganizationDefault: boolean
}

/** Terms of use that policies may ask to be accepted. */
export type Agreement = {
  readonly id: string
  readonly displayName: string
  /** Whether the user must have opened the terms before accepting them. */
  readonly isViewingBeforeAcceptanceRequired: boolean
  /** Whether an acceptance counts on the device it was made on only. */
  readonly isPerDeviceAcceptanceRequired: boolean
  /** When everybody's acceptance expires: at an instant and, with a frequency (`P90D`), again and again after it. */
  readonly termsExpiration: { readonly startDateTime: string; readonly frequency?: string | null } | null
  /** How long each user's own acceptance lasts, as `P90D`; null = for good. */
  readonly userReacceptRequiredFrequency: string | null
}

/** What an application may ask for beyond signing in (reference 6.4): a step-up for one thing it does, by policies on the context. */
export type AuthenticationContext = {
  /** `c1` to `c99`, as the `acrs` claim has it. */
  readonly id: string
  readonly displayName: string
  readonly description: string | null
  /** Whether it is published for applications to use. What is published stays. */
  readonly isAvailable: boolean
}

/** Something that was deleted and can be restored, with the places it was taken out of. Its id is that of what was deleted. */
export type DeletedItem = {
  readonly id: string
  readonly collection: Restorable
  readonly deletedDateTime: string
  readonly entity: Entities[Restorable]
  /** Object ids of the groups it was a member or an owner of. */
  readonly memberOf: readonly string[]
  readonly ownerOf: readonly string[]
  /** What it was assigned to, by object id of the application. */
  readonly assignedTo: readonly { readonly application: string; readonly principal: string; readonly role: string | null }[]
}
/** What can be restored for a while after it was deleted. */
export type Restorable = 'users' | 'groups' | 'applications' | 'conditionalAccessPolicies' | 'namedLocations'

/**
 * The directory of one running tenant: lookups that cost nothing per request, and changes that are acknowledged
 * once they are on disk.
 */
export type Directory = {
  readonly settings: TenantSettings
  list<C extends Collection>(collection: C): readonly Entities[C][]
  /** The list in the order of what an index holds (`displayName`), upper and lower case alike; kept in order as the directory changes. */
  sorted<C extends Collection>(collection: C, index: string): readonly Entities[C][]
  /** Those that an index finds by a key, lower case: the groups with somebody among `members`, the users with one of `roles`. */
  found<C extends Collection>(collection: C, index: string, key: string): readonly Entities[C][]
  /** By object id (a domain: by name); case-insensitive. */
  get<C extends Collection>(collection: C, id: string): Entities[C] | undefined
  /** By app id; Microsoft's own tools, which nobody registers, included. */
  application(appId: string): Application | undefined
  /** By app id, identifier URI (trailing slash ignored) or, last, display name; well-known resources included. */
  resource(name: string): Application | undefined
  user(userPrincipalName: string): User | undefined
  /** By id or by any unambiguous name (product.md 5): user principal name, local part, display name, app id. */
  named<C extends Collection>(collection: C, idOrName: string): Entities[C] | undefined
  domainOf(userPrincipalName: string): Domain | undefined
  /** Transitive, nested groups and dynamic ones included; worked out at the first question after a change. */
  groupIdsOf(objectId: string): readonly string[]
  /** Role template ids of a user or a service principal: assigned, or through a role-assignable group. */
  roleTemplateIdsOf(principalId: string): readonly string[]
  /** ISO country by the tenant's table, or null. */
  countryOf(ipAddress: string): string | null

  /** Add or replace. Resolves when the change is durable; rejects with a `DirectoryRefusal` and changes nothing. */
  put<C extends Collection>(collection: C, entity: Entities[C]): Promise<void>
  /** With `deletedDateTime` it is kept among the deleted items; putting it again restores it to where it was. */
  remove(collection: Collection, id: string, options?: { readonly deletedDateTime?: string }): Promise<void>
  patchSettings(change: SettingsChange): Promise<void>
  replace(data: TenantData): Promise<void>
  snapshot(): TenantData

  /**
   * The same directory, its changes made by somebody: a caller of Graph, a user who registers a method. The directory audit
   * names whoever it is; what nobody says so of was done by Portcullis itself.
   */
  by(initiator: Initiator): Directory

  /** Rises with every change. */
  readonly version: number
  /** Called synchronously after each change, with what changed. */
  onChange(listener: (change: Change) => void): () => void
  /**
   * Called with each change once it is durable and before it is acknowledged, in the order they were made: who is told of a
   * change finds it written down.
   */
  onMade(listener: (made: Made) => void): () => void
}

/** Who makes a change, as Graph's `initiatedBy` names him, and the request it came with. */
export type Initiator = InitiatingUser | InitiatingApp | InitiatingRequest
type InitiatingUser = {
  readonly user: { readonly id: string; readonly displayName: string | null; readonly userPrincipalName: string | null; readonly ipAddress: string | null }
  readonly app?: undefined
  readonly correlationId?: string
}
type InitiatingApp = {
  readonly app: { readonly appId: string | null; readonly displayName: string | null; readonly servicePrincipalId: string | null; readonly servicePrincipalName: string | null }
  readonly user?: undefined
  readonly correlationId?: string
}

/** A request that says nothing of who sent it: it is Portcullis that did what it asked for. */
type InitiatingRequest = { readonly user?: undefined; readonly app?: undefined; readonly correlationId: string }

/** A change that was made: what there was before, what there is now, and by whom; null = by Portcullis itself. */
export type Made = { readonly by: Initiator | null } & (
  | {
      readonly kind: 'entity'
      readonly collection: Collection
      readonly before: Entities[Collection] | null
      readonly after: Entities[Collection] | null
      /** It was restored from the deleted items. */
      readonly wasDeleted: boolean
    }
  | { readonly kind: 'settings'; readonly before: TenantSettings; readonly after: TenantSettings }
  | { readonly kind: 'replace'; readonly before: TenantData; readonly after: TenantData }
)

export type SettingsChange = Partial<Omit<TenantSettings, 'id' | 'settings' | 'mfaServiceSettings'>> & {
  readonly settings?: Partial<TenantSettings['settings']>
  readonly mfaServiceSettings?: Partial<MfaServiceSettings>
}

/** One change of a directory, as the journal holds it. */
export type Change =
  | { readonly kind: 'put'; readonly collection: Collection; readonly entity: Entities[Collection] }
  | { readonly kind: 'remove'; readonly collection: Collection; readonly id: string; readonly deletedDateTime?: string }
  | { readonly kind: 'settings'; readonly change: SettingsChange }
  | { readonly kind: 'replace'; readonly data: TenantData }
