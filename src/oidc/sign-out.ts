import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Host } from './host.ts'
import { stateOf } from './request-state.ts'

export function tenantLine(host: Host): { displayName: string; domain: string } {
  return { displayName: host.tenant.directory.settings.displayName, domain: host.tenant.domain }
}

/** "Do you want to sign out?" The library hands in its form as text; ours carries the same fields. */
export function signOutPage(ctx: KoaContextWithOIDC, host: Host, form: string): void {
  const action = /action="([^"]+)"/.exec(form)?.[1] ?? ''
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
  const accounts = stateOf(ctx).browser.accounts.map(({ id, userId }) => ({
    id,
    userPrincipalName: host.tenant.directory.get('users', userId)?.userPrincipalName ?? userId,
  }))
  ctx.type = 'html'
  ctx.body = host.render('sign-out', { tenant: tenantLine(host), form: { action, hidden: { xsrf, logout: 'yes' } }, accounts, isOneByOne: false, isGoingOn: isMeant(ctx) })
}

/** An application that names the one account signed in here by its ID token has been told by its user: nobody is asked again. */
function isMeant(ctx: KoaContextWithOIDC): boolean {
  const { payload } = (ctx.oidc.entities.IdTokenHint ?? {}) as { payload?: { oid?: unknown; sub?: unknown } }
  const { accounts } = stateOf(ctx).browser
  const [only] = accounts

  return accounts.length === 1 && only !== undefined && (payload?.oid ?? payload?.sub) === only.userId
}

export function signedOutPage(ctx: KoaContextWithOIDC, host: Host): void {
  ctx.type = 'html'
  ctx.body = host.render('signed-out', { tenant: tenantLine(host), frames: [], returnTo: null })
}

/** The user confirmed: our browser session ends with the library's. Tokens stay good (reference 5.3, single sign-out). */
export function endBrowserSession(ctx: KoaContextWithOIDC): void {
  stateOf(ctx).browser.signOut()
}
