import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { idleLimitsOf } from '../sign-in/lifetimes.ts'
import { aliveAccounts, withAccount, withoutAccount } from '../sign-in/session.ts'
import type { AccountSession, BrowserSession } from '../sign-in/session.ts'
import { cookieSuffix } from './cookie-names.ts'
import type { OidcTenant } from './host.ts'

/**
 * The accounts that one browser is signed in with, behind one opaque cookie. The library's own session holds a single
 * account; it is told for each request which of these it is (`adopt.ts`).
 */
export type Browser = {
  /** Those whose session is still good, the one used last first. */
  readonly accounts: readonly AccountSession[]
  of(userId: string): AccountSession | null
  /** Adds or replaces an account's session and makes it the current one. */
  keep(session: AccountSession): void
  signOut(userId?: string): void
}

export const browserModel = 'BrowserSession'
const ninetyDays = 90 * 24 * 60 * 60

/** A browser without an account; it gets an id with its first one. */
const nobody: BrowserSession = { id: '', accounts: [] }

export function openBrowser(ctx: Context, tenant: OidcTenant, cookieName: string): Browser {
  const presented = ctx.cookies.get(cookieName)
  const stored = presented ? (tenant.state.find(browserModel, presented) as BrowserSession | undefined) : undefined
  let browser: BrowserSession = stored ?? nobody

  const save = (changed: BrowserSession) => {
    browser = changed
    tenant.state.upsert(browserModel, browser.id, browser, ninetyDays)
    setCookie(ctx, cookieName, browser)
  }

  return {
    get accounts() {
      return aliveAccounts(browser, tenant.clock.now(), idleLimitsOf(tenant))
    },
    of(userId) {
      return this.accounts.find((session) => session.userId === userId) ?? null
    },
    keep(session) {
      // A browser's id changes when somebody signs in, so that nobody can plant one (session fixation).
      const isNewcomer = !browser.accounts.some(({ id }) => id === session.id)
      if (isNewcomer && browser !== nobody) tenant.state.destroy(browserModel, browser.id)
      save(withAccount(isNewcomer ? { ...browser, id: newId() } : browser, session))
    },
    signOut(userId) {
      if (browser !== nobody) save(withoutAccount(browser, userId))
    },
  }
}

/** One per tenant and origin, as cookies are shared by every port of a host. */
export function browserCookieName(host: Parameters<typeof cookieSuffix>[0]): string {
  return `sso_${cookieSuffix(host)}`
}

function newId(): string {
  return randomBytes(32).toString('base64url')
}

/** Browsers live in real time: the cookie only bounds how long one remembers the id, the record decides. */
function setCookie(ctx: Context, name: string, browser: BrowserSession): void {
  const isPersistent = browser.accounts.some((session) => session.isPersistent)
  ctx.cookies.set(name, browser.accounts.length > 0 ? browser.id : null, {
    httpOnly: true,
    overwrite: true,
    path: '/',
    sameSite: ctx.secure ? 'none' : 'lax',
    secure: ctx.secure,
    ...(isPersistent ? { maxAge: ninetyDays * 1000 } : {}),
  })
}
