import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf } from './visit.ts'
import type { Visit } from './visit.ts'

/**
 * What somebody else must confirm: the home identity provider that MFA was done, or the provider of a custom control.
 * Neither exists in a mock, so that a button stands for its yes.
 */
export const external: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    const domain = visit.host.tenant.directory.domainOf(user.userPrincipalName)
    const providerName = isFederated(visit) ? (domain?.federation?.displayName ?? domain?.id ?? 'your organisation') : factorsOwed(visit).join(', ')

    render(visit, 'external-challenge', 'external-challenge', { userName: user.userPrincipalName, providerName }, refusal)
  },

  take(visit) {
    const user = userOf(visit)
    const { browser } = visit.ctx.state
    const session = user && browser.of(user.id)
    if (!user || !session) return turnTo(visit, 'user-name')
    browser.keep(isFederated(visit)
      ? { ...session, isMfaAssertedByFederation: true }
      : { ...session, passedCustomFactors: [...new Set([...session.passedCustomFactors, ...factorsOwed(visit)])] })

    return goOn(visit, { userId: user.id, took: 'external' })
  },
}

function isFederated(visit: Visit): boolean {
  return visit.details.step === 'federatedMfa'
}

function factorsOwed(visit: Visit): readonly string[] {
  return visit.details.challenges.filter(({ kind }) => kind === 'custom').flatMap(({ ids }) => ids ?? [])
}
