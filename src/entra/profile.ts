import compose from 'koa-compose'
import type { Middleware } from 'koa'
import { dressIdTokens, signIdTokens } from '../oidc/private.ts'
import type { Profile } from '../oidc/profile.ts'
import { registerOnBehalfOfGrant } from '../oidc/grants/on-behalf-of.ts'
import { registerPasswordGrant } from '../oidc/grants/password.ts'
import { registerRefreshGrant } from '../oidc/grants/refresh-token.ts'
import { assertionVerifier } from './assertion.ts'
import { adminConsentEndpoint } from './admin-consent.ts'
import { checkSession } from './check-session.ts'
import { answerMetadata } from './metadata.ts'
import { authorizeEndpoint } from './authorize-endpoint.ts'
import { configureEntra } from './configuration.ts'
import { deviceEndpoint } from './device-endpoint.ts'
import { devicePage } from './device-pages.ts'
import { errorPage, tokenRefusalOf } from './errors.ts'
import { idTokenSigner } from './id-token-signer.ts'
import { idTokenClaimsOf, onlySaid } from './issue.ts'
import { logoutEndpoint } from './logout-endpoint.ts'
import { entraPaths } from './paths.ts'
import { registerResponseModes } from './response-modes.ts'
import { aimCode, refreshTarget, userTarget } from './targets.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { pairwiseSubject } from './token-parts.ts'
import { stateOf } from '../oidc/request-state.ts'
import { requested, words } from './words.ts'

/** Microsoft Entra ID on the wire: its paths, parameters, tokens and errors on top of the library's protocol. */
export const entra: Profile = {
  name: 'entra',
  // A replayed code is told to go on with the refresh token that there is (54005).
  revokesGrants: false,
  configure: configureEntra,
  equip(provider, host) {
    dressIdTokens(provider, onlySaid)
    signIdTokens(provider, idTokenSigner(host.keys))
    registerResponseModes(provider, host)
    registerPasswordGrant(provider, host, (ctx) => userTarget(ctx, host))
    registerOnBehalfOfGrant(provider, host, (ctx) => userTarget(ctx, host), assertionVerifier(host))
    registerRefreshGrant(provider, host, (ctx, token) => refreshTarget(ctx, host, token))
    provider.on('grant.error', (ctx, error) => void (ctx.state.error = error))
    provider.on('device_authorization.error', (ctx, error) => void (ctx.state.error = error))
    provider.on('authorization.error', (ctx, error) => void (ctx.state.error = error))
  },
  around: (host, provider) => compose([
    entraPaths(),
    answerMetadata(host),
    authorizeEndpoint(host),
    adminConsentEndpoint(),
    tokenEndpoint(host, provider),
    deviceEndpoint(host),
    devicePage(host, provider),
    logoutEndpoint(host),
    checkSession(),
  ] as Middleware[]) as Middleware,
  scopeParameters: (scope) => ({ scope }),
  isNumbered: true,
  words,
  requested,
  aimCode,
  subjectOf: ({ keys }, userId, clientId) => pairwiseSubject(keys.pairwiseSalt, userId, clientId),
  accountClaims: idTokenClaimsOf,
  refuse(ctx, host, refusal, surface) {
    const response = ctx as unknown as { body: unknown }
    if (surface === 'token') response.body = tokenRefusalOf(ctx, host, refusal, stateOf(ctx).requestId)
    else errorPage(ctx, host, { status: 400, error: 'invalid_request', description: undefined, detail: undefined, refusal })
  },
  errorPage,
}
