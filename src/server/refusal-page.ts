import type { Context } from 'koa'
import type { Host } from '../oidc/host.ts'
import { correlationIdOf } from '../http/correlation.ts'
import type { HttpRefusal } from '../http/errors.ts'

/** What a person sees where nothing is served, or not like this; programs hear the same as JSON. */
export function refusalPage(render: Host['render']): (refusal: HttpRefusal, ctx: Context) => string {
  return ({ code, status, message }, ctx) => render('error', {
    tenant: null,
    title: titles[status] ?? 'This request was not taken',
    message,
    advice: null,
    code,
    policies: [],
    details: [{ label: 'Correlation id', value: correlationIdOf(ctx) }],
    // Whoever was on the way somewhere goes back and corrects what was wrong.
    links: status === 404 || status === 500 ? [{ label: 'Go to the home page', href: '/' }] : [],
  })
}

const titles: Readonly<Record<number, string>> = {
  403: 'This was not asked for here',
  404: 'There is nothing here',
  421: 'This server has another name',
  500: 'Something went wrong',
}
