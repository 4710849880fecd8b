import { either, type Permissions } from '../protocol/permissions.ts'

/** Roles that may change what the file is about, beside a Global Administrator. */
const userAdministrators = ['User Administrator', 'Directory Writers', 'Partner Tier2 Support']
const passwordAdministrators = [...userAdministrators, 'Helpdesk Administrator', 'Password Administrator', 'Authentication Administrator', 'Privileged Authentication Administrator']
const groupAdministrators = ['Groups Administrator', 'User Administrator', 'Directory Writers', 'Identity Governance Administrator', 'Teams Administrator', 'SharePoint Administrator', 'Exchange Administrator']
export const applicationAdministrators = ['Application Administrator', 'Cloud Application Administrator']
const privileged = ['Privileged Role Administrator']
const domainAdministrators = ['Domain Name Administrator', 'Hybrid Identity Administrator', 'External Identity Provider Administrator', 'Security Administrator']
const deviceAdministrators = ['Cloud Device Administrator', 'Intune Administrator']
const methodAdministrators = ['Authentication Administrator', 'Privileged Authentication Administrator']

/** Users: read, written, signed out. */
export const readUsers: Permissions = { delegated: ['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['User.Read.All', 'Directory.Read.All'] }
export const ownProfile = ['User.Read']
export const writeUsers = either(['User.ReadWrite.All', 'User.ManageIdentities.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: passwordAdministrators })
export const createUsers = either(['User.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: userAdministrators })
export const inviteUsers = either(['User.Invite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'])
export const deleteUsers = either(['User.DeleteRestore.All', 'User.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: userAdministrators })
export const revokeSessions = either(['User.RevokeSessions.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: passwordAdministrators })
export const readLicences: Permissions = { delegated: ['User.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['User.Read.All', 'Directory.Read.All'] }
export const assignLicences = either(['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'], { roles: ['License Administrator', 'User Administrator', 'Directory Writers'] })

/** What somebody is in. */
export const readMemberships: Permissions = { delegated: ['GroupMember.Read.All', 'Group.Read.All', 'User.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['User.Read.All', 'GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'] }
export const askMemberships: Permissions = { delegated: ['User.ReadBasic.All', 'User.Read.All', 'GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['User.Read.All', 'GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'] }

/** Groups, and who is in them. */
export const readGroups = either(['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const createGroups: Permissions = { delegated: ['Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], application: ['Group.Create', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'] }
export const writeGroups = either(['Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'])
export const writeMembers = either(['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'])
export const writeRoleAssignableGroups = either(['RoleManagement.ReadWrite.Directory'], { roles: privileged })
export const groupRoles = groupAdministrators

/** Applications, their service principals, and who may use them. */
export const readApplications: Permissions = { delegated: ['Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'], application: ['Application.Read.All', 'Application.ReadWrite.OwnedBy', 'Directory.Read.All'] }
export const writeApplications: Permissions = { delegated: ['Application.ReadWrite.All', 'Directory.AccessAsUser.All'], application: ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'] }
export const assignAppRoles = either(['AppRoleAssignment.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: applicationAdministrators })
export const readAppRoles = either(['Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const readGrants = either(['Directory.Read.All', 'DelegatedPermissionGrant.ReadWrite.All', 'Directory.AccessAsUser.All'])
export const writeGrants = either(['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: applicationAdministrators })

/** Directory roles. */
export const readRoles = either(['RoleManagement.Read.Directory', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const writeRoles: Permissions = { delegated: ['RoleManagement.ReadWrite.Directory', 'Directory.AccessAsUser.All'], application: ['RoleManagement.ReadWrite.Directory'], roles: privileged }

/** The tenant itself: its domains, its organization, its licence, its devices. */
export const readDomains = either(['Domain.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const writeDomains = either(['Domain.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: domainAdministrators })
export const verifyDomains = either(['Directory.Read.All', 'Domain.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: domainAdministrators })
export const readFederation = either(['Domain.Read.All', 'Domain-InternalFederation.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const writeFederation = either(['Domain.ReadWrite.All', 'Domain-InternalFederation.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: domainAdministrators })
export const readOrganization: Permissions = { delegated: ['User.Read', 'Organization.Read.All', 'Directory.Read.All'], application: ['Organization.Read.All', 'Directory.Read.All'] }
export const readSkus = either(['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const readDevices = either(['Device.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const writeDevices: Permissions = { delegated: ['Directory.AccessAsUser.All', 'Directory.ReadWrite.All'], application: ['Device.ReadWrite.All', 'Directory.ReadWrite.All'], roles: deviceAdministrators }

/** How somebody can sign in. */
export const ownMethods = ['UserAuthenticationMethod.Read']
export const readMethods = either(['UserAuthenticationMethod.Read.All'], { roles: ['Global Reader', ...methodAdministrators] })
export const writeMethods = either(['UserAuthenticationMethod.ReadWrite.All'], { roles: methodAdministrators })
export const perUserMfa = either(['Policy.ReadWrite.AuthenticationMethod'], { roles: methodAdministrators })

/** Anything by its id, and what was deleted. */
export const readObjects = either(['User.Read.All', 'Group.Read.All', 'Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const readDeleted = either(['User.Read.All', 'Group.Read.All', 'Application.Read.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'])
export const restoreDeleted = either(['User.DeleteRestore.All', 'User.ReadWrite.All', 'Group.ReadWrite.All', 'Application.ReadWrite.All', 'Directory.ReadWrite.All', 'Directory.AccessAsUser.All'], { roles: userAdministrators })

/** Token lifetime policies. */
export const readTokenPolicies = either(['Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration'])
export const writeTokenPolicies = either(['Policy.ReadWrite.ApplicationConfiguration'], { roles: applicationAdministrators })
export const useTokenPolicies: Permissions = {
  delegated: ['Policy.Read.All and Application.ReadWrite.All', 'Policy.ReadWrite.ApplicationConfiguration and Application.ReadWrite.All'],
  application: ['Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration'].flatMap((policies) => ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'].map((applications) => `${policies} and ${applications}`)),
  roles: applicationAdministrators,
}
