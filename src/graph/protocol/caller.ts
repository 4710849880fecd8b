import type { Tenant } from '../../tenant.ts'
import type { GraphPort, TokenRead } from '../port.ts'
import type { Caller } from './endpoint.ts'
import { badRequest, GraphRefusal } from './refusal.ts'

/** What a request says about who sent it. */
export type Credentials = { readonly authorization: string; /** `x-mock-tenant`. */ readonly tenant: string; readonly base: string; readonly ipAddress: string | null }

/**
 * Who asks, and in which tenant: the access token says both. With permissions left out a token is welcome and not
 * needed; `x-mock-tenant` (an id or a domain) then names the tenant, and without it the first is meant.
 */
export async function callerOf(port: GraphPort, credentials: Credentials): Promise<{ readonly tenant: Tenant; readonly caller: Caller }> {
  const { authorization, tenant: name, base, ipAddress } = credentials
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
  const read = token === '' ? null : await port.readToken(token, ipAddress)
  if (!port.arePermissionsChecked) return anybody(port, name, read?.kind === 'good' ? read : null)
  if (read === null) throw unauthenticated(port, base, 'Access token is empty.')
  if (read.kind === 'bad') throw unauthenticated(port, base, reasons[read.why])
  if (read.kind === 'ended') throw new GraphRefusal(401, 'InvalidAuthenticationToken', 'Continuous access evaluation resulted in a challenge.', { headers: { 'www-authenticate': port.claimsChallenge(base, read.claims) } })
  if (name !== '') throw badRequest('x-mock-tenant is for servers that were started with --graph-permissions off. Here the access token names the tenant.')
  const { user, client, objectId, scopes, roles } = read

  return { tenant: tenantNamed(port, read.tenantId), caller: user ? { kind: 'user', user, client, scopes } : { kind: 'application', client, objectId, roles } }
}

/** With permissions left out: whose token came along, and nothing depends on it. */
function anybody(port: GraphPort, name: string, token: Extract<TokenRead, { kind: 'good' }> | null): { readonly tenant: Tenant; readonly caller: Caller } {
  return { tenant: tenantNamed(port, name === '' ? token?.tenantId ?? '' : name), caller: { kind: 'anybody', user: token?.user ?? null } }
}

const reasons = {
  malformed: 'CompactToken parsing failed with error code: 80049217. The token was not signed by this server.',
  expired: 'Access token has expired or is not yet valid.',
  audience: 'Access token validation failure. Invalid audience. Ask for a token for https://graph.microsoft.com.',
  nobody: 'Access token validation failure. Who it is about is not in the tenant any more.',
} as const

function unauthenticated(port: GraphPort, base: string, message: string): GraphRefusal {
  return new GraphRefusal(401, 'InvalidAuthenticationToken', message, { headers: { 'www-authenticate': port.tokenChallenge(base) } })
}

function tenantNamed(port: GraphPort, name: string): Tenant {
  const tenant = name === '' ? port.tenants()[0] : port.tenant(name)
  if (tenant) return tenant

  throw new GraphRefusal(404, 'NotFound', `There is no tenant "${name.slice(0, 120)}". x-mock-tenant names one by its id or a domain.`)
}
