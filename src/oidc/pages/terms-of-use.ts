import type { User } from '../../directory/types.ts'
import { describe } from '../../sign-in/describe.ts'
import { acceptTerms } from '../../sign-in/challenges/terms-of-use.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf, visitAttempt } from './visit.ts'
import type { Visit } from './visit.ts'

/** Agreements that policies want accepted. Who declines has declined to sign in. */
export const termsOfUse: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')

    render(visit, 'terms-of-use', 'terms-of-use', { userName: user.userPrincipalName, agreements: agreementsOwed(visit).map((id) => ({ id, displayName: visit.host.tenant.directory.get('agreements', id)?.displayName ?? id })) }, refusal)
  },

  async take(visit, form) {
    const user: User | null = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    if (form.accept !== 'yes') return this.show(visit)
    await acceptTerms(visit.host.tenant, user, agreementsOwed(visit), describe(visitAttempt(visit, user), visit.host.tenant).conditions.device?.deviceId ?? null)

    return goOn(visit, { userId: user.id, took: 'termsOfUse' })
  },
}

function agreementsOwed(visit: Visit): readonly string[] {
  return visit.details.challenges.filter(({ kind }) => kind === 'termsOfUse').flatMap(({ ids }) => ids ?? [])
}
