import { randomBytes } from 'node:crypto'
import compose from 'koa-compose'
import type { Middleware } from 'koa'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { errors } from 'oidc-provider'
import { assertionTime, proveInTime } from './assertion-time.ts'
import { callingOut } from './calling-out.ts'
import { standardScopes } from './grant.ts'
import type { Host } from './host.ts'
import type { PageError, Profile, Situation, Words } from './profile.ts'
import { mayComeWithoutCredentials } from './clients.ts'
import { clientOf } from './judge.ts'
import { appRolesOf, scopeValues } from './resources.ts'
import { standardClaims, standardClaimsOf } from './standard-claims.ts'
import { standardPaths, standardRoutes } from './standard-paths.ts'
import { resourceParameters } from './standard-scopes.ts'
import { stateOf } from './request-state.ts'
import { signedOutPage, signOutPage, tenantLine } from './sign-out.ts'
import type { Refusal } from '../sign-in/refusal.ts'

/** oidc-provider as certified, on Entra's paths, judged by Conditional Access, without a word of Entra (product.md 7). */
export const standard: Profile = {
  name: 'standard',
  revokesGrants: true,
  configure,
  equip: proveInTime,
  around: (host) => compose([standardPaths(), assertionTime(host)]) as Middleware,
  scopeParameters: resourceParameters,
  isNumbered: false,
  words,
  requested: ({ max_age: maxAge }) => ({ authenticationContexts: [], challenge: null, maxAge: maxAge === undefined ? null : Number(maxAge), capabilities: [] }),
  // The library's resource indicators say it.
  aimCode: () => undefined,
  subjectOf: (_host, userId) => userId,
  accountClaims: standardClaimsOf,
  refuse,
  errorPage,
}

function configure(common: Configuration, host: Host): Configuration {
  return {
    ...common,
    routes: standardRoutes,
    fetch: callingOut(host),
    scopes: standardScopes,
    claims: standardClaims,
    responseTypes: ['code', 'id_token', 'code id_token', 'id_token token', 'code token', 'code id_token token', 'none'],
    pkce: { required: (_ctx, client) => isPublic(client, host) },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client, source) => client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => client.clientAuthMethod !== 'none' || token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      registration: { enabled: true, initialAccessToken: false },
      registrationManagement: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true, nonceSecret: dpopNonceSecret },
      backchannelLogout: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // None by itself: a token for no API opens userinfo.
        defaultResource: async (_ctx, _client, oneOf) => oneOf as string[],
        useGrantedResource: async () => false,
        getResourceServerInfo: async (ctx, indicator) => resourceServer(ctx, host, indicator),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => signOutPage(ctx, host, form),
        postLogoutSuccessSource: (ctx) => signedOutPage(ctx, host),
      },
    },
    extraTokenClaims: async (ctx, token) => {
      await common.extraTokenClaims?.(ctx, token)
      if (token.kind !== 'ClientCredentials' || !token.aud) return undefined
      const resource = host.tenant.directory.resource(String(token.aud))
      const roles = resource ? appRolesOf(resource, clientOf(ctx, host)) : []

      return roles.length > 0 ? { roles } : undefined
    },
  }
}

/**
 * Clients prove in real time, and a tenant's clock may be elsewhere. A proof whose time is not the tenant's is then asked
 * for once more with a nonce (RFC 9449, 8), which says how fresh it is by the tenant's own clock.
 */
const dpopNonceSecret = randomBytes(32)

/** Who can prove nothing at the token endpoint proves with PKCE that the code is theirs. */
function isPublic({ clientId, clientAuthMethod }: Client, host: Host): boolean {
  const application = host.tenant.directory.application(clientId)

  return application ? mayComeWithoutCredentials(application) : clientAuthMethod === 'none'
}

type Client = { readonly clientId: string; readonly clientAuthMethod?: string | undefined }

/**
 * RFC 8707: the resource is an API of the directory, named by one of its identifier URIs. A user's client may ask for what
 * the API publishes, a client on its own for the roles it was given.
 */
function resourceServer(ctx: KoaContextWithOIDC, host: Host, indicator: string) {
  const resource = host.tenant.directory.resource(indicator)
  if (!resource) throw new errors.InvalidTarget()
  const isAlone = (ctx.oidc.params as { grant_type?: string }).grant_type === 'client_credentials'
  const scopes = isAlone ? appRolesOf(resource, clientOf(ctx, host)) : scopeValues(resource)

  return { scope: scopes.join(' '), audience: indicator, accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'RS256' as const } } }
}

/** OAuth's words for what policy says: a block is a refusal, anything the user could still do is interaction. */
function words(refusal: Refusal, { endpoint, isSilent }: Situation): Words {
  const said = { description: descriptionOf(refusal), status: 400 }
  if (endpoint === 'token') return { error: 'invalid_grant', ...said }
  if (refusal.decision === undefined) return { error: isSilent && !(refusal.code in final) ? 'login_required' : 'access_denied', ...said }

  return { error: isSilent && refusal.decision.outcome !== 'blocked' ? 'interaction_required' : 'access_denied', ...said }
}

/** What was refused before policy was asked, and signing in again would not change. */
const final: Readonly<Record<number, string>> = {
  50001: 'the resource is disabled',
  50057: 'the account is disabled',
  50105: 'the user is not assigned to the application',
  65001: 'consent is needed',
  65004: 'the user declined',
  501051: 'the application has no role at the resource',
  7000112: 'the application is disabled',
}

function descriptionOf({ code, decision, policyIds }: Refusal): string {
  const policies = decision?.policies.filter(({ id }) => policyIds?.includes(id)).map(({ displayName }) => displayName) ?? []
  if (decision?.outcome === 'blocked') return `refused by policy: ${policies.join(', ')}`
  if (decision) return policies.length > 0 ? `more is needed by policy: ${policies.join(', ')}` : 'more is needed to go on'

  return final[code] ?? 'the sign-in is not, or no longer, good enough'
}

function refuse(ctx: KoaContextWithOIDC, host: Host, refusal: Refusal, surface: 'token' | 'page'): void {
  const { error, description, status } = words(refusal, { endpoint: surface === 'token' ? 'token' : 'authorize', isSilent: false })
  const response = ctx as unknown as { status: number; body: unknown }
  response.status = status
  if (surface === 'token') response.body = { error, error_description: description }
  else errorPage(ctx, host, { status, error, description, detail: undefined, refusal })
}

function errorPage(ctx: KoaContextWithOIDC, host: Host, error: PageError): void {
  stateOf(ctx).refused = { code: error.refusal?.code ?? 0, error: error.error, message: error.description ?? error.error }
  const policies = error.refusal?.decision?.policies.filter(({ id }) => error.refusal?.policyIds?.includes(id)) ?? []
  ctx.type = 'html'
  ctx.body = host.render('error', {
    tenant: tenantLine(host),
    title: error.refusal ? 'You cannot go on from here' : 'This request cannot be answered',
    message: error.description ?? error.error,
    advice: error.refusal ? null : 'Go back to the application and try again.',
    code: error.error,
    policies: policies.map(({ displayName }) => displayName),
    details: [{ label: 'Correlation id', value: stateOf(ctx).observation.correlationId }],
    links: [],
  })
}
