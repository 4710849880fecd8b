export { createDirectory } from './directory.ts'
export { loadTenantFile, type LoadedFile } from './file/load.ts'
export { exportTenantFile } from './file/export.ts'
export { hashPassword, isPasswordHash, verifyPassword } from './passwords.ts'
export { DirectoryRefusal, nearestName, problemText, type Problem } from './refusal.ts'
export { builtInRoles, roleNamed, type Role } from './roles.ts'
export { graphAppId, wellKnownApplications, windowsAzureActiveDirectoryAppId } from './well-known.ts'
export { withChanges } from './change.ts'
export { collections } from './collections.ts'
export {
  completeApplication, completeDevice, completeDomain, completeGroup, completeSettings, completeTokenLifetimePolicy, completeUser,
} from './complete.ts'
export { isDynamicMember } from './dynamic-groups.ts'
export { idFor, isGuid } from './ids.ts'
