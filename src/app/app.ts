import type { Context, Middleware } from 'koa'
import type { AppPort } from './port.ts'

/**
 * The sample app at `/app`: a model-driven app with a session of its own, an OpenID Connect relying party like any other.
 * `/app` signs in to the first tenant, `/app/{tenant}` to another. It is loaded when somebody first opens it: a start does
 * not wait for the client library.
 */
export function createApp(port: AppPort): Middleware {
  let site: Promise<(ctx: Context) => Promise<void>> | undefined

  return async (ctx, next) => {
    if (!/^\/app(\/|$)/.test(ctx.path)) return next()
    site ??= import('./site.ts').then(({ createSite }) => createSite(port))

    return (await site)(ctx)
  }
}
