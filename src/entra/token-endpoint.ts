import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { Host } from '../oidc/host.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { daemonTokens } from './daemon-tokens.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import type { Alias } from './issuers.ts'
import { tokenErrorOf, tokenRefusalOf } from './errors.ts'
import { normalizeToken } from './request.ts'
import { dressTokenResponse } from './issue.ts'

const path = '/oauth2/v2.0/token'

/** The token endpoint: bodies rewritten on the way in, answers and errors dressed as Entra's on the way out. */
export function tokenEndpoint(host: Host): Middleware {
  const issuesToDaemon = daemonTokens(host)

  return async (ctx, next) => {
    ctx.state.version = ctx.path === '/oauth2/token' ? 'v1' : 'v2'
    if (ctx.path === '/oauth2/token') ctx.path = path
    if (ctx.path !== path) return next()

    ctx.set('access-control-allow-origin', ctx.get('origin') || '*')
    ctx.set('access-control-expose-headers', 'x-ms-request-id, Retry-After')
    const traceId = (ctx.state as RequestState).requestId
    ctx.set('x-ms-request-id', traceId)
    const params = ctx.method === 'POST' ? await paramsOf(ctx as Context, host, traceId) : {}
    if (params === null) return
    if (ctx.method === 'POST') {
      if (await issuesToDaemon(ctx as never, params)) return setHeaders(ctx as Context)
      replayBody(ctx as Context, params)
    }

    await next()
    dress(ctx as Context & { state: RequestState & { error?: unknown } }, host, traceId)
  }
}

/** The request as the library takes it; null = it was answered already. */
async function paramsOf(ctx: Context, host: Host, traceId: string): Promise<Readonly<Record<string, string>> | null> {
  try {
    const form = await readForm(ctx)
    const { params, refusal: malformed } = normalizeToken(form, { version: ctx.state.version as 'v1' | 'v2' })
    const refusal = malformed ?? homelessRefusal(ctx.state.alias as Alias | null | undefined, form.grant_type)
    ctx.state.asked = form
    if (!refusal) return params
    ctx.body = tokenRefusalOf(ctx as never, host, refusal, traceId)
    return null
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error
    ctx.body = tokenRefusalOf(ctx as never, host, { code: 90004, values: { reason: error.message.replace(/\.$/, '') } }, traceId)
    return null
  }
}

/** What needs a tenant to be named: an application alone has no home that could be guessed, a password is asked for no stranger. */
function homelessRefusal(alias: Alias | null | undefined, grant: string | undefined): Refusal | undefined {
  if (!alias) return undefined
  if (grant === 'client_credentials') return { code: 50059 }

  return grant === 'password' && alias !== 'organizations' ? { code: 9001023, values: { grantType: grant } } : undefined
}

function dress(ctx: Context, host: Host, traceId: string): void {
  if (ctx.method !== 'POST' || typeof ctx.body !== 'object' || ctx.body === null) return
  setHeaders(ctx)
  const body = ctx.body as Record<string, unknown>
  if (typeof body.error === 'string') ctx.body = tokenErrorOf(ctx as never, host, body, traceId)
  else ctx.body = dressTokenResponse(ctx as never, host, body)
}

function setHeaders(ctx: Context): void {
  ctx.set('cache-control', 'no-store, no-cache')
  ctx.set('pragma', 'no-cache')
  if (ctx.get('return-client-request-id') === 'true') ctx.set('client-request-id', (ctx.state as RequestState).observation.correlationId)
}
