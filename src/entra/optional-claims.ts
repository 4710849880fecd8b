import type { OptionalClaim, User } from '../directory/types.ts'
import { opaqueLoginHint } from './login-hint.ts'
import type { TokenFacts } from './token-facts.ts'
import { isExternal } from './token-parts.ts'

type Value = (facts: TokenFacts & { readonly user: User }, claim: OptionalClaim) => unknown

/** Claims that an application asks for by its registration, or by the `claims` parameter (wire 9.2, 9.3). */
export function optionalClaims(wanted: readonly OptionalClaim[], facts: TokenFacts): Record<string, unknown> {
  const { user } = facts
  if (!user) return {}

  return Object.fromEntries(wanted.flatMap((claim) => {
    const value = valueOf(claim, { ...facts, user })

    return value === undefined || value === null ? [] : [[claim.name, value]]
  }))
}

function valueOf(claim: OptionalClaim, facts: TokenFacts & { readonly user: User }): unknown {
  if (claim.source === 'user') return facts.user[claim.name.replace(/^extension_[0-9a-f]{32}_/, '')] ?? facts.user[claim.name]

  return Object.hasOwn(values, claim.name) ? values[claim.name]?.(facts, claim) : undefined
}

/** By claim. Undefined = nothing to say, and then the claim is left out. */
const values: Readonly<Record<string, Value>> = {
  acct: ({ user }) => (user.userType === 'Guest' ? 1 : 0),
  amr: ({ session }) => session && [...session.amr],
  auth_time: ({ session }) => session && Math.floor(session.authenticatedAt / 1000),
  controls: ({ session }) => listed(session?.controls),
  ctry: ({ user }) => user.country,
  email: ({ user }) => user.mail,
  family_name: ({ user }) => user.surname,
  given_name: ({ user }) => user.givenName,
  in_corp: ({ session }) => (session?.insideCorporateNetwork ? 'true' : undefined),
  ipaddr: ({ session }) => session?.ipAddress,
  login_hint: ({ user, tenant }) => opaqueLoginHint({ userId: user.id, userPrincipalName: user.userPrincipalName, tenantId: tenant.id }),
  name: ({ user }) => user.displayName,
  onprem_sid: ({ user }) => user.onPremisesSecurityIdentifier,
  preferred_username: ({ user }) => user.userPrincipalName,
  sid: ({ session }) => session?.id,
  signin_state: ({ session }) => listed(session?.signInState),
  tenant_region_scope: () => 'NA',
  upn: ({ user }, { additionalProperties = [] }) => (isExternal(user) && !additionalProperties.includes('include_externally_authenticated_upn') ? undefined : user.userPrincipalName),
  verified_primary_email: ({ user }) => (user.mail === null ? undefined : [user.mail]),
  xms_pl: ({ user }) => user.preferredLanguage,
}

function listed(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && values.length > 0 ? [...values] : undefined
}
