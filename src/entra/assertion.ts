import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import { RefusedError } from '../oidc/errors.ts'
import type { Assertion } from '../oidc/grants/on-behalf-of.ts'
import type { Host } from '../oidc/host.ts'
import { clientOf, isUnproven } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { signalsOf } from '../sign-in/describe.ts'
import { newSession, withMethod } from '../sign-in/session.ts'
import type { AccountSession } from '../sign-in/session.ts'
import type { Observation } from '../sign-in/signals.ts'
import type { User } from '../directory/types.ts'

type LibraryContext = Parameters<typeof stateOf>[0]

const model = 'AccessTokenFacts'

/** What a token that an API may act on came from, under its `uti`. */
type AccessTokenFacts = { readonly session: AccountSession; readonly observation: Observation; readonly issuedAt: number; readonly expiresAt: number }

/** Remembers the sign-in behind an access token for as long as the token lives: its API may ask for another one with it. */
export function keepBehindToken(ctx: LibraryContext, host: Host, user: User, uti: string, lifetime: number): void {
  const { session, judgedUnder, observation } = stateOf(ctx)
  if (!session) return
  const now = host.tenant.clock.now()
  host.tenant.state.upsert(model, uti, { session, observation: settled(host, user, judgedUnder ?? observation), issuedAt: now, expiresAt: now + lifetime * 1000 }, lifetime)
}

/** A sign-in is where it was, also after the user has moved on. */
function settled(host: Host, user: User, observation: Observation): Observation {
  return { ...observation, settled: signalsOf({ observation, user }, host.tenant) }
}

/** The user's token that an API shows: ours, for this API, still good; anything else is refused (wire 5.1). */
export function assertionVerifier(host: Host): (ctx: LibraryContext, assertion: string) => Promise<Assertion> {
  const keySet = createLocalJWKSet({ keys: host.keys.signing.map(({ publicJwk }) => ({ ...publicJwk, x5c: [...publicJwk.x5c] })) })

  return async (ctx, assertion) => {
    const { tenant } = host
    const client = clientOf(ctx, host)
    if ((ctx.oidc.params as { requested_token_use?: string }).requested_token_use !== 'on_behalf_of') {
      throw refused(host, { code: 90100, values: { parameter: 'requested_token_use' } })
    }
    if (isUnproven(ctx)) throw refused(host, { code: 7000218 })

    const claims = await verified(host, keySet, assertion)
    if (claims.tid !== tenant.id) throw refused(host, { code: 50013 })
    if (typeof claims.aud !== 'string' || tenant.directory.resource(claims.aud)?.appId !== client.appId) {
      throw refused(host, { code: 500131, values: { audience: String(claims.aud), app: client.appId } })
    }
    if (typeof claims.scp !== 'string' || typeof claims.oid !== 'string') throw refused(host, { code: 50027 })
    const user = tenant.directory.get('users', claims.oid)
    if (!user) throw refused(host, { code: 50034 })

    const facts = typeof claims.uti === 'string' ? (tenant.state.find(model, claims.uti) as AccessTokenFacts | undefined) : undefined
    if (facts && facts.expiresAt <= tenant.clock.now()) throw refused(host, { code: 500133 })
    const { observation } = stateOf(ctx)
    if (facts) return { user, session: facts.session, observation: { ...facts.observation, correlationId: observation.correlationId }, issuedAt: facts.issuedAt }

    const issuedAt = ((claims.iat ?? 0) + 300) * 1000
    return { user, session: sessionIn(claims, user, issuedAt), observation, issuedAt }
  }
}

async function verified(host: Host, keySet: ReturnType<typeof createLocalJWKSet>, assertion: string): Promise<JWTPayload> {
  const { clock } = host.tenant
  try {
    decodeJwt(assertion)
  } catch {
    throw refused(host, { code: 50027 })
  }
  try {
    const now = clock.tokens === 'wire' ? clock.realNow() : clock.now()
    return (await jwtVerify(assertion, keySet, { algorithms: ['RS256'], currentDate: new Date(now) })).payload
  } catch (error) {
    throw refused(host, { code: error instanceof errors.JWTExpired ? 500133 : 50013 })
  }
}

/** A token made to order says itself what it came from. */
function sessionIn({ amr }: JWTPayload, user: User, issuedAt: number): AccountSession {
  const session = newSession(user.id, { method: 'password', at: issuedAt }, issuedAt)

  return Array.isArray(amr) && amr.includes('mfa') ? withMethod(session, { method: 'softwareOath', at: issuedAt }) : session
}

function refused(host: Host, refusal: ConstructorParameters<typeof RefusedError>[0]): RefusedError {
  return new RefusedError(refusal, host.profile, { endpoint: 'token', isSilent: false })
}
