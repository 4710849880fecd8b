import type { Application, Directory, User } from '../directory/types.ts'
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
    users: directory.list('users').slice(0, 50).map((user) => ({ userPrincipalName: user.userPrincipalName, displayName: user.displayName, hint: hintOf(user, directory) })),
    applications: directory.list('applications').map((application) => ({ displayName: application.displayName, appId: application.appId, kind: kindOf(application, directory) })),
    links: [
      { label: 'Sample app', href: tryIt.appHref },
      { label: 'Discovery', href: `${issuer}/.well-known/openid-configuration` },
      { label: 'Keys', href: `${base}/${id}/discovery/v2.0/keys` },
      { label: 'Sign-in log', href: `${base}/_mock${parts.isFirst ? '' : `/tenants/${id}`}/sign-ins` },
    ],
  })
}

/** What makes a sign-in of this user come out as it does. */
function hintOf({ id, userPrincipalName, roles, userType, authenticationMethods }: User, directory: Directory): string {
  const groups = directory.groupIdsOf(id).flatMap((group) => directory.get('groups', group)?.displayName ?? [])

  return [
    ...groups,
    userType === 'Guest' ? 'guest' : '',
    directory.domainOf(userPrincipalName)?.authenticationType === 'Federated' ? 'federated' : '',
    roles.length > 0 ? 'administrator' : '',
    authenticationMethods.length > 0 ? 'authenticator' : 'no second factor',
  ].filter(Boolean).join(', ')
}

/** Any application may have any redirect URI here, so what it offers and what it was granted come first. */
function kindOf(application: Application, directory: Directory): string {
  const isGranted = directory.list('applications').some(({ assignments }) => assignments.some(({ principal }) => principal === application.servicePrincipalId))
  if (application.api.oauth2PermissionScopes.length > 0) return 'API'
  if (isGranted && isConfidential(application)) return 'daemon'
  if (application.spa.redirectUris.length > 0) return 'single-page app'
  if (application.publicClient.redirectUris.length > 0) return 'mobile and desktop app'

  return application.web.redirectUris.length > 0 ? 'web app' : 'API'
}
