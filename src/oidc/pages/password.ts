import { checkPassword } from '../../sign-in/challenges/password.ts'
import type { Refusal } from '../../sign-in/refusal.ts'
import { failed } from '../../sign-in/decide.ts'
import { homeProviderOf } from '../hinted-domain.ts'
import { logVerdict } from '../judge.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, keepProof, pathOf, turnTo, userOf, visitAttempt } from './visit.ts'
import type { Visit } from './visit.ts'

const passwordExpired = 50055

/** The first factor. A federated user's is asked under the home provider's name (product.md 3, Federation and MFA). */
export const password: Page = {
  show(visit: Visit, refusal?: Refusal | null) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    const providerName = homeProviderOf(visit.host.tenant.directory.domainOf(user.userPrincipalName))

    render(visit, 'password', 'password', { userName: user.userPrincipalName, providerName, backAction: pathOf(visit, 'back') }, refusal)
  },

  async take(visit, form) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    const answer = await checkPassword(visit.host.tenant, user, form.password ?? '', visit.ctx.state.observation)
    if ('refusal' in answer) {
      const attempt = visitAttempt(visit, user)
      logVerdict(visit.host, attempt, failed(answer.refusal))
      return answer.refusal.code === passwordExpired ? turnTo(visit, 'change-password') : this.show(visit, answer.refusal)
    }
    keepProof(visit, user, answer.used)

    return goOn(visit, { userId: user.id, took: 'primary' }, { login: null, select_account: null })
  },
}
