import type { Application } from '../directory/types.ts'
import { isConfidential } from '../oidc/clients.ts'
import { issuerOf } from '../oidc/host.ts'
import type { Host } from '../oidc/host.ts'
import { firstSignIns } from './first-sign-ins.ts'
import type { HomeParts } from './first-sign-ins.ts'

/** The tenant's home page: who can sign in here, what to, and how to point an application at it. */
export function homePage(host: Host, parts: HomeParts): string {
  const { directory, id, domain } = host.tenant
  const { base } = parts
  const issuer = issuerOf(base, id)
  const tryIt = firstSignIns(host.tenant, parts)
  return host.render('home', {
    tenant: { displayName: directory.settings.displayName, domain },
    issuer,
    tryIt,
    users: directory.list('users').slice(0, 50).map(({ userPrincipalName, displayName, roles, userType, authenticationMethods }) => ({
      userPrincipalName,
      displayName,
      hint: [
        userType === 'Guest' ? 'guest' : '',
        roles.length > 0 ? 'administrator' : '',
        authenticationMethods.length > 0 ? 'authenticator' : 'no second factor',
      ].filter(Boolean).join(', '),
    })),
    applications: directory.list('applications').map((application) => ({ displayName: application.displayName, appId: application.appId, kind: kindOf(application) })),
    links: [
      { label: 'Sample app', href: tryIt.appHref },
      { label: 'Discovery', href: `${issuer}/.well-known/openid-configuration` },
      { label: 'Keys', href: `${base}/${id}/discovery/v2.0/keys` },
      { label: 'Sign-in log', href: `${base}/_mock${parts.isFirst ? '' : `/tenants/${id}`}/sign-ins` },
    ],
  })
}

function kindOf(application: Application): string {
  if (application.spa.redirectUris.length > 0) return 'single-page app'
  if (application.web.redirectUris.length > 0) return 'web app'
  if (application.publicClient.redirectUris.length > 0) return 'mobile and desktop app'

  return isConfidential(application) ? 'daemon' : 'API'
}
