import { createHmac, randomBytes } from 'node:crypto'
import type { Application, TenantSettings, User } from '../directory/types.ts'
import { issuerOf } from './issuers.ts'

/** What a token is made of. */
export type TokenFacts = {
  readonly tenant: TenantSettings
  readonly user: User | undefined
  readonly client: Application
  readonly base: string
  readonly pairwiseSalt: string
  readonly kid: string
  /** Milliseconds, by the clock that tokens carry. */
  readonly now: number
  /** Seconds. */
  readonly lifetime: number
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  readonly amr: readonly string[]
  readonly authTime: number | null
  readonly sessionId: string | null
  readonly ipAddress: string | null
  readonly clientAuthentication: 'none' | 'secret' | 'certificate'
  readonly authenticationContexts: readonly string[]
  readonly capabilities: readonly string[]
  readonly requestedClaims: readonly string[]
  readonly endpointVersion: 1 | 2
}

const skew = 300
const acrOf = { none: '0', secret: '1', certificate: '2' }

export function accessTokenClaims(facts: TokenFacts & { readonly resource: Application }): { payload: Record<string, unknown>; header: Record<string, unknown> } {
  const { resource, user, client, tenant, scopes, roles } = facts
  const version = resource.api.requestedAccessTokenVersion === 2 ? 2 : 1
  const common = {
    ...timesOf(facts),
    iss: issuerOf({ base: facts.base, tenantId: tenant.id, version }),
    tid: tenant.id,
    oid: user?.id ?? client.servicePrincipalId,
    sub: user ? pairwiseSubject(facts.pairwiseSalt, user.id, resource.appId) : client.servicePrincipalId,
    uti: randomBytes(16).toString('base64url'),
    rh: '1.',
    ver: `${version}.0`,
    ...(user ? { scp: scopes.join(' ') } : { idtyp: 'app' }),
    ...(roles.length > 0 ? { roles } : {}),
    ...(facts.authenticationContexts.length > 0 ? { acrs: facts.authenticationContexts } : {}),
  }
  const payload = version === 2
    ? { ...common, aud: resource.appId, azp: client.appId, azpacr: acrOf[facts.clientAuthentication], ...(user ? { name: user.displayName, preferred_username: user.userPrincipalName } : {}) }
    : {
        ...common,
        aud: resource.identifierUris[0] ?? resource.appId,
        appid: client.appId,
        appidacr: acrOf[facts.clientAuthentication],
        ...(user ? { acr: '1', amr: facts.amr, name: user.displayName, upn: user.userPrincipalName, unique_name: user.userPrincipalName, ipaddr: facts.ipAddress } : {}),
      }

  return { payload, header: version === 2 ? { typ: 'JWT' } : { typ: 'JWT', x5t: facts.kid } }
}

export function idTokenClaims(facts: TokenFacts): Record<string, unknown> {
  const { user, tenant, scopes, roles } = facts
  if (!user) return {}
  const { iat, nbf } = timesOf(facts)
  return {
    iat,
    nbf,
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    rh: '1.',
    ver: `${facts.endpointVersion}.0`,
    ...(scopes.includes('profile') ? { oid: user.id, name: user.displayName, preferred_username: user.userPrincipalName } : {}),
    ...(scopes.includes('email') ? { email: user.mail ?? user.userPrincipalName } : {}),
    ...(roles.length > 0 ? { roles } : {}),
    ...(facts.requestedClaims.includes('sid') && facts.sessionId ? { sid: facts.sessionId } : {}),
  }
}

export function tokenResponse(body: Readonly<Record<string, unknown>>, more: { isUserFlow: boolean; scope: string; clientInfo: string | undefined }): Record<string, unknown> {
  const { scope: _scope, ...rest } = body
  return {
    ...rest,
    token_type: 'Bearer',
    ext_expires_in: body.expires_in,
    ...(more.isUserFlow ? { scope: more.scope } : {}),
    ...(more.clientInfo ? { client_info: more.clientInfo } : {}),
  }
}

export function pairwiseSubject(salt: string, userId: string, sector: string): string {
  return createHmac('sha256', salt).update(`${sector}\0${userId}`).digest('base64url')
}

export function clientInfo(uid: string, utid: string): string {
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}

function timesOf({ now, lifetime }: TokenFacts): { iat: number; nbf: number; exp: number } {
  const seconds = Math.floor(now / 1000)

  return { iat: seconds - skew, nbf: seconds - skew, exp: seconds + lifetime }
}
