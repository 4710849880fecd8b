import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { realNow } from '../clock/clock.ts'
import type { Host } from '../oidc/host.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import { describeRefusal, jsonHeaders, tokenErrorBody } from './aadsts.ts'
import { pageError } from './error-page.ts'

/** Where nobody but a program asks, whatever it says that it likes to read. */
const forPrograms = /\/(token|devicecode|keys)$/i

/** Answers for a tenant that is not here, or no longer: a page where a person asks, the envelope where a program does. */
export function refuseTenant(ctx: Context, refusal: Refusal, base: string, render: Host['render']): void {
  const traceId = randomUUID()
  const surface = ctx.path.includes('/.well-known/') ? 'discovery' : forPrograms.test(ctx.path) || ctx.accepts('json', 'html') !== 'html' ? 'token' : 'page'
  const words = describeRefusal(refusal, { surface, base, traceId, correlationId: randomUUID(), now: realNow() })
  ctx.status = words.status
  if (surface === 'page') {
    ctx.type = 'html'
    ctx.body = render('error', pageError(refusal, words, { tenant: null }))
    return
  }
  ctx.set({ ...jsonHeaders(traceId), 'access-control-allow-origin': '*' })
  ctx.body = tokenErrorBody(words)
}
