import type { Context } from 'koa'
import type { Host } from './host.ts'

type Fields = Readonly<Record<string, string>>

/** The ways back to an application through the browser, by the name of the response mode. */
export const sendBack: Readonly<Record<'query' | 'fragment' | 'form_post', (ctx: Context, redirectUri: string, fields: Fields, host: Pick<Host, 'render'>) => void>> = {
  query(ctx, redirectUri, fields) {
    const target = new URL(redirectUri)
    for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value)
    redirect(ctx, target.href)
  },
  fragment(ctx, redirectUri, fields) {
    const target = new URL(redirectUri)
    target.hash = new URLSearchParams(fields).toString()
    redirect(ctx, target.href)
  },
  form_post(ctx, redirectUri, fields, host) {
    ctx.status = 200
    ctx.type = 'html'
    ctx.body = host.render('form-post', { action: redirectUri, fields })
  },
}

/** The mode that a request names, or the usual one of what it asks for. */
export function responseModeOf({ response_mode: mode, response_type: type = '' }: Fields): keyof typeof sendBack {
  if (mode !== undefined && Object.hasOwn(sendBack, mode)) return mode as keyof typeof sendBack

  return type.includes('token') ? 'fragment' : 'query'
}

function redirect(ctx: Context, href: string): void {
  ctx.status = 303
  ctx.redirect(href)
}
