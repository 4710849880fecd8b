import type { User } from '../../directory/types.ts'
import { complex, flag, guid, instant, json, many, number, text, words } from '../odata/types.ts'
import type { EntityType, Properties } from '../odata/types.ts'
import { licencesOf } from './licences.ts'
import { signInActivity } from './sign-in-activity.ts'
import { unsaid } from './unsaid.ts'

/** The name a user goes by, as it can be asked for. */
const name = { filter: 'eq ne in ge le startswith endswith', isSortable: true, isSearchable: true }
const said = { filter: 'eq ne in ge le startswith', isOnRequest: true } as const
const kept = { isOnRequest: true } as const
const known = { isOnRequest: true, isReadOnly: true } as const

const extensionAttributes: Properties<never> = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, text({ filter: 'eq ne in startswith' })]),
)

/** A user as Graph shows one: eleven properties unasked, the others where `$select` names them. */
export const userType: EntityType<User> = {
  name: 'user',
  home: 'directoryObjects',
  key: ({ id }) => id,
  properties: {
    businessPhones: many(text(), { filter: 'any', of: ({ businessPhones }) => businessPhones ?? [] }),
    displayName: text(name),
    givenName: text({ filter: 'eq ne in ge le startswith' }),
    jobTitle: text({ filter: 'eq ne in ge le startswith' }),
    mail: text({ ...name, isSortable: false }),
    mobilePhone: text({ filter: 'eq ne in ge le startswith' }),
    officeLocation: text({ filter: 'eq ne in ge le startswith' }),
    preferredLanguage: text({ filter: 'eq ne in ge le startswith' }),
    surname: text({ filter: 'eq ne in ge le startswith' }),
    userPrincipalName: text(name),
    id: guid({ filter: 'eq ne in', isReadOnly: true }),
    aboutMe: text(kept),
    accountEnabled: flag({ filter: 'eq ne in', isOnRequest: true }),
    ageGroup: text({ filter: 'eq ne in', isOnRequest: true }),
    assignedLicenses: many(complex({ skuId: guid({ filter: 'eq' }), disabledPlans: many(guid()) }), { filter: 'any count', of: (user, { tenant }) => licencesOf(user, tenant.directory), ...known }),
    birthday: text(kept),
    city: text(said),
    companyName: text(said),
    consentProvidedForMinor: text({ filter: 'eq ne in', isOnRequest: true }),
    country: text(said),
    createdDateTime: instant({ filter: 'eq ne in ge le', isSortable: true, ...known }),
    creationType: text({ filter: 'eq ne in', of: creationType, ...known }),
    customSecurityAttributes: json(kept),
    deletedDateTime: instant({ ...known }),
    department: text(said),
    employeeHireDate: instant({ filter: 'eq ne in ge le', isOnRequest: true }),
    employeeId: text(said),
    employeeOrgData: complex({ costCenter: text({ filter: 'eq ne in' }), division: text({ filter: 'eq ne in' }) }, kept),
    employeeType: text(said),
    externalUserState: text({ filter: 'eq ne in', isOnRequest: true, isReadOnly: true }),
    faxNumber: text(said),
    hireDate: text(kept),
    identities: many(complex({ signInType: text({ filter: 'eq' }), issuer: text({ filter: 'eq' }), issuerAssignedId: text({ filter: 'eq' }) }), { filter: 'any', isOnRequest: true, of: identities }),
    interests: many(text(), kept),
    lastPasswordChangeDateTime: instant(known),
    mailNickname: text({ ...said, of: ({ mailNickname, userPrincipalName }) => mailNickname ?? userPrincipalName.split('@')[0] }),
    mySite: text(kept),
    onPremisesDistinguishedName: text(known),
    onPremisesDomainName: text(known),
    onPremisesExtensionAttributes: complex(extensionAttributes, kept),
    onPremisesImmutableId: text({ filter: 'eq ne in', isOnRequest: true }),
    onPremisesLastSyncDateTime: instant({ filter: 'eq ne in ge le', ...known }),
    onPremisesSamAccountName: text({ filter: 'eq ne in startswith', ...known }),
    onPremisesSecurityIdentifier: text({ filter: 'eq ne in', ...known }),
    onPremisesSyncEnabled: flag({ filter: 'eq ne in', ...known }),
    onPremisesUserPrincipalName: text({ filter: 'eq ne in startswith', ...known }),
    otherMails: many(text({ filter: 'eq startswith endswith' }), { filter: 'any count', isOnRequest: true, of: ({ otherMails }) => otherMails ?? [] }),
    passwordPolicies: text({ filter: 'eq ne in', isOnRequest: true }),
    passwordProfile: complex(
      { password: text(), forceChangePasswordNextSignIn: flag(), forceChangePasswordNextSignInWithMfa: flag() },
      { isOnRequest: true, of: ({ forceChangePasswordNextSignIn, forceChangePasswordNextSignInWithMfa = false }) => ({ password: null, forceChangePasswordNextSignIn, forceChangePasswordNextSignInWithMfa }) },
    ),
    pastProjects: many(text(), kept),
    postalCode: text(said),
    preferredDataLocation: text(kept),
    preferredName: text(kept),
    proxyAddresses: many(text({ filter: 'eq startswith endswith' }), { filter: 'any count', isOnRequest: true, isReadOnly: true, of: ({ proxyAddresses }) => proxyAddresses ?? [] }),
    refreshTokensValidFromDateTime: instant({ ...known, of: ({ signInSessionsValidFromDateTime }) => signInSessionsValidFromDateTime }),
    responsibilities: many(text(), kept),
    schools: many(text(), kept),
    showInAddressList: flag(kept),
    signInSessionsValidFromDateTime: instant(known),
    skills: many(text(), kept),
    state: text(said),
    streetAddress: text(kept),
    usageLocation: text({ filter: 'eq ne in ge le startswith', isOnRequest: true }),
    userType: words(['Member', 'Guest'], { filter: 'eq ne in', isOnRequest: true }),
    signInActivity,
    deviceEnrollmentLimit: number(known),
    ...unsaid(
      ['authorizationInfo', 'cloudRealtimeCommunicationInfo', 'employeeLeaveDateTime', 'externalUserStateChangeDateTime', 'isManagementRestricted', 'isResourceAccount', 'legalAgeGroupClassification', 'mailboxSettings', 'onPremisesSipInfo', 'print', 'securityIdentifier'],
      ['assignedPlans', 'deviceKeys', 'imAddresses', 'infoCatalogs', 'licenseAssignmentStates', 'onPremisesProvisioningErrors', 'provisionedPlans', 'serviceProvisioningErrors'],
    ),
  },
}

/** How an external user came to be: by an invitation. Anybody else's is not told. */
function creationType({ creationType: own, externalType }: User): unknown {
  return own ?? (externalType?.startsWith('b2bCollaboration') ? 'Invitation' : null)
}

function identities({ identities: own, userPrincipalName }: User): unknown {
  return own ?? [{ signInType: 'userPrincipalName', issuer: userPrincipalName.split('@')[1], issuerAssignedId: userPrincipalName }]
}
