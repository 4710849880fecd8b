import type { Account, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { RefusedError } from '../errors.ts'
import { consentedScopes } from '../consents.ts'
import { keepFacts } from '../grant.ts'
import type { Host } from '../host.ts'
import { stateOf } from '../request-state.ts'
import type { GrantFacts } from '../request-state.ts'

/** What tokens are for: one resource and the scopes of it, as the client asks or once did. */
export type TokenTarget = {
  readonly indicator: string
  readonly audience: string
  /** Everything the resource publishes, in the spelling that was asked. */
  readonly offered: readonly string[]
  readonly scopes: readonly string[]
  /** `openid`, `profile`, `email`, `offline_access`. */
  readonly openIdScopes: readonly string[]
}

/** Tells the library which resource this request is about; whoever judges it reads it there. */
export function aimAt(ctx: KoaContextWithOIDC, provider: Provider, target: TokenTarget): void {
  const server = new provider.ResourceServer(target.indicator, {
    scope: target.offered.join(' '),
    audience: target.audience,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  })
  ;(ctx.oidc.resourceServers as Record<string, unknown>)[target.indicator] = server
}

/** No permission without somebody's consent, whatever the grant: nobody can be asked here (AADSTS65001). */
export function requireConsent(host: Host, clientId: string, userId: string, target: TokenTarget): void {
  const isConsented = consentedScopes(host, clientId, userId, target.indicator)
  if (target.scopes.every(isConsented)) return

  throw new RefusedError({ code: 65001 }, host.profile, { endpoint: 'token', isSilent: false })
}

/** A grant that no page led to: what its tokens will be judged by is kept all the same. */
export async function newGrant(ctx: KoaContextWithOIDC, provider: Provider, host: Host, facts: GrantFacts): Promise<string> {
  const grant = new provider.Grant({ accountId: facts.userId, clientId: facts.clientId })
  grant.addOIDCScope('openid profile email offline_access')
  const grantId = await grant.save()
  ctx.oidc.entity('Grant', grant)
  keepFacts(host.tenant, grantId, facts)
  stateOf(ctx).facts = facts
  stateOf(ctx).session = facts.session

  return grantId
}

export type Source = {
  readonly account: Account
  readonly grantId: string
  readonly gty: string
  /** Seconds. */
  readonly authTime: number | undefined
  readonly session?: { readonly sessionUid?: string | undefined; readonly sid?: string | undefined }
  /** Scopes that the ID token is made of. */
  readonly scope: string
  readonly refreshToken?: string | undefined
}

/** The token endpoint's answer for a user, in the library's words. */
export async function issueUserTokens(ctx: KoaContextWithOIDC, provider: Provider, source: Source, target: TokenTarget): Promise<Record<string, unknown>> {
  const accessToken = new provider.AccessToken({
    accountId: source.account.accountId,
    client: ctx.oidc.client,
    grantId: source.grantId,
    gty: source.gty,
    ...source.session,
  } as never) as unknown as { resourceServer: unknown; scope: string; expiration: number; save(): Promise<string> }
  accessToken.resourceServer = (ctx.oidc.resourceServers as Record<string, unknown>)[target.indicator]
  accessToken.scope = target.scopes.join(' ')
  ctx.oidc.entity('AccessToken', accessToken)

  const value = await accessToken.save()
  return {
    token_type: 'Bearer',
    scope: [...target.scopes, ...target.openIdScopes].join(' '),
    expires_in: accessToken.expiration,
    access_token: value,
    ...(source.refreshToken === undefined ? {} : { refresh_token: source.refreshToken }),
    ...(target.openIdScopes.includes('openid') ? { id_token: await idToken(ctx, provider, source) } : {}),
  }
}

/** The first refresh token of a chain that began without a page. */
export async function firstRefreshToken(ctx: KoaContextWithOIDC, provider: Provider, source: Source, target: TokenTarget): Promise<string | undefined> {
  if (!target.openIdScopes.includes('offline_access')) return undefined
  const token = new provider.RefreshToken({
    accountId: source.account.accountId,
    authTime: source.authTime,
    client: ctx.oidc.client,
    grantId: source.grantId,
    gty: source.gty,
    resource: target.indicator,
    rotations: 0,
    scope: source.scope,
  } as never)

  return token.save()
}

/** No request asked for a nonce, so that none is said. */
async function idToken(ctx: KoaContextWithOIDC, provider: Provider, { account, scope, authTime, session }: Source): Promise<string> {
  const claims = await account.claims('id_token', scope, {}, [])
  const issued = new provider.IdToken({ ...claims, sub: account.accountId, auth_time: authTime }, { ctx }) as unknown as {
    scope: string
    set(name: string, value: unknown): void
    issue(options: { use: string }): Promise<string>
  }
  issued.scope = scope
  issued.set('sid', session?.sid)

  return issued.issue({ use: 'idtoken' })
}
