import compose from 'koa-compose'
import type { Middleware } from 'koa'
import type { Profile } from '../oidc/profile.ts'
import { registerRefreshGrant } from '../oidc/grants/refresh-token.ts'
import { answerMetadata } from './metadata.ts'
import { authorizeEndpoint } from './authorize-endpoint.ts'
import { configureEntra } from './configuration.ts'
import { errorPage } from './errors.ts'
import { idTokenClaimsOf } from './issue.ts'
import { logoutEndpoint } from './logout-endpoint.ts'
import { registerResponseModes } from './response-modes.ts'
import { refreshTarget } from './targets.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { requested, words } from './words.ts'

/** Microsoft Entra ID on the wire: its paths, parameters, tokens and errors on top of the library's protocol. */
export const entra: Profile = {
  name: 'entra',
  configure: configureEntra,
  equip(provider, host) {
    registerResponseModes(provider, host)
    registerRefreshGrant(provider, host, (ctx, token) => refreshTarget(ctx, host, token))
    provider.on('grant.error', (ctx, error) => void (ctx.state.error = error))
    provider.on('authorization.error', (ctx, error) => void (ctx.state.error = error))
  },
  around: (host, provider) => compose([
    answerMetadata(host),
    authorizeEndpoint(),
    tokenEndpoint(host),
    logoutEndpoint(host, provider),
  ] as Middleware[]) as Middleware,
  words,
  requested,
  accountClaims: idTokenClaimsOf,
  errorPage,
}
