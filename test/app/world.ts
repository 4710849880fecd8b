import compose from 'koa-compose'
import type { Middleware } from 'koa'
import type { Adapter } from 'oidc-provider'
import { createApp } from '../../src/app/app.ts'
import type { AppPages } from '../../src/app/pages.ts'
import { createClock } from '../../src/clock/clock.ts'
import { installLibraryClock } from '../../src/clock/library-hook.ts'
import { runWithClock } from '../../src/clock/scope.ts'
import { createDirectory } from '../../src/directory/index.ts'
import { refusals } from '../../src/http/errors.ts'
import { createViews } from '../../src/http/views.ts'
import { createSignInLog } from '../../src/sign-in/log.ts'
import { parseSignalsText } from '../../src/sign-in/signals-syntax.ts'
import { createSignalBoard } from '../../src/sign-in/signals.ts'
import type { Tenant } from '../../src/tenant.ts'
import { serve } from '../http/serve.ts'
import { contoso } from '../support/contoso.ts'
import { testKeys } from '../support/keys.ts'

installLibraryClock()
const { default: Provider } = await import('oidc-provider')
// Under a name of our own, so that the library does not warn of it.
const { default: inMemory } = await import('oidc-provider/lib/adapters/memory_adapter.js' as string) as { default: new (model: string) => Adapter }

export const salesHub = 'c0ffee00-0000-4000-8000-0000000000a1'
const alice = 'c0ffee00-0000-4000-8000-0000000000b1'
const views = createViews<AppPages>()

/** How the provider meets the next sign-in: it knows who it is, or answers with an error. */
export type Door = { readonly user: string } | { readonly error: string; readonly error_description: string }

/**
 * The sample app and a provider it knows nothing of but the issuer: oidc-provider as it comes, on the same origin, in
 * whose login page everybody is alice.
 */
export async function world(inactivityTimeoutInMinutes: number | null = null) {
  const seed = await contoso()
  const directory = createDirectory(seed)
  const hub = directory.application(salesHub)!
  await directory.put('applications', { ...hub, inactivityTimeoutInMinutes })
  const parts = { directory, clock: createClock(), log: createSignInLog(), signals: createSignalBoard() }
  const tenant = { ...parts, id: seed.id, domain: 'contoso.example' } as unknown as Tenant
  const state = { door: { user: alice } as Door, isUp: true, asked: [] as URL[] }

  const app = createApp({
    tenant: (name) => (name === null || [tenant.id, tenant.domain].includes(name) ? { tenant, issuer: (base) => `${base}/op` } : undefined),
    fetch: (input, init) => (state.isUp ? fetch(input, init) : Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }))),
    base: (ctx) => `${ctx.protocol}://${ctx.host}`,
    observe: (ctx) => ({
      ipAddress: '127.0.0.1', userAgent: '', platform: null, header: parseSignalsText(ctx.get('x-mock-signals')), browser: {}, correlationId: '',
    }),
    render: views.render,
  })
  const holder: { provide?: Middleware } = {}
  const server = await serve(
    refusals(),
    (ctx, next) => runWithClock(parts.clock, () => next()),
    app,
    (ctx, next) => holder.provide!(ctx, next),
  )
  holder.provide = provider(server.base, state)

  return { ...server, tenant, state }
}

export type World = Awaited<ReturnType<typeof world>>

function provider(base: string, state: { readonly door: Door; readonly asked: URL[] }): Middleware {
  const jwks = { keys: testKeys().signing.slice(0, 1).map(({ privateJwk }) => privateJwk) }
  const op = new Provider(`${base}/op`, {
    adapter: class extends inMemory {},
    jwks: jwks as never,
    clients: [{
      client_id: salesHub,
      client_secret: 'sales-hub-secret',
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [`${base}/app/callback`],
      post_logout_redirect_uris: [`${base}/app`, `${base}/app/contoso.example`],
    }],
    claims: { openid: ['sub', 'oid'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    cookies: { long: { signed: false }, short: { signed: false } },
    features: { devInteractions: { enabled: false } },
    ttl: { IdToken: 480 * 60, AccessToken: 3600, Session: 14 * 86_400, Grant: 14 * 86_400, Interaction: 3600, AuthorizationCode: 60 },
    interactions: { url: (_, { uid }) => `/op/login/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, oid: id, name: 'Alice Adams', preferred_username: 'alice@contoso.example' }) }),
    async loadExistingGrant(ctx) {
      const { client, session } = ctx.oidc
      const known = await ctx.oidc.provider.Grant.find(session!.grantIdFor(client!.clientId) ?? '')
      if (known) return known
      const grant = new ctx.oidc.provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  })
  const handle = compose((op as unknown as { middleware: Middleware[] }).middleware) as unknown as Middleware

  return async (ctx, next) => {
    if (ctx.path.startsWith('/op/login/')) {
      const { door } = state
      const to = await op.interactionResult(ctx.req, ctx.res, 'user' in door ? { login: { accountId: door.user } } : { ...door })
      return ctx.redirect(to)
    }
    if (!ctx.path.startsWith('/op/')) return next()
    if (ctx.path === '/op/auth') state.asked.push(ctx.URL)
    ctx.mountPath = '/op'
    ctx.path = ctx.path.slice('/op'.length)

    return handle(ctx, next)
  }
}
