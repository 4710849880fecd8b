import { applyPersistence } from '../../sign-in/challenges/stay-signed-in.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf } from './visit.ts'

/** "Stay signed in?" */
export const staySignedIn: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'stay-signed-in', 'stay-signed-in', { userName: user.userPrincipalName }, refusal)
  },

  take(visit, form) {
    const user = userOf(visit)
    const session = user && visit.ctx.state.browser.of(user.id)
    if (!user || !session) return turnTo(visit, 'user-name')
    visit.ctx.state.browser.keep(applyPersistence(session, form.stay === 'yes'))

    return goOn(visit, { userId: user.id, took: 'stay_signed_in' })
  },
}
