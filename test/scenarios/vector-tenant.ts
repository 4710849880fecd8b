import type { Told, Vector, VectorDirectory } from '../policy/stage-vector.ts'
import { appId, methodNamed, saysMfa } from '../policy/stage-vector.ts'
import { password } from '../support/mock.ts'
import { scopesOf, serviceOf } from './vector-obstacles.ts'

/** The directory that the reference vectors share, as a tenant file: their names are names here too. */
export function vectorTenant(directory: VectorDirectory, vectors: readonly Vector[]): Record<string, unknown> {
  const scopes = [...new Set(vectors.flatMap(({ signIn }) => scopesOf(signIn ?? {})))].filter((scope) => !openId.has(scope))
  const agreements = [...new Set(vectors.flatMap(({ policies, signIn }) => [...(policies ?? []).flatMap(({ grantControls }) => grantControls?.termsOfUse ?? []), ...[signIn?.touAccepted ?? []].flat()]))]
  const daemons = new Set(vectors.map(({ signIn }) => signIn?.servicePrincipal))
  const consents = [...Object.keys(directory.apps), ...Object.values(serviceOf)].map((resource) => ({ resource, scopes: [...scopes, 'user_impersonation'] }))
  const application = (displayName: string, more: Record<string, unknown>) => ({ displayName, consents, ...more })

  return {
    tenants: [{
      displayName: 'Vectors',
      licence: directory.tenant.licence,
      settings: { kmsiPromptEnabled: false },
      mfaServiceSettings: directory.tenant.mfaServiceSettings,
      domains: Object.entries(directory.domains).map(([id, { authenticationType, federatedIdpMfaBehavior }]) => ({
        id,
        isDefault: id === 'contoso.com',
        authenticationType,
        ...(authenticationType === 'Federated' ? { federation: { mfaEnabled: true, federatedIdpMfaBehavior } } : {}),
      })),
      users: Object.entries(directory.users).map(([name, { upn, methods = ['password'], roles = [], userType, externalType, homeTenant }]) => ({
        userPrincipalName: upn ?? `${name}@contoso.com`,
        displayName: name,
        ...(methods.includes('password') || methods.includes('federated') ? { password } : {}),
        authenticationMethods: registered(methods),
        // A role over an administrative unit is none over the tenant.
        roles: roles.flatMap((role) => (typeof role === 'string' ? role : role.scope === undefined || role.scope === 'tenant' ? role.role : [])),
        ...(userType ? { userType } : {}),
        ...(externalType ? { externalType } : {}),
        ...(homeTenant ? { homeTenantId: homeTenant } : {}),
      })),
      groups: Object.entries(directory.groups).map(([displayName, { members = [] }]) => ({
        displayName,
        members: [...members, ...Object.keys(directory.users).filter((name) => directory.users[name]?.groups?.includes(displayName))],
      })),
      applications: [
        ...Object.entries(directory.apps).map(([name, id]) => {
          const known = appId(name, directory)
          return application(name, { ...(known === name ? {} : { appId: known }), ...(/confidential/.test(id) || daemons.has(name) ? web : publicClient) })
        }),
        application('A web application', web),
        application('An installed application', publicClient),
        application('A managed identity', { servicePrincipalType: 'ManagedIdentity', ...web }),
        application('A page', { spa: { redirectUris: [redirectUri] } }),
      ],
      namedLocations: Object.entries(directory.namedLocations).map(([displayName, location]) => ({ displayName, ...location, kind: undefined })),
      conditionalAccessPolicies: [],
      agreements: agreements.map((displayName) => ({ displayName })),
      countries: Object.fromEntries(Object.entries(directory.geo).filter(([, country]) => country !== null)),
    }],
  }
}

export const redirectUri = 'http://localhost:3999/callback'
export const secret = 'vector-secret'
const openId = new Set(['openid', 'profile', 'email', 'offline_access'])
const web = { web: { redirectUris: [redirectUri] }, secrets: [secret] }
const publicClient = { publicClient: { redirectUris: [redirectUri] }, isFallbackPublicClient: true }

export function registered(methods: readonly string[]): { readonly type: string }[] {
  return methods.filter((method) => method !== 'password' && method !== 'federated').map((name) => ({ type: methodNamed(name) }))
}

/** What of a case is the tenant's, as the control API takes it. */
export function tenantOfVector({ tenant, policies = [] }: Vector): Record<string, unknown> {
  const { licence, securityDefaults, lowPrivilegeScopeEnforcement, inboundTrust, mfaServiceSettings, federatedIdpMfaBehavior, mfaEnabled } = tenant ?? {}
  const federation = { ...(federatedIdpMfaBehavior === undefined ? {} : { federatedIdpMfaBehavior }), ...(mfaEnabled === undefined ? {} : { mfaEnabled }) }
  const settings = { ...(lowPrivilegeScopeEnforcement ? { lowPrivilegeScopeEnforcement } : {}), ...(inboundTrust ? { inboundTrust } : {}) }

  return {
    ...(licence === undefined ? {} : { licence }),
    ...(securityDefaults === undefined ? {} : { securityDefaults }),
    ...(mfaServiceSettings === undefined ? {} : { mfaServiceSettings }),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(Object.keys(federation).length > 0 ? { domains: [{ id: 'fed.contoso.com', federation }] } : {}),
    conditionalAccessPolicies: policies.map(({ id, ...policy }) => ({ displayName: id, ...policy })),
  }
}

/** The signals of a case, as the request header says them. */
export function signalsOfVector(told: Told, directory: VectorDirectory): string {
  const { ips } = directory
  const inside = Object.entries(told.claims ?? {}).find(([name]) => name.toLowerCase().endsWith('insidecorporatenetwork'))?.[1]
  const { tenant: _, ...device } = told.device ?? {}

  return JSON.stringify({
    ...(told.ip ? { ipAddress: ips[told.ip] ?? told.ip } : {}),
    ...(told.country ? { country: told.country } : {}),
    ...(told.gpsCountry ? { gpsCountry: told.gpsCountry } : {}),
    ...(told.platform && told.platform !== 'unknown' ? { platform: told.platform } : {}),
    ...(told.device ? { device: { ...device, ...(told.device.tenant ? { tenantId: told.device.tenant } : {}) } } : {}),
    ...(told.client ?? told.protocol ? { clientAppType: told.client ?? 'other' } : {}),
    ...(told.signInRisk ? { signInRiskLevel: told.signInRisk } : {}),
    ...(told.userRisk ? { userRiskLevel: told.userRisk } : {}),
    ...(told.servicePrincipalRisk ? { servicePrincipalRiskLevel: told.servicePrincipalRisk } : {}),
    ...(told.insiderRisk ? { insiderRiskLevel: told.insiderRisk } : {}),
    ...(inside === undefined ? {} : { insideCorporateNetwork: String(inside) === 'true' }),
    ...([told.flow, told.originalTransferMethod].includes('authenticationTransfer') ? { transferMethod: 'authenticationTransfer' } : {}),
    ...(told.homeMfa || saysMfa(told, directory) ? { mfaAtHome: true } : {}),
  })
}
