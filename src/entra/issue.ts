import type { User } from '../directory/types.ts'
import { amrOf } from '../oidc/adopt.ts'
import { grantedScopes } from '../oidc/consents.ts'
import { openIdScopesOf } from '../oidc/grant.ts'
import type { Host } from '../oidc/host.ts'
import { clientOf } from '../oidc/judge.ts'
import { stateOf } from '../oidc/request-state.ts'
import { appRolesOf, assignedRoles } from '../oidc/resources.ts'
import { addressOf } from '../sign-in/describe.ts'
import { authenticatedAt } from '../sign-in/session.ts'
import { refreshTokenRules } from '../sign-in/lifetimes.ts'
import { noClaimsRequest, parseClaimsRequest } from './claims-request.ts'
import type { ClaimsRequest } from './claims-request.ts'
import { keepBehindToken } from './behind-token.ts'
import { versionOf } from './protocol-version.ts'
import { graphAppId, spelledGrant } from './scopes.ts'
import { controlsOf, signInStateOf } from './session-controls.ts'
import { grantedValues, parsedScopes, resourceAt } from './targets.ts'
import { accessTokenClaims, clientInfoOf, idTokenClaims, tokenResponse } from './tokens.ts'
import type { SessionFacts, TokenFacts } from './tokens.ts'

type LibraryContext = Parameters<typeof stateOf>[0]
type LibraryToken = { readonly scope?: string; readonly accountId?: string; readonly resourceServer?: { identifier(): string } }
type Structured = { header?: Record<string, unknown>; payload: Record<string, unknown> }

/** Replaces what the library would say in an access token by what Entra says in one for this resource. */
export function accessTokenOf(ctx: LibraryContext, host: Host, token: LibraryToken, jwt: Structured): void {
  const indicator = token.resourceServer?.identifier() ?? ''
  const resource = resourceAt(host, indicator)
  const user = token.accountId ? host.tenant.directory.get('users', token.accountId) : undefined
  const facts = factsOf(ctx, host, user, stateOf(ctx).lifetimes?.accessToken)
  const scopes = user ? grantedValues((token.scope ?? '').split(' ').filter((scope) => scope !== ''), resource, grantedScopes(host.tenant, facts.client.appId, user.id, resource)) : []
  const { header, payload } = accessTokenClaims({
    ...facts,
    resource,
    audience: parsedScopes(ctx, host, scopesInPlay(ctx).join(' ')).resources.find((target) => target.indicator === indicator)?.audience,
    scopes,
    openIdScopes: openIdScopesOf(scopesInPlay(ctx)),
    roles: user ? assignedRoles(resource, principalsOf(host, user)) : appRolesOf(resource, facts.client),
    clientAuthentication: clientAuthenticationOf(ctx),
    capabilities: claimsAsked(ctx).capabilities.length > 0 ? claimsAsked(ctx).capabilities : (stateOf(ctx).facts?.capabilities ?? []),
  })
  // Graph calls no other API for its users: of its tokens, those that may be challenged are kept.
  if (user && (resource.appId !== graphAppId || payload.xms_cc !== undefined)) {
    keepBehindToken(ctx, host, { user, resource, scopes, uti: String(payload.uti), lifetime: facts.lifetime })
  }
  jwt.header = header
  jwt.payload = payload
}

/** What the ID token of this request says; the library adds the hashes. */
export function idTokenClaimsOf(ctx: LibraryContext, host: Host, user: User): Record<string, unknown> {
  const facts = factsOf(ctx, host, user, stateOf(ctx).lifetimes?.idToken)

  const claims = idTokenClaims({
    ...facts,
    user,
    scopes: scopesInPlay(ctx),
    roles: assignedRoles(facts.client, principalsOf(host, user)),
    version: versionOf(ctx) === 'v1' ? 1 : 2,
    requestedClaims: idTokenClaimsAsked(ctx),
  })

  return { ...claims, [said]: claims }
}

const said = Symbol('what this ID token says')

/**
 * Drops what the library adds of its own accord, such as `amr` and `auth_time`, where Entra would not say it. `sid` is the
 * account's session in this browser, not the library's, which holds one account at a time.
 */
export function onlySaid(payload: Record<string, unknown>, available: Readonly<Record<PropertyKey, unknown>>): Record<string, unknown> {
  const claims = available[said] as Readonly<Record<string, unknown>> | undefined
  if (!claims) return payload
  const kept = Object.entries(payload).filter(([name]) => Object.hasOwn(claims, name) || addedByLibrary.has(name))

  return { ...Object.fromEntries(kept), ...(claims.sid === undefined ? {} : { sid: claims.sid }) }
}

const addedByLibrary: ReadonlySet<string> = new Set(['nonce', 'at_hash', 'c_hash'])

/** The token endpoint's answer, with what Entra adds and in the spelling that was asked. */
export function dressTokenResponse(ctx: LibraryContext, host: Host, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { asked, facts } = stateOf(ctx)
  const user = facts && host.tenant.directory.get('users', facts.userId)

  return tokenResponse(body, {
    grant: asked?.grant_type ?? '',
    version: versionOf(ctx),
    scopes: user && spelledOut(ctx, host, user, body.scope),
    clientInfo: user && asked?.client_info === '1' ? clientInfoOf(user, host.tenant.id) : undefined,
    refreshTokenExpiresIn: facts?.redirectKind === 'spa' ? secondsLeft(ctx, host, facts.issuedAt) : undefined,
    resource: asked?.resource,
    now: nowOf(host),
  })
}

/** The scopes granted, as the request spells them, `.default` with what it stands for. */
function spelledOut(ctx: LibraryContext, host: Host, user: User, scope: unknown): string[] {
  const { AccessToken: token } = ctx.oidc.entities as { AccessToken?: LibraryToken }
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  if (!token?.resourceServer) return scopes

  return spelledGrant(scopes, grantedScopes(host.tenant, clientOf(ctx, host).appId, user.id, resourceAt(host, token.resourceServer.identifier())))
}

/** `client_info` of the account signed in here, where the request asked for it. */
export function clientInfoFor(ctx: LibraryContext, host: Host): string | undefined {
  const { session } = stateOf(ctx)
  const user = session && host.tenant.directory.get('users', session.userId)
  // Of the request as the library keeps it: after a page, this is another one.
  const { client_info: asked } = (ctx.oidc.params ?? {}) as { client_info?: string }

  return user && asked === '1' ? clientInfoOf(user, host.tenant.id) : undefined
}

function factsOf(ctx: LibraryContext, host: Host, user: User | undefined, lifetime = 3600): Omit<TokenFacts, 'roles'> & { readonly roles: readonly string[] } {
  const { directory } = host.tenant
  return {
    tenant: directory.settings,
    base: host.base,
    salt: host.keys.pairwiseSalt,
    kid: host.keys.signing[0]?.kid ?? '',
    now: nowOf(host),
    lifetime,
    user,
    client: clientOf(ctx, host),
    session: user && sessionFacts(ctx, host, user),
    roles: [],
    groups: user ? directory.groupIdsOf(user.id) : [],
    directoryRoles: user ? directory.roleTemplateIdsOf(user.id) : [],
    acrs: stateOf(ctx).judgedContexts ?? claimsAsked(ctx).authenticationContexts,
    isFrontChannel: ctx.oidc.route !== 'token',
  }
}

function sessionFacts(ctx: LibraryContext, host: Host, user: User): SessionFacts | undefined {
  const { session, observation, judgedUnder, verdict = nothingJudged } = stateOf(ctx)
  if (!session) return undefined
  const seen = judgedUnder ?? observation

  return {
    id: session.id,
    amr: amrOf(session),
    authenticatedAt: authenticatedAt(session),
    ipAddress: addressOf({ observation: seen, user }, host.tenant),
    signInState: signInStateOf(verdict, session.isPersistent),
    controls: controlsOf(verdict),
    insideCorporateNetwork: session.insideCorporateNetwork,
    platform: seen.platform,
  }
}

const nothingJudged = { decision: null, signIn: null }

/** Milliseconds, by the clock that the tenant's tokens go by. */
function nowOf({ tenant: { clock } }: Host): number {
  return clock.tokens === 'wire' ? clock.realNow() : clock.now()
}

function clientAuthenticationOf(ctx: LibraryContext): 'none' | 'secret' | 'certificate' {
  const { clientAuthentication } = stateOf(ctx)
  const method = ctx.oidc.client?.clientAuthMethod
  if (clientAuthentication) return clientAuthentication
  if (method === 'private_key_jwt') return 'certificate'

  return method === 'none' || method === undefined ? 'none' : 'secret'
}

function claimsAsked(ctx: LibraryContext): ClaimsRequest {
  const { claims, x_claims: hidden } = (ctx.oidc.params ?? {}) as { claims?: string; x_claims?: string }

  return parseClaimsRequest(claims ?? hidden) ?? noClaimsRequest
}

/** Claims of the ID token that the request named, or the authorize request whose code is redeemed; `max_age` asks for `auth_time`. */
function idTokenClaimsAsked(ctx: LibraryContext): readonly string[] {
  const { AuthorizationCode: code } = ctx.oidc.entities as { AuthorizationCode?: { claims?: { id_token?: Record<string, unknown> } } }
  const { max_age: maxAge } = (ctx.oidc.params ?? {}) as { max_age?: unknown }

  return [...claimsAsked(ctx).idTokenClaims, ...Object.keys(code?.claims?.id_token ?? {}), ...(maxAge === undefined ? [] : ['auth_time'])]
}

function secondsLeft(ctx: LibraryContext, host: Host, issuedAt: number): number {
  const { seconds } = refreshTokenRules(host.tenant, { client: clientOf(ctx, host), redirectKind: 'spa' })

  return Math.max(0, seconds - 1 - Math.floor((host.tenant.clock.now() - issuedAt) / 1000))
}

function principalsOf(host: Host, user: User): string[] {
  return [user.id, ...host.tenant.directory.groupIdsOf(user.id)]
}

/** All scopes of the sign-in that this token ends: of the code or refresh token redeemed, or of the request. */
function scopesInPlay(ctx: LibraryContext): string[] {
  type Scoped = { readonly scope?: string }
  const { params, entities } = ctx.oidc as unknown as { params?: Scoped; entities: { AuthorizationCode?: Scoped; DeviceCode?: Scoped; RefreshToken?: Scoped } }

  return (entities.AuthorizationCode?.scope ?? entities.DeviceCode?.scope ?? entities.RefreshToken?.scope ?? params?.scope ?? '').split(' ').filter((scope) => scope !== '')
}
