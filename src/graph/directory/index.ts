import type { Endpoint } from '../protocol/endpoint.ts'
import { appRoleAssignmentEndpoints } from './app-role-assignments.ts'
import { applicationPartEndpoints } from './application-parts.ts'
import { applicationEndpoints } from './applications.ts'
import { authenticationMethodEndpoints } from './authentication-methods.ts'
import { deletedItemEndpoints } from './deleted-items.ts'
import { deviceEndpoints } from './devices.ts'
import { directoryObjectEndpoints } from './directory-objects.ts'
import { directoryRoleEndpoints } from './directory-roles.ts'
import { domainEndpoints } from './domains.ts'
import { federatedCredentialEndpoints } from './federated-credentials.ts'
import { federationEndpoints } from './federation.ts'
import { grantEndpoints } from './grants.ts'
import { groupEndpoints } from './groups.ts'
import { licenceEndpoints } from './licence-endpoints.ts'
import { peopleAroundEndpoints } from './people-around.ts'
import { membershipEndpoints } from './membership-endpoints.ts'
import { organizationEndpoints } from './organization.ts'
import { roleManagementEndpoints } from './role-management.ts'
import { servicePrincipalEndpoints } from './service-principals.ts'
import { tokenLifetimeAssignmentEndpoints } from './token-lifetime-assignments.ts'
import { userEndpoints } from './users.ts'

/** Who and what is in the tenant, as Graph reads and changes it. */
export const directoryEndpoints: readonly Endpoint[] = [
  ...userEndpoints,
  ...peopleAroundEndpoints,
  ...licenceEndpoints,
  ...authenticationMethodEndpoints,
  ...groupEndpoints,
  ...membershipEndpoints,
  ...directoryRoleEndpoints,
  ...roleManagementEndpoints,
  ...applicationEndpoints,
  ...servicePrincipalEndpoints,
  ...applicationPartEndpoints,
  ...federatedCredentialEndpoints,
  ...appRoleAssignmentEndpoints,
  ...tokenLifetimeAssignmentEndpoints,
  ...grantEndpoints,
  ...deviceEndpoints,
  ...domainEndpoints,
  ...federationEndpoints,
  ...organizationEndpoints,
  ...directoryObjectEndpoints,
  ...deletedItemEndpoints,
]
