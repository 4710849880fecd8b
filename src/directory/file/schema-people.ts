import * as v from 'valibot'
import { echoed, echoedTexts, flag, graphObject, id, list, name, oneOf, text, texts } from './schema-parts.ts'

const riskLevels = ['low', 'medium', 'high', 'none'] as const

/** Simulated signals: where a sign-in of this user comes from, until something nearer says otherwise. */
export const signals = v.strictObject({
  ipAddress: text('IPv4 or IPv6 address.'),
  country: text('ISO 3166-1 alpha-2.'),
  gpsCountry: text('ISO 3166-1 alpha-2.'),
  platform: oneOf(['android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux'], 'Operating system.'),
  device: v.optional(v.nullable(v.pipe(
    v.union([v.string(), v.record(v.string(), v.unknown())]),
    v.description('A device by name or id, or one described here; null = unregistered.'),
  ))),
  clientAppType: oneOf(['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'], 'Kind of client.'),
  signInRiskLevel: oneOf(riskLevels, 'Risk of this sign-in.'),
  userRiskLevel: oneOf(riskLevels, 'Risk of the user.'),
  servicePrincipalRiskLevel: oneOf(riskLevels, 'Risk of the service principal.'),
  insiderRiskLevel: oneOf(['minor', 'moderate', 'elevated', 'none'], 'Insider risk.'),
  insideCorporateNetwork: flag('What the home identity provider claims.'),
  compliantNetwork: flag('Whether the user comes through the compliant network.'),
  mfaAtHome: flag('What the home of the user says: MFA was done there.'),
  transferMethod: oneOf(['authenticationTransfer', 'none'], 'Whether the sign-in is carried over from another device.'),
})

export const methodTypes = [
  'password', 'voice', 'hardwareOath', 'softwareOath', 'sms', 'fido2', 'windowsHelloForBusiness', 'microsoftAuthenticatorPush',
  'deviceBasedPush', 'temporaryAccessPassOneTime', 'temporaryAccessPassMultiUse', 'email', 'x509CertificateSingleFactor',
  'x509CertificateMultiFactor', 'federatedSingleFactor', 'federatedMultiFactor', 'qrCodePin',
] as const

const registeredMethod = v.strictObject({
  id,
  type: v.pipe(v.picklist(methodTypes), v.description('Which method.')),
  secret: v.optional(v.pipe(v.string(), v.regex(/^[A-Z2-7]{16,128}=*$/, 'BASE32 of 16 to 128 characters'), v.description('softwareOath: BASE32 secret of the authenticator. Left out: always the same one, made of the user.'))),
  createdDateTime: text('When it was registered (ISO 8601, UTC).'),
  displayName: text('What the user calls it.'),
  ...echoedTexts('phoneNumber', 'phoneType', 'emailAddress', 'model', 'aaGuid', 'serialNumber', 'deviceTag', 'keyStrength'),
  issuerSki: text('x509 certificates: the subject key identifier of the issuer, for strengths that name some.'),
  policyOIDs: v.optional(v.pipe(v.array(v.string()), v.description('x509 certificates: the policies they were issued by, for strengths that name some.'))),
  ...echoed('hashFunction', 'timeIntervalInSeconds', 'temporaryAccessPass', 'lifetimeInMinutes', 'isUsableOnce', 'startDateTime'),
})

export const user = graphObject({
  userPrincipalName: name('Sign-in name: name@domain, the domain being one of the tenant.'),
  id,
  displayName: text('Left out: the part before the @.'),
  password: text('Plain text (it is a mock), or a hash that `export` wrote. Left out: no password sign-in.'),
  passwordProfile: v.optional(v.pipe(v.strictObject({
    password: text('As `password`.'),
    forceChangePasswordNextSignIn: flag('The user must choose a new password at the next sign-in.'),
    forceChangePasswordNextSignInWithMfa: flag('Kept and echoed.'),
  }), v.description('As Graph spells it; `password` is shorter.'))),
  accountEnabled: flag('Default true.'),
  userType: oneOf(['Member', 'Guest'], 'Default Member.'),
  externalType: oneOf(
    ['internalGuest', 'b2bCollaborationGuest', 'b2bCollaborationMember', 'b2bDirectConnectUser', 'otherExternalUser', 'serviceProvider'],
    'What kind of guest or external user. Left out for a Guest: b2bCollaborationGuest with a homeTenantId, internalGuest without.',
  ),
  externalUserState: text('PendingAcceptance or Accepted.'),
  homeTenantId: text('Tenant id of an external user.'),
  roles: texts('Directory roles, by name or template id.'),
  authenticationMethods: list(registeredMethod, 'What the user can be asked for beside the password.'),
  perUserMfaState: oneOf(['disabled', 'enabled', 'enforced'], 'The older MFA switch on the user: enabled turns into enforced when the user registers. Default disabled.'),
  signals: v.optional(v.pipe(signals, v.description('Simulated signals of this user.'))),
  signInSessionsValidFromDateTime: text('Sessions from before this instant are void (ISO 8601, UTC).'),
  lastPasswordChangeDateTime: text('ISO 8601, UTC.'),
  forceChangePasswordNextSignIn: flag('The user must choose a new password at the next sign-in.'),
  agreementAcceptances: list(v.strictObject({
    agreementId: name('Id of the agreement.'),
    recordedDateTime: name('When it was accepted (ISO 8601, UTC).'),
    state: oneOf(['accepted', 'declined'], 'Default accepted.'),
    deviceId: text('The device it was accepted on, where each device asks.'),
  }), 'Terms of use that the user has accepted.'),
  mail: text('E-mail address.'),
  givenName: text('First name.'),
  surname: text('Last name.'),
  ...echoedTexts(
    'department', 'jobTitle', 'companyName', 'country', 'city', 'state', 'streetAddress', 'postalCode', 'officeLocation', 'mobilePhone',
    'faxNumber', 'preferredLanguage', 'usageLocation', 'employeeId', 'employeeType', 'employeeHireDate', 'mailNickname', 'ageGroup',
    'consentProvidedForMinor', 'aboutMe', 'birthday', 'mySite', 'preferredName', 'passwordPolicies',
    'onPremisesImmutableId', 'onPremisesSamAccountName', 'onPremisesSecurityIdentifier', 'onPremisesUserPrincipalName', 'onPremisesDomainName',
    'onPremisesDistinguishedName', 'preferredDataLocation', 'hireDate',
  ),
  ...echoed(
    'businessPhones', 'otherMails', 'proxyAddresses', 'employeeOrgData', 'onPremisesExtensionAttributes', 'customSecurityAttributes', 'identities',
    'interests', 'skills', 'schools', 'responsibilities', 'pastProjects', 'manager', 'showInAddressList', 'onPremisesSyncEnabled',
  ),
}, [
  'createdDateTime', 'deletedDateTime', 'creationType', 'externalUserStateChangeDateTime', 'imAddresses', 'isResourceAccount', 'legalAgeGroupClassification',
  'licenseAssignmentStates', 'assignedLicenses', 'assignedPlans', 'provisionedPlans', 'securityIdentifier', 'signInActivity', 'refreshTokensValidFromDateTime',
  'onPremisesLastSyncDateTime', 'onPremisesProvisioningErrors', 'serviceProvisioningErrors', 'memberOf', 'transitiveMemberOf', 'deviceEnrollmentLimit',
  'mailboxSettings', 'isManagementRestricted', 'isLicenseReconciliationNeeded', 'authorizationInfo', 'cloudRealtimeCommunicationInfo', 'deviceKeys',
  'infoCatalogs', 'onPremisesSipInfo', 'onPremisesObjectIdentifier', 'employeeLeaveDateTime',
])

export const group = graphObject({
  displayName: name('Name of the group.'),
  id,
  members: texts('Users (user principal name or display name), groups, applications or devices, by name or id.'),
  owners: texts('Users or applications, by name or id.'),
  membershipRule: text('Dynamic membership, e.g. user.department -eq "Sales".'),
  isAssignableToRole: flag('Whether it can have directory roles. Default false.'),
  roles: texts('Directory roles its members have, by name or template id; needs isAssignableToRole.'),
  ...echoedTexts('description', 'mail', 'mailNickname', 'visibility', 'classification', 'membershipRuleProcessingState', 'preferredLanguage', 'theme', 'preferredDataLocation'),
  ...echoed('groupTypes', 'mailEnabled', 'securityEnabled', 'proxyAddresses', 'resourceBehaviorOptions', 'resourceProvisioningOptions', 'creationOptions'),
}, [
  'createdDateTime', 'deletedDateTime', 'renewedDateTime', 'expirationDateTime', 'securityIdentifier', 'uniqueName', 'onPremisesDomainName', 'onPremisesLastSyncDateTime',
  'onPremisesNetBiosName', 'onPremisesProvisioningErrors', 'onPremisesSamAccountName', 'onPremisesSecurityIdentifier', 'onPremisesSyncEnabled', 'assignedLabels',
  'assignedLicenses', 'licenseProcessingState', 'serviceProvisioningErrors', 'isManagementRestricted', 'isArchived', 'hasMembersWithLicenseErrors', 'organizationId',
  'createdByAppId', 'cloudLicensing', 'writebackConfiguration', 'infoCatalogs',
])

const deviceTexts = [
  'deviceOwnership', 'enrollmentProfileName', 'manufacturer', 'model', 'operatingSystem', 'operatingSystemVersion', 'mdmAppId', 'profileType', 'tenantId',
  'managementType', 'deviceCategory', 'deviceMetadata', 'enrollmentType', 'registrationDateTime', 'approximateLastSignInDateTime',
] as const

export const device = graphObject({
  displayName: name('Name of the device.'),
  id,
  deviceId: text('Device id (GUID), the one that filters and claims carry.'),
  isCompliant: flag('Whether the management service finds it compliant.'),
  trustType: oneOf(['AzureAD', 'ServerAD', 'Workplace'], 'AzureAD = joined, ServerAD = hybrid joined, Workplace = registered.'),
  registeredOwners: texts('Users, by name or id.'),
  ...echoedTexts(...deviceTexts, ...Array.from({ length: 15 }, (_, index) => `extensionAttribute${index + 1}`)),
  ...echoed('physicalIds', 'systemLabels', 'extensionAttributes', 'isManaged', 'isRooted', 'accountEnabled', 'deviceVersion', 'alternativeSecurityIds', 'hostnames', 'onPremisesSyncEnabled'),
}, [
  'createdDateTime', 'deletedDateTime', 'complianceExpirationDateTime', 'onPremisesLastSyncDateTime', 'onPremisesSecurityIdentifier', 'domainName', 'registeredUsers', 'memberOf',
  'isManagementRestricted',
])

const federation = graphObject({
  mfaEnabled: flag('Ours: whether MFA is on for the domain, as federation requires. Default true.'),
  federatedIdpMfaBehavior: oneOf(
    ['acceptIfMfaDoneByFederatedIdp', 'enforceMfaByFederatedIdp', 'rejectMfaByFederatedIdp'],
    'What is believed of MFA that the home identity provider did.',
  ),
  displayName: text('What the home provider is called on its page.'),
  ...echoedTexts(
    'id', 'issuerUri', 'metadataExchangeUri', 'passiveSignInUri', 'activeSignInUri', 'signOutUri', 'passwordResetUri', 'preferredAuthenticationProtocol',
    'promptLoginBehavior', 'signingCertificate', 'nextSigningCertificate',
  ),
  ...echoed('isSignedAuthenticationRequestRequired', 'supportsMfa'),
}, ['signingCertificateUpdateStatus'])

export const domain = graphObject({
  id: name('The domain name.'),
  authenticationType: oneOf(['Managed', 'Federated'], 'Who checks the password: the tenant, or the home identity provider. Default Managed.'),
  isDefault: flag('Whether it is the default domain. Left out everywhere: the first one is.'),
  isVerified: flag('Whether the tenant has shown that it owns the domain: nobody is named after it before. Default true.'),
  federation: v.optional(v.pipe(federation, v.description("Graph's internalDomainFederation, and mfaEnabled."))),
}, [
  'availabilityStatus', 'isAdminManaged', 'isInitial', 'isRoot', 'supportedServices', 'state', 'passwordNotificationWindowInDays',
  'passwordValidityPeriodInDays', 'model', 'manufacturer',
])

