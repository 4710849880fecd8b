import type { Context } from 'koa'

/** Answers that any page may read: no cookie has a say in them (wire 4.6). */
export function allowOrigins(ctx: Pick<Context, 'get' | 'set'>): void {
  ctx.set('access-control-allow-origin', ctx.get('origin') || '*')
  ctx.set('access-control-expose-headers', 'x-ms-request-id, Retry-After')
}
