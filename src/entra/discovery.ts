import { aliasOf, issuerAt } from './issuers.ts'
import type { Place } from './issuers.ts'

/** Names of the cloud that clients compare with each other and with a key's (wire 3.1, 3.2). */
const cloud = { cloud_instance_name: 'microsoftonline.com', cloud_graph_host_name: 'graph.windows.net', msgraph_host: 'graph.microsoft.com', rbac_url: 'https://pas.windows.net' }

/** What an `instance_aware` application is told of the cloud that signed its user in (wire 4.3). */
export function cloudOf(base: string): Record<string, string> {
  const { rbac_url: _rbac, ...names } = cloud

  return { ...names, cloud_instance_host_name: new URL(base).host }
}

const claimsOfBoth = ['sub', 'iss', 'cloud_instance_name', 'cloud_instance_host_name', 'cloud_graph_host_name', 'msgraph_host', 'aud', 'exp', 'iat', 'auth_time', 'acr']

/**
 * The v2 discovery document, with exactly Entra's members (wire 3.1): what it does not promise, such as
 * `code_challenge_methods_supported` or the `iss` response parameter, clients would hold us to.
 */
export function discoveryV2(place: Place): Record<string, unknown> {
  const root = rootOf(place)

  return {
    token_endpoint: `${root}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${root}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: issuerAt(place, 2),
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${place.base}/oidc/userinfo`,
    authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${root}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${root}/oauth2/v2.0/logout`,
    claims_supported: [...claimsOfBoth, 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'],
    kerberos_endpoint: `${root}/kerberos`,
    tenant_region_scope: regionOf(place),
    ...cloud,
  }
}

/** The v1 discovery document (wire 3.1). */
export function discoveryV1(place: Place): Record<string, unknown> {
  const root = rootOf(place)

  return {
    token_endpoint: `${root}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${root}/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    issuer: issuerAt(place, 1),
    microsoft_multi_refresh_token: true,
    authorization_endpoint: `${root}/oauth2/authorize`,
    device_authorization_endpoint: `${root}/oauth2/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${root}/oauth2/logout`,
    claims_supported: [...claimsOfBoth, 'amr', 'nonce', 'email', 'given_name', 'family_name', 'nickname'],
    check_session_iframe: `${root}/oauth2/checksession`,
    userinfo_endpoint: `${root}/openid/userinfo`,
    kerberos_endpoint: `${root}/kerberos`,
    tenant_region_scope: regionOf(place),
    ...cloud,
  }
}

export type PublishedKey = { readonly kid: string; readonly x5t: string; readonly n: string; readonly e: string; readonly x5c: readonly string[] }

/** The key set: no `alg`, and an `issuer` on v2 only (wire 3.2). */
export function jwks({ keys, version, ...place }: Place & { readonly keys: readonly PublishedKey[]; readonly version: 1 | 2 }): { keys: Record<string, unknown>[] } {
  return {
    keys: keys.map(({ kid, x5t, n, e, x5c }) => ({
      kty: 'RSA',
      use: 'sig',
      kid,
      x5t,
      n,
      e,
      x5c: [...x5c],
      cloud_instance_name: cloud.cloud_instance_name,
      ...(version === 2 ? { issuer: issuerAt(place, 2) } : {}),
    })),
  }
}

function rootOf({ base, segment, tenantId }: Place): string {
  return `${base}/${aliasOf(segment) ?? tenantId}`
}

function regionOf({ segment }: Place): string | null {
  return aliasOf(segment) === null ? 'NA' : null
}
