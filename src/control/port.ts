import type { TenantData } from '../directory/types.ts'
import type { Tenant } from '../tenant.ts'

/** What the control API asks of the server it is mounted in. */
export type ControlPort = {
  readonly version: string
  addresses(): Addresses
  /** The first is the one that unscoped calls act on. */
  tenants(): readonly Tenant[]
  /** By id, or by a domain name: the first tenant that has it. */
  tenant(idOrDomain: string): Tenant | undefined
  /** A sandbox: like the tenant named by `from` (the first where unsaid), changed as the wish says. */
  createTenant(wish: SandboxWish): Promise<Tenant>
  /** False where there was none. */
  deleteTenant(id: string): Promise<boolean>
  /** Signs a token to order. Without it there is no `POST /_mock/tokens`. */
  readonly orderToken?: (tenant: Tenant, order: TokenOrder) => Promise<string>
  /** How a token stands, for an API that follows continuous access evaluation. */
  readonly standingOf?: (question: { readonly token: string; readonly ipAddress: string | null; readonly base: string }) => Promise<object>
  /** What `Authorization: Bearer …` must say; null = the server is on loopback and asks for nothing. */
  readonly controlKey: string | null
}

/** Where the server listens, as clients write it; null where it does not. */
export type Addresses = {
  readonly http: string | null
  readonly https: string | null
  /** Path of the development CA's certificate. */
  readonly ca: string | null
  /** `--public-url`: the one base of every issuer, where it is set. */
  readonly publicUrl?: string | null
}

/**
 * `from` names the model; `domain` renames its default domain, and the users with it. The other members, checked and
 * resolved, take the place of the model's.
 */
export type SandboxWish = { readonly from?: string; readonly domain?: string } & Partial<TenantData>

/** A token to order: right unless something is asked to be wrong. */
export type TokenOrder = {
  /** Win over what would be said: `aud`, `iss`, `exp`, anything. A claim that is null is left out. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly header: Readonly<Record<string, unknown>>
  /** Milliseconds; negative = expired that long ago. */
  readonly lifetime: number
  /** `unknown`: signed by a key that no key set has. `none`: not signed. */
  readonly key: 'signing' | 'unknown' | 'none'
}
