import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf } from './visit.ts'

/** "Are you trying to sign in to this application, on that device?" */
export const confirmDevice: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'confirm-device', 'confirm-device', { userName: user.userPrincipalName }, refusal)
  },

  take(visit) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    return goOn(visit, { userId: user.id, took: 'confirm_device' })
  },
}
