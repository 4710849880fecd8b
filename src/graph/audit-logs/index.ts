import type { Endpoint } from '../protocol/endpoint.ts'
import { directoryAuditEndpoints } from './directory-audits.ts'
import { signInEndpoints } from './sign-ins.ts'

/** What happened in the tenant: who signed in, and who changed what. */
export const auditLogEndpoints: readonly Endpoint[] = [...signInEndpoints, ...directoryAuditEndpoints]
