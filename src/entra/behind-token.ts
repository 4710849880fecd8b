import type { JWTPayload } from 'jose'
import type { Application, User } from '../directory/types.ts'
import type { Host, OidcTenant } from '../oidc/host.ts'
import { clientOf } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { settled } from '../sign-in/continuous-access.ts'
import type { IssuedToken } from '../sign-in/continuous-access.ts'
import { newSession, withMethod } from '../sign-in/session.ts'
import type { AccountSession } from '../sign-in/session.ts'
import type { Observation } from '../sign-in/signals.ts'

type LibraryContext = Parameters<typeof stateOf>[0]

const model = 'AccessTokenFacts'

/** What a token that an API may act on came from, under its `uti`. */
type Kept = Omit<IssuedToken, 'user' | 'client' | 'resource'> & { readonly clientId: string; readonly resourceId: string; readonly expiresAt: number }

/**
 * Remembers the sign-in behind an access token for as long as the token lives: its API may ask for another one with it,
 * or ask whether it still stands.
 */
export function keepBehindToken(ctx: LibraryContext, host: Host, token: { readonly user: User; readonly resource: Application; readonly scopes: readonly string[]; readonly uti: string; readonly lifetime: number }): void {
  const { session, judgedUnder, observation, facts, watched = 'nothing' } = stateOf(ctx)
  if (!session) return
  const { tenant } = host
  const now = tenant.clock.now()
  const kept: Kept = {
    session,
    observation: settled({ observation: judgedUnder ?? observation, user: token.user }, tenant),
    clientId: clientOf(ctx, host).appId,
    resourceId: token.resource.appId,
    scopes: token.scopes,
    ...(facts ? { redirectKind: facts.redirectKind } : {}),
    issuedAt: now,
    watched,
    expiresAt: now + token.lifetime * 1000,
  }
  tenant.state.upsert(model, token.uti, kept, token.lifetime)
}

/**
 * The sign-in behind a checked access token of a user. One made to order says itself what it came from, and from where
 * it is asked (`here`). Null where it is an application's own, or of a user or an API that is not there.
 */
export function behindToken(claims: JWTPayload, tenant: OidcTenant, here: Observation): (IssuedToken & { readonly expiresAt: number }) | null {
  const { directory, state } = tenant
  const user = typeof claims.oid === 'string' ? directory.get('users', claims.oid) : undefined
  if (!user) return null

  const kept = typeof claims.uti === 'string' ? (state.find(model, claims.uti) as Kept | undefined) : undefined
  const resource = directory.resource(kept?.resourceId ?? String(claims.aud))
  if (!resource) return null
  const client = directory.resource(kept?.clientId ?? String(claims.azp ?? claims.appid ?? '')) ?? resource
  if (kept) return { ...kept, user, client, resource }

  const offset = tenant.clock.tokens === 'wire' ? tenant.clock.offset : 0
  const issuedAt = (claims.iat ?? 0) * 1000 + offset
  return {
    user,
    client,
    resource,
    scopes: typeof claims.scp === 'string' ? claims.scp.split(' ') : [],
    session: sessionIn(claims, user, issuedAt),
    observation: here,
    issuedAt,
    watched: 'account',
    expiresAt: (claims.exp ?? 0) * 1000 + offset,
  }
}

function sessionIn({ amr }: JWTPayload, user: User, issuedAt: number): AccountSession {
  const session = newSession(user.id, { method: 'password', at: issuedAt }, issuedAt)

  return Array.isArray(amr) && amr.includes('mfa') ? withMethod(session, { method: 'softwareOath', at: issuedAt }) : session
}
