import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { Host } from '../oidc/host.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { tokenErrorOf, tokenRefusalOf } from './errors.ts'
import { normalizeToken } from './request.ts'
import { dressTokenResponse } from './issue.ts'

const path = '/oauth2/v2.0/token'

/** The token endpoint: bodies rewritten on the way in, answers and errors dressed as Entra's on the way out. */
export function tokenEndpoint(host: Host): Middleware {
  return async (ctx, next) => {
    ctx.state.version = ctx.path === '/oauth2/token' ? 'v1' : 'v2'
    if (ctx.path === '/oauth2/token') ctx.path = path
    if (ctx.path !== path) return next()

    ctx.set('access-control-allow-origin', ctx.get('origin') || '*')
    ctx.set('access-control-expose-headers', 'x-ms-request-id, Retry-After')
    const traceId = (ctx.state as RequestState).requestId
    ctx.set('x-ms-request-id', traceId)
    if (ctx.method === 'POST' && !(await rewritten(ctx as Context, host, traceId))) return

    await next()
    dress(ctx as Context & { state: RequestState & { error?: unknown } }, host, traceId)
  }
}

async function rewritten(ctx: Context, host: Host, traceId: string): Promise<boolean> {
  try {
    const form = await readForm(ctx)
    const { params, refusal } = normalizeToken(form, { version: ctx.state.version as 'v1' | 'v2' })
    ctx.state.asked = form
    replayBody(ctx, params)
    if (!refusal) return true
    ctx.body = tokenRefusalOf(ctx as never, host, refusal, traceId)
    return false
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error
    ctx.status = 400
    ctx.body = tokenErrorOf(ctx as never, host, { error: 'invalid_request', error_description: error.message }, traceId)
    return false
  }
}

function dress(ctx: Context, host: Host, traceId: string): void {
  if (ctx.method !== 'POST' || typeof ctx.body !== 'object' || ctx.body === null) return
  ctx.set('cache-control', 'no-store, no-cache')
  ctx.set('pragma', 'no-cache')
  const body = ctx.body as Record<string, unknown>
  if (typeof body.error === 'string') ctx.body = tokenErrorOf(ctx as never, host, body, traceId)
  else ctx.body = dressTokenResponse(ctx as never, host, body)
  if (ctx.get('return-client-request-id') === 'true') ctx.set('client-request-id', (ctx.state as RequestState).observation.correlationId)
}
