import type { Application, OptionalClaim, User } from '../directory/types.ts'
import { knowsChallenges } from '../sign-in/lifetimes.ts'
import { directoryRolesOf, groupClaims } from './group-claims.ts'
import { issuerOf } from './issuers.ts'
import { optionalClaims } from './optional-claims.ts'
import { graphAppId } from './scopes.ts'
import type { TokenFacts } from './token-facts.ts'
import { identityProviderOf, isExternal, opaqueClaims, pairwiseSubject, stableText, timesOf } from './token-parts.ts'

/** An access token's facts: those of the sign-in, and for which API the token is. */
export type AccessTokenFacts = TokenFacts & {
  readonly resource: Application
  /** What a v1 token calls its resource: the identifier as requested. Absent = its first identifier URI. */
  readonly audience?: string | undefined
  /** Delegated permissions in short; none for an application that acts for itself. */
  readonly scopes: readonly string[]
  /** `openid`, `profile`, `email` as granted: Graph's tokens list them too. */
  readonly openIdScopes?: readonly string[]
  /** How the client proved itself: its `acr`. */
  readonly clientAuthentication: 'none' | 'secret' | 'certificate'
  /** What the client can do, as it spelled it (`cp1`): repeated to a resource that wants to know. */
  readonly capabilities?: readonly string[]
}

/** The version of an access token is the resource's to say; Graph's are v1 (wire 9.1). */
export function accessTokenVersion(resource: Application): 1 | 2 {
  return resource.appId !== graphAppId && resource.api.requestedAccessTokenVersion === 2 ? 2 : 1
}

/** Header and payload of an access token, user's or application's, v1 or v2 (wire 9.2). The library adds `alg` and `kid`. */
export function accessTokenClaims(facts: AccessTokenFacts): { readonly header: Record<string, string>; readonly payload: Record<string, unknown> } {
  const version = accessTokenVersion(facts.resource)
  const { resource, tenant, base, user, client } = facts
  const isGraph = resource.appId === graphAppId

  return {
    header: version === 1 ? { typ: 'JWT', x5t: facts.kid } : { typ: 'JWT' },
    payload: {
      aud: audienceOf(facts, version),
      iss: issuerOf({ base, tenantId: tenant.id, version }),
      ...timesOf(facts),
      ...(user && version === 1 ? { acr: '1' } : {}),
      ...opaqueClaims(facts),
      ...clientClaims(facts, version),
      ...(user ? userClaims(facts, user, version) : applicationClaims(facts, version)),
      ...(user ? scopeClaim(facts, isGraph) : {}),
      ...(facts.roles.length > 0 ? { roles: [...facts.roles] } : {}),
      tid: tenant.id,
      ver: version === 1 ? '1.0' : '2.0',
      xms_ftd: stableText(54, 'xms_ftd', tenant.id),
      ...groupClaims(resource, facts),
      ...(isGraph ? graphClaims(facts) : {}),
      ...optionalClaims(wantedBy(resource), facts),
      ...typeClaim(facts, isGraph),
      ...controlClaims(facts),
      ...(facts.acrs && facts.acrs.length > 0 && user ? { acrs: [...facts.acrs] } : {}),
      ...capabilityClaim(facts),
      ...(user && isExternal(user) ? { idp: identityProviderOf(user, base) } : {}),
      ...(isGraph ? { app_displayname: client.displayName } : {}),
    },
  }
}

const credentialLevels = { none: '0', secret: '1', certificate: '2' } as const

function audienceOf({ resource, audience }: AccessTokenFacts, version: 1 | 2): string {
  const wantsGuid = wantedBy(resource).some(({ name, additionalProperties = [] }) => name === 'aud' && additionalProperties.includes('use_guid'))

  return version === 2 || wantsGuid ? resource.appId : (audience ?? resource.identifierUris[0] ?? resource.appId)
}

function clientClaims({ client, clientAuthentication }: AccessTokenFacts, version: 1 | 2): Record<string, string> {
  const level = credentialLevels[clientAuthentication]

  return version === 1 ? { appid: client.appId, appidacr: level } : { azp: client.appId, azpacr: level }
}

/** v1 tokens say much of a user by themselves; v2 tokens a name, and the rest on demand. */
function userClaims({ salt, resource, session }: AccessTokenFacts, user: User, version: 1 | 2): Record<string, unknown> {
  const identity = { oid: user.id, sub: pairwiseSubject(salt, user.id, resource.appId), name: user.displayName }
  if (version === 2) return { ...identity, preferred_username: user.userPrincipalName }

  return {
    ...identity,
    ...(session ? { amr: [...session.amr] } : {}),
    ...(session?.ipAddress ? { ipaddr: session.ipAddress } : {}),
    ...(user.surname === null ? {} : { family_name: user.surname }),
    ...(user.givenName === null ? {} : { given_name: user.givenName }),
    ...(typeof user.onPremisesSecurityIdentifier === 'string' ? { onprem_sid: user.onPremisesSecurityIdentifier } : {}),
    unique_name: user.userPrincipalName,
    upn: user.userPrincipalName,
  }
}

/** An application is its service principal, which is no secret: `sub` and `oid` are the same. */
function applicationClaims({ client, base, tenant }: AccessTokenFacts, version: 1 | 2): Record<string, string> {
  return {
    oid: client.servicePrincipalId,
    sub: client.servicePrincipalId,
    ...(version === 1 ? { idp: issuerOf({ base, tenantId: tenant.id, version }) } : {}),
  }
}

function scopeClaim({ scopes, openIdScopes = [] }: AccessTokenFacts, isGraph: boolean): Record<string, string> {
  const all = [...scopes, ...(isGraph ? openIdScopes.filter((scope) => scope !== 'offline_access') : [])]

  return all.length === 0 ? {} : { scp: [...new Set(all)].join(' ') }
}

/** Whether a token is a user's or an application's; said on demand, and always to Graph. */
function typeClaim({ resource, user }: AccessTokenFacts, isGraph: boolean): Record<string, string> {
  const wanted = wantedBy(resource).find(({ name }) => name === 'idtyp')
  if (isGraph) return { idtyp: user ? 'user' : 'app' }
  if (!wanted) return {}

  return user ? (wanted.additionalProperties?.includes('include_user_token') ? { idtyp: 'user' } : {}) : { idtyp: 'app' }
}

/** What an API must know before it may send a claims challenge: it follows the session, and the client can handle one (wire 10). */
function capabilityClaim({ resource, capabilities = [] }: AccessTokenFacts): Record<string, unknown> {
  const known = capabilities.filter((capability) => capability.toLowerCase() === 'cp1')

  return known.length > 0 && knowsChallenges(resource) ? { xms_cc: known } : {}
}

/** What the API is to do because a policy says so, said whether it asked or not, with what it needs to know for that. */
function controlClaims({ resource, session }: AccessTokenFacts): Record<string, unknown> {
  const { controls = [], signInState = [] } = session ?? {}
  if (controls.length === 0) return {}

  return { controls: [...controls], controls_auds: [resource.appId], ...(signInState.length > 0 ? { signin_state: [...signInState] } : {}) }
}

/** What else Graph's tokens carry, for the looks of it. */
function graphClaims({ user, salt, client, session, directoryRoles = [], tenant }: AccessTokenFacts): Record<string, unknown> {
  return {
    ...(user ? {
      ...(session?.platform ? { platf: platforms[session.platform] ?? '14' } : {}),
      puid: `1003${stableText(32, 'puid', user.id).replace(/[^0-9A-F]/gi, '').toUpperCase().padEnd(12, '0').slice(0, 12)}`,
      xms_st: { sub: pairwiseSubject(salt, user.id, client.appId) },
    } : {}),
    tenant_region_scope: 'NA',
    wids: user ? directoryRolesOf(directoryRoles) : [applicationRole],
    xms_idrel: user ? '1 2' : '7 2',
    xms_tcdt: Number.parseInt(tenant.id.slice(0, 6), 16) % 100_000_000 + 1_400_000_000,
  }
}

/** What an application has in `wids`. */
const applicationRole = '0997a1d0-0d1d-4acb-b408-d5ca73121e90'

const platforms: Readonly<Record<string, string>> = { android: '1', iOS: '2', windows: '3', windowsPhone: '4', macOS: '5', linux: '8' }

function wantedBy(resource: Application): readonly OptionalClaim[] {
  return resource.optionalClaims?.accessToken ?? []
}
