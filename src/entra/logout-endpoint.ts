import type { Context, Middleware } from 'koa'
import { readForm } from '../http/body.ts'
import { isGoodCsrf, newCsrf } from '../http/csrf.ts'
import { HttpRefusal } from '../http/errors.ts'
import { allowFrames } from '../http/security-headers.ts'
import { redirectUrisOf } from '../oidc/clients.ts'
import type { Host } from '../oidc/host.ts'
import { isRegisteredRedirect } from '../oidc/redirect-uris.ts'
import type { RequestState } from '../oidc/request-state.ts'
import { tenantLine } from '../oidc/sign-out.ts'
import type { AccountSession } from '../sign-in/session.ts'
import { issuerOf } from './issuers.ts'
import { readLoginHint } from './login-hint.ts'
import { tokenReader, unchecked } from './own-tokens.ts'
import { pairwiseSubject } from './token-parts.ts'

type Asked = Readonly<Record<string, string>>
type Visit = Context & { state: RequestState }

/**
 * Signing out as Entra has it (entra-wire 8). An application that names the account, by the ID token it has or by a
 * hint, signs that one out without a question; otherwise the user says which. Every application that the account was
 * signed in to hears of it in a frame, and then the browser goes back, to an address that is registered and nowhere else.
 */
export function logoutEndpoint(host: Host): Middleware {
  const subjectOf = hintReader(host)

  return async (ctx, next) => {
    if (ctx.path !== '/oauth2/v2.0/logout' && ctx.path !== '/oauth2/logout') return next()
    if (ctx.method !== 'GET' && ctx.method !== 'POST') return next()

    const visit = ctx as unknown as Visit
    const form = ctx.method === 'POST' ? await readForm(visit, { duplicates: 'first' }) : {}
    const asked = { ...firstOf(ctx.query), ...form }
    ctx.set('cache-control', 'no-store')
    if (form.csrf !== undefined) return confirmed(visit, host, asked)

    const { accounts } = visit.state.browser
    const subject = await subjectOf(asked, accounts)
    if (accounts.length > 0 && subject === null) return question(visit, host, asked)

    goodbye(visit, host, asked, accounts.filter(({ userId }) => userId === subject))
  }
}

/** The user has pressed a button of our page: for one account, or for all of them. */
function confirmed(ctx: Visit, host: Host, asked: Asked): void {
  const { accounts } = ctx.state.browser
  if (!isGoodCsrf(host.keys.cookieSecret, bindingOf(accounts), asked.csrf)) {
    throw new HttpRefusal(403, 'forged_form', 'This form did not come from the page it belongs to. Go back, reload the page and try again.')
  }
  goodbye(ctx, host, asked, asked.account ? accounts.filter(({ userId }) => userId === asked.account) : accounts)
}

/** Tokens stay good (reference 5.3, single sign-out); only the browser forgets. */
function goodbye(ctx: Visit, host: Host, asked: Asked, leaving: readonly AccountSession[]): void {
  const { browser } = ctx.state
  const frames = leaving.flatMap((session) => framesOf(session, host))
  if (leaving.length === browser.accounts.length) browser.signOut()
  else for (const { userId } of leaving) browser.signOut(userId)

  const returnTo = returnOf(host, asked)
  if (returnTo !== null && frames.length === 0) {
    ctx.status = 303
    return ctx.redirect(returnTo)
  }
  allowFrames(ctx, frames)
  ctx.type = 'html'
  ctx.body = host.render('signed-out', { tenant: tenantLine(host), frames, returnTo })
}

function question(ctx: Visit, host: Host, asked: Asked): void {
  const { accounts } = ctx.state.browser
  const { post_logout_redirect_uri: returnTo, client_id: clientId = clientIn(asked), state } = asked
  const carried = Object.fromEntries(Object.entries({ post_logout_redirect_uri: returnTo, client_id: clientId, state }).filter((pair): pair is [string, string] => pair[1] !== undefined))
  ctx.type = 'html'
  ctx.body = host.render('sign-out', {
    tenant: tenantLine(host),
    form: { action: `/${host.tenant.id}/oauth2/v2.0/logout`, hidden: { ...carried, csrf: newCsrf(host.keys.cookieSecret, bindingOf(accounts)) } },
    accounts: accounts.map(({ userId }) => ({ id: userId, userPrincipalName: host.tenant.directory.get('users', userId)?.userPrincipalName ?? userId })),
    isOneByOne: accounts.length > 1,
    isGoingOn: false,
  })
}

/** A page of ours is for the sessions that it showed. */
function bindingOf(accounts: readonly AccountSession[]): string {
  return `sign-out ${accounts.map(({ id }) => id).join(' ')}`
}

/** The front-channel logout addresses of the applications that a session signed in to. */
function framesOf({ id, signedInTo = [] }: AccountSession, { base, tenant }: Host): string[] {
  return signedInTo.flatMap((appId) => {
    const application = tenant.directory.application(appId)
    const url = URL.parse(application?.web.logoutUrl ?? String(application?.logoutUrl ?? ''))
    if (!url || !/^https?:$/.test(url.protocol)) return []
    url.searchParams.set('iss', issuerOf({ base, tenantId: tenant.id, version: 2 }))
    url.searchParams.set('sid', id)

    return [url.href]
  })
}

/** Whom the application means, by user id: the subject of its ID token, or the hint; `''` is somebody who is not signed in here. Null = it does not say. */
function hintReader(host: Host): (asked: Asked, accounts: readonly AccountSession[]) => Promise<string | null> {
  const read = tokenReader(host.keys)
  const { tenant, keys } = host

  return async ({ id_token_hint: token, logout_hint: hint }, accounts) => {
    if (hint) return readLoginHint(hint)?.userId ?? tenant.directory.user(hint)?.id ?? ''
    if (!token) return null
    const found = await read(token, tenant.clock)
    // One that has expired still tells who it was about.
    if ('problem' in found && found.problem !== 'expired') return null
    const { oid, sub, aud } = unchecked(token)
    const named = accounts.find(({ userId }) => userId === oid || pairwiseSubject(keys.pairwiseSalt, userId, String(aud)) === sub)

    return named?.userId ?? ''
  }
}

/** Where to go afterwards: an address of the application that asks, or, where none is named, of any; its state comes along. */
function returnOf(host: Host, asked: Asked): string | null {
  const { post_logout_redirect_uri: returnTo, client_id: clientId = clientIn(asked), state } = asked
  if (!returnTo) return null
  const named = clientId === undefined ? host.tenant.directory.list('applications') : [host.tenant.directory.application(clientId) ?? []].flat()
  const url = named.some((application) => isRegisteredRedirect(redirectUrisOf(application), returnTo)) ? URL.parse(returnTo) : null
  if (!url) return null
  if (state) url.searchParams.set('state', state)

  return url.href
}

function clientIn({ id_token_hint: token }: Asked): string | undefined {
  const { aud } = unchecked(token ?? '')

  return typeof aud === 'string' ? aud : undefined
}

function firstOf(query: Context['query']): Asked {
  return Object.fromEntries(Object.entries(query).flatMap(([name, value]) => {
    const first = [value].flat()[0]

    return first === undefined ? [] : [[name, first]]
  }))
}
