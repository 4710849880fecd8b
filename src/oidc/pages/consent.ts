import { addUserConsent } from '../grant.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { goOn, turnTo, userOf } from './visit.ts'
import type { Visit } from './visit.ts'

/** Which permissions the application wants, and whether the user agrees. */
export const consent: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    const scopes = missingScopes(visit).flatMap(({ values }) => values)
    render(visit, 'consent', 'consent', {
      userName: user.userPrincipalName,
      scopes: scopes.map((value) => ({ value, description: describe(value) })),
      canConsentForOrganization: false,
    }, refusal)
  },

  take(visit) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    for (const { appId, values } of missingScopes(visit)) {
      addUserConsent(visit.host.tenant, visit.client.appId, user.id, appId, values.map((value) => value.slice(value.lastIndexOf('/') + 1)))
    }
    return goOn(visit, { userId: user.id, took: 'consent' }, { consent: {} })
  },
}

function missingScopes(visit: Visit): { appId: string; values: string[] }[] {
  const missing = (visit.interaction.prompt.details as { missingResourceScopes?: Record<string, string[]> }).missingResourceScopes ?? {}

  return Object.entries(missing).map(([indicator, values]) => ({
    appId: visit.host.tenant.directory.resource(indicator.replace(/^urn:appid:/, ''))?.appId ?? indicator,
    values,
  }))
}

function describe(scope: string): string {
  const value = scope.slice(scope.lastIndexOf('/') + 1)

  return value.replaceAll('.', ' ')
}
