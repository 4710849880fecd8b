import type { Application } from '../../directory/types.ts'
import { complex, flag, guid, instant, json, many, number, text } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { keyCredentialsOf, passwordCredentialsOf } from './credentials.ts'
import { unsaid } from './unsaid.ts'

const known = { isReadOnly: true } as const
const list = (value: unknown) => value ?? []

export const appRole = complex({
  allowedMemberTypes: many(text()),
  description: text(),
  displayName: text(),
  id: guid(),
  isEnabled: flag(),
  origin: text(),
  value: text(),
})

export const permissionScope = complex({
  adminConsentDescription: text(),
  adminConsentDisplayName: text(),
  id: guid(),
  isEnabled: flag(),
  origin: text(),
  type: text(),
  userConsentDescription: text(),
  userConsentDisplayName: text(),
  value: text(),
})

export const passwordCredential = json()
export const keyCredential = json()

/** An application as Graph shows one: the registration, not what it may do in the tenant. */
export const applicationType: EntityType<Application> = {
  name: 'application',
  home: 'directoryObjects',
  key: ({ id }) => id,
  properties: {
    id: guid({ filter: 'eq ne in', ...known }),
    deletedDateTime: instant(known),
    appId: guid({ filter: 'eq ne in', ...known }),
    applicationTemplateId: text(known),
    disabledByMicrosoftStatus: text(known),
    createdDateTime: instant({ filter: 'eq ne in ge le', isSortable: true, ...known }),
    displayName: text({ filter: 'eq ne in ge le startswith', isSortable: true, isSearchable: true }),
    description: text({ filter: 'eq ne startswith' }),
    groupMembershipClaims: text(),
    identifierUris: many(text({ filter: 'eq startswith' }), { filter: 'any count' }),
    isDeviceOnlyAuthSupported: flag(),
    isFallbackPublicClient: flag(),
    nativeAuthenticationApisEnabled: text(),
    notes: text(),
    publisherDomain: text({ of: (application, { tenant }) => application.publisherDomain ?? tenant.domain, ...known }),
    serviceManagementReference: text(),
    signInAudience: text({ filter: 'eq ne in startswith', of: ({ signInAudience }) => signInAudience ?? 'AzureADMyOrg' }),
    tags: many(text({ filter: 'eq startswith' }), { filter: 'any', of: ({ tags }) => list(tags) }),
    tokenEncryptionKeyId: text(),
    samlMetadataUrl: text(),
    defaultRedirectUri: text(),
    certification: json(known),
    optionalClaims: json(),
    servicePrincipalLockConfiguration: json(known),
    addIns: json({ of: ({ addIns }) => list(addIns) }),
    api: complex({
      acceptMappedClaims: flag(),
      knownClientApplications: many(guid()),
      requestedAccessTokenVersion: number(),
      oauth2PermissionScopes: many(permissionScope),
      preAuthorizedApplications: many(json()),
    }, { of: apiOf }),
    appRoles: many(appRole, { of: appRolesOf }),
    info: json({ of: ({ info }) => info ?? noInformation }),
    keyCredentials: many(keyCredential, { of: keyCredentialsOf }),
    parentalControlSettings: json({ of: ({ parentalControlSettings }) => parentalControlSettings ?? { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' } }),
    passwordCredentials: many(passwordCredential, { of: passwordCredentialsOf, ...known }),
    publicClient: complex({ redirectUris: many(text()) }),
    requiredResourceAccess: many(json()),
    verifiedPublisher: json({ of: () => ({ displayName: null, verifiedPublisherId: null, addedDateTime: null }), ...known }),
    web: complex({
      homePageUrl: text(),
      logoutUrl: text(),
      redirectUris: many(text()),
      implicitGrantSettings: complex({ enableAccessTokenIssuance: flag(), enableIdTokenIssuance: flag() }),
      redirectUriSettings: many(json()),
    }, { of: webOf }),
    spa: complex({ redirectUris: many(text()) }),
    uniqueName: text({ filter: 'eq' }),
    ...unsaid(['authenticationBehaviors', 'createdByAppId', 'isDisabled', 'logo', 'oauth2RequirePostResponse', 'onPremisesPublishing', 'requestSignatureVerification'], ['tokenRevocations']),
  },
}

export const noInformation = { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null }

function apiOf({ api }: Application): unknown {
  const { acceptMappedClaims = null, knownClientApplications = [], preAuthorizedApplications = [] } = api as Readonly<Record<string, unknown>>

  return { acceptMappedClaims, knownClientApplications, requestedAccessTokenVersion: api.requestedAccessTokenVersion, oauth2PermissionScopes: scopesOf({ api }), preAuthorizedApplications }
}

/** The delegated permissions an application offers, each whole. */
export function scopesOf({ api }: Pick<Application, 'api'>): readonly unknown[] {
  return api.oauth2PermissionScopes.map((scope) => ({
    adminConsentDescription: scope.adminConsentDescription ?? null,
    adminConsentDisplayName: scope.adminConsentDisplayName ?? null,
    id: scope.id,
    isEnabled: scope.isEnabled,
    type: scope.type ?? 'User',
    userConsentDescription: scope.userConsentDescription ?? null,
    userConsentDisplayName: scope.userConsentDisplayName ?? null,
    value: scope.value,
  }))
}

/** The app roles an application defines, each whole. */
export function appRolesOf({ appRoles }: Application): readonly unknown[] {
  return appRoles.map(({ allowedMemberTypes, description, displayName, id, isEnabled, origin, value }) => ({
    allowedMemberTypes, description: description ?? displayName, displayName, id, isEnabled: isEnabled ?? true, origin: origin ?? 'Application', value,
  }))
}

function webOf({ web }: Application): unknown {
  const { homePageUrl = null, implicitGrantSettings, redirectUriSettings } = web as Readonly<Record<string, unknown>>
  const settings = redirectUriSettings ?? web.redirectUris.map((uri) => ({ uri, index: null }))
  const implicit = { enableAccessTokenIssuance: false, enableIdTokenIssuance: false, ...(implicitGrantSettings as object | null) }

  return { homePageUrl, logoutUrl: web.logoutUrl, redirectUris: web.redirectUris, implicitGrantSettings: implicit, redirectUriSettings: settings }
}
