import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { isRegisteredRedirect } from './redirect-uris.ts'
import { accountFinder } from './account.ts'
import { adapterOf } from './adapter.ts'
import { adoptAccount } from './adopt.ts'
import { clientsOf } from './clients.ts'
import { cookieSuffix } from './cookie-names.ts'
import { refusalBehind } from './errors.ts'
import { grantFromConsents } from './grant.ts'
import type { Host } from './host.ts'
import { admit, clientCredentialsAttempt } from './judge.ts'
import { promptsOf } from './prompts.ts'
import { stateOf } from './request-state.ts'

const hour = 60 * 60
const day = 24 * hour

/** Names the adoption hook: an extra parameter no client may send, whose validator runs before the account is loaded. */
export const adoptionParameter = 'x_adopt'

/** What both profiles have in common. Every default of the library that would print a notice is given here. */
export function commonConfiguration(host: Host): Configuration {
  const isSecure = host.base.startsWith('https:')
  const cookie = { httpOnly: true, sameSite: isSecure ? 'none' : 'lax', secure: isSecure } as const
  const suffix = cookieSuffix(host)
  return {
    adapter: adapterOf(host.tenant.state, clientsOf(host.tenant, host.profile.name), host.profile),
    jwks: { keys: host.keys.signing.map(({ privateJwk }) => privateJwk) } as Configuration['jwks'],
    clientDefaults: { grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' },
    cookies: {
      names: { session: `session_${suffix}`, interaction: `interaction_${suffix}`, resume: `resume_${suffix}` },
      long: { ...cookie, path: '/' },
      // Each step of a sign-in has a path of its own, and its cookie with it: several tabs do not get in each other's way.
      short: cookie,
    },
    findAccount: accountFinder(host),
    loadExistingGrant: (ctx) => grantFromConsents(ctx, host),
    clientBasedCORS: (_ctx, origin, client) => (client.redirectUris ?? []).some((uri) => sameOrigin(uri, origin)),
    expiresWithSession: () => false,
    extraParams: { [adoptionParameter]: (ctx) => adoptInBrowser(ctx as KoaContextWithOIDC, host), domain_hint: null, sid: null },
    extraTokenClaims: (ctx, token) => {
      if (token.kind === 'ClientCredentials') admit(ctx, host, clientCredentialsAttempt(ctx, host))

      return undefined
    },
    interactions: { policy: promptsOf(host), url: (_ctx, { uid }) => `/${host.tenant.id}/sign-in/${uid}` },
    renderError: (ctx, out, error) => host.profile.errorPage(ctx, host, {
      status: ctx.status,
      error: out.error,
      description: out.error_description,
      detail: (error as { error_detail?: string }).error_detail,
      refusal: refusalBehind(error),
    }),
    ttl: {
      AccessToken: (ctx) => stateOf(ctx).lifetimes?.accessToken ?? hour,
      IdToken: (ctx) => stateOf(ctx).lifetimes?.idToken ?? hour,
      ClientCredentials: (ctx) => stateOf(ctx).lifetimes?.accessToken ?? hour,
      AuthorizationCode: () => 10 * 60,
      RefreshToken: () => 90 * day,
      DeviceCode: () => 15 * 60,
      Interaction: () => hour,
      Session: (_ctx, session) => ((session as { transient?: boolean }).transient ? day : 90 * day),
      Grant: () => 90 * day,
    },
  }
}

/** A device that asks for a code has no browser: whoever approves it is adopted when they do. */
function adoptInBrowser(ctx: KoaContextWithOIDC, host: Host): void {
  if (ctx.oidc.route !== 'device_authorization') adoptAccount(ctx, host)
}

function sameOrigin(redirectUri: string, origin: string): boolean {
  return URL.parse(redirectUri)?.origin === origin || isRegisteredRedirect([redirectUri], `${origin}/`)
}
