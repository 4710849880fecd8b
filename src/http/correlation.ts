import type { Context } from 'koa'

const guid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
const known = new WeakMap<object, string>()

/**
 * What joins the traces of one request: the caller's `client-request-id` where that is a GUID, otherwise one made up.
 * The same for as long as the request lasts.
 */
export function correlationIdOf(ctx: Context): string {
  const existing = known.get(ctx.req)
  if (existing !== undefined) return existing

  const given = ctx.get('client-request-id')
  const id = guid.test(given) ? given.toLowerCase() : crypto.randomUUID()
  known.set(ctx.req, id)

  return id
}
