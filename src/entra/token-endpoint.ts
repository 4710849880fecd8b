import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { HttpRefusal } from '../http/errors.ts'
import { provenClient } from '../oidc/clients.ts'
import { factsOf } from '../oidc/grant.ts'
import type { Host } from '../oidc/host.ts'
import type { Profile } from '../oidc/profile.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { verifyClientAssertion } from './client-assertion.ts'
import { daemonTokens } from './daemon-tokens.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { singleTenantRefusal } from './issuers.ts'
import type { Alias } from './issuers.ts'
import { allowOrigins, answerPreflight } from './cors.ts'
import { refuseMethod, tokenErrorOf, tokenRefusalOf } from './errors.ts'
import { normalizeToken } from './request.ts'
import { dressTokenResponse } from './issue.ts'
import { addressOfSpaCode, spaCodeFor } from './spa-code.ts'

type Provider = Parameters<Profile['equip']>[0]

const path = '/oauth2/v2.0/token'

/** The token endpoint: bodies rewritten on the way in, answers and errors dressed as Entra's on the way out. */
export function tokenEndpoint(host: Host, provider: Provider): Middleware {
  const issuesToDaemon = daemonTokens(host)

  return async (ctx, next) => {
    const version = ctx.path === '/oauth2/token' ? 'v1' : 'v2'
    if (version === 'v1') ctx.path = path
    if (ctx.path !== path) return next()
    ctx.state.version = version
    // Whatever a browser says it likes, clients read JSON here.
    ctx.req.headers.accept = 'application/json'

    allowOrigins(ctx)
    if (answerPreflight(ctx, 'POST')) return
    const traceId = (ctx.state as RequestState).requestId
    if (ctx.method !== 'POST') return refuseMethod(ctx as Context, host, traceId)
    const params = await paramsOf(ctx as Context, host, traceId)
    if (params === null || (await issuesToDaemon(ctx as never, params))) return setHeaders(ctx as Context)
    replayBody(ctx as Context, params)
    if ((ctx.state as RequestState).clientAuthentication) Object.assign(ctx.req, { [provenClient]: true })

    await next()
    await dress(ctx as Context, host, provider, traceId)
  }
}

/** The request as the library takes it; null = it was answered already. */
async function paramsOf(ctx: Context, host: Host, traceId: string): Promise<Readonly<Record<string, string>> | null> {
  try {
    const form = await readForm(ctx)
    const { params, refusal: malformed } = normalizeToken(form, { version: ctx.state.version as 'v1' | 'v2' })
    const alias = ctx.state.alias as Alias | null | undefined
    const refusal = malformed ?? homelessRefusal(alias, form.grant_type) ?? singleTenantRefusal(host, alias, form.client_id) ?? foreignRefusal(ctx, host, form)
    ctx.state.asked = form
    ctx.state.redeemedFor = params.scope
    const address = addressOfSpaCode(host, params)
    const proven = refusal ? { refusal } : await proved(ctx, host, params)
    if ('params' in proven) return address === undefined ? proven.params : { ...proven.params, redirect_uri: address }
    ctx.body = tokenRefusalOf(ctx as never, host, proven.refusal, traceId)
    return null
  } catch (error) {
    if (!(error instanceof HttpRefusal)) throw error
    ctx.body = tokenRefusalOf(ctx as never, host, { code: 90004, values: { reason: error.message.replace(/\.$/, '') } }, traceId)
    return null
  }
}

/** A client that shows an assertion has proved itself before the library looks, which then hears no more of it. */
async function proved(ctx: Context, host: Host, params: Params): Promise<{ params: Params } | { refusal: Refusal }> {
  if (params.client_assertion === undefined) return { params }
  const answer = await verifyClientAssertion(host, params)
  if ('refusal' in answer) return answer
  const { client_assertion: _assertion, client_assertion_type: _type, ...rest } = params
  ;(ctx.state as RequestState).clientAuthentication = 'certificate'

  return { params: { ...rest, client_id: answer.clientId } }
}

type Params = Readonly<Record<string, string>>

/**
 * A page of another origin redeems nothing but what a single-page application was given, and that is redeemed by pages
 * only: browsers say where a request comes from, servers do not (wire 4.6).
 */
function foreignRefusal(ctx: Context, { tenant, base }: Host, { code, refresh_token: refreshToken }: Params): Refusal | undefined {
  const origin = ctx.get('origin')
  const presented = code ? tenant.state.find('AuthorizationCode', code) : refreshToken ? tenant.state.find('RefreshToken', refreshToken) : undefined
  const facts = presented && factsOf(tenant, presented.grantId as string | undefined)
  if (!facts) return undefined
  if (facts.redirectKind === 'spa') return origin === '' ? { code: 9002327 } : undefined

  return origin === '' || origin === base ? undefined : { code: 9002326, values: { origin } }
}

/** What needs a tenant to be named: an application alone has no home that could be guessed, a password is asked for no stranger. */
function homelessRefusal(alias: Alias | null | undefined, grant: string | undefined): Refusal | undefined {
  if (!alias) return undefined
  if (grant === 'client_credentials') return { code: 50059 }

  return grant === 'password' && alias !== 'organizations' ? { code: 9001023, values: { grantType: grant } } : undefined
}

async function dress(ctx: Context, host: Host, provider: Provider, traceId: string): Promise<void> {
  if (typeof ctx.body !== 'object' || ctx.body === null) return
  setHeaders(ctx)
  const body = ctx.body as Record<string, unknown>
  if (typeof body.error === 'string') return void (ctx.body = tokenErrorOf(ctx as never, host, body, traceId))
  const spaCode = await spaCodeFor(ctx as never, host, provider)
  ctx.body = { ...dressTokenResponse(ctx as never, host, body), ...(spaCode === undefined ? {} : { spa_code: spaCode }) }
}

function setHeaders(ctx: Context): void {
  ctx.set({ 'cache-control': 'no-store, no-cache', 'pragma': 'no-cache', 'expires': '-1' })
  if (ctx.get('return-client-request-id') === 'true') ctx.set('client-request-id', (ctx.state as RequestState).observation.correlationId)
}
