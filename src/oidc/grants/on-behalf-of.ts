import { errors } from 'oidc-provider'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { User } from '../../directory/types.ts'
import { authenticatedAt } from '../../sign-in/session.ts'
import type { AccountSession } from '../../sign-in/session.ts'
import type { Observation } from '../../sign-in/signals.ts'
import { accountOf } from '../account.ts'
import type { Host } from '../host.ts'
import { admit, tokenAttempt } from '../judge.ts'
import { aimAt, firstRefreshToken, issueUserTokens, newGrant, requireConsent } from './user-tokens.ts'
import type { TokenTarget } from './user-tokens.ts'

export const onBehalfOfGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** What an access token that an API was called with says of the sign-in it came from. */
export type Assertion = {
  readonly user: User
  readonly session: AccountSession
  /** What the user's request showed of itself: an API has no place of its own. */
  readonly observation: Observation
  /** ms */
  readonly issuedAt: number
}

/**
 * An API that calls another one for its user: it shows the token it was called with, and the sign-in behind that token
 * is judged again, for the other API (reference 4.6.4).
 */
export function registerOnBehalfOfGrant(
  provider: Provider,
  host: Host,
  targetOf: (ctx: KoaContextWithOIDC) => TokenTarget,
  verify: (ctx: KoaContextWithOIDC, assertion: string) => Promise<Assertion>,
): void {
  provider.registerGrantType(onBehalfOfGrant, async (ctx) => {
    const context = ctx as unknown as KoaContextWithOIDC
    const { user, session, observation, issuedAt } = await verify(context, required(context))
    const target = targetOf(context)
    aimAt(context, provider, target)

    const attempt = {
      ...tokenAttempt(context, host, { event: 'onBehalfOf', user, session, isFresh: false }),
      observation,
      grantIssuedAt: issuedAt,
      redirectKind: 'web' as const,
    }
    admit(context, host, attempt)
    requireConsent(host, attempt.client.appId, user.id, target)

    const grantId = await newGrant(context, provider, host, {
      userId: user.id,
      clientId: attempt.client.appId,
      session,
      observation,
      issuedAt: host.tenant.clock.now(),
      redirectKind: 'web',
      authenticationContexts: attempt.authenticationContexts,
      capabilities: host.profile.requested(context.oidc.params as Record<string, unknown>).capabilities,
    })
    const account = accountOf(context, host, user)
    context.oidc.entity('Account', account)
    const source = { account, grantId, gty: onBehalfOfGrant, authTime: Math.floor(authenticatedAt(session) / 1000), scope: [...target.scopes, ...target.openIdScopes].join(' ') }
    ctx.body = await issueUserTokens(context, provider, { ...source, refreshToken: await firstRefreshToken(context, provider, source, target) }, target)
  }, ['assertion', 'requested_token_use', 'scope', 'claims'])
}

function required(ctx: KoaContextWithOIDC): string {
  const { assertion, requested_token_use: use } = ctx.oidc.params as { assertion?: string; requested_token_use?: string }
  if (!assertion) throw new errors.InvalidRequest("missing required parameter 'assertion'")
  if (!use) throw new errors.InvalidRequest("missing required parameter 'requested_token_use'")

  return assertion
}
