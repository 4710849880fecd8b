import { checkSecondFactor } from '../../sign-in/challenges/one-time-code.ts'
import { passOf } from '../../sign-in/challenges/temporary-access-pass.ts'
import { failed } from '../../sign-in/decide.ts'
import { logVerdict } from '../judge.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { rememberMfa } from '../remembered-mfa.ts'
import type { Visit } from './visit.ts'
import { goOn, keepProof, turnTo, userOf, visitAttempt } from './visit.ts'

/** The second factor: a code of the authenticator app, or a temporary access pass. */
export const oneTimeCode: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'one-time-code', 'one-time-code', { userName: user.userPrincipalName, rememberDays: rememberDaysOf(visit), hasPass: passOf(user, visit.host.tenant.clock.now()) !== undefined }, refusal)
  },

  async take(visit, form) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    const answer = await checkSecondFactor(visit.host.tenant, user, form.code ?? '')
    if ('refusal' in answer) {
      logVerdict(visit.host, visitAttempt(visit, user), failed(answer.refusal))
      return this.show(visit, answer.refusal)
    }
    keepProof(visit, user, answer.used)
    if (form.remember === 'yes' && rememberDaysOf(visit) !== null) rememberMfa(visit.ctx, visit.host, user.id, answer.used.at)

    return goOn(visit, { userId: user.id, took: 'oneTimeCode' })
  },
}

/** For how many days a browser may be told not to ask again; null = the tenant does not offer it. */
function rememberDaysOf({ host }: Visit): number | null {
  const { rememberMfaDays } = host.tenant.directory.settings.mfaServiceSettings

  return rememberMfaDays === 0 ? null : rememberMfaDays
}
