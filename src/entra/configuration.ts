import type { Host } from '../oidc/host.ts'
import { openIdScopes } from '../oidc/grant.ts'
import { RefusedError } from '../oidc/errors.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { redirectKind } from '../oidc/clients.ts'
import type { Profile } from '../oidc/profile.ts'
import { deviceFlow } from './device-pages.ts'
import { accessTokenOf } from './issue.ts'
import { resourceInfo, targetsOfRequest } from './targets.ts'
import { idTokenClaimNames } from './tokens.ts'

type Configuration = ReturnType<Profile['configure']>

/** The library's configuration for a tenant that speaks Entra: what it can be told, rather than dressed afterwards. */
export function configureEntra(common: Configuration, host: Host): Configuration {
  return {
    ...common,
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      device_authorization: '/oauth2/v2.0/devicecode',
      code_verification: '/oauth2/deviceauth',
      jwks: '/library/keys',
    },
    scopes: openIdScopes,
    claims: { openid: ['sub', ...idTokenClaimNames] },
    conformIdTokenClaims: false,
    extraParams: {
      ...(common.extraParams as object),
      x_refusal: (_ctx, refusal) => refuseRequest(host, refusal),
      x_offline: keepOfflineAccess,
      x_claims: null,
      x_max_age: null,
      x_for_everybody: null,
      x_admin_answer: null,
      x_version: null,
      x_response_type: (ctx, asked) => requireImplicit(ctx as never, host, asked),
      client_info: null,
      instance_aware: null,
    },
    responseTypes: ['code', 'id_token', 'code id_token', 'id_token token', 'code id_token token'],
    subjectTypes: ['pairwise', 'public'],
    pairwiseIdentifier: (_ctx, userId, client) => host.profile.subjectOf(host, userId, client.clientId),
    pkce: {
      required: (ctx, client) => {
        const application = host.tenant.directory.application(client.clientId)
        const { redirect_uri: redirectUri } = ctx.oidc.params as { redirect_uri?: string }

        return application !== undefined && redirectKind(application, redirectUri) === 'spa'
      },
    },
    allowOmittingSingleRegisteredRedirectUri: true,
    rotateRefreshToken: false,
    revokeGrantPolicy: () => false,
    issueRefreshToken: async (_ctx, _client, source) => source.scopes.has('offline_access'),
    formats: { customizers: { jwt: (ctx, token, jwt) => accessTokenOf(ctx, host, token, jwt) } },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: deviceFlow(host),
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (ctx, _client, oneOf) => (oneOf ? oneOf[0] : targetsOfRequest(ctx, host)) as never,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (ctx, indicator) => resourceInfo(ctx, host, indicator) as never,
      },
      // Signing out is by account here, with frames: `logout-endpoint.ts`.
      rpInitiatedLogout: { enabled: false },
    },
  }
}

/** What `request.ts` found wrong is said here, where the library knows that the redirect URI is good. */
function refuseRequest(host: Host, refusal: string | undefined): void {
  if (refusal !== undefined) throw new RefusedError(JSON.parse(refusal) as Refusal, host.profile, { endpoint: 'authorize', isSilent: true })
}

/** Tokens straight from the authorize endpoint are for applications that allow them; those that say nothing do. */
function requireImplicit(ctx: { oidc: { route: string; params?: Record<string, unknown> } }, host: Host, asked: string | undefined): void {
  const words = String(asked ?? ctx.oidc.params?.response_type ?? '').split(' ')
  const settings = host.tenant.directory.application(String(ctx.oidc.params?.client_id ?? ''))?.web as { implicitGrantSettings?: ImplicitSettings } | undefined
  const { enableIdTokenIssuance = true, enableAccessTokenIssuance = true } = settings?.implicitGrantSettings ?? {}
  const code = words.includes('id_token') && !enableIdTokenIssuance ? 700054 : words.includes('token') && !enableAccessTokenIssuance ? 700051 : null
  if (code !== null) throw new RefusedError({ code }, host.profile, { endpoint: 'authorize', isSilent: true })
}

type ImplicitSettings = { readonly enableIdTokenIssuance?: boolean; readonly enableAccessTokenIssuance?: boolean }

/** The library drops `offline_access` unless consent is asked for; Entra keeps it. Runs after the drop. */
function keepOfflineAccess(ctx: { oidc: { params?: Record<string, unknown> } }, value: string | undefined): void {
  const { params } = ctx.oidc
  if (value !== '1' || !params) return
  const words = String(params.scope ?? '').split(' ').filter(Boolean)
  if (!words.includes('offline_access')) params.scope = [...words, 'offline_access'].join(' ')
}

