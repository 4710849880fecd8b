import type { User } from '../directory/types.ts'
import { groupClaims } from './group-claims.ts'
import { issuerOf } from './issuers.ts'
import { optionalClaims } from './optional-claims.ts'
import type { TokenFacts } from './token-facts.ts'
import { identityProviderOf, isExternal, opaqueClaims, pairwiseSubject, timesOf } from './token-parts.ts'

/** An ID token's facts: those of the sign-in, and what the request asked of it. */
export type IdTokenFacts = TokenFacts & {
  readonly user: User
  /** As granted: `profile` brings names, `email` the address. */
  readonly scopes: readonly string[]
  /** The endpoint that issues it. Absent = v2. */
  readonly version?: 1 | 2
  readonly nonce?: string | undefined
  /** Claims asked for by the `claims` parameter. */
  readonly requestedClaims?: readonly string[]
}

/**
 * The claims of an ID token (wire 9.3). `nonce` is the request's or none: it may never be invented. `c_hash` and
 * `at_hash` are for the library to add.
 */
export function idTokenClaims(facts: IdTokenFacts): Record<string, unknown> {
  const { user, client, tenant, base, scopes, version = 2, nonce, salt } = facts
  const hasProfile = scopes.includes('profile')
  const { aio, rh, uti } = opaqueClaims(facts)

  return {
    aud: client.appId,
    iss: issuerOf({ base, tenantId: tenant.id, version }),
    ...timesOf(facts),
    aio,
    ...(hasProfile ? { name: user.displayName, oid: user.id, ...(version === 2 ? { preferred_username: user.userPrincipalName } : {}) } : {}),
    ...(hasProfile && version === 1 ? v1Claims(facts) : {}),
    ...(nonce === undefined ? {} : { nonce }),
    rh,
    sub: pairwiseSubject(salt, user.id, client.appId),
    ...(hasProfile ? { tid: tenant.id } : {}),
    uti,
    ver: version === 2 ? '2.0' : '1.0',
    ...(user.mail !== null && (scopes.includes('email') || isExternal(user)) ? { email: user.mail } : {}),
    ...(facts.roles.length > 0 ? { roles: [...facts.roles] } : {}),
    ...groupClaims(client, facts),
    ...optionalClaims([...(client.optionalClaims?.idToken ?? []), ...(facts.requestedClaims ?? []).map((name) => ({ name }))], facts),
    ...(facts.acrs && facts.acrs.length > 0 ? { acrs: [...facts.acrs] } : {}),
    ...(isExternal(user) ? { idp: identityProviderOf(user, base) } : {}),
  }
}

function v1Claims({ user, session }: IdTokenFacts): Record<string, unknown> {
  return {
    ...(session ? { amr: [...session.amr] } : {}),
    ...(user.surname === null ? {} : { family_name: user.surname }),
    ...(user.givenName === null ? {} : { given_name: user.givenName }),
    ...(session?.ipAddress ? { ipaddr: session.ipAddress } : {}),
    unique_name: user.userPrincipalName,
    upn: user.userPrincipalName,
  }
}

/** Every claim that an ID token may have: the library lets through what it was told of. */
export const idTokenClaimNames = [
  'acct', 'acrs', 'aio', 'amr', 'auth_time', 'controls', 'ctry', 'email', 'family_name', 'given_name', 'groups', 'hasgroups', 'iat', 'idp', 'in_corp', 'ipaddr',
  'login_hint', 'name', 'nbf', 'nonce', 'oid', 'onprem_sid', 'preferred_username', 'rh', 'roles', 'sid', 'signin_state', 'sub', 'tenant_region_scope',
  'tid', 'unique_name', 'upn', 'uti', 'ver', 'verified_primary_email', 'wids', 'xms_pl', '_claim_names', '_claim_sources',
] as const
