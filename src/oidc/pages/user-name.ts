import { findUser } from '../../sign-in/challenges/password.ts'
import type { Refusal } from '../../sign-in/refusal.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { pathOf, remember, turnTo } from './visit.ts'
import type { Visit } from './visit.ts'

/** "Who are you?" */
export const userName: Page = {
  show(visit: Visit, refusal?: Refusal | null) {
    const hint = (visit.interaction.params as { login_hint?: string }).login_hint
    render(visit, 'user-name', 'user-name', { userName: visit.memory.userName ?? hint ?? '', backAction: visit.ctx.state.browser.accounts.length > 0 ? pathOf(visit, 'accounts') : null }, refusal)
  },

  take(visit, form) {
    const name = form.username?.trim() ?? ''
    const found = findUser(visit.host.tenant, name)
    if ('refusal' in found) return this.show(remember(visit, { userName: name }), found.refusal)

    return turnTo(remember(visit, { userId: found.user.id, userName: found.user.userPrincipalName }), 'password')
  },
}
