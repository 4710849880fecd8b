import { randomUUID } from 'node:crypto'
import compose from 'koa-compose'
import type { Context, Middleware } from 'koa'
import type { Provider } from 'oidc-provider'
import { keepNoCookiePatterns } from '../http/cookies.ts'
import { runWithClock } from '../clock/scope.ts'
import { observe } from '../sign-in/describe.ts'
import type { Observation } from '../sign-in/signals.ts'
import { BadSignals } from '../sign-in/signals-syntax.ts'
import { browserCookieName, openBrowser } from './browser.ts'
import { faults } from './faults.ts'
import type { Host } from './host.ts'
import { signInPages } from './pages/index.ts'
import { whereCookieName } from './pages/where-are-you.ts'
import { createProvider } from './provider.ts'
import { shiftSessionCookies } from './session-cookies.ts'

export type TenantApp = { readonly provider: Provider; readonly handle: Middleware }

export type TenantAppOptions = {
  /** Trust this many proxies in front of us for the client's address. */
  readonly trustProxy: boolean | number
}

/** Everything that one tenant answers at one origin: the sign-in pages and the protocol, in the tenant's own time. */
export function createTenantApp(host: Host, options: TenantAppOptions): TenantApp {
  const provider = runWithClock(host.tenant.clock, () => createProvider(host))
  const inner = compose([
    observing(host, options),
    signInPages(host, provider),
    faults(host),
    shiftSessionCookies(host),
    host.profile.around(host, provider),
    ...provider.middleware,
  ] as Middleware[])

  return { provider, handle: (ctx, next) => runWithClock(host.tenant.clock, () => inner(ctx as never, next)) }
}

/** Notes what the request shows of itself, before anybody judges it. */
function observing(host: Host, options: TenantAppOptions): Middleware {
  const browserCookie = browserCookieName(host)

  return async (ctx, next) => {
    keepNoCookiePatterns(ctx.cookies)
    try {
      ctx.state.observation = observationOf(ctx, host, options)
    } catch (error) {
      if (!(error instanceof BadSignals)) throw error
      ctx.status = 400
      return void (ctx.body = { error: 'invalid_request', error_description: error.message })
    }
    ctx.state.requestId = randomUUID()
    ctx.state.browser = openBrowser(ctx, host.tenant, browserCookie)

    return next()
  }
}

/** What a request shows of itself, and what its header and its browser simulate. */
export function observationOf(ctx: Context, host: Pick<Host, 'base' | 'isSimulationOn'> & { readonly tenant: Pick<Host['tenant'], 'id'> }, { trustProxy }: TenantAppOptions): Observation {
  return observe({
    socketAddress: ctx.req.socket.remoteAddress ?? '127.0.0.1',
    forwardedFor: ctx.get('x-forwarded-for') || undefined,
    userAgent: ctx.get('user-agent'),
    clientHints: { 'sec-ch-ua-platform': ctx.get('sec-ch-ua-platform') || undefined },
    mockSignals: ctx.get('x-mock-signals') || undefined,
    browserCookie: ctx.cookies.get(whereCookieName(host)),
    correlationId: correlationIdOf(ctx),
  }, { trustProxy, simulation: host.isSimulationOn })
}

/** The client's own id for the sign-in, where it sent one that is a GUID (MSAL does, in header or query). */
function correlationIdOf(ctx: Context): string | undefined {
  const { 'client-request-id': asked } = ctx.query
  const id = ctx.get('client-request-id') || (typeof asked === 'string' ? asked : '')

  return /^[0-9a-f-]{36}$/i.test(id) ? id : undefined
}
