import type { Agreement, Application, AuthenticationContext, Device, Domain, Federation, Group, TenantSettings, TokenLifetimePolicy, User, UserConsent } from './types.ts'
import { idFor } from './ids.ts'
import { withoutTrailingSlash } from './collections.ts'
import { roleNamed } from './roles.ts'

/**
 * What was left unsaid of an entity, filled in as Entra does. Whoever makes one (the tenant file, Graph, a test) says what
 * matters and gets the whole. Ids left out follow from the tenant and the name.
 */
export function completeUser(tenantId: string, said: Partial<User> & { readonly userPrincipalName: string }): User {
  const { userPrincipalName } = said

  return {
    ...said,
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'user', userPrincipalName),
    userPrincipalName,
    displayName: said.displayName ?? userPrincipalName.split('@')[0] ?? userPrincipalName,
    passwordHash: said.passwordHash ?? null,
    accountEnabled: said.accountEnabled ?? true,
    userType: said.userType ?? 'Member',
    externalType: said.externalType ?? (said.userType === 'Guest' ? (said.homeTenantId ? 'b2bCollaborationGuest' : 'internalGuest') : null),
    externalUserState: said.externalUserState ?? null,
    homeTenantId: said.homeTenantId ?? null,
    roles: rolesOf(said.roles ?? []),
    authenticationMethods: said.authenticationMethods ?? [],
    perUserMfaState: said.perUserMfaState ?? 'disabled',
    signals: said.signals ?? {},
    signInSessionsValidFromDateTime: said.signInSessionsValidFromDateTime ?? null,
    lastPasswordChangeDateTime: said.lastPasswordChangeDateTime ?? null,
    forceChangePasswordNextSignIn: said.forceChangePasswordNextSignIn ?? false,
    mail: said.mail ?? null,
    givenName: said.givenName ?? null,
    surname: said.surname ?? null,
  }
}

/** A group, whole. */
export function completeGroup(tenantId: string, said: Partial<Group> & { readonly displayName: string }): Group {
  return {
    ...said,
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'group', said.displayName),
    displayName: said.displayName,
    members: unique(said.members ?? []),
    owners: unique(said.owners ?? []),
    membershipRule: said.membershipRule ?? null,
    isAssignableToRole: said.isAssignableToRole ?? false,
    ...(said.roles ? { roles: rolesOf(said.roles) } : {}),
  }
}

/** An application and its service principal, whole. */
export function completeApplication(tenantId: string, said: DeepPartialApplication & { readonly displayName: string }): Application {
  const { displayName } = said
  const appId = said.appId?.toLowerCase() ?? idFor(tenantId, 'appId', displayName)

  return {
    ...said,
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'application', appId),
    appId,
    servicePrincipalId: said.servicePrincipalId?.toLowerCase() ?? idFor(tenantId, 'servicePrincipal', appId),
    displayName,
    secrets: said.secrets ?? [],
    certificates: said.certificates ?? [],
    web: { ...said.web, redirectUris: said.web?.redirectUris ?? [], logoutUrl: said.web?.logoutUrl ?? null },
    spa: { redirectUris: said.spa?.redirectUris ?? [] },
    publicClient: { redirectUris: said.publicClient?.redirectUris ?? [] },
    isFallbackPublicClient: said.isFallbackPublicClient ?? false,
    identifierUris: unique((said.identifierUris ?? []).map(withoutTrailingSlash)),
    api: {
      ...said.api,
      oauth2PermissionScopes: (said.api?.oauth2PermissionScopes ?? []).map((scope) => ({
        ...scope,
        id: scope.id?.toLowerCase() ?? idFor(tenantId, `scope of ${appId}`, scope.value),
        value: scope.value,
        isEnabled: scope.isEnabled ?? true,
      })),
      requestedAccessTokenVersion: said.api?.requestedAccessTokenVersion ?? null,
    },
    appRoles: (said.appRoles ?? []).map((role) => ({
      ...role,
      id: role.id?.toLowerCase() ?? idFor(tenantId, `app role of ${appId}`, role.value),
      value: role.value,
      displayName: role.displayName ?? role.value,
      allowedMemberTypes: role.allowedMemberTypes ?? ['User', 'Application'],
    })),
    assignments: (said.assignments ?? []).map(({ principal, role }) => ({ principal: principal.toLowerCase(), role: role?.toLowerCase() ?? null })),
    appRoleAssignmentRequired: said.appRoleAssignmentRequired ?? false,
    consents: (said.consents ?? []).map(({ resource, scopes }) => ({ resource: resource.toLowerCase(), scopes })),
    ...(said.userConsents ? { userConsents: said.userConsents.map(userConsent) } : {}),
    ...(said.owners ? { owners: unique(said.owners) } : {}),
    ...(said.roles ? { roles: rolesOf(said.roles) } : {}),
    optionalClaims: said.optionalClaims ?? null,
    groupMembershipClaims: said.groupMembershipClaims ?? null,
    requiredResourceAccess: said.requiredResourceAccess ?? [],
    sessionTimeoutInMinutes: said.sessionTimeoutInMinutes ?? null,
    inactivityTimeoutInMinutes: said.inactivityTimeoutInMinutes ?? null,
    tokenLifetimePolicy: said.tokenLifetimePolicy ?? null,
  }
}

/** An application as somebody says it: any member may be left out, inside too. */
export type DeepPartialApplication = Partial<Omit<Named<Application>, 'web' | 'api' | 'appRoles'>> & {
  readonly [property: string]: unknown
  readonly web?: Partial<Application['web']>
  readonly api?: {
    readonly oauth2PermissionScopes?: readonly (Partial<Application['api']['oauth2PermissionScopes'][number]> & { readonly value: string })[]
    readonly requestedAccessTokenVersion?: 1 | 2 | null
  }
  readonly appRoles?: readonly (Partial<Application['appRoles'][number]> & { readonly value: string })[]
}

/** A type without its "any other property". */
type Named<T> = { readonly [K in keyof T as string extends K ? never : K]: T[K] }

/** A device, whole. */
export function completeDevice(tenantId: string, said: Partial<Device> & { readonly displayName: string }): Device {
  const deviceId = said.deviceId?.toLowerCase() ?? idFor(tenantId, 'deviceId', said.displayName)

  return {
    ...said,
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'device', deviceId),
    displayName: said.displayName,
    deviceId,
    registeredOwners: unique(said.registeredOwners ?? []),
  }
}

/** A domain, whole. */
export function completeDomain(said: Partial<Omit<Domain, 'federation'>> & { readonly id: string; readonly federation?: Partial<Federation> | null }): Domain {
  const { federation } = said
  const isFederated = (said.authenticationType ?? (federation ? 'Federated' : 'Managed')) === 'Federated'

  return {
    id: said.id.toLowerCase(),
    isDefault: said.isDefault ?? false,
    authenticationType: isFederated ? 'Federated' : 'Managed',
    ...(said.isVerified === false ? { isVerified: false } : {}),
    federation: isFederated
      ? {
          ...federation,
          mfaEnabled: federation?.mfaEnabled ?? true,
          federatedIdpMfaBehavior: federation?.federatedIdpMfaBehavior ?? null,
          displayName: federation?.displayName ?? null,
        }
      : null,
  }
}

/** A token lifetime policy, whole. */
export function completeTokenLifetimePolicy(tenantId: string, said: Partial<TokenLifetimePolicy> & { readonly displayName: string }): TokenLifetimePolicy {
  return {
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'tokenLifetimePolicy', said.displayName),
    displayName: said.displayName,
    definition: said.definition ?? [],
    isOrganizationDefault: said.isOrganizationDefault ?? false,
  }
}

/** An agreement, whole. */
export function completeAgreement(tenantId: string, said: Partial<Agreement> & { readonly displayName: string }): Agreement {
  return {
    id: said.id?.toLowerCase() ?? idFor(tenantId, 'agreement', said.displayName),
    displayName: said.displayName,
    isViewingBeforeAcceptanceRequired: said.isViewingBeforeAcceptanceRequired ?? false,
    isPerDeviceAcceptanceRequired: said.isPerDeviceAcceptanceRequired ?? false,
    termsExpiration: said.termsExpiration ?? null,
    userReacceptRequiredFrequency: said.userReacceptRequiredFrequency ?? null,
  }
}

/** An authentication context, whole. */
export function completeAuthenticationContext(said: Partial<AuthenticationContext> & { readonly id: string }): AuthenticationContext {
  const id = said.id.toLowerCase()

  return { id, displayName: said.displayName ?? id, description: said.description ?? null, isAvailable: said.isAvailable ?? false }
}

/** The settings of a tenant, whole: a new tenant's defaults where nothing is said. */
export function completeSettings(said: PartialSettings & { readonly id: string; readonly displayName: string }): TenantSettings {
  const { settings } = said

  return {
    id: said.id.toLowerCase(),
    displayName: said.displayName,
    profile: said.profile ?? 'entra',
    licence: said.licence ?? 'P2',
    securityDefaults: said.securityDefaults ?? false,
    mfaServiceSettings: {
      trustedIps: said.mfaServiceSettings?.trustedIps ?? [],
      skipMfaForFederatedUsersOnIntranet: said.mfaServiceSettings?.skipMfaForFederatedUsersOnIntranet ?? false,
      rememberMfaDays: said.mfaServiceSettings?.rememberMfaDays ?? 0,
    },
    settings: {
      kmsiPromptEnabled: settings?.kmsiPromptEnabled ?? true,
      lowPrivilegeScopeEnforcement: settings?.lowPrivilegeScopeEnforcement ?? 'enforced',
      hourlyPolicyCheck: settings?.hourlyPolicyCheck ?? false,
      inboundTrust: {
        mfa: settings?.inboundTrust?.mfa ?? false,
        compliantDevice: settings?.inboundTrust?.compliantDevice ?? false,
        hybridDevice: settings?.inboundTrust?.hybridDevice ?? false,
      },
      smartLockout: { threshold: settings?.smartLockout?.threshold ?? 10, seconds: settings?.smartLockout?.seconds ?? 60 },
      limits: settings?.limits ?? {},
      ...(settings?.activatedRoles ? { activatedRoles: rolesOf(settings.activatedRoles) } : {}),
    },
    countries: said.countries ?? {},
  }
}

type PartialSettings = Partial<Omit<TenantSettings, 'settings' | 'mfaServiceSettings'>> & {
  readonly mfaServiceSettings?: Partial<TenantSettings['mfaServiceSettings']>
  readonly settings?: Partial<Omit<TenantSettings['settings'], 'inboundTrust' | 'smartLockout'>> & {
    readonly inboundTrust?: Partial<TenantSettings['settings']['inboundTrust']>
    readonly smartLockout?: Partial<TenantSettings['settings']['smartLockout']>
  }
}

function userConsent({ principal, resource, scopes }: UserConsent): UserConsent {
  return { principal: principal.toLowerCase(), resource: resource.toLowerCase(), scopes }
}

/** Roles by template id; a name will do. */
function rolesOf(said: readonly string[]): readonly string[] {
  return [...new Set(said.map((role) => roleNamed(role)?.templateId ?? role))]
}

/** Each id once, lower case: an object is a member once however often it is said. */
function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map((id) => id.toLowerCase()))]
}
