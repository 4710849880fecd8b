import type { Middleware } from 'koa'
import type { Host } from '../oidc/host.ts'
import { codePage } from './error-page.ts'
import { rootPaths } from './paths.ts'

/** Where `error_uri` leads: what a code means, whoever met it. */
export function errorLookup(render: Host['render']): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== rootPaths.errorLookup || ctx.method !== 'GET') return next()
    const { code } = ctx.query
    const page = codePage(Number(String(code ?? '').replace(/^AADSTS/i, '')))
    ctx.status = page ? 200 : 404
    ctx.type = 'html'
    ctx.body = render('error', page ?? {
      tenant: null,
      title: 'There is no such code',
      message: 'Ask for a code as in /error?code=50076.',
      advice: null,
      code: 'unknown',
      policies: [],
      details: [],
      links: [],
    })
  }
}
