import type { Context } from 'koa'

/** Answers that any page may read: no cookie has a say in them (wire 4.6). */
export function allowOrigins(ctx: Pick<Context, 'get' | 'set'>): void {
  ctx.set('access-control-allow-origin', ctx.get('origin') || '*')
  ctx.set('access-control-expose-headers', 'x-ms-request-id, Retry-After')
}

/** Headers that clients add to what a form may send by itself. */
const headers = 'authorization, client-request-id, consistencylevel, content-type, prefer, return-client-request-id, sdkversion'

/** Answers a page that asks first whether it may; false where the request is no such question. */
export function answerPreflight(ctx: Pick<Context, 'method' | 'status' | 'set'>, methods: 'POST' | 'GET, POST'): boolean {
  if (ctx.method !== 'OPTIONS') return false
  ctx.set({ 'access-control-allow-methods': methods, 'access-control-allow-headers': headers, 'access-control-max-age': '600' })
  ctx.status = 204

  return true
}
