import type { KoaContextWithOIDC } from 'oidc-provider'
import type { User } from '../directory/types.ts'
import { amrOf } from './adopt.ts'
import type { Host } from './host.ts'
import { clientOf } from './judge.ts'
import { assignedRoles } from './resources.ts'
import { stateOf } from './request-state.ts'

/** Which claims come with which scope (OpenID Connect Core 5.4). `null` = only to whoever names it in `claims`. */
export const standardClaims = {
  openid: ['sub', 'sid', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
  roles: null,
  groups: null,
}

/** What the directory knows of a user, in the words of OpenID Connect Core 5.1. What it does not know is left out. */
export function standardClaimsOf(ctx: KoaContextWithOIDC, host: Host, user: User): Record<string, unknown> {
  const { directory } = host.tenant
  const { session } = stateOf(ctx)
  const groups = directory.groupIdsOf(user.id)
  const roles = assignedRoles(clientOf(ctx, host), [user.id, ...groups])
  const phone = text(user.mobilePhone) ?? text((user.businessPhones as unknown[] | undefined)?.[0])

  return known({
    name: user.displayName,
    given_name: text(user.givenName),
    family_name: text(user.surname),
    preferred_username: user.userPrincipalName,
    locale: text(user.preferredLanguage),
    updated_at: secondOf(user.lastPasswordChangeDateTime ?? text(user.createdDateTime)),
    email: user.mail ?? user.userPrincipalName,
    email_verified: true,
    address: addressOf(user),
    phone_number: phone,
    phone_number_verified: phone === undefined ? undefined : true,
    roles: some(roles),
    groups: some(groups.flatMap((id) => directory.get('groups', id)?.displayName ?? [])),
    amr: session ? amrOf(session) : undefined,
  })
}

function addressOf(user: User): Record<string, unknown> | undefined {
  const address = known({
    street_address: text(user.streetAddress),
    locality: text(user.city),
    region: text(user.state),
    postal_code: text(user.postalCode),
    country: text(user.country),
  })

  return Object.keys(address).length > 0 ? address : undefined
}

function secondOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Math.floor(Date.parse(instant) / 1000)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function some<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length > 0 ? values : undefined
}

function known(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}
