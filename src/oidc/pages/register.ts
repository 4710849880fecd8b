import type { User } from '../../directory/types.ts'
import { beginRegistration, finishRegistration, otpauthOf, qrCodeOf } from '../../sign-in/challenges/registration.ts'
import type { Verdict } from '../../sign-in/attempt.ts'
import { judgeRegistration } from '../../sign-in/decide.ts'
import { logVerdict } from '../judge.ts'
import { refuse } from './refuse.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import type { Visit } from './visit.ts'
import { goOn, keepProof, remember, turnTo, userOf, visitAttempt } from './visit.ts'

/** "More information required": the user sets up an authenticator, proves it with one code, and goes on. */
export const register: Page = {
  async show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    const verdict = judgeRegistration(visitAttempt(visit, user), visit.host.tenant)
    if (verdict.outcome !== 'granted') return comeFirst(visit, user, verdict)

    const { secret } = visit.memory.secret ? { secret: visit.memory.secret } : beginRegistration(visit.host.tenant, user)
    const going = remember(visit, { secret })
    const otpauth = otpauthOf(visit.host.tenant, user, secret)
    const skippable = visit.details.challenges.find(({ kind }) => kind === 'registerSkippable')
    const qrCode = await qrCodeOf(otpauth)
    render(going, 'register', 'register', { userName: user.userPrincipalName, secret, otpauth, qrCode, skippableDays: skippable?.daysLeft ?? null }, refusal)
  },

  async take(visit, form) {
    const user = userOf(visit)
    if (!user || !visit.memory.secret) return this.show(visit)
    if (form.skip !== undefined && visit.details.step === 'registerSkippable') return goOn(visit, { userId: user.id, took: 'skipRegistration' })

    const verdict = judgeRegistration(visitAttempt(visit, user), visit.host.tenant)
    if (verdict.outcome !== 'granted') return comeFirst(visit, user, verdict)
    const answer = await finishRegistration(visit.host.tenant, user, visit.memory.secret, form.code ?? '')
    if ('refusal' in answer) return this.show(visit, answer.refusal)
    keepProof(visit, user, answer.used)

    return goOn(visit, { userId: user.id, took: 'register' })
  },
}

/** Since the page was called for, policies have come to want something of a registration: a refusal ends it, all else is asked first. */
function comeFirst(visit: Visit, user: User, verdict: Verdict): void | Promise<void> {
  if (verdict.outcome === 'interrupted' || !verdict.refusal) return goOn(visit, { userId: user.id, took: 'nothing' })
  const attempt = visitAttempt(visit, user, { event: 'registerSecurityInfo', userAction: 'urn:user:registersecurityinfo', resources: [] })
  logVerdict(visit.host, attempt, verdict, visit.ctx.state.requestId)

  return refuse(visit, verdict.refusal)
}
