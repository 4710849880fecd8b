import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { User } from '../directory/types.ts'
import { amrOf } from './adopt.ts'
import { openIdScopes } from './grant.ts'
import type { Host } from './host.ts'
import type { PageError, Profile, Situation, Words } from './profile.ts'
import { clientOf } from './judge.ts'
import { appRolesOf, assignedRoles, scopeValues } from './resources.ts'
import { stateOf } from './request-state.ts'
import { signedOutPage, signOutPage, tenantLine } from './sign-out.ts'
import type { Refusal } from '../sign-in/refusal.ts'

/** oidc-provider as certified, on Entra's paths, judged by Conditional Access, without a word of Entra (product.md 7). */
export const standard: Profile = {
  name: 'standard',
  configure,
  equip() {},
  around: () => async (_ctx, next) => next(),
  words,
  requested: ({ max_age: maxAge }) => ({ authenticationContexts: [], challenge: null, maxAge: maxAge === undefined ? null : Number(maxAge), capabilities: [] }),
  accountClaims,
  refuse,
  errorPage,
}

function configure(common: Configuration, host: Host): Configuration {
  return {
    ...common,
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      end_session: '/oauth2/v2.0/logout',
      jwks: '/discovery/v2.0/keys',
      userinfo: '/oidc/userinfo',
      introspection: '/oauth2/v2.0/introspect',
      revocation: '/oauth2/v2.0/revoke',
      registration: '/oauth2/v2.0/register',
      pushed_authorization_request: '/oauth2/v2.0/par',
    },
    scopes: openIdScopes,
    claims: {
      openid: ['sub', 'sid', 'amr', 'auth_time'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'updated_at'],
      email: ['email', 'email_verified'],
      roles: null,
      groups: null,
    },
    responseTypes: ['code', 'id_token', 'code id_token', 'id_token token', 'code token', 'code id_token token', 'none'],
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
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
      dPoP: { enabled: true },
      backchannelLogout: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, _client, oneOf) => oneOf ?? [],
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

/** RFC 8707: the resource is an API of the directory, named by one of its identifier URIs. */
function resourceServer(_ctx: KoaContextWithOIDC, host: Host, indicator: string) {
  const resource = host.tenant.directory.resource(indicator)
  if (!resource) throw new errors.InvalidTarget()

  return { scope: scopeValues(resource).join(' '), audience: indicator, accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'RS256' as const } } }
}

function accountClaims(ctx: KoaContextWithOIDC, host: Host, user: User): Record<string, unknown> {
  const { session } = stateOf(ctx)
  const client = clientOf(ctx, host)
  const roles = assignedRoles(client, [user.id, ...host.tenant.directory.groupIdsOf(user.id)])
  const changed = user.lastPasswordChangeDateTime
  return {
    name: user.displayName,
    given_name: user.givenName ?? undefined,
    family_name: user.surname ?? undefined,
    preferred_username: user.userPrincipalName,
    updated_at: changed ? Math.floor(Date.parse(changed) / 1000) : 0,
    email: user.mail ?? user.userPrincipalName,
    email_verified: true,
    ...(roles.length > 0 ? { roles } : {}),
    ...(session ? { amr: amrOf(session) } : {}),
  }
}

/** OAuth's words for what policy says: a block is a refusal, anything the user could still do is interaction. */
function words(refusal: Refusal, { endpoint, isSilent }: Situation): Words {
  const isBlocked = refusal.decision?.outcome === 'blocked'
  if (endpoint === 'token') return { error: 'invalid_grant', description: descriptionOf(refusal), status: 400 }
  if (isBlocked) return { error: 'access_denied', description: descriptionOf(refusal), status: 400 }
  if (refusal.code === 50058) return { error: 'login_required', description: 'the user is not signed in', status: 400 }

  return { error: isSilent ? 'interaction_required' : 'access_denied', description: descriptionOf(refusal), status: 400 }
}

function descriptionOf(refusal: Refusal): string {
  const blockers = refusal.decision?.policies.filter(({ id }) => refusal.policyIds?.includes(id)).map(({ displayName }) => displayName) ?? []
  if (refusal.decision?.outcome === 'blocked') return `refused by policy: ${blockers.join(', ')}`.trim()

  return blockers.length > 0 ? `more is needed by policy: ${blockers.join(', ')}` : 'the sign-in is not, or no longer, good enough'
}

function refuse(ctx: KoaContextWithOIDC, host: Host, refusal: Refusal, surface: 'token' | 'page'): void {
  const { error, description, status } = words(refusal, { endpoint: surface === 'token' ? 'token' : 'authorize', isSilent: false })
  const response = ctx as unknown as { status: number; body: unknown }
  response.status = status
  if (surface === 'token') response.body = { error, error_description: description }
  else errorPage(ctx, host, { status, error, description, detail: undefined, refusal })
}

function errorPage(ctx: KoaContextWithOIDC, host: Host, error: PageError): void {
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
