import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { Host } from '../oidc/host.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { limitOf } from '../sign-in/limits.ts'
import { allowOrigins, answerPreflight } from './cors.ts'
import { refuseMethod, tokenErrorOf, tokenRefusalOf } from './errors.ts'
import { singleTenantRefusal } from './issuers.ts'
import type { Alias } from './issuers.ts'
import { normalizeDeviceCode } from './request.ts'

const path = '/oauth2/v2.0/devicecode'

/** Where a device without a browser asks for a code that its user types in elsewhere (wire 6). */
export function deviceEndpoint(host: Host): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/oauth2/devicecode') {
      ctx.path = path
      ctx.state.version = 'v1'
    }
    if (ctx.path !== path) return next()
    // Whatever a browser says it likes, clients read JSON here.
    ctx.req.headers.accept = 'application/json'

    allowOrigins(ctx)
    if (answerPreflight(ctx, 'POST')) return
    const traceId = (ctx.state as RequestState).requestId
    ctx.set({ 'cache-control': 'no-store, no-cache', 'pragma': 'no-cache' })
    if (ctx.method !== 'POST') return refuseMethod(ctx as Context, host, traceId)
    if (!(await rewritten(ctx as Context, host, traceId))) return

    await next()
    if (typeof ctx.body !== 'object' || ctx.body === null) return
    const body = ctx.body as Record<string, unknown>
    ctx.body = typeof body.error === 'string' ? tokenErrorOf(ctx as never, host, body, traceId) : answerOf(body, host)
  }
}

async function rewritten(ctx: Context, host: Host, traceId: string): Promise<boolean> {
  try {
    const form = { ...(await readForm(ctx)) }
    for (const [name, value] of Object.entries(ctx.query)) if (typeof value === 'string') form[name] ??= value
    const { params, refusal: malformed } = normalizeDeviceCode(form, { version: (ctx.state.version as 'v1' | undefined) ?? 'v2' })
    const refusal = malformed ?? singleTenantRefusal(host, ctx.state.alias as Alias | null | undefined, form.client_id)
    ctx.state.asked = form
    ctx.query = {}
    replayBody(ctx, params)
    if (!refusal) return true
    ctx.body = tokenRefusalOf(ctx as never, host, refusal, traceId)
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error
    ctx.status = 400
    ctx.body = tokenErrorOf(ctx as never, host, { error: 'invalid_request', error_description: error.message }, traceId)
  }

  return false
}

/** With what clients cannot do without: one polls every millisecond where nobody says how often (wire 6). */
function answerOf({ user_code: userCode, device_code: deviceCode, expires_in: expiresIn }: Readonly<Record<string, unknown>>, host: Host): Record<string, unknown> {
  const address = `${host.base}/common/oauth2/deviceauth`

  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: address,
    expires_in: expiresIn,
    interval: limitOf(host.tenant.directory.settings, 'tokens', 'deviceCodePollSeconds', 5),
    message: `To sign in, use a web browser to open the page ${address} and enter the code ${String(userCode)} to authenticate.`,
  }
}
