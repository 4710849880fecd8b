import { decodeJwt } from 'jose'
import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { readForm } from '../http/body.ts'
import { happen } from '../http/happen.ts'
import type { FaultPoint, FaultTarget } from '../http/faults.ts'
import type { Payload } from '../store/protocol-state.ts'
import type { Browser } from './browser.ts'
import { isRegisteredRedirect } from './redirect-uris.ts'
import { basicCredentials, redirectUrisOf } from './clients.ts'
import type { Host, OidcTenant } from './host.ts'
import { replayBody } from './replay-body.ts'
import { responseModeOf, sendBack } from './send-back.ts'

/** Makes an endpoint fail where a test asked for it (product.md 5); costs nothing where none did. */
export function faults(host: Host): Middleware {
  return async (ctx, next) => {
    const { faults: board } = host.tenant
    const point = board.list.length === 0 ? undefined : points[ctx.path]
    if (point === undefined) return next()

    // A POST to the authorize endpoint becomes a GET, which then meets the fault.
    if (point === 'authorize' && ctx.method === 'POST') return next()

    const form = await paramsOf(ctx)
    const fault = board.take(point, targetOf(ctx, host, form))
    if (fault === null) return next()
    if (await happen(ctx, fault)) return
    if (!fault.error || 'status' in fault.error) return next()

    if ('code' in fault.error) {
      // What is asked silently goes back to the application, as the profile says it.
      const { code } = fault.error
      if (point === 'authorize' && form.prompt === 'none' && host.profile.isNumbered) {
        ctx.state.simulated = { code }
        return next()
      }
      return host.profile.refuse(ctx as unknown as KoaContextWithOIDC, host, { code }, point === 'authorize' || point === 'logout' ? 'page' : 'token')
    }
    fail(ctx, host, { point, params: form }, fault.error.oauth)
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

/** Whose request it is, as far as it says: by what it presents, by whom it names, by who is signed in at the browser. */
function targetOf(ctx: Context, { tenant }: Host, params: Params): FaultTarget {
  const token = presented(ctx, tenant, params)
  const named = params.username ?? params.login_hint
  const user = textOf(token?.accountId) ?? (named === undefined ? undefined : tenant.directory.user(named)?.id) ?? subjectOf(params.assertion) ?? (ctx.state.browser as Browser).accounts[0]?.userId
  const client = params.client_id ?? basicCredentials(ctx.get('authorization'))?.clientId ?? textOf(token?.clientId)

  return {
    ...(user === undefined ? {} : { user }),
    ...(client === undefined ? {} : { client }),
    ...(params.grant_type === undefined ? {} : { grant: params.grant_type }),
  }
}

/** The kinds of what a request may present, by the parameter it is in. */
const models: Readonly<Record<string, string>> = { refresh_token: 'RefreshToken', code: 'AuthorizationCode', device_code: 'DeviceCode' }

function presented(ctx: Context, { state }: OidcTenant, params: Params): Payload | undefined {
  const bearer = /^(?:Bearer|DPoP) (\S+)$/i.exec(ctx.get('authorization'))?.[1]
  const given = Object.entries(models).find(([parameter]) => params[parameter])

  return given ? state.find(given[1], params[given[0]]!) : bearer === undefined ? undefined : state.find('AccessToken', bearer)
}

/** Whom an assertion is about that is exchanged on their behalf. */
function subjectOf(assertion: string | undefined): string | undefined {
  try {
    return assertion === undefined ? undefined : textOf(decodeJwt(assertion).oid)
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** An OAuth error: an authorize request's to the application where it names a redirect URI that is its own, as JSON otherwise. */
function fail(ctx: Context, host: Host, { point, params }: { readonly point: FaultPoint; readonly params: Params }, error: string): void {
  const { client_id: clientId = '', redirect_uri: redirectUri = '', state } = params
  const client = host.tenant.directory.application(clientId)
  const said = { error, error_description: 'A simulated fault.', ...(state === undefined ? {} : { state }) }
  if (point === 'authorize' && client && isRegisteredRedirect(redirectUrisOf(client), redirectUri)) {
    return sendBack[responseModeOf(params)](ctx, redirectUri, said, host)
  }
  ctx.status = 400
  ctx.body = said
}
