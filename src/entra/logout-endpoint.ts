import type { Middleware } from 'koa'
import type { Host } from '../oidc/host.ts'
import type { Profile } from '../oidc/profile.ts'
import { redirectUrisOf } from '../oidc/clients.ts'
import { isRegisteredRedirect } from '../oidc/redirect-uris.ts'

type Provider = Parameters<Profile['equip']>[0]

/**
 * Signing out as Entra has it: a return address alone names the application it is registered for, and an address that
 * nobody registered leads to the page that says "you signed out", never elsewhere (entra-wire 8).
 */
export function logoutEndpoint(host: Host, _provider: Provider): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/oauth2/logout') ctx.path = '/oauth2/v2.0/logout'
    if (ctx.path !== '/oauth2/v2.0/logout' || ctx.method !== 'GET') return next()

    const { post_logout_redirect_uri: returnTo, client_id: clientId, id_token_hint: hint, ...rest } = ctx.query
    const owner = typeof returnTo === 'string' && !clientId && !hint ? ownerOf(host, returnTo) : undefined
    if (owner) ctx.query = { ...ctx.query, client_id: owner }
    else if (typeof returnTo === 'string' && typeof clientId === 'string' && !isRegisteredFor(host, clientId, returnTo)) {
      ctx.query = { ...rest, client_id: clientId }
    }

    return next()
  }
}

function ownerOf(host: Host, returnTo: string): string | undefined {
  return host.tenant.directory.list('applications').find((application) => isRegisteredRedirect(redirectUrisOf(application), returnTo))?.appId
}

function isRegisteredFor(host: Host, clientId: string, returnTo: string): boolean {
  const application = host.tenant.directory.application(clientId)

  return application !== undefined && isRegisteredRedirect(redirectUrisOf(application), returnTo)
}

