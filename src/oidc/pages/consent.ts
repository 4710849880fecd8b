import type { Application, User } from '../../directory/types.ts'
import { addOrganizationConsent, addUserConsent, consentOwed, mayConsentForOrganization, missingConsents } from '../consents.ts'
import { render } from './page.ts'
import type { Page } from './page.ts'
import { refuse } from './refuse.ts'
import { goOn, turnTo, userOf } from './visit.ts'
import type { Visit } from './visit.ts'

/** Which permissions the application wants, and whether the user agrees; an administrator may agree for everybody. */
export const consent: Page = {
  show(visit, refusal) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    if (!mayAgree(visit, user)) return refuse(visit, { code: 90094 })

    render(visit, 'consent', 'consent', {
      userName: user.userPrincipalName,
      scopes: missingOf(visit, user).flatMap(({ resource, values }) => values.map((value) => ({ value, description: describe(resource, value) }))),
      isForOrganization: isForOrganization(visit),
      canConsentForOrganization: !isForOrganization(visit) && isOfDirectory(visit) && mayConsentForOrganization(user, visit.host.tenant),
    }, refusal)
  },

  async take(visit, form) {
    const user = userOf(visit)
    if (!user) return turnTo(visit, 'user-name')
    if (!mayAgree(visit, user)) return refuse(visit, { code: 90094 })

    const { tenant } = visit.host
    const isForAll = isForOrganization(visit) || (form.organization === 'yes' && isOfDirectory(visit) && mayConsentForOrganization(user, tenant))
    for (const { resource, values } of missingOf(visit, user)) {
      if (isForAll) await addOrganizationConsent(tenant, user, visit.client, resource, values)
      else await addUserConsent(tenant, visit.client.appId, user.id, resource.appId, values)
    }
    return goOn(visit, { userId: user.id, took: 'consent' }, { consent: {} })
  },
}

/** Some permissions only an administrator can grant; and only one can grant anything for everybody. */
function mayAgree(visit: Visit, user: User): boolean {
  return consentOwed(visit.host.tenant, user, missingOf(visit, user), isForOrganization(visit)) !== 90094
}

/** The request itself asks for everybody's consent. */
function isForOrganization({ interaction }: Visit): boolean {
  return (interaction.params as { x_for_everybody?: string }).x_for_everybody === '1'
}

/** A client that registered itself is none of the tenant's applications: nobody can agree to it for all. */
function isOfDirectory({ host, client }: Visit): boolean {
  return host.tenant.directory.application(client.appId) !== undefined
}

function missingOf(visit: Visit, user: User): { readonly resource: Application; readonly values: readonly string[] }[] {
  const { missingResourceScopes = {} } = visit.interaction.prompt.details as { missingResourceScopes?: Record<string, string[]> }

  return missingConsents(visit.host, visit.client.appId, user.id, missingResourceScopes)
}

/** In the resource's own words, else made of the permission's name: `Mail.ReadWrite` is "Read and change your mail". */
function describe({ api }: Application, value: string): string {
  const told = api.oauth2PermissionScopes.find((each) => each.value === value)
  const words = told?.userConsentDisplayName ?? told?.adminConsentDisplayName
  if (typeof words === 'string' && words !== '') return words

  const [what = '', verb = '', ...more] = value.split('.')

  return verbs[verb] && more.length === 0 ? `${verbs[verb]} your ${what === 'User' ? 'profile' : what.toLowerCase()}` : value.replaceAll('.', ' ')
}

const verbs: Readonly<Record<string, string>> = { Read: 'Read', ReadWrite: 'Read and change', Write: 'Change', Send: 'Send' }
