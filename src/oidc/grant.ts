import { randomBytes } from 'node:crypto'
import type { Grant, KoaContextWithOIDC } from 'oidc-provider'
import type { Attempt } from '../sign-in/attempt.ts'
import { signalsOf, transferMethodOf } from '../sign-in/describe.ts'
import type { Host, OidcTenant } from './host.ts'
import { clientOf } from './judge.ts'
import { consentedScopes } from './consents.ts'
import { redirectKind } from './clients.ts'
import { stateOf } from './request-state.ts'
import type { GrantFacts } from './request-state.ts'

const factsModel = 'GrantFacts'
const ninetyDays = 90 * 24 * 60 * 60

/** What every application may ask about a user without anybody's consent. */
export const openIdScopes = ['openid', 'profile', 'email', 'offline_access']

/** Of these scopes, those that are about the user. */
export function openIdScopesOf(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => openIdScopes.includes(scope) && scope !== 'offline_access')
}

/** What the standard profile knows beside: claims that Entra has no scope for. */
export const standardScopes = [...openIdScopes, 'address', 'phone']

/**
 * The grant of this request, made of what administrators and the user consented to. It is written only when the
 * request succeeds (`keepGrant`), so that abandoned sign-ins leave nothing behind.
 */
export async function grantFromConsents(ctx: KoaContextWithOIDC, host: Host): Promise<Grant | undefined> {
  const { account, client, provider } = ctx.oidc
  if (!account || !client) return undefined

  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId, jti: randomBytes(32).toString('base64url') } as ConstructorParameters<typeof provider.Grant>[0])
  const mayConsentAgain = ctx.oidc.prompts.has('consent') && !(ctx.oidc.result && 'consent' in ctx.oidc.result)
  if (mayConsentAgain) return grant

  grant.addOIDCScope(standardScopes.join(' '))
  grant.addOIDCClaims([...ctx.oidc.requestParamClaims])
  for (const [indicator, server] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    const consented = consentedScopes(host, clientOf(ctx, host).appId, account.accountId, indicator)
    const granted = [...ctx.oidc.requestParamScopes].filter((scope) => server.scopes.has(scope) && consented(scope))
    if (granted.length > 0) grant.addResourceScope(indicator, granted.join(' '))
  }

  return grant
}

/** Whether the application asks for more than it has. */
export function isConsentDue(ctx: KoaContextWithOIDC): boolean {
  return Object.values(missingScopes(ctx)).some((scopes) => scopes.length > 0)
}

/** Scopes of this request that its grant does not have, by resource. */
export function missingScopes({ oidc }: KoaContextWithOIDC): Record<string, string[]> {
  const asked = [...oidc.requestParamScopes]

  return Object.fromEntries(Object.entries(oidc.resourceServers ?? {}).map(([indicator, { scopes }]) => {
    const granted = oidc.entities.Grant?.getResourceScopeEncountered(indicator).split(' ') ?? []

    return [indicator, asked.filter((scope) => scopes.has(scope) && !granted.includes(scope))]
  }))
}

/** Writes the grant and what its tokens will be judged by. */
export async function keepGrant(ctx: KoaContextWithOIDC, host: Host, attempt: Attempt): Promise<void> {
  const { grant } = ctx.oidc
  const { session, observation } = stateOf(ctx)
  if (!grant || !session) return

  const id = await grant.save()
  const originalTransferMethod = transferMethodOf(attempt, host.tenant)
  const params = ctx.oidc.params as { readonly [name: string]: unknown; readonly redirect_uri?: string }
  keepFacts(host.tenant, id, {
    userId: session.userId,
    clientId: attempt.client.appId,
    session: originalTransferMethod === null ? session : { ...session, originalTransferMethod },
    observation: { ...observation, settled: signalsOf(attempt, host.tenant) },
    issuedAt: host.tenant.clock.now(),
    redirectKind: attempt.redirectKind ?? redirectKind(attempt.client, params.redirect_uri),
    authenticationContexts: attempt.authenticationContexts,
    capabilities: host.profile.requested(params).capabilities,
    addressSeenByResource: attempt.addressSeenByResource ?? null,
  })
}

export function keepFacts(tenant: OidcTenant, grantId: string, facts: GrantFacts): void {
  tenant.state.upsert(factsModel, grantId, facts, ninetyDays)
}

export function factsOf(tenant: OidcTenant, grantId: string | undefined): GrantFacts | undefined {
  return grantId === undefined ? undefined : (tenant.state.find(factsModel, grantId) as GrantFacts | undefined)
}
