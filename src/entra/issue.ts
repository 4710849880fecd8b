import type { Application, User } from '../directory/types.ts'
import { amrOf } from '../oidc/adopt.ts'
import { userConsents } from '../oidc/grant.ts'
import type { Host } from '../oidc/host.ts'
import { clientOf } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { appRolesOf, assignedRoles } from '../oidc/resources.ts'
import { addressOf } from '../sign-in/describe.ts'
import { authenticatedAt } from '../sign-in/session.ts'
import { noClaimsRequest, parseClaimsRequest } from './claims-request.ts'
import { grantedValues, resourceAt } from './targets.ts'
import { accessTokenClaims, clientInfo, idTokenClaims, tokenResponse } from './provisional-tokens.ts'
import type { TokenFacts } from './provisional-tokens.ts'

type LibraryContext = Parameters<typeof stateOf>[0]
type LibraryToken = { readonly kind?: string; readonly scope?: string; readonly accountId?: string; readonly resourceServer?: { identifier(): string } }
type Structured = { header?: Record<string, unknown>; payload: Record<string, unknown> }

/** Replaces what the library would say in an access token by what Entra says in one for this resource. */
export function accessTokenOf(ctx: LibraryContext, host: Host, token: LibraryToken, jwt: Structured): void {
  const resource = resourceAt(host, token.resourceServer?.identifier() ?? '')
  const client = clientOf(ctx, host)
  const user = token.accountId ? host.tenant.directory.get('users', token.accountId) : undefined
  const { payload, header } = accessTokenClaims({
    ...factsOfToken(ctx, host, client, user),
    resource,
    scopes: user ? grantedValues((token.scope ?? '').split(' '), resource, consentedValues(host, client, user, resource)) : [],
    roles: user ? assignedRoles(resource, principalsOf(host, user)) : appRolesOf(resource, client),
    lifetime: stateOf(ctx).lifetimes?.accessToken ?? 3600,
  })
  jwt.payload = payload
  jwt.header = header
}

/** What the ID token of this request says, whatever its scopes: the library picks what is listed under `openid`. */
export function idTokenClaimsOf(ctx: LibraryContext, host: Host, user: User): Record<string, unknown> {
  const client = clientOf(ctx, host)
  const scopes = scopesInPlay(ctx)

  return idTokenClaims({
    ...factsOfToken(ctx, host, client, user),
    scopes,
    roles: assignedRoles(client, principalsOf(host, user)),
    lifetime: stateOf(ctx).lifetimes?.idToken ?? 3600,
  })
}

/** Everything that an ID token of ours may say. */
export const idTokenClaimNames = [
  'oid', 'tid', 'ver', 'nbf', 'iat', 'uti', 'rh', 'aio', 'name', 'preferred_username', 'email', 'given_name', 'family_name', 'roles', 'groups', 'wids',
  'idp', 'acct', 'acrs', 'login_hint', 'sid', 'signin_state', 'tenant_region_sub_scope', 'ctry', 'tenant_ctry', 'in_corp', 'ipaddr',
  'upn', 'unique_name', 'xms_cc', 'hasgroups', '_claim_names', '_claim_sources', 'verified_primary_email',
]

/** The token endpoint's answer, with what Entra adds and in the spelling that was asked. */
export function dressTokenResponse(ctx: LibraryContext, host: Host, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { asked, facts } = stateOf(ctx)
  const isDaemon = asked?.grant_type === 'client_credentials'
  const scopes = [body.scope, ...(isDaemon ? [] : openIdIn(ctx))].filter((scope) => typeof scope === 'string' && scope !== '')

  return tokenResponse(body, {
    isUserFlow: !isDaemon,
    scope: [...new Set(scopes.join(' ').split(' '))].join(' '),
    clientInfo: facts && asked?.client_info === '1' ? clientInfo(facts.userId, host.tenant.id) : undefined,
  })
}

function factsOfToken(ctx: LibraryContext, host: Host, client: Application, user: User | undefined): Omit<TokenFacts, 'scopes' | 'roles' | 'lifetime'> {
  const { session, facts, observation, asked } = stateOf(ctx)
  const { clock, directory } = host.tenant
  const params = ctx.oidc.params as { claims?: string } | undefined
  const claims = parseClaimsRequest(params?.claims) ?? noClaimsRequest
  return {
    tenant: directory.settings,
    user,
    client,
    base: host.base,
    pairwiseSalt: host.keys.pairwiseSalt,
    kid: host.keys.signing[0]?.kid ?? '',
    now: clock.tokens === 'wire' ? clock.realNow() : clock.now(),
    amr: session ? amrOf(session) : [],
    authTime: session ? Math.floor(authenticatedAt(session) / 1000) : null,
    sessionId: session?.id ?? null,
    ipAddress: user ? addressOf({ observation: facts && asked?.grant_type === 'authorization_code' ? facts.observation : observation, user }, host.tenant) : null,
    clientAuthentication: asked?.client_assertion ? 'certificate' : asked?.client_secret || ctx.oidc.client?.clientAuthMethod !== 'none' ? 'secret' : 'none',
    authenticationContexts: facts?.authenticationContexts ?? claims.authenticationContexts,
    capabilities: facts?.capabilities ?? claims.capabilities,
    requestedClaims: claims.idTokenClaims,
    endpointVersion: (ctx.state as { version?: string }).version === 'v1' ? 1 : 2,
  }
}

function principalsOf(host: Host, user: User): string[] {
  return [user.id, ...host.tenant.directory.groupIdsOf(user.id)]
}

function consentedValues(host: Host, client: Application, user: User, resource: Application): string[] {
  const byAdministrator = client.consents.filter((consent) => host.tenant.directory.resource(consent.resource)?.appId === resource.appId).flatMap(({ scopes }) => scopes)

  return [...byAdministrator, ...userConsents(host.tenant, client.appId, user.id, resource.appId)]
}

/** All scopes of the sign-in that this token ends: of the request, or of the code or refresh token redeemed. */
function scopesInPlay(ctx: LibraryContext): string[] {
  const { params, entities } = ctx.oidc as unknown as { params?: { scope?: string }; entities: { AuthorizationCode?: { scope?: string }; RefreshToken?: { scope?: string } } }

  return (entities.AuthorizationCode?.scope ?? entities.RefreshToken?.scope ?? params?.scope ?? '').split(' ').filter((scope) => scope !== '')
}

function openIdIn(ctx: LibraryContext): string[] {
  return scopesInPlay(ctx).filter((scope) => ['openid', 'profile', 'email'].includes(scope))
}
