import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { realNow } from '../clock/clock.ts'
import type { Domain } from '../directory/types.ts'
import { readJson } from '../http/body.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { describeRefusal, jsonHeaders, tokenErrorBody } from './aadsts.ts'
import { instanceDiscovery, metadataEndpoints } from './instance-discovery.ts'
import { credentialType, userRealm } from './user-realm.ts'

export type CommonParts = {
  /** The realm of a user name, where a tenant here has its domain, and whether there is such a user. */
  domainOf(userPrincipalName: string): { readonly brand: string; readonly domain: Domain | undefined; readonly isKnown: boolean } | undefined
}

/** What belongs to no tenant, whichever is named: which hosts are one authority, where a user name is at home, and what makes up the cloud (reference, wire 3.3–3.5). */
export function commonEndpoints({ domainOf }: CommonParts): Middleware {
  return async (ctx, next) => {
    const base = ctx.state.base as string
    const realm = /^\/[^/]+\/userrealm\/([^/]+)$/i.exec(ctx.path)?.[1]
    const isDiscovery = /^\/[^/]+\/discovery\/instance$/i.test(ctx.path)
    if (ctx.method === 'POST' && /^\/[^/]+\/GetCredentialType$/i.test(ctx.path)) return void (ctx.body = credentialTypeOf(await readJson(ctx), base, domainOf))
    const isCloud = ctx.path.toLowerCase() === '/metadata/endpoints'
    if (ctx.method !== 'GET' || (realm === undefined && !isDiscovery && !isCloud)) return next()

    ctx.set('access-control-allow-origin', '*')
    const apiVersion = text(ctx, 'api-version')
    if (isCloud) return void (ctx.body = metadataEndpoints({ base, apiVersion }))
    if (realm !== undefined) {
      const userPrincipalName = decoded(realm)
      const found = domainOf(userPrincipalName)
      return void (ctx.body = userRealm({ userPrincipalName, domain: found?.domain, brand: found?.brand, base, apiVersion }))
    }
    const answer = instanceDiscovery({ base, authorizationEndpoint: text(ctx, 'authorization_endpoint'), apiVersion })
    if ('refusal' in answer) return refuse(ctx, answer.refusal as Refusal, base)
    ctx.body = answer
  }
}

function credentialTypeOf(body: unknown, base: string, domainOf: CommonParts['domainOf']): Record<string, unknown> {
  const { username } = (body ?? {}) as { username?: unknown }
  const userPrincipalName = typeof username === 'string' ? username : ''
  const found = domainOf(userPrincipalName)

  return credentialType({ userPrincipalName, domain: found?.domain, isKnown: found?.isKnown ?? false, base })
}

function text(ctx: Context, name: string): string | undefined {
  const value = ctx.query[name]

  return typeof value === 'string' ? value : undefined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function refuse(ctx: Context, refusal: Refusal, base: string): void {
  const traceId = randomUUID()
  const words = describeRefusal(refusal, { surface: 'token', base, traceId, correlationId: randomUUID(), now: realNow() })
  ctx.status = words.status
  ctx.set(jsonHeaders(traceId))
  ctx.body = tokenErrorBody(words)
}
