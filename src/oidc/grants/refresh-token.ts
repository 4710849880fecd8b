import { errors } from 'oidc-provider'
import type { Account, KoaContextWithOIDC, Provider, RefreshToken } from 'oidc-provider'
import { accountFinder } from '../account.ts'
import type { Host } from '../host.ts'

/** What a refresh is for: one resource and the scopes of it, as the client now asks or as it once did. */
export type RefreshTarget = {
  readonly indicator: string
  readonly audience: string
  /** Everything the resource publishes, in the spelling that was asked. */
  readonly offered: readonly string[]
  readonly scopes: readonly string[]
  readonly openIdScopes: readonly string[]
}

/**
 * The refresh grant as Entra has it: a token is bound to user and client but not to a resource, each redemption gives a
 * new one and leaves the old one alive (reference 5.2). The account finder judges it, as it does every redemption.
 */
export function registerRefreshGrant(provider: Provider, host: Host, targetOf: (ctx: KoaContextWithOIDC, token: RefreshToken) => RefreshTarget): void {
  const findAccount = accountFinder(host)

  provider.registerGrantType('refresh_token', async (ctx) => {
    const context = ctx as unknown as KoaContextWithOIDC
    const token = await presentedToken(context, provider)
    const target = targetOf(context, token)
    context.oidc.entity('RefreshToken', token)
    const server = new provider.ResourceServer(target.indicator, {
      scope: target.offered.join(' '),
      audience: target.audience,
      accessTokenFormat: 'jwt',
      jwt: { sign: { alg: 'RS256' } },
    })
    ;(context.oidc.resourceServers as Record<string, unknown>)[target.indicator] = server

    const account = await findAccount(context, token.accountId ?? '', token)
    if (!account) throw new errors.InvalidGrant('refresh token invalid (referenced account not found)')
    context.oidc.entity('Account', account)

    ctx.body = await issue(context, provider, token, account, server, target)
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

async function issue(ctx: KoaContextWithOIDC, provider: Provider, token: RefreshToken, account: Account, server: unknown, target: RefreshTarget): Promise<Record<string, unknown>> {
  const accessToken = new provider.AccessToken({
    accountId: account.accountId,
    client: ctx.oidc.client,
    grantId: token.grantId,
    gty: `${token.gty ?? ''} refresh_token`.trim(),
    sessionUid: token.sessionUid,
    sid: token.sid,
  } as never) as unknown as { resourceServer: unknown; scope: string; expiration: number; save(): Promise<string> }
  accessToken.resourceServer = server
  accessToken.scope = target.scopes.join(' ')
  ctx.oidc.entity('AccessToken', accessToken)

  const value = await accessToken.save()
  return {
    token_type: 'Bearer',
    scope: [...target.scopes, ...target.openIdScopes].join(' '),
    expires_in: accessToken.expiration,
    access_token: value,
    refresh_token: await successor(ctx, provider, token),
    ...(target.openIdScopes.includes('openid') ? { id_token: await idToken(ctx, provider, token, account) } : {}),
  }
}

/** A new token with the same rights. A single-page app's inherits what is left of its 24 hours (AADSTS700084). */
async function successor(ctx: KoaContextWithOIDC, provider: Provider, token: RefreshToken): Promise<string> {
  const inherited = ['accountId', 'acr', 'amr', 'authTime', 'claims', 'expiresWithSession', 'grantId', 'gty', 'iiat', 'resource', 'scope', 'sessionUid', 'sid'] as const
  const members = Object.fromEntries(inherited.map((name) => [name, (token as unknown as Record<string, unknown>)[name]]))
  const next = new provider.RefreshToken({ ...members, client: ctx.oidc.client, rotations: ((token as { rotations?: number }).rotations ?? 0) + 1 } as never)

  return next.save()
}

/** An ID token of a refresh carries no nonce: no request asked for one. */
async function idToken(ctx: KoaContextWithOIDC, provider: Provider, token: RefreshToken, account: Account): Promise<string> {
  const scope = token.scope ?? 'openid'
  const claims = await account.claims('id_token', scope, {}, [])
  const issued = new provider.IdToken({ ...claims, sub: account.accountId, auth_time: token.authTime }, { ctx }) as unknown as {
    scope: string
    set(name: string, value: unknown): void
    issue(options: { use: string }): Promise<string>
  }
  issued.scope = scope
  issued.set('sid', token.sid)

  return issued.issue({ use: 'idtoken' })
}
