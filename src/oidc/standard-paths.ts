import type { Context, Middleware } from 'koa'
import { readFormText } from '../http/body.ts'

/** Where the standard profile answers: Entra's paths, and Entra-like ones for what Entra does not have. */
export const standardRoutes = {
  authorization: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  end_session: '/oauth2/v2.0/logout',
  jwks: '/discovery/v2.0/keys',
  userinfo: '/oidc/userinfo',
  introspection: '/oauth2/v2.0/introspect',
  revocation: '/oauth2/v2.0/revoke',
  registration: '/oauth2/v2.0/register',
  pushed_authorization_request: '/oauth2/v2.0/par',
} as const

/** The issuer ends in `/v2.0` and its document is below that; the library's is below the tenant. */
const documents: Readonly<Record<string, string>> = {
  '/v2.0/.well-known/openid-configuration': '/.well-known/openid-configuration',
  '/v2.0/.well-known/oauth-authorization-server': '/.well-known/oauth-authorization-server',
}

/** RFC 8414 puts a document before the issuer's path; here it is found below the tenant, like all of a tenant's. */
export function metadataAtRoot(): Middleware {
  return async (ctx, next) => {
    const [, issuerPath] = /^\/\.well-known\/oauth-authorization-server(\/[^/]+\/v2\.0)$/.exec(ctx.path) ?? []
    if (issuerPath) ctx.path = `${issuerPath}/.well-known/oauth-authorization-server`

    return next()
  }
}

const forBrowsers: ReadonlySet<string> = new Set([standardRoutes.authorization, standardRoutes.end_session])

/**
 * What the library has to be told before it sees a request. Authorizing and signing out may be asked with POST (OpenID
 * Connect Core 3.1.2.1, RP-Initiated Logout 2); a browser then asks again with GET, because it sends our cookies along with
 * that from any site, over HTTP too.
 */
export function standardPaths(): Middleware {
  return async (ctx, next) => {
    if (ctx.method === 'POST' && forBrowsers.has(ctx.path)) return asGet(ctx as Context)
    ctx.path = documents[ctx.path] ?? ctx.path

    return next()
  }
}

async function asGet(ctx: Context): Promise<void> {
  const parameters = [ctx.querystring, await readFormText(ctx)].filter((part) => part !== '').join('&')
  ctx.status = 303
  ctx.redirect(`${ctx.mountPath as string}${ctx.path}${parameters === '' ? '' : `?${parameters}`}`)
}
