import { graphAppId } from '../directory/index.ts'
import { claimsChallenge, tokenChallenge } from '../entra/continuous-access.ts'
import type { GraphToken } from '../entra/graph-token.ts'
import type { GraphPort } from '../graph/port.ts'
import type { RouteParts } from './route-parts.ts'

/** Hands Graph what it needs of the server. */
export function graphPort({ tenants, areGraphPermissionsChecked }: RouteParts, readToken: (token: string, ipAddress: string | null) => Promise<GraphToken>): GraphPort {
  return {
    tenants: () => tenants.list(),
    tenant: (idOrDomain) => tenants.find(idOrDomain),
    readToken,
    tokenChallenge: (base) => tokenChallenge(base, graphAppId),
    claimsChallenge,
    arePermissionsChecked: areGraphPermissionsChecked,
  }
}
