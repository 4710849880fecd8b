import type { Context } from 'koa'

/** The origin a request came in on. (Koa's `ctx.origin` is something else: the header in which a browser says whose page asks.) */
export function baseOf(ctx: Context): string {
  return `${ctx.protocol}://${ctx.host}`
}
