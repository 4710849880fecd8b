import type { Context } from 'koa'
import { cookieName, cookieScope } from '../http/cookies.ts'
import { HttpRefusal } from '../http/errors.ts'
import { addressOf } from '../sign-in/describe.ts'
import { BadSignals } from '../sign-in/signals-syntax.ts'
import type { AppPages } from './pages.ts'
import type { AppPort, AppTenant } from './port.ts'
import type { ConfigurationOf } from './relying-party.ts'
import type { AppSession, Sessions } from './sessions.ts'
import type { Transactions } from './transactions.ts'

/** One request to the app, and all that it may touch. */
export type Visit = Site & {
  readonly ctx: Context
  readonly at: AppTenant
  /** `/app`, or `/app/{tenant}` for another tenant than the first. */
  readonly home: string
  readonly base: string
}

/** The app itself: what it keeps from request to request. */
export type Site = {
  readonly port: AppPort
  readonly sessions: Sessions
  readonly transactions: Transactions
  readonly configurationOf: ConfigurationOf
  /** Signs what forms bring back. */
  readonly secret: Buffer
}

/** The session of this browser, whatever its standing. */
export function sessionOf({ ctx, at, base, sessions }: Visit): { readonly id: string; readonly session: AppSession } | null {
  const id = ctx.cookies.get(sessionCookie(base, at))
  const session = sessions.find(id)

  return id !== undefined && session?.tenantId === at.tenant.id ? { id, session } : null
}

/** The address that this request is judged by, simulated or real; `subject` may have signals of its own. */
export function presentAddress({ ctx, at: { tenant }, port }: Visit, subject: string): string {
  try {
    return addressOf({ observation: port.observe(ctx, tenant), user: tenant.directory.get('users', subject) ?? null }, tenant)
  } catch (error) {
    if (error instanceof BadSignals) throw new HttpRefusal(400, 'bad_signals', error.message)
    throw error
  }
}

/** Remembers a session in the browser; null forgets it. */
export function keepSession({ ctx, at, base }: Visit, id: string | null): void {
  ctx.cookies.set(sessionCookie(base, at), id, attributes(base))
}

/** What this browser shows to be the one that began a request; made where it has none. */
export function browserOf({ ctx, base }: Pick<Visit, 'ctx' | 'base'>): string | undefined {
  return ctx.cookies.get(browserCookie(base))
}

export function keepBrowser({ ctx, base }: Visit, browser: string): void {
  ctx.cookies.set(browserCookie(base), browser, attributes(base))
}

export function show<P extends keyof AppPages>({ ctx, port }: Pick<Visit, 'ctx' | 'port'>, page: P, model: AppPages[P], status = 200): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.set('Cache-Control', 'no-store')
  ctx.body = port.render(page, model)
}

export function goTo({ ctx }: Pick<Visit, 'ctx'>, address: string): void {
  ctx.redirect(address)
  ctx.status = 303
  ctx.set('Cache-Control', 'no-store')
}

const sessionCookie = (base: string, { tenant }: AppTenant) => cookieName('app', cookieScope(base, tenant.id))
const browserCookie = (base: string) => cookieName('app_browser', cookieScope(base, null))

/** `Lax`: the answer of the provider is a link followed in the address bar, and nobody frames the app. */
function attributes(base: string) {
  return { httpOnly: true, overwrite: true, path: '/app', sameSite: 'lax', secure: base.startsWith('https:') } as const
}
