import type { JWTPayload } from 'jose'
import type { Application, User } from '../directory/types.ts'
import type { Keys } from '../keys/keys.ts'
import type { OidcTenant } from '../oidc/host.ts'
import { challengeOf } from './continuous-access.ts'
import { tokenReader, unchecked } from './own-tokens.ts'
import { graphAppId } from './scopes.ts'

export type GraphTokenParts = {
  readonly keys: Keys
  tenant(id: string): OidcTenant | undefined
}

/** An access token for Graph, read: whose it is, or why it is not taken. */
export type GraphToken =
  | {
      readonly kind: 'good'
      readonly tenantId: string
      /** Null = an application acts for itself. */
      readonly user: User | null
      readonly client: Application | null
      readonly clientId: string
      /** Object id of the user or the service principal. */
      readonly objectId: string
      readonly scopes: readonly string[]
      readonly roles: readonly string[]
    }
  | { readonly kind: 'bad'; readonly why: 'malformed' | 'expired' | 'audience' | 'nobody' }
  /** The session behind it has ended while it lived: what its client is to pass on, as JSON. */
  | { readonly kind: 'ended'; readonly claims: string }

/**
 * Reads access tokens for Graph. The library never stores one, so that it is checked by its signature, its time and its
 * audience, and by what has become of its session since: `ipAddress` is where it is used from (reference 6).
 */
export function graphTokenReader({ keys, tenant }: GraphTokenParts): (token: string, ipAddress: string | null) => Promise<GraphToken> {
  const read = tokenReader(keys)

  return async (token, ipAddress) => {
    const home = tenant(String(unchecked(token).tid ?? ''))
    if (!home) return { kind: 'bad', why: 'malformed' }
    const found = await read(token, home.clock)
    if ('problem' in found) return { kind: 'bad', why: found.problem === 'expired' ? 'expired' : 'malformed' }
    if (!isForGraph(found.claims)) return { kind: 'bad', why: 'audience' }

    return holderOf(found.claims, home, ipAddress)
  }
}

function holderOf(claims: JWTPayload, home: OidcTenant, ipAddress: string | null): GraphToken {
  const clientId = String(claims.azp ?? claims.appid ?? '')
  const objectId = String(claims.oid ?? '')
  const user = home.directory.get('users', objectId) ?? null
  const client = home.directory.application(clientId) ?? null
  if (!user && (claims.idtyp !== 'app' || client?.servicePrincipalId !== objectId)) return { kind: 'bad', why: 'nobody' }
  const challenge = user && challengeOf(claims, home, ipAddress)
  if (challenge) return { kind: 'ended', claims: challenge.claims }

  return { kind: 'good', tenantId: String(claims.tid), user, client, clientId, objectId, scopes: wordsOf(claims.scp), roles: Array.isArray(claims.roles) ? claims.roles.map(String) : [] }
}

const wordsOf = (claim: unknown) => (typeof claim === 'string' ? claim.split(' ').filter((word) => word !== '') : [])

function isForGraph({ aud }: JWTPayload): boolean {
  return aud === graphAppId || aud === 'https://graph.microsoft.com' || aud === 'https://graph.microsoft.com/'
}
