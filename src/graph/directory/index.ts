import type { Endpoint } from '../protocol/endpoint.ts'
import { groupEndpoints } from './groups.ts'
import { membershipEndpoints } from './membership-endpoints.ts'
import { servicePrincipalEndpoints } from './service-principals.ts'
import { userEndpoints } from './users.ts'

/** Who and what is in the tenant, as Graph reads and changes it. */
export const directoryEndpoints: readonly Endpoint[] = [
  ...userEndpoints,
  ...groupEndpoints,
  ...membershipEndpoints,
  ...servicePrincipalEndpoints,
]
