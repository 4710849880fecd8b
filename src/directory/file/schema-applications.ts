import * as v from 'valibot'
import { echoed, echoedTexts, flag, graphObject, id, list, name, oneOf, text, texts, whole } from './schema-parts.ts'

const redirectUris = texts('Where answers may go. Any port and path of http://localhost and https://localhost match a registered one of theirs.')

const permissionScope = v.strictObject({
  id,
  value: name('What a client asks for, e.g. Orders.Read.'),
  isEnabled: flag('Default true.'),
  type: oneOf(['User', 'Admin'], 'Who may consent to it.'),
  ...echoedTexts('adminConsentDisplayName', 'adminConsentDescription', 'userConsentDisplayName', 'userConsentDescription', 'origin'),
  ...echoed('isPrivate'),
})

const appRole = v.strictObject({
  id,
  value: name('What the roles claim says, e.g. Orders.Process.'),
  displayName: text('Left out: the value.'),
  allowedMemberTypes: list(v.picklist(['User', 'Application']), 'Who can have it. Default both.'),
  isEnabled: flag('Default true.'),
  ...echoedTexts('description', 'origin'),
})

const optionalClaim = v.strictObject({
  name: name('Name of the claim.'),
  essential: flag('Default false.'),
  additionalProperties: texts('Further instructions, as Entra takes them.'),
  source: text('Kept and echoed.'),
})
const optionalClaims = list(optionalClaim, 'Claims this kind of token carries beside the usual.')

export const application = graphObject({
  displayName: name('Name of the application.'),
  id,
  appId: text('Application (client) id. Left out: always the same one, made of the tenant and the name.'),
  servicePrincipalId: text('Object id of its service principal.'),
  secrets: texts('Client secrets, plain text (it is a mock).'),
  certificates: texts('PEM certificates a client assertion may be signed with.'),
  web: v.optional(v.pipe(v.strictObject({
    redirectUris,
    logoutUrl: text('Front-channel logout.'),
    ...echoedTexts('homePageUrl'),
    ...echoed('implicitGrantSettings', 'redirectUriSettings'),
  }), v.description('A confidential web application.'))),
  spa: v.optional(v.pipe(v.strictObject({ redirectUris }), v.description('A single-page application.'))),
  publicClient: v.optional(v.pipe(v.strictObject({ redirectUris }), v.description('A native application.'))),
  isFallbackPublicClient: flag('Whether it may act as a public client: device code and password flows. Default false.'),
  identifierUris: texts('App ID URIs, e.g. api://sales-api.'),
  api: v.optional(v.pipe(v.strictObject({
    oauth2PermissionScopes: list(permissionScope, 'What it offers to clients.'),
    requestedAccessTokenVersion: v.optional(v.pipe(v.picklist([1, 2]), v.description('Which access tokens it wants. Left out: 1.'))),
    ...echoed('acceptMappedClaims', 'knownClientApplications', 'preAuthorizedApplications'),
  }), v.description('What it offers as a resource.'))),
  appRoles: list(appRole, 'App roles it defines.'),
  assignments: list(v.strictObject({
    principal: name('User, group or application, by name or id.'),
    role: text('App role of this application, by value or id. Left out: default access.'),
  }), 'Who has which app role of this application.'),
  appRoleAssignmentRequired: flag('Whether only those assigned may sign in. Default false.'),
  consents: list(v.strictObject({
    resource: name('Application, by name, app id or identifier URI.'),
    scopes: v.pipe(v.array(v.string()), v.description('Scopes of that resource.')),
  }), 'Admin consent: what this client may do for everybody.'),
  userConsents: list(v.strictObject({
    principal: name('User, by name or id.'),
    resource: name('Application, by name, app id or identifier URI.'),
    scopes: v.pipe(v.array(v.string()), v.description('Scopes of that resource.')),
  }), "A user's own consent: what this client may do for that user."),
  owners: texts('Who looks after it: users or applications, by name or id.'),
  roles: texts('Directory roles of its service principal, by name or template id.'),
  hasServicePrincipal: flag('Whether its service principal is there. Default true; false is what Graph leaves after an application is created and before its service principal is.'),
  optionalClaims: v.optional(v.pipe(v.strictObject({ idToken: optionalClaims, accessToken: optionalClaims, saml2Token: optionalClaims }), v.description('Optional claims.'))),
  groupMembershipClaims: text('None, SecurityGroup, All, DirectoryRole or ApplicationGroup.'),
  requiredResourceAccess: list(v.unknown(), 'What it will ask consent for, as Graph spells it.'),
  sessionTimeoutInMinutes: whole(10, 1440, 'Ours: lifetime of its ID and access tokens, and so of a session that lives by them.'),
  inactivityTimeoutInMinutes: whole(5, 1440, 'Ours: for the relying party to act on; the sample app does.'),
  tokenLifetimePolicy: text('Token lifetime policy, by name or id.'),
  isApprovedApplication: flag('Ours: whether it counts as an approved client app. Default false.'),
  isCompliantApplication: flag('Ours: whether it counts as under an app protection policy. Default false.'),
  ...echoedTexts('description', 'notes', 'signInAudience', 'samlMetadataUrl', 'serviceManagementReference', 'tokenEncryptionKeyId', 'nativeAuthenticationApisEnabled', 'servicePrincipalType', 'homepage', 'loginUrl', 'logoutUrl', 'preferredSingleSignOnMode'),
  ...echoed('tags', 'info', 'addIns', 'parentalControlSettings', 'isDeviceOnlyAuthSupported', 'oauth2RequirePostResponse', 'customSecurityAttributes', 'accountEnabled', 'federatedIdentityCredentials', 'defaultRedirectUri', 'requestSignatureVerification', 'authenticationBehaviors'),
}, [
  'createdDateTime', 'deletedDateTime', 'publisherDomain', 'verifiedPublisher', 'applicationTemplateId', 'passwordCredentials', 'keyCredentials', 'certification',
  'disabledByMicrosoftStatus', 'uniqueName', 'servicePrincipalLockConfiguration', 'createdByAppId', 'tokenRevocations', 'isDisabled',
])

export const tokenLifetimePolicy = graphObject({
  displayName: name('Name of the policy.'),
  id,
  definition: texts('One JSON text, as Graph has it: {"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}.'),
  isOrganizationDefault: flag('Whether it holds for every application that names none. Default false.'),
  ...echoedTexts('description', 'type'),
}, ['deletedDateTime', 'createdDateTime', 'appliesTo'])

const duration = (description: string) => v.optional(v.nullable(v.pipe(v.string(), v.description(description))))

export const agreement = graphObject({
  displayName: name('Name of the terms of use.'),
  id,
  isViewingBeforeAcceptanceRequired: flag('Whether the terms must be opened before they are accepted. Default false.'),
  isPerDeviceAcceptanceRequired: flag('Whether each device asks. Default false.'),
  termsExpiration: v.optional(v.nullable(v.pipe(v.strictObject({
    startDateTime: name('When everybody must accept again (ISO 8601, UTC).'),
    frequency: duration('How often after that, as P90D.'),
  }), v.description('When all acceptances expire. Left out: never.')))),
  userReacceptRequiredFrequency: duration("How long a user's own acceptance lasts, as P90D. Left out: for good."),
  ...echoed('file', 'files'),
}, ['createdDateTime', 'modifiedDateTime', 'acceptances'])

export const authenticationContext = graphObject({
  id: v.pipe(v.string(), v.regex(/^c[1-9]\d?$/i, 'An authentication context is one of c1 to c99.'), v.description('c1 to c99, as the acrs claim has it.')),
  displayName: text('Name of the context. Left out: its id.'),
  description: text('What it is for.'),
  isAvailable: flag('Whether it is published for applications to use. Default false.'),
}, [])

const combinationConfiguration = v.strictObject({
  '@odata.type': text('May be left out.'),
  'id': text('May be left out.'),
  'appliesToCombinations': v.pipe(v.array(v.string()), v.nonEmpty(), v.description('Combinations of the strength.')),
  'allowedAAGUIDs': texts('fido2: models of keys.'),
  'allowedIssuerSkis': texts('x509 certificates: subject key identifiers of issuers.'),
  'allowedPolicyOIDs': texts('x509 certificates: policies they were issued by.'),
})

export const authenticationStrength = graphObject({
  displayName: name('Name of the strength.'),
  id,
  description: text('What it is for.'),
  policyType: oneOf(['builtIn', 'custom'], 'Default custom.'),
  allowedCombinations: v.pipe(v.array(v.string()), v.nonEmpty(), v.description('Each a comma-joined set of methods: password,softwareOath.')),
  combinationConfigurations: list(combinationConfiguration, 'Which keys or certificates a combination asks for, as Graph spells it.'),
}, ['createdDateTime', 'modifiedDateTime', 'requirementsSatisfied'])

