import type { Middleware } from 'koa'
import type { Host } from '../oidc/host.ts'
import type { Place } from './issuers.ts'
import { discoveryV1, discoveryV2, jwks } from './discovery.ts'

/** Discovery documents and keys, word for word Entra's; the library's own are never shown. */
export function answerMetadata(host: Host): Middleware {
  return async (ctx, next) => {
    const answer = documents[ctx.path]
    if (!answer) return next()

    ctx.set('access-control-allow-origin', '*')
    if (ctx.method === 'OPTIONS') {
      ctx.set('access-control-allow-methods', 'GET')
      ctx.status = 204
      return
    }
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.status = 405
      ctx.set('allow', 'GET')
      return
    }
    ctx.set('cache-control', 'max-age=86400, private')
    ctx.body = answer({ base: host.base, segment: (ctx.state.alias as string | null) ?? host.tenant.id, tenantId: host.tenant.id }, host)
  }
}

const documents: Readonly<Record<string, (place: Place, host: Host) => unknown>> = {
  '/v2.0/.well-known/openid-configuration': discoveryV2,
  '/.well-known/openid-configuration': discoveryV1,
  '/discovery/v2.0/keys': (place, host) => jwks({ ...place, keys: publicKeys(host), version: 2 }),
  '/discovery/keys': (place, host) => jwks({ ...place, keys: publicKeys(host), version: 1 }),
}

function publicKeys(host: Host) {
  return host.keys.signing.map(({ publicJwk }) => publicJwk)
}
