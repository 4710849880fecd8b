/** An endpoint of a tenant, whichever of its paths it was asked at. */
export type Endpoint =
  | 'authorize' | 'token' | 'logout' | 'devicecode' | 'deviceauth' | 'discovery' | 'keys' | 'userinfo' | 'instance' | 'userrealm' | 'checksession'

export type EndpointAt = {
  readonly endpoint: Endpoint
  readonly version: 'v1' | 'v2'
  /** `userrealm/{upn}`: the rest of the path, decoded. */
  readonly rest?: string
}

/** Entra's paths below the tenant segment (reference 12.3, wire 3–6). */
const paths: Readonly<Record<string, readonly [Endpoint, 'v1' | 'v2']>> = {
  '/oauth2/v2.0/authorize': ['authorize', 'v2'],
  '/oauth2/v2.0/token': ['token', 'v2'],
  '/oauth2/v2.0/logout': ['logout', 'v2'],
  '/oauth2/v2.0/devicecode': ['devicecode', 'v2'],
  '/v2.0/.well-known/openid-configuration': ['discovery', 'v2'],
  '/discovery/v2.0/keys': ['keys', 'v2'],
  '/oauth2/authorize': ['authorize', 'v1'],
  '/oauth2/token': ['token', 'v1'],
  '/oauth2/logout': ['logout', 'v1'],
  '/oauth2/devicecode': ['devicecode', 'v1'],
  '/oauth2/deviceauth': ['deviceauth', 'v1'],
  '/.well-known/openid-configuration': ['discovery', 'v1'],
  '/discovery/keys': ['keys', 'v1'],
  '/discovery/instance': ['instance', 'v1'],
  '/oauth2/checksession': ['checksession', 'v1'],
  '/openid/userinfo': ['userinfo', 'v1'],
}

/**
 * The endpoint at a path below the tenant segment, in any case: MSAL Go asks for `UserRealm` (wire 3.4). Null where
 * there is none.
 */
export function endpointAt(path: string): EndpointAt | null {
  const lower = path.toLowerCase()
  const [endpoint, version] = (Object.hasOwn(paths, lower) ? paths[lower] : undefined) ?? []
  if (endpoint && version) return { endpoint, version }
  if (!lower.startsWith('/userrealm/')) return null

  const rest = decoded(path.slice('/userrealm/'.length))
  return rest === null || rest === '' ? null : { endpoint: 'userrealm', version: 'v1', rest }
}

/** The library's routes in an Entra tenant: the v2 paths, which v1 requests are rewritten to. */
export const libraryRoutes = {
  authorization: '/oauth2/v2.0/authorize',
  token: '/oauth2/v2.0/token',
  end_session: '/oauth2/v2.0/logout',
  device_authorization: '/oauth2/v2.0/devicecode',
  code_verification: '/oauth2/deviceauth',
  jwks: '/discovery/v2.0/keys',
  userinfo: '/openid/userinfo',
} as const

/** Where the library answers for an endpoint; undefined for what it does not know. */
export const libraryPathOf: Readonly<Partial<Record<Endpoint, string>>> = {
  authorize: libraryRoutes.authorization,
  token: libraryRoutes.token,
  logout: libraryRoutes.end_session,
  devicecode: libraryRoutes.device_authorization,
  deviceauth: libraryRoutes.code_verification,
}

/** Paths outside any tenant. */
export const rootPaths = { userinfo: '/oidc/userinfo', deviceLogin: '/devicelogin', metadataEndpoints: '/metadata/endpoints', errorLookup: '/error' } as const

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
