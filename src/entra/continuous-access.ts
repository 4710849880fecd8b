import type { JWTPayload } from 'jose'
import type { Keys } from '../keys/keys.ts'
import type { OidcTenant } from '../oidc/host.ts'
import { endOf } from '../sign-in/continuous-access.ts'
import type { Ended, EndedBy } from '../sign-in/continuous-access.ts'
import { behindToken } from './behind-token.ts'
import { tokenReader, unchecked } from './own-tokens.ts'
import { graphAppId } from './scopes.ts'

/** Whether an access token may still be used, as a resource that follows continuous access evaluation is told (reference 6). */
export type Standing =
  | {
      readonly active: true
      /** Whether its client can handle a challenge: the token of one that cannot is good until it expires. */
      readonly isContinuous: boolean
    }
  | {
      readonly active: false
      readonly because: EndedBy | 'invalidToken'
      /** For a developer. */
      readonly message: string
      /** What the client is to pass on, as JSON; null where no challenge helps. */
      readonly claims: string | null
      /** The `WWW-Authenticate` header of the 401. */
      readonly wwwAuthenticate: string
    }

export type Question = {
  readonly token: string
  /** The address from which the resource sees the token used; null = wherever the user is simulated to be. */
  readonly ipAddress: string | null
  /** Where clients are to ask for a new one. */
  readonly base: string
}

/** Tells a resource how a token stands, whenever it is shown one. The token says itself which tenant it is of. */
export function standingTeller(keys: Keys, tenantOf: (id: string) => OidcTenant | undefined): (question: Question) => Promise<Standing> {
  const read = tokenReader(keys)

  return async ({ token, ipAddress, base }) => {
    const tenant = tenantOf(String(unchecked(token).tid ?? ''))
    const found = tenant ? await read(token, tenant.clock) : ({ problem: 'malformed' } as const)
    if ('problem' in found || !tenant) {
      return { active: false, because: 'invalidToken', message: problems['problem' in found ? found.problem : 'malformed'], claims: null, wwwAuthenticate: tokenChallenge(base) }
    }
    const challenge = challengeOf(found.claims, tenant, ipAddress)
    if (!challenge) return { active: true, isContinuous: isContinuous(found.claims) }
    const { because, claims, resourceId } = challenge

    return { active: false, because, message: messages[because], claims, wwwAuthenticate: claimsChallenge(base, claims, resourceId) }
  }
}

/** What a client must be told whose token's session has ended. */
export type Challenge = {
  readonly because: EndedBy
  /** JSON, to be passed on with the next request for a token. */
  readonly claims: string
  readonly resourceId: string
}

/** The challenge that the session behind a checked token has earned; null = it stands, or its client knows no challenges. */
export function challengeOf(token: JWTPayload, tenant: OidcTenant, ipAddress: string | null): Challenge | null {
  if (!isContinuous(token)) return null
  const behind = behindToken(token, tenant, here)
  const ended = behind ? endOf(behind, ipAddress, tenant) : isOfNobody(token, tenant) ? ({ by: 'accountDeleted', notBefore: tenant.clock.now() } satisfies Ended) : null
  if (!ended) return null

  const offset = tenant.clock.tokens === 'wire' ? tenant.clock.offset : 0
  const claims = {
    nbf: { essential: true, value: String(Math.floor((ended.notBefore - offset) / 1000)) },
    ...('ipAddress' in ended ? { xms_rp_ipaddr: { value: ended.ipAddress } } : {}),
  }

  return { because: ended.by, claims: JSON.stringify({ access_token: claims }), resourceId: tenant.directory.resource(String(token.aud))?.appId ?? graphAppId }
}

/** A user's token whose user is there no more. */
function isOfNobody({ scp, oid }: JWTPayload, { directory }: OidcTenant): boolean {
  return typeof scp === 'string' && typeof oid === 'string' && directory.get('users', oid) === undefined
}

/** `WWW-Authenticate` of a resource whose client is to come back with a new token (reference 6.2). */
export function claimsChallenge(base: string, claims: string, resourceId: string = graphAppId): string {
  return `${authorization(base)}, client_id="${resourceId}", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
}

/** The same where the token was never good; the resource is named where it is known. */
export function tokenChallenge(base: string, resourceId?: string): string {
  return `${authorization(base)}${resourceId === undefined ? '' : `, client_id="${resourceId}"`}, error="invalid_token"`
}

function authorization(base: string): string {
  return `Bearer realm="", authorization_uri="${base}/common/oauth2/authorize"`
}

function isContinuous({ xms_cc: capabilities }: JWTPayload): boolean {
  return Array.isArray(capabilities) && capabilities.some((capability) => String(capability).toLowerCase() === 'cp1')
}

const here = { ipAddress: '127.0.0.1', userAgent: '', platform: null, header: {}, browser: {}, correlationId: '' } as const

const problems = {
  malformed: 'This is no token of a tenant here.',
  forged: 'The token was not signed with a key of this server, or its time has not come.',
  expired: 'The token has expired.',
} as const

const messages: Readonly<Record<EndedBy, string>> = {
  accountDeleted: 'The account was deleted.',
  accountDisabled: 'The account was disabled.',
  sessionRevoked: 'The user was signed out everywhere after the token was issued.',
  passwordChanged: 'The password was changed after the token was issued.',
  userAtRisk: 'The user came to be at high risk after the token was issued.',
  locationChanged: 'Policy would not issue this token where the resource sees the user now.',
  policy: 'Policy would not issue this token now.',
}
