import { errors } from 'oidc-provider'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { checkPassword, findUser } from '../../sign-in/challenges/password.ts'
import type { Attempt } from '../../sign-in/attempt.ts'
import { failed } from '../../sign-in/decide.ts'
import type { Refusal } from '../../sign-in/refusal.ts'
import { newSession } from '../../sign-in/session.ts'
import { accountOf } from '../account.ts'
import { RefusedError } from '../errors.ts'
import type { Host } from '../host.ts'
import { admit, clientOf, logVerdict, tokenAttempt } from '../judge.ts'
import { stateOf } from '../request-state.ts'
import { aimAt, firstRefreshToken, issueUserTokens, newGrant, requireConsent } from './user-tokens.ts'
import type { TokenTarget } from './user-tokens.ts'

/**
 * User name and password sent by the application itself. Nobody can be asked anything: whatever policy wants beyond a
 * password is a refusal, and guesses count towards the lock like those on the page.
 */
export function registerPasswordGrant(provider: Provider, host: Host, targetOf: (ctx: KoaContextWithOIDC) => TokenTarget): void {
  provider.registerGrantType('password', async (ctx) => {
    const context = ctx as unknown as KoaContextWithOIDC
    const { username, password } = required(context)
    const target = targetOf(context)
    aimAt(context, provider, target)

    const { observation } = stateOf(context)
    const found = findUser(host.tenant, username)
    if ('refusal' in found) throw refuse(context, host, found.refusal, null)
    const { user } = found
    const answer = await checkPassword(host.tenant, user, password, observation)
    if ('refusal' in answer) throw refuse(context, host, answer.refusal, user)

    const now = host.tenant.clock.now()
    const session = newSession(user.id, answer.used, now)
    const attempt = tokenAttempt(context, host, { event: 'password', user, session, isFresh: true })
    admit(context, host, attempt)
    requireConsent(host, attempt.client.appId, user.id, target)

    const grantId = await newGrant(context, provider, host, {
      userId: user.id,
      clientId: attempt.client.appId,
      session,
      observation,
      issuedAt: now,
      redirectKind: attempt.redirectKind ?? 'publicClient',
      authenticationContexts: attempt.authenticationContexts,
      capabilities: host.profile.requested(context.oidc.params as Record<string, unknown>).capabilities,
    })
    const account = accountOf(context, host, user)
    context.oidc.entity('Account', account)
    const source = { account, grantId, gty: 'password', authTime: Math.floor(now / 1000), scope: [...target.scopes, ...target.openIdScopes].join(' ') }
    ctx.body = await issueUserTokens(context, provider, { ...source, refreshToken: await firstRefreshToken(context, provider, source, target) }, target)
  }, ['username', 'password', 'scope', 'claims'])
}

function required(ctx: KoaContextWithOIDC): { username: string; password: string } {
  const { username, password } = ctx.oidc.params as { username?: string; password?: string }
  if (!username) throw new errors.InvalidRequest("missing required parameter 'username'")
  if (!password) throw new errors.InvalidRequest("missing required parameter 'password'")

  return { username, password }
}

function refuse(ctx: KoaContextWithOIDC, host: Host, refusal: Refusal, user: Attempt['user']): RefusedError {
  const verdict = failed(refusal)
  stateOf(ctx).verdict = verdict
  logVerdict(host, { ...tokenAttempt(ctx, host, { event: 'password', user, session: null, isFresh: false }), client: clientOf(ctx, host) }, verdict, stateOf(ctx).requestId)

  return new RefusedError(refusal, host.profile, { endpoint: 'token', isSilent: false })
}
