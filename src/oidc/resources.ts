import type { Application } from '../directory/types.ts'
import type { Host } from './host.ts'

/** An application of the directory, or a stand-in for a client that registered itself (standard profile). */
export function applicationOf(host: Host, clientId: string, displayName: string | undefined, isConfidential: boolean): Application {
  return host.tenant.directory.application(clientId) ?? {
    id: clientId,
    appId: clientId,
    servicePrincipalId: clientId,
    displayName: displayName ?? clientId,
    secrets: isConfidential ? [''] : [],
    certificates: [],
    web: { redirectUris: [], logoutUrl: null },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    isFallbackPublicClient: false,
    identifierUris: [],
    api: { oauth2PermissionScopes: [], requestedAccessTokenVersion: 2 },
    appRoles: [],
    assignments: [],
    appRoleAssignmentRequired: false,
    consents: [],
    optionalClaims: null,
    groupMembershipClaims: null,
    requiredResourceAccess: [],
    sessionTimeoutInMinutes: null,
    inactivityTimeoutInMinutes: null,
    tokenLifetimePolicy: null,
  }
}

/** Values of the delegated permissions that an API publishes. */
export function scopeValues(resource: Application): string[] {
  return resource.api.oauth2PermissionScopes.filter(({ isEnabled }) => isEnabled).map(({ value }) => value)
}

/** App roles of a resource that a client's service principal was given. */
export function appRolesOf(resource: Application, client: Application): string[] {
  return assignedRoles(resource, [client.servicePrincipalId, client.appId, client.id])
}

/** Roles of a resource that any of these principals (a user and the groups) was given. */
export function assignedRoles(resource: Application, principals: readonly string[]): string[] {
  const roles = resource.assignments
    .filter(({ principal, role }) => role !== null && principals.includes(principal))
    .map(({ role }) => resource.appRoles.find(({ id, value }) => id === role || value === role)?.value)

  return [...new Set(roles.filter((role) => role !== undefined))]
}
