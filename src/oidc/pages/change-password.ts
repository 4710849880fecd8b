import { changePassword as change } from '../../sign-in/challenges/password-change.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf } from './visit.ts'

/** "Update your password": asked by policy for a risky user, or because an administrator reset it. */
export const changePassword: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'change-password', 'change-password', { userName: user.userPrincipalName }, refusal)
  },

  async take(visit, form) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    const { browser } = visit.ctx.state

    // Without a session it is a password that had to be changed before the first sign-in.
    const answer = await change(visit.host.tenant, user, browser.of(user.id), form.password ?? '', form.newPassword ?? '')
    if ('refusal' in answer) return this.show(visit, answer.refusal)
    browser.keep(answer.session)

    return goOn(visit, { userId: user.id, took: 'primary' }, { login: null, select_account: null })
  },
}
