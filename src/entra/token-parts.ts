import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { User } from '../directory/types.ts'
import { issuerOf } from './issuers.ts'
import type { TokenFacts } from './token-facts.ts'

/**
 * The `sub` of a user at one application: 43 characters that stay the same there and tell two applications nothing
 * (wire 9.2).
 */
export function pairwiseSubject(salt: string, userId: string, appId: string): string {
  return createHmac('sha256', salt).update(`${appId.toLowerCase()} ${userId.toLowerCase()}`).digest('base64url')
}

/** Names the account to MSAL: unpadded, since MSAL Go refuses padding (wire F5). For a guest, of the home tenant. */
export function clientInfo(uid: string, utid: string): string {
  return Buffer.from(JSON.stringify({ uid, utid })).toString('base64url')
}

/** `client_info` of a user of this tenant; a guest is known by the home tenant's (wire 5.3). */
export function clientInfoOf(user: User, tenantId: string): string {
  const { homeObjectId } = user
  const isGuest = isExternal(user) && user.homeTenantId !== null

  return isGuest ? clientInfo(typeof homeObjectId === 'string' ? homeObjectId : user.id, user.homeTenantId ?? tenantId) : clientInfo(user.id, tenantId)
}

/** An account that another tenant, or nobody's, keeps. */
export function isExternal(user: User): boolean {
  return user.homeTenantId !== null || (user.externalType !== null && user.externalType !== 'internalGuest')
}

/** Who vouches for a guest: the home tenant, or the service for personal accounts. */
export function identityProviderOf(user: User, base: string): string {
  return user.homeTenantId === null ? 'live.com' : issuerOf({ base, tenantId: user.homeTenantId, version: 1 })
}

/** The members that every token begins with. */
export function timesOf({ now, lifetime, backdate = 300 }: TokenFacts): { iat: number; nbf: number; exp: number } {
  const seconds = Math.floor(now / 1000)

  return { iat: seconds - backdate, nbf: seconds - backdate, exp: seconds + lifetime }
}

/** Entra's own bookkeeping, which nobody can read; ours looks alike (wire 9.2). */
export function opaqueClaims({ user, client, tenant, random = randomBytes }: TokenFacts): { aio: string; rh: string; uti: string } {
  const guids = Buffer.from([tenant.id, client.appId].map((id) => id.replaceAll('-', '')).join(''), 'hex')

  return {
    aio: (user ? 'AXQAi/8' : 'k2Rg') + random(user ? 51 : 33).toString('base64'),
    rh: `1.AXEA${guids.toString('base64url')}.`,
    uti: random(16).toString('base64url'),
  }
}

/** A stand-in for identifiers that only have to look right and stay the same. */
export function stableText(length: number, ...parts: readonly string[]): string {
  return createHash('sha512').update(parts.join(' ')).digest('base64url').slice(0, length)
}
