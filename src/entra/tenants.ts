import type { Refusal } from '../sign-in/refusal.ts'
import { aliasOf } from './issuers.ts'
import type { Alias } from './issuers.ts'

/** First segments of a path that are other doors of the house, never tenants (product.md 1). */
const reserved: ReadonlySet<string> = new Set([
  'app', 'admin', '_mock', 'v1.0', 'beta', 'oidc', 'metadata', 'adfs', 'healthz', 'readyz', 'metrics', 'assets',
])

export function isReservedSegment(segment: string): boolean {
  return reserved.has(segment.toLowerCase())
}

/** What the first segment of a path means. */
export type Segment<T> =
  | { readonly kind: 'tenant'; readonly tenant: T }
  | { readonly kind: 'alias'; readonly alias: Alias }
  | { readonly kind: 'reserved' }
  | { readonly kind: 'unknown'; readonly refusal: Refusal }

/**
 * A tenant by GUID or verified domain, or one of the three words that stand for many; in any case (wire 2). `lookup`
 * finds by id or domain, in lower case.
 */
export function resolveTenantSegment<T>(segment: string, lookup: (idOrDomain: string) => T | undefined): Segment<T> {
  const alias = aliasOf(segment)
  if (alias !== null) return { kind: 'alias', alias }
  if (isReservedSegment(segment)) return { kind: 'reserved' }

  const tenant = /^[0-9a-z.-]+$/i.test(segment) ? lookup(segment.toLowerCase()) : undefined

  return tenant === undefined ? { kind: 'unknown', refusal: unknownTenant(segment) } : { kind: 'tenant', tenant }
}

/** AADSTS90002; on a discovery document its word is `invalid_tenant`. */
export function unknownTenant(segment: string): Refusal {
  return { code: 90002, values: { tenant: segment } }
}
