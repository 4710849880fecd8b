import type { Application, User } from '../directory/types.ts'
import type { Tenant } from '../tenant.ts'

/** What Graph asks of the server it is mounted in. */
export type GraphPort = {
  /** The first is the one meant where nothing names another. */
  tenants(): readonly Tenant[]
  /** By id, or by a domain name. */
  tenant(idOrDomain: string): Tenant | undefined
  /** What an access token says, once it is found to be good, also where it is used from. */
  readToken(token: string, ipAddress: string | null): Promise<TokenRead>
  /** `WWW-Authenticate` for a token that was never good, and for one whose session has ended since. */
  tokenChallenge(base: string): string
  claimsChallenge(base: string, claims: string): string
  /** False: `--graph-permissions off`. Whoever reaches the server may read and change everything. */
  readonly arePermissionsChecked: boolean
}

/** An access token for Graph, read: whose it is, or why it is not taken. */
export type TokenRead =
  | {
      readonly kind: 'good'
      readonly tenantId: string
      /** Null = an application acts for itself. */
      readonly user: User | null
      readonly client: Application | null
      /** Object id of the user or the service principal. */
      readonly objectId: string
      readonly scopes: readonly string[]
      readonly roles: readonly string[]
    }
  | { readonly kind: 'bad'; readonly why: 'malformed' | 'expired' | 'audience' | 'nobody' }
  /** Good once: what a client that understands challenges passes on to get a new one, as JSON. */
  | { readonly kind: 'ended'; readonly claims: string }
