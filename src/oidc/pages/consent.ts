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
    const scopes = missingScopes(visit).flatMap(({ appId, values }) => values.map((value) => ({ value, description: describe(visit, appId, value) })))
    render(visit, 'consent', 'consent', {
      userName: user.userPrincipalName,
      scopes,
      canConsentForOrganization: false,
    }, refusal)
  },

  async take(visit) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    for (const { appId, values } of missingScopes(visit)) {
      await addUserConsent(visit.host.tenant, visit.client.appId, user.id, appId, values.map((value) => value.slice(value.lastIndexOf('/') + 1)))
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

/** In the resource's own words, else made of the permission's name: `Mail.ReadWrite` is "Read and change your mail". */
function describe(visit: Visit, appId: string, scope: string): string {
  const value = scope.slice(scope.lastIndexOf('/') + 1)
  const told = visit.host.tenant.directory.resource(appId)?.api.oauth2PermissionScopes.find((each) => each.value === value)
  const words = told?.userConsentDisplayName ?? told?.adminConsentDisplayName
  if (typeof words === 'string' && words !== '') return words

  const [what = '', verb = '', ...more] = value.split('.')

  return verbs[verb] && more.length === 0 ? `${verbs[verb]} your ${what === 'User' ? 'profile' : what.toLowerCase()}` : value.replaceAll('.', ' ')
}

const verbs: Readonly<Record<string, string>> = { Read: 'Read', ReadWrite: 'Read and change', Write: 'Change', Send: 'Send' }
