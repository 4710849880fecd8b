import type { Context, Middleware } from 'koa'
import type { FaultBoard, FaultTarget } from '../http/faults.ts'
import { faultOfApi, waitOrDrop } from '../http/happen.ts'
import type { Keys } from '../keys/keys.ts'
import { claimsChallenge, tokenChallenge } from './continuous-access.ts'
import { answerPreflight } from './cors.ts'
import type { GraphToken } from './graph-token.ts'
import { pairwiseSubject } from './tokens.ts'

export type UserinfoParts = {
  readonly keys: Keys
  readToken(token: string, ipAddress: string | null): Promise<GraphToken>
  /** What tests asked to go wrong in a tenant. */
  faultsOf(tenantId: string): FaultBoard | undefined
  /** Of the first tenant, whose a request without a token is. */
  firstFaults(): FaultBoard | undefined
}

/** Graph's, and the one that v1 metadata names below a tenant. */
const paths = /^\/oidc\/userinfo$|^\/[^/]+\/openid\/userinfo$/i

/**
 * `/oidc/userinfo`, which in Entra is Graph's: it takes an access token for Graph and tells who it is about
 * (reference, wire 8).
 */
export function userinfo({ keys, readToken, faultsOf, firstFaults }: UserinfoParts): Middleware {
  return async (ctx, next) => {
    if (!paths.test(ctx.path)) return next()
    ctx.set({ 'access-control-allow-origin': '*', 'cache-control': 'no-store' })
    if (answerPreflight(ctx, 'GET, POST')) return

    if (ctx.get('authorization') === '' && await hasFailed(ctx, firstFaults(), {})) return
    const token = await readToken(/^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '', ctx.ip || null)
    if (token.kind !== 'good' || !token.user) return challenge(ctx, token)

    const { user, clientId } = token
    if (await hasFailed(ctx, faultsOf(token.tenantId), { user: user.id, client: clientId })) return
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

/** True where a test asked for it, and the request is over. */
async function hasFailed(ctx: Context, faults: FaultBoard | undefined, whose: FaultTarget): Promise<boolean> {
  const fault = faults?.list.length ? faults.take('userinfo', whose) : null
  if (fault === null) return false
  if (await waitOrDrop(ctx, fault)) return true
  const said = faultOfApi(fault)
  if (said === null) return false
  ctx.status = said.status
  ctx.set(said.headers)
  ctx.body = { error: { code: said.code, message: said.message } }

  return true
}

function challenge(ctx: Context, token: GraphToken): void {
  const base = `${ctx.protocol}://${ctx.host}`
  ctx.status = 401
  ctx.set('access-control-expose-headers', 'WWW-Authenticate')
  ctx.set('www-authenticate', token.kind === 'ended' ? claimsChallenge(base, token.claims) : tokenChallenge(base))
  const message = token.kind === 'ended' ? 'Continuous access evaluation resulted in a challenge.' : 'Access token is missing, expired or not for Microsoft Graph.'
  ctx.body = { error: { code: 'InvalidAuthenticationToken', message } }
}
