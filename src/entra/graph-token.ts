import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock/clock.ts'
import type { Application, Directory, User } from '../directory/types.ts'
import type { Keys } from '../keys/keys.ts'
import { graphAppId } from './scopes.ts'

export type GraphTokenParts = {
  readonly keys: Keys
  tenant(id: string): { readonly directory: Directory; readonly clock: Clock } | undefined
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
  /** Its user was disabled or signed out while it lived: the second since which a new one is wanted. */
  | { readonly kind: 'ended'; readonly since: number }

/**
 * Reads access tokens for Graph. The library never stores one, so that it is checked by its signature, its time and its
 * audience, and by what has become of its user since (reference 6).
 */
export function graphTokenReader({ keys, tenant }: GraphTokenParts): (token: string) => Promise<GraphToken> {
  const keySet = createLocalJWKSet({ keys: keys.signing.map(({ publicJwk }) => ({ ...publicJwk, x5c: [...publicJwk.x5c] })) })

  return async (token) => {
    const home = tenant(String(claimsOf(token).tid ?? ''))
    if (!home) return { kind: 'bad', why: 'malformed' }
    const claims = await verified(token, keySet, home.clock)
    if (typeof claims === 'string') return { kind: 'bad', why: claims }
    if (!isForGraph(claims)) return { kind: 'bad', why: 'audience' }

    return holderOf(claims, home)
  }
}

function holderOf(claims: JWTPayload, { directory, clock }: { readonly directory: Directory; readonly clock: Clock }): GraphToken {
  const clientId = String(claims.azp ?? claims.appid ?? '')
  const objectId = String(claims.oid ?? '')
  const user = directory.get('users', objectId) ?? null
  const client = directory.application(clientId) ?? null
  if (!user && (claims.idtyp !== 'app' || client?.servicePrincipalId !== objectId)) return { kind: 'bad', why: 'nobody' }
  const since = user && endedSince(claims, user, clock)
  if (since !== null) return { kind: 'ended', since }

  return { kind: 'good', tenantId: String(claims.tid), user, client, clientId, objectId, scopes: wordsOf(claims.scp), roles: Array.isArray(claims.roles) ? claims.roles.map(String) : [] }
}

const wordsOf = (claim: unknown) => (typeof claim === 'string' ? claim.split(' ').filter((word) => word !== '') : [])

async function verified(token: string, keySet: ReturnType<typeof createLocalJWKSet>, clock: Clock): Promise<JWTPayload | 'malformed' | 'expired'> {
  const now = clock.tokens === 'wire' ? clock.realNow() : clock.now()
  try {
    return (await jwtVerify(token, keySet, { algorithms: ['RS256'], currentDate: new Date(now) })).payload
  } catch (error) {
    return error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed ? 'expired' : 'malformed'
  }
}

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

function isForGraph({ aud }: JWTPayload): boolean {
  return aud === graphAppId || aud === 'https://graph.microsoft.com' || aud === 'https://graph.microsoft.com/'
}

/**
 * The second since which a token that may be challenged is good no more: its user was disabled, or signed out
 * everywhere, while it lived (reference 6). Tokens of clients that know no challenges live to their end.
 */
function endedSince({ iat = 0, xms_cc: capabilities }: JWTPayload, user: User, clock: Clock): number | null {
  if (!Array.isArray(capabilities)) return null
  const offset = clock.tokens === 'wire' ? clock.now() - clock.realNow() : 0
  const issuedAt = (iat + 300) * 1000 + offset
  const ends = [user.signInSessionsValidFromDateTime, user.lastPasswordChangeDateTime].map((instant) => (instant ? Date.parse(instant) : 0))
  const ended = Math.max(...ends)
  if (!user.accountEnabled) return Math.floor((clock.now() - offset) / 1000)

  return ended - 1000 > issuedAt ? Math.ceil((ended - offset) / 1000) : null
}

/** How a client that understands challenges is told to come back with a new token (wire 8). */
export function claimsChallenge(base: string, since: number): string {
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf: { essential: true, value: String(since) } } })).toString('base64')

  return `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize", client_id="${graphAppId}", error="insufficient_claims", claims="${claims}"`
}

/** The same where the token was never good. */
export const tokenChallenge = (base: string) => `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize", error="invalid_token"`
