import type { Context } from 'koa'
import { readForm } from '../http/body.ts'
import { readLoginHint } from '../entra/login-hint.ts'
import { unchecked } from '../entra/own-tokens.ts'
import { browserCookieName, browserModel } from '../oidc/browser.ts'
import { replayBody } from '../oidc/replay-body.ts'
import type { BrowserSession } from '../sign-in/session.ts'
import type { Tenant } from '../tenant.ts'

type Params = Readonly<Record<string, string>>

/**
 * `common`, `organizations` and `consumers` stand for the tenant that a request's own words name: the one whose sign-in
 * goes on, the one that issued what is presented, the one where the user is at home, the one that this browser is signed
 * in to, the one that knows the application. Otherwise the first.
 */
export async function tenantMeant(ctx: Context, tenants: readonly Tenant[], withDomain: (domain: string) => Tenant | undefined): Promise<Tenant | undefined> {
  const params = { ...queryOf(ctx), ...(await formOf(ctx)) }

  return ownerOfSignIn(ctx.path, tenants)
    ?? issuerOfWhatIsPresented(params, tenants)
    ?? hints.map((name) => homeOf(params[name], tenants, withDomain)).find((tenant) => tenant !== undefined)
    ?? signedInTo(ctx, params, tenants)
    ?? (params.client_id ? tenants.find(({ directory }) => directory.application(params.client_id ?? '') !== undefined) : undefined)
    ?? tenants[0]
}

/** A sign-in that goes on after its pages does so in the tenant where it began. */
function ownerOfSignIn(path: string, tenants: readonly Tenant[]): Tenant | undefined {
  const uid = /\/authorize\/([\w-]+)$/i.exec(path)?.[1]

  return uid === undefined ? undefined : tenants.find(({ state }) => state.find('Interaction', uid))
}

const hints = ['domain_hint', 'login_hint', 'username', 'logout_hint']

/** What a tenant issued lies in its own protocol state, under the value itself. */
function issuerOfWhatIsPresented(params: Params, tenants: readonly Tenant[]): Tenant | undefined {
  const { code, refresh_token: refreshToken, device_code: deviceCode, user_code: userCode, id_token_hint: idToken } = params
  if (idToken) return tenants.find(({ id }) => String(unchecked(idToken).iss).includes(`/${id}/`))
  if (!code && !refreshToken && !deviceCode && !userCode) return undefined

  return tenants.find(({ state }) =>
    (code && (state.find('AuthorizationCode', code) ?? state.find('DeviceCode', code)))
    || (refreshToken && state.find('RefreshToken', refreshToken))
    || (deviceCode && state.find('DeviceCode', deviceCode))
    || (userCode && state.findByUserCode('DeviceCode', userCode.toUpperCase().replace(/\W/g, ''))))
}

function homeOf(name: string | undefined, tenants: readonly Tenant[], withDomain: (domain: string) => Tenant | undefined): Tenant | undefined {
  if (!name) return undefined
  const opaque = readLoginHint(name)

  return opaque ? tenants.find(({ id }) => id === opaque.tenantId) : withDomain(name.slice(name.lastIndexOf('@') + 1))
}

/** Where accounts of this browser are, and the application too. */
function signedInTo(ctx: Context, { client_id: clientId }: Params, tenants: readonly Tenant[]): Tenant | undefined {
  if (!ctx.get('cookie').includes('sso_')) return undefined

  return tenants.find((tenant) => {
    const id = ctx.cookies.get(browserCookieName({ base: ctx.state.base as string, tenant }))
    const browser = id ? (tenant.state.find(browserModel, id) as BrowserSession | undefined) : undefined

    return (browser?.accounts.length ?? 0) > 0 && (!clientId || tenant.directory.application(clientId) !== undefined)
  })
}

function queryOf(ctx: Context): Params {
  return Object.fromEntries(Object.entries(ctx.query).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** A form that cannot be read is for the endpoint itself to refuse. */
async function formOf(ctx: Context): Promise<Params> {
  if (ctx.method !== 'POST' || !ctx.is('urlencoded')) return {}
  const form = await readForm(ctx, { duplicates: 'first' })
  const text = String(ctx.request.body)
  replayBody(ctx, pairsOf(text))

  return form
}

function pairsOf(text: string): Record<string, string[]> {
  const pairs: Record<string, string[]> = {}
  for (const [name, value] of new URLSearchParams(text)) (pairs[name] ??= []).push(value)

  return pairs
}
