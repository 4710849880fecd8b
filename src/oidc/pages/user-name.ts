import { findUser } from '../../sign-in/challenges/password.ts'
import type { Refusal } from '../../sign-in/refusal.ts'
import { hintedDomain, homeProviderOf } from '../hinted-domain.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { pathOf, remember, turnTo } from './visit.ts'
import type { Visit } from './visit.ts'

/** "Who are you?" */
export const userName: Page = {
  show(visit: Visit, refusal?: Refusal | null) {
    const { login_hint: hint } = visit.interaction.params as { login_hint?: string }
    render(visit, 'user-name', 'user-name', { userName: visit.memory.userName ?? hint ?? '', home: hintedHome(visit), backAction: visit.ctx.state.browser.accounts.length > 0 ? pathOf(visit, 'accounts') : null }, refusal)
  },

  take(visit, form) {
    const name = form.username?.trim() ?? ''
    const found = findUser(visit.host.tenant, name)
    if ('refusal' in found && visit.details.askedAt.alias !== null && visit.host.isElsewhere(name)) return goHome(visit, name)
    if ('refusal' in found) return this.show(remember(visit, { userName: name }), found.refusal)

    return turnTo(remember(visit, { userId: found.user.id, userName: found.user.userPrincipalName }), 'password')
  },
}

/** The application asked where any tenant may be meant: the user's own goes on with the request. */
function goHome({ ctx, details: { asked, askedAt } }: Visit, loginHint: string): void {
  ctx.status = 303
  ctx.redirect(`/${askedAt.alias}${askedAt.path}?${new URLSearchParams({ ...asked, login_hint: loginHint })}`)
}

/** Whose page asks for the name, where the application names a federated domain. */
function hintedHome({ interaction, host }: Visit): { readonly providerName: string; readonly domain: string } | null {
  const domain = hintedDomain(host, interaction.params)
  const providerName = homeProviderOf(domain)

  return domain && providerName !== null ? { providerName, domain: domain.id } : null
}
