import { auditLogEndpoints } from './audit-logs/index.ts'
import { agreementEndpoints } from './agreements.ts'
import { authenticationMethodsPolicyEndpoints } from './authentication-methods-policy.ts'
import { conditionalAccessEndpoints } from './conditional-access/index.ts'
import { crossTenantAccessEndpoints } from './cross-tenant-access.ts'
import { directoryEndpoints } from './directory/index.ts'
import { notKeptEndpoints } from './not-kept.ts'
import type { Endpoint } from './protocol/endpoint.ts'
import { tokenLifetimePolicyEndpoints } from './token-lifetime-policies.ts'

/** Everything that Graph can be asked here. To teach it a new resource, write its file and add its row. */
export const endpoints: readonly Endpoint[] = [
  ...directoryEndpoints,
  ...conditionalAccessEndpoints,
  ...auditLogEndpoints,
  ...tokenLifetimePolicyEndpoints,
  ...agreementEndpoints,
  ...authenticationMethodsPolicyEndpoints,
  ...crossTenantAccessEndpoints,
  ...notKeptEndpoints,
]
