import type { Context, Middleware } from 'koa'
import type { Keys } from '../keys/keys.ts'
import { claimsChallenge, tokenChallenge } from './continuous-access.ts'
import type { GraphToken } from './graph-token.ts'
import { pairwiseSubject } from './tokens.ts'

export type UserinfoParts = {
  readonly keys: Keys
  readToken(token: string): Promise<GraphToken>
}

/**
 * `/oidc/userinfo`, which in Entra is Graph's: it takes an access token for Graph and tells who it is about
 * (reference, wire 8).
 */
export function userinfo({ keys, readToken }: UserinfoParts): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/oidc/userinfo') return next()
    ctx.set({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' })
    if (ctx.method === 'OPTIONS') return preflight(ctx)

    const token = await readToken(/^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '')
    if (token.kind !== 'good' || !token.user) return challenge(ctx, token)

    const { user, clientId } = token
    ctx.body = {
      sub: pairwiseSubject(keys.pairwiseSalt, user.id, clientId),
      name: user.displayName,
      ...(user.surname ? { family_name: user.surname } : {}),
      ...(user.givenName ? { given_name: user.givenName } : {}),
      picture: 'https://graph.microsoft.com/v1.0/me/photo/$value',
      email: user.mail ?? user.userPrincipalName,
    }
  }
}

function preflight(ctx: Context): void {
  ctx.set({ 'access-control-allow-methods': 'GET, POST', 'access-control-allow-headers': 'authorization' })
  ctx.status = 204
}

function challenge(ctx: Context, token: GraphToken): void {
  const base = `${ctx.protocol}://${ctx.host}`
  ctx.status = 401
  ctx.set('access-control-expose-headers', 'WWW-Authenticate')
  ctx.set('www-authenticate', token.kind === 'ended' ? claimsChallenge(base, token.claims) : tokenChallenge(base))
  const message = token.kind === 'ended' ? 'Continuous access evaluation resulted in a challenge.' : 'Access token is missing, expired or not for Microsoft Graph.'
  ctx.body = { error: { code: 'InvalidAuthenticationToken', message } }
}
