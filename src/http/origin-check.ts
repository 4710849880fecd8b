import type { Middleware } from 'koa'
import { baseOf } from './base.ts'
import { HttpRefusal } from './errors.ts'

/**
 * Refuses what would change something on behalf of another site's page: browsers say with `Origin` whose page it is, and
 * programs say nothing. Ours is the origin the request came in on, and those listed (a public URL, say).
 */
export function originCheck(ours: readonly string[] = []): Middleware {
  return (ctx, next) => {
    const origin = ctx.get('origin')
    if (harmless.has(ctx.method) || origin === '' || origin === baseOf(ctx) || ours.includes(origin)) return next()

    throw new HttpRefusal(403, 'foreign_origin', `A page of "${origin}" may not change anything here. Send the request from a program, or from a page of ${baseOf(ctx)}.`)
  }
}

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
