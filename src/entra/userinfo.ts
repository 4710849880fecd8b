import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Context, Middleware } from 'koa'
import type { Clock } from '../clock/clock.ts'
import type { Directory, User } from '../directory/types.ts'
import type { Keys } from '../keys/keys.ts'
import { graphAppId } from './scopes.ts'
import { pairwiseSubject } from './tokens.ts'

export type UserinfoParts = {
  readonly keys: Keys
  tenant(id: string): { readonly directory: Directory; readonly clock: Clock } | undefined
}

/**
 * `/oidc/userinfo`, which in Entra is Graph's: it takes an access token for Graph and tells who it is about
 * (reference, wire 8). The library never stores such a token, so that it is checked by its signature here.
 */
export function userinfo({ keys, tenant }: UserinfoParts): Middleware {
  const keySet = createLocalJWKSet({ keys: keys.signing.map(({ publicJwk }) => ({ ...publicJwk, x5c: [...publicJwk.x5c] })) })

  return async (ctx, next) => {
    if (ctx.path !== '/oidc/userinfo') return next()
    ctx.set({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' })
    if (ctx.method === 'OPTIONS') return preflight(ctx)

    const token = /^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? ''
    const home = tenant(String(claimsOf(token).tid ?? ''))
    const claims = home && (await verified(token, keySet, home.clock))
    const user = claims && home.directory.get('users', String(claims.oid ?? ''))
    if (!claims || !user || !isForGraph(claims)) return challenge(ctx)
    const since = endedSince(claims, user, home.clock)
    if (since !== null) return challenge(ctx, { access_token: { nbf: { essential: true, value: String(since) } } })

    const client = String(claims.azp ?? claims.appid ?? '')
    ctx.body = {
      sub: pairwiseSubject(keys.pairwiseSalt, user.id, client),
      name: user.displayName,
      ...(user.surname ? { family_name: user.surname } : {}),
      ...(user.givenName ? { given_name: user.givenName } : {}),
      picture: 'https://graph.microsoft.com/v1.0/me/photo/$value',
      email: user.mail ?? user.userPrincipalName,
    }
  }
}

async function verified(token: string, keySet: ReturnType<typeof createLocalJWKSet>, clock: Clock): Promise<JWTPayload | undefined> {
  const now = clock.tokens === 'wire' ? clock.realNow() : clock.now()
  try {
    return (await jwtVerify(token, keySet, { algorithms: ['RS256'], currentDate: new Date(now) })).payload
  } catch {
    return undefined
  }
}

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

function isForGraph({ aud }: JWTPayload): boolean {
  return aud === graphAppId || aud === 'https://graph.microsoft.com' || aud === 'https://graph.microsoft.com/'
}

function preflight(ctx: Context): void {
  ctx.set({ 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'authorization' })
  ctx.status = 204
}

/**
 * The second since which a token that may be challenged is good no more: its user was disabled, or signed out
 * everywhere, while it lived (reference 6). Tokens of clients that know no challenges live to their end.
 */
function endedSince({ iat = 0, xms_cc: capabilities }: JWTPayload, user: User, clock: Clock): number | null {
  if (!Array.isArray(capabilities)) return null
  const offset = clock.tokens === 'wire' ? clock.now() - clock.realNow() : 0
  const issuedAt = (iat + 300) * 1000 + offset
  const ends = [user.signInSessionsValidFromDateTime, user.lastPasswordChangeDateTime].map((instant) => (instant ? Date.parse(instant) : 0))
  const ended = Math.max(...ends)
  if (!user.accountEnabled) return Math.floor((clock.now() - offset) / 1000)

  return ended - 1000 > issuedAt ? Math.ceil((ended - offset) / 1000) : null
}

function challenge(ctx: Context, claims?: object): void {
  ctx.status = 401
  ctx.set('access-control-expose-headers', 'WWW-Authenticate')
  if (claims) {
    ctx.set('www-authenticate', `Bearer realm="", authorization_uri="${ctx.protocol}://${ctx.host}/common/oauth2/authorize", client_id="${graphAppId}", error="insufficient_claims", claims="${Buffer.from(JSON.stringify(claims)).toString('base64')}"`)
    ctx.body = { error: { code: 'InvalidAuthenticationToken', message: 'Continuous access evaluation resulted in a challenge.' } }
    return
  }
  ctx.set('www-authenticate', `Bearer realm="", authorization_uri="${ctx.protocol}://${ctx.host}/common/oauth2/authorize", error="invalid_token"`)
  ctx.body = { error: { code: 'InvalidAuthenticationToken', message: 'Access token is missing, expired or not for Microsoft Graph.' } }
}
