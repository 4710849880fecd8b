import { errors } from 'oidc-provider'
import type { KoaContextWithOIDC, Provider, RefreshToken } from 'oidc-provider'
import { accountFinder } from '../account.ts'
import type { Host } from '../host.ts'
import { aimAt, issueUserTokens, requireConsent } from './user-tokens.ts'
import type { TokenTarget } from './user-tokens.ts'

/**
 * The refresh grant as Entra has it: a token is bound to user and client but not to a resource, each redemption gives a
 * new one and leaves the old one alive (reference 5.2). The account finder judges it, as it does every redemption.
 */
export function registerRefreshGrant(provider: Provider, host: Host, targetOf: (ctx: KoaContextWithOIDC, token: RefreshToken) => TokenTarget): void {
  const findAccount = accountFinder(host)

  provider.registerGrantType('refresh_token', async (ctx) => {
    const context = ctx as unknown as KoaContextWithOIDC
    const token = await presentedToken(context, provider)
    const target = targetOf(context, token)
    context.oidc.entity('RefreshToken', token)
    aimAt(context, provider, target)

    const account = await findAccount(context, token.accountId ?? '', token)
    if (!account) throw new errors.InvalidGrant('refresh token invalid (referenced account not found)')
    requireConsent(host, token.clientId ?? '', account.accountId, target)
    context.oidc.entity('Account', account)

    ctx.body = await issueUserTokens(context, provider, {
      account,
      grantId: token.grantId ?? '',
      gty: `${token.gty ?? ''} refresh_token`.trim(),
      authTime: token.authTime,
      session: { sessionUid: token.sessionUid, sid: token.sid },
      scope: token.scope ?? 'openid',
      refreshToken: await successor(context, provider, token),
    }, target)
  }, ['refresh_token', 'scope', 'claims'])
}

async function presentedToken(ctx: KoaContextWithOIDC, provider: Provider): Promise<RefreshToken> {
  const { client, params } = ctx.oidc as unknown as { client: { clientId: string }; params: { refresh_token?: string } }
  if (!params.refresh_token) throw new errors.InvalidRequest("missing required parameter 'refresh_token'")

  const token = await provider.RefreshToken.find(params.refresh_token, { ignoreExpiration: true })
  if (!token) throw new errors.InvalidGrant('refresh token not found')
  if (token.clientId !== client.clientId) throw new errors.InvalidGrant('client mismatch')
  const grant = await provider.Grant.find(token.grantId ?? '', { ignoreExpiration: true })
  if (!grant) throw new errors.InvalidGrant('grant not found')
  ctx.oidc.entity('Grant', grant)

  return token
}

/** A new token with the same rights. A single-page app's inherits what is left of its 24 hours (AADSTS700084). */
async function successor(ctx: KoaContextWithOIDC, provider: Provider, token: RefreshToken): Promise<string> {
  const inherited = ['accountId', 'acr', 'amr', 'authTime', 'claims', 'expiresWithSession', 'grantId', 'gty', 'iiat', 'resource', 'scope', 'sessionUid', 'sid'] as const
  const members = Object.fromEntries(inherited.map((name) => [name, (token as unknown as Record<string, unknown>)[name]]))
  const next = new provider.RefreshToken({ ...members, client: ctx.oidc.client, rotations: ((token as { rotations?: number }).rotations ?? 0) + 1 } as never)

  return next.save()
}
