import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { readForm } from '../http/body.ts'
import { happen } from '../http/happen.ts'
import type { FaultPoint, FaultTarget } from '../http/faults.ts'
import { isRegisteredRedirect } from './redirect-uris.ts'
import { redirectUrisOf } from './clients.ts'
import type { Host } from './host.ts'
import { replayBody } from './replay-body.ts'

/** Makes an endpoint fail where a test asked for it (product.md 5); costs nothing where none did. */
export function faults(host: Host): Middleware {
  return async (ctx, next) => {
    const { faults: board } = host.tenant
    const point = board.list.length === 0 ? undefined : points[ctx.path]
    if (point === undefined) return next()

    const form = await paramsOf(ctx)
    const fault = board.take(point, targetOf(host, form))
    if (fault === null) return next()
    if (await happen(ctx, fault)) return
    if (!fault.error || 'status' in fault.error) return next()

    if ('code' in fault.error) return host.profile.refuse(ctx as unknown as KoaContextWithOIDC, host, { code: fault.error.code }, point === 'authorize' || point === 'logout' ? 'page' : 'token')
    fail(ctx, host, form, fault.error.oauth)
  }
}

const points: Readonly<Record<string, FaultPoint>> = {
  '/oauth2/v2.0/token': 'token',
  '/oauth2/token': 'token',
  '/oauth2/v2.0/authorize': 'authorize',
  '/oauth2/authorize': 'authorize',
  '/oauth2/v2.0/devicecode': 'devicecode',
  '/oauth2/v2.0/logout': 'logout',
  '/oauth2/logout': 'logout',
  '/oidc/userinfo': 'userinfo',
  '/v2.0/.well-known/openid-configuration': 'discovery',
  '/.well-known/openid-configuration': 'discovery',
  '/discovery/v2.0/keys': 'keys',
  '/discovery/keys': 'keys',
}

type Params = Readonly<Record<string, string>>

async function paramsOf(ctx: Context): Promise<Params> {
  const query = Object.fromEntries(Object.entries(ctx.query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
  if (ctx.method !== 'POST' || !ctx.is('urlencoded')) return query
  const form = await readForm(ctx)
  replayBody(ctx, form)

  return { ...query, ...form }
}

/** Whose request it is, as far as the request itself says. */
function targetOf({ tenant }: Host, params: Params): FaultTarget {
  const token = params.refresh_token ? tenant.state.find('RefreshToken', params.refresh_token) : params.code ? tenant.state.find('AuthorizationCode', params.code) : undefined
  const named = params.username ?? params.login_hint
  const user = (token?.accountId as string | undefined) ?? (named === undefined ? undefined : tenant.directory.user(named)?.id)

  return {
    ...(user === undefined ? {} : { user }),
    ...(params.client_id === undefined ? {} : { client: params.client_id }),
    ...(params.grant_type === undefined ? {} : { grant: params.grant_type }),
  }
}

/** An OAuth error: to the application where the request names a redirect URI that is its own, as JSON otherwise. */
function fail(ctx: Context, { tenant }: Host, { client_id: clientId = '', redirect_uri: redirectUri = '', state }: Params, error: string): void {
  const client = tenant.directory.application(clientId)
  const said = { error, error_description: 'A simulated fault.', ...(state === undefined ? {} : { state }) }
  if (client && isRegisteredRedirect(redirectUrisOf(client), redirectUri)) {
    const target = new URL(redirectUri)
    for (const [name, value] of Object.entries(said)) target.searchParams.set(name, value)
    ctx.status = 303
    ctx.redirect(target.href)
    return
  }
  ctx.status = 400
  ctx.body = said
}
