import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo } from './visit.ts'

/** Which of the accounts signed in here is meant, or another one. */
export const pickAccount: Page = {
  show(visit, refusal) {
    const { directory } = visit.host.tenant
    const accounts = visit.ctx.state.browser.accounts.flatMap(({ userId }) => {
      const user = directory.get('users', userId)
      return user ? [{ id: user.id, displayName: user.displayName, userPrincipalName: user.userPrincipalName, isSignedIn: true }] : []
    })
    if (accounts.length === 0) return turnTo(visit, 'user-name')

    render(visit, 'pick-account', 'pick-account', { accounts }, refusal)
  },

  take(visit, form) {
    const picked = visit.ctx.state.browser.accounts.find(({ userId }) => userId === form.account)
    if (!picked) return turnTo(visit, 'user-name')

    return goOn(visit, { userId: picked.userId, took: 'select_account' }, { select_account: null })
  },
}
