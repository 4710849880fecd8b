import { himself } from '../directory/himself.ts'
import type { Application, User } from '../directory/types.ts'
import type { Host, OidcTenant } from './host.ts'

/** Whether a delegated permission of a resource was granted, by an administrator for all or by the user alone. */
export function consentedScopes(host: Host, clientId: string, userId: string, indicator: string): (scope: string) => boolean {
  const { tenant } = host
  const resource = resourceAt(tenant, indicator)
  const client = tenant.directory.application(clientId)
  if (!resource) return () => false

  const granted = new Set(grantedScopes(tenant, clientId, userId, resource).map((scope) => scope.toLowerCase()))
  const isGranted = (value: string) => granted.has(value.toLowerCase())

  return (scope) => (valueOf(scope) === '.default' ? requiredScopes(client, resource).every(isGranted) : isGranted(valueOf(scope)))
}

/** Everything of a resource that a client may do for a user: by anybody's consent, or because the resource agreed to the client itself. */
export function grantedScopes(tenant: OidcTenant, clientId: string, userId: string, resource: Application): string[] {
  return [...organizationConsents(tenant, tenant.directory.application(clientId), resource), ...userConsents(tenant, clientId, userId, resource.appId), ...preAuthorizedScopes(clientId, resource)]
}

/** What is asked of the user, resource by resource, in short: `.default` stands for what the client's registration requires. */
export function missingConsents(host: Host, clientId: string, userId: string, missing: Readonly<Record<string, readonly string[]>>): { readonly resource: Application; readonly values: readonly string[] }[] {
  const client = host.tenant.directory.application(clientId)

  return Object.entries(missing).flatMap(([indicator, scopes]) => {
    const resource = resourceAt(host.tenant, indicator)
    if (!resource) return []
    const isConsented = consentedScopes(host, clientId, userId, indicator)
    const values = scopes.flatMap((scope) => (valueOf(scope) === '.default' ? requiredScopes(client, resource).filter((value) => !isConsented(value)) : [valueOf(scope)]))

    return [{ resource, values: [...new Set(values)] }]
  })
}

/** Whose word is missing: the user's own (65001), or an administrator's, which this user is not (90094). */
export function consentOwed(tenant: OidcTenant, user: User, missing: ReturnType<typeof missingConsents>, isForOrganization = false): 65001 | 90094 {
  const isForAdministratorsOnly = isForOrganization || missing.some(({ resource, values }) => values.some((value) => isForAdministrators(resource, value)))

  return isForAdministratorsOnly && !mayConsentForOrganization(user, tenant) ? 90094 : 65001
}

/** Whether a permission is for administrators to grant, as the resource publishes it. */
function isForAdministrators({ api }: Application, value: string): boolean {
  return api.oauth2PermissionScopes.some((scope) => scope.value.toLowerCase() === value.toLowerCase() && scope.type === 'Admin')
}

/** Whether a user may grant permissions for everybody, and those that are for administrators to grant. */
export function mayConsentForOrganization(user: User, { directory }: OidcTenant): boolean {
  return directory.roleTemplateIdsOf(user.id).some((role) => consentRoles.has(role.toLowerCase()))
}

/** Global, Privileged Role, Cloud Application and Application Administrator. */
const consentRoles: ReadonlySet<string> = new Set([
  '62e90394-69f5-4237-9190-012177145e10', 'e8611ab8-c189-46e8-94e1-60213ab1f814', '158c047a-c907-4556-b7ef-446551a6b5f7', '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
])

const consentModel = 'UserConsent'

/** What a user alone allowed a client to do with a resource: kept with the application or, where the client is no application of the tenant, until the process ends. */
export function userConsents(tenant: OidcTenant, clientId: string, userId: string, resourceAppId: string): readonly string[] {
  const client = tenant.directory.application(clientId)
  const found = client
    ? client.userConsents?.find(({ principal, resource }) => principal === userId && resource === resourceAppId)
    : (tenant.state.find(consentModel, [clientId, userId, resourceAppId].join(' ')) as { scopes: string[] } | undefined)

  return found?.scopes ?? []
}

/** A user allows a client more than before. */
export async function addUserConsent(tenant: OidcTenant, clientId: string, userId: string, resourceAppId: string, scopes: readonly string[]): Promise<void> {
  const all = [...new Set([...userConsents(tenant, clientId, userId, resourceAppId), ...scopes])]
  const client = tenant.directory.application(clientId)
  if (!client) return tenant.state.upsert(consentModel, [clientId, userId, resourceAppId].join(' '), { scopes: all })

  const others = (client.userConsents ?? []).filter(({ principal, resource }) => principal !== userId || resource !== resourceAppId)
  const user = tenant.directory.get('users', userId)
  const directory = user ? tenant.directory.by(himself(user)) : tenant.directory
  await directory.put('applications', { ...client, userConsents: [...others, { principal: userId, resource: resourceAppId, scopes: all }] })
}

/** An administrator allows a client more than before, for everybody. */
export async function addOrganizationConsent(tenant: OidcTenant, administrator: User, client: Application, resource: Application, scopes: readonly string[]): Promise<void> {
  const now = tenant.directory.application(client.appId) ?? client
  const others = now.consents.filter((consent) => tenant.directory.resource(consent.resource)?.appId !== resource.appId)
  const all = [...new Set([...organizationConsents(tenant, now, resource), ...scopes])]
  await tenant.directory.by(himself(administrator)).put('applications', { ...now, consents: [...others, { resource: resource.appId, scopes: all }] })
}

/** What administrators allowed a client to do with a resource, for everybody. */
function organizationConsents({ directory }: OidcTenant, client: Application | undefined, resource: Application): string[] {
  return (client?.consents ?? []).filter((consent) => directory.resource(consent.resource)?.appId === resource.appId).flatMap(({ scopes }) => scopes)
}

/** Permissions that an API gives a client without asking anybody (`api.preAuthorizedApplications`). */
function preAuthorizedScopes(clientId: string, { api }: Application): string[] {
  const agreed = ((api as { preAuthorizedApplications?: unknown }).preAuthorizedApplications ?? []) as readonly { readonly appId?: string; readonly delegatedPermissionIds?: readonly string[] }[]
  const ids = new Set(agreed.filter(({ appId }) => appId?.toLowerCase() === clientId.toLowerCase()).flatMap(({ delegatedPermissionIds = [] }) => delegatedPermissionIds.map((id) => id.toLowerCase())))

  return api.oauth2PermissionScopes.filter(({ id }) => ids.has(id.toLowerCase())).map(({ value }) => value)
}

/** The delegated permissions that a client's registration asks for: what `.default` stands for at its first sign-in. */
function requiredScopes(client: Application | undefined, resource: Application): string[] {
  const ids = new Set((client?.requiredResourceAccess ?? []).flatMap((one) => {
    const { resourceAppId, resourceAccess = [] } = one as { resourceAppId?: unknown; resourceAccess?: readonly { readonly id?: unknown; readonly type?: unknown }[] }

    return String(resourceAppId).toLowerCase() === resource.appId.toLowerCase() ? resourceAccess.filter(({ type }) => type === 'Scope').map(({ id }) => String(id).toLowerCase()) : []
  }))

  return resource.api.oauth2PermissionScopes.filter(({ id }) => ids.has(id.toLowerCase())).map(({ value }) => value)
}

function resourceAt({ directory }: OidcTenant, indicator: string): Application | undefined {
  return directory.resource(indicator.replace(/^urn:appid:/, ''))
}

function valueOf(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}
