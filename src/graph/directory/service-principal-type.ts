import { flag, guid, instant, json, many, text } from '../odata/types.ts'
import type { EntityType, Property } from '../odata/types.ts'
import { appRole, appRolesOf, keyCredential, noInformation, passwordCredential, permissionScope, scopesOf } from './application-type.ts'
import { keyCredentialsOf, passwordCredentialsOf } from './credentials.ts'
import type { ServicePrincipal } from './objects.ts'
import { unsaid } from './unsaid.ts'

/** Whose Microsoft's own applications are. */
const microsoft = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

type Options = Parameters<typeof text<ServicePrincipal>>[0]
const known = { isReadOnly: true } as const

/** What the application says of itself, shown at its service principal. */
const shared = (name: string, otherwise: unknown = null): Pick<Property<ServicePrincipal>, 'of'> => ({ of: ({ principalOf }) => principalOf[name] ?? otherwise })
const own = (name: string, options: Options = {}) => text<ServicePrincipal>({ ...shared(name), ...options })

/** A service principal as Graph shows one: an application as it is in this tenant. */
export const servicePrincipalType: EntityType<ServicePrincipal> = {
  name: 'servicePrincipal',
  home: 'directoryObjects',
  key: ({ id }) => id,
  properties: {
    id: guid({ filter: 'eq ne in', ...known }),
    deletedDateTime: instant({ of: () => null, ...known }),
    accountEnabled: flag({ filter: 'eq ne in', ...shared('accountEnabled', true) }),
    alternativeNames: many(text({ filter: 'eq startswith' }), { filter: 'any count', of: () => [] }),
    appDisplayName: own('displayName', { filter: 'eq ne in startswith', ...known }),
    appDescription: own('description', known),
    appId: guid({ filter: 'eq ne in', ...shared('appId') }),
    applicationTemplateId: own('applicationTemplateId', { filter: 'eq ne', ...known }),
    appOwnerOrganizationId: guid({ filter: 'eq', of: ({ isWellKnown }, { tenant }) => (isWellKnown ? microsoft : tenant.id), ...known }),
    appRoleAssignmentRequired: flag({ filter: 'eq ne', ...shared('appRoleAssignmentRequired', false) }),
    createdDateTime: instant({ filter: 'eq ne ge le', ...shared('createdDateTime'), ...known }),
    description: own('description'),
    disabledByMicrosoftStatus: text({ of: () => null, ...known }),
    displayName: own('displayName', { filter: 'eq ne in ge le startswith', isSortable: true, isSearchable: true }),
    homepage: own('homepage', { filter: 'eq' }),
    loginUrl: own('loginUrl'),
    logoutUrl: text({ of: ({ principalOf }) => principalOf.logoutUrl ?? principalOf.web.logoutUrl }),
    notes: own('notes'),
    notificationEmailAddresses: many(text(), { of: () => [] }),
    preferredSingleSignOnMode: own('preferredSingleSignOnMode', { filter: 'eq' }),
    preferredTokenSigningKeyThumbprint: text({ of: () => null }),
    replyUrls: many(text({ filter: 'eq' }), { filter: 'any', of: ({ principalOf: { web, spa, publicClient } }) => [...web.redirectUris, ...spa.redirectUris, ...publicClient.redirectUris] }),
    servicePrincipalNames: many(text({ filter: 'eq startswith' }), { filter: 'any', of: ({ principalOf }) => [...principalOf.identifierUris, principalOf.appId] }),
    servicePrincipalType: text({ filter: 'eq in', ...shared('servicePrincipalType', 'Application'), ...known }),
    signInAudience: text({ of: ({ principalOf, isWellKnown }) => principalOf.signInAudience ?? (isWellKnown ? 'AzureADMultipleOrgs' : 'AzureADMyOrg'), ...known }),
    tags: many(text({ filter: 'eq startswith' }), { filter: 'any', ...shared('tags', []) }),
    tokenEncryptionKeyId: own('tokenEncryptionKeyId'),
    samlSingleSignOnSettings: json({ of: () => null }),
    customSecurityAttributes: json({ ...shared('customSecurityAttributes'), isOnRequest: true }),
    addIns: json(shared('addIns', [])),
    appRoles: many(appRole, { of: ({ principalOf }) => appRolesOf(principalOf), ...known }),
    info: json({ ...shared('info', noInformation), ...known }),
    keyCredentials: many(keyCredential, { of: ({ principalOf }) => keyCredentialsOf(principalOf), ...known }),
    oauth2PermissionScopes: many(permissionScope, { of: ({ principalOf }) => scopesOf(principalOf), ...known }),
    passwordCredentials: many(passwordCredential, { of: ({ principalOf }) => passwordCredentialsOf(principalOf), ...known }),
    resourceSpecificApplicationPermissions: json({ of: () => [], ...known }),
    verifiedPublisher: json({ of: () => ({ displayName: null, verifiedPublisherId: null, addedDateTime: null }), ...known }),
    ...unsaid(['createdByAppId', 'errorUrl', 'isAuthorizationServiceEnabled', 'isDisabled', 'isManagementRestricted', 'passwordSingleSignOnSettings', 'publisherName', 'samlMetadataUrl', 'servicePrincipalLockConfiguration']),
  },
}
