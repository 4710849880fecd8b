import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { JWTPayload, JWTVerifyOptions } from 'jose'
import Koa from 'koa'
import type { Context } from 'koa'

/** What an API must be told to protect itself with tokens of a tenant. */
export type Protection = {
  /** `{base}/{tenant}/v2.0` */
  readonly issuer: string
  /** The API's own application id. */
  readonly audience: string
  /** How the session behind a token stands, for tokens of clients that can be challenged (continuous access evaluation). */
  standingOf(token: string, ipAddress: string): Promise<{ readonly active: true } | { readonly active: false; readonly wwwAuthenticate: string }>
  /** A proxy in front tells the caller's address. */
  readonly isBehindProxy?: boolean
}

/** `c1` in the tenant: what people earn is shown only to who has just proved it twice. */
const payrollContext = 'c1'

/**
 * An API of two reports. Each call is checked from the start: signature, issuer, audience and time of the token, the
 * scope; then whether the session behind it still stands; then whether it is proved well enough for what is asked.
 */
export function createReportsApi(protection: Protection): Koa {
  const { issuer, audience, standingOf, isBehindProxy = false } = protection
  const base = new URL(issuer).origin
  const keys = createRemoteJWKSet(new URL(`${issuer.replace(/\/v2\.0$/, '')}/discovery/v2.0/keys`))
  const checks: JWTVerifyOptions = { issuer, audience, algorithms: ['RS256'] }
  const api = new Koa({ proxy: isBehindProxy })

  api.use(async (ctx) => {
    const token = /^Bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? ''
    const claims = await verified(token)
    if (!claims) return refuse(ctx, 401, `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize", error="invalid_token"`)
    if (!wordsOf(claims.scp).includes('Reports.Read')) return refuse(ctx, 403, 'Bearer error="insufficient_scope", scope="Reports.Read"')
    const standing = canBeChallenged(claims) ? await standingOf(token, ctx.ip) : { active: true as const }
    if (!standing.active) return refuse(ctx, 401, standing.wwwAuthenticate)

    if (ctx.path === '/reports') return void (ctx.body = { reports: ['Sales', 'Payroll'] })
    if (ctx.path !== '/reports/payroll') return
    if (wordsOf(claims.acrs).includes(payrollContext)) return void (ctx.body = { report: 'Payroll', total: 4_000_000 })
    if (!canBeChallenged(claims)) return refuse(ctx, 403, 'Bearer error="insufficient_claims"')

    refuse(ctx, 401, stepUp(base, audience))
  })

  return api

  async function verified(token: string): Promise<JWTPayload | null> {
    try {
      return (await jwtVerify(token, keys, checks)).payload
    } catch {
      return null
    }
  }
}

/** Whether the client said that it understands a challenge (`cp1`): nobody else may be sent one. */
function canBeChallenged({ xms_cc: capabilities }: JWTPayload): boolean {
  return wordsOf(capabilities).some((capability) => capability.toLowerCase() === 'cp1')
}

/** The challenge that sends a client for a token with the authentication context. */
function stepUp(base: string, clientId: string): string {
  const claims = Buffer.from(JSON.stringify({ access_token: { acrs: { essential: true, value: payrollContext } } })).toString('base64')

  return `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize", client_id="${clientId}", error="insufficient_claims", claims="${claims}", cc_type="authcontext"`
}

function wordsOf(claim: unknown): string[] {
  return typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : []
}

function refuse(ctx: Context, status: 401 | 403, challenge: string): void {
  ctx.status = status
  ctx.set('www-authenticate', challenge)
  ctx.set('access-control-expose-headers', 'WWW-Authenticate')
  ctx.body = { error: status === 401 ? 'unauthorized' : 'forbidden' }
}
