import { checkCode } from '../../sign-in/challenges/one-time-code.ts'
import { failed } from '../../sign-in/decide.ts'
import { logVerdict } from '../judge.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, keepProof, turnTo, userOf, visitAttempt } from './visit.ts'

/** The second factor: a code of the authenticator app. */
export const oneTimeCode: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'one-time-code', 'one-time-code', { userName: user.userPrincipalName }, refusal)
  },

  take(visit, form) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    const answer = checkCode(visit.host.tenant, user, form.code ?? '')
    if ('refusal' in answer) {
      logVerdict(visit.host, visitAttempt(visit, user), failed(answer.refusal))
      return this.show(visit, answer.refusal)
    }
    keepProof(visit, user, answer.used)

    return goOn(visit, { userId: user.id, took: 'oneTimeCode' })
  },
}
