import type { Middleware } from 'koa'

/** Paths outside any tenant. */
export const rootPaths = { deviceLogin: '/devicelogin', errorLookup: '/error' } as const

/** What there is below a tenant (reference 12.3, wire 3 to 8). */
const tenantPaths: ReadonlySet<string> = new Set([
  '/oauth2/v2.0/authorize', '/oauth2/v2.0/token', '/oauth2/v2.0/logout', '/oauth2/v2.0/devicecode', '/v2.0/.well-known/openid-configuration', '/discovery/v2.0/keys', '/v2.0/adminconsent',
  '/oauth2/authorize', '/oauth2/token', '/oauth2/logout', '/oauth2/devicecode', '/oauth2/deviceauth', '/.well-known/openid-configuration', '/discovery/keys', '/adminconsent', '/openid/userinfo', '/oauth2/checksession',
])

/**
 * Entra reads its paths in any case, and MSAL Go writes some with capitals. From here on they are as they are written
 * above. Every answer names the request: whoever asks for help is asked for that.
 */
export function entraPaths(): Middleware {
  return async (ctx, next) => {
    const path = ctx.path.toLowerCase()
    if (tenantPaths.has(path)) ctx.path = path
    ctx.set('x-ms-request-id', (ctx.state as { requestId: string }).requestId)

    return next()
  }
}
