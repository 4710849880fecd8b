import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import type { Host } from '../oidc/host.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { errorPage } from './errors.ts'
import { singleTenantRefusal } from './issuers.ts'
import type { Alias } from './issuers.ts'
import { normalizeAuthorize } from './request.ts'

const path = '/oauth2/v2.0/authorize'

/**
 * Requests to the authorize endpoint as Entra takes them, turned into what the library takes. A POST becomes a GET with
 * the same parameters, so that cookies which browsers keep from cross-site POSTs come along.
 */
export function authorizeEndpoint(host: Host): Middleware {
  return async (ctx, next) => {
    const version = ctx.path === '/oauth2/authorize' ? 'v1' : 'v2'
    const { path: askedAt } = ctx
    if (version === 'v1') ctx.path = path
    if (ctx.path !== path) return next()
    if (ctx.method === 'POST') return asGet(ctx as Context, version)

    const asked = texts(ctx.query)
    ctx.state.asked = asked
    ctx.state.askedAt = askedAt
    ctx.state.version = version
    const refusal = singleTenantRefusal(host, ctx.state.alias as Alias | null | undefined, asked.client_id)
    if (refusal) return errorPage(ctx as never, host, { status: 400, error: 'unauthorized_client', description: undefined, detail: undefined, refusal })
    const { simulated } = ctx.state as RequestState
    ctx.query = { ...normalizeAuthorize(ctx.query, { version }).params, ...(simulated ? { x_refusal: JSON.stringify(simulated) } : {}) }

    return next()
  }
}

async function asGet(ctx: Context, version: 'v1' | 'v2'): Promise<void> {
  const form = { ...texts(ctx.query), ...(await readForm(ctx)) }
  ctx.status = 303
  ctx.redirect(`${ctx.mountPath as string}${version === 'v1' ? '/oauth2/authorize' : path}?${new URLSearchParams(form)}`)
}

function texts(query: Context['query']): Record<string, string> {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}
