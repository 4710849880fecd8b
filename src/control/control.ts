import { pipeline, Readable } from 'node:stream'
import type { Context, Middleware } from 'koa'
import { baseOf } from '../http/base.ts'
import { readJson } from '../http/body.ts'
import { ask } from './ask.ts'
import type { Call } from './call.ts'
import { callsOf } from './calls/index.ts'
import { isEvents } from './events.ts'
import type { Events } from './events.ts'
import { admit } from './gate.ts'
import type { ControlPort } from './port.ts'
import { badRequest } from './refusal.ts'
import { refusalOf } from './refusals.ts'
import { MethodRefused } from './route.ts'

/** The control API, `/_mock`: the tenant driven by a test. Everything that is not below `/_mock` goes by. */
export function createControl(port: ControlPort): Middleware {
  const calls = callsOf(port)

  return async (ctx, next) => {
    const path = /^\/_mock(\/.*)?$/.exec(ctx.path)
    if (!path) return next()

    ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
    try {
      admit(ctx, port)
      await answer(ctx, port, calls, path[1] ?? '')
    } catch (error) {
      refuse(ctx, error)
    }
  }
}

async function answer(ctx: Context, port: ControlPort, calls: readonly Call[], path: string): Promise<void> {
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  const { call, said } = await ask(port, calls, {
    method: ctx.method,
    path: wantsEvents(ctx, path) ? `${path}/events` : path,
    body: (asked) => objectOf(ctx, asked),
    query: ctx.get('last-event-id') === '' ? ctx.query : { ...ctx.query, after: ctx.get('last-event-id') },
    base: port.addresses().publicUrl ?? baseOf(ctx),
    signal: gone.signal,
  })

  ctx.status = call.status ?? 200
  if (isEvents(said)) {
    ctx.type = 'text/event-stream'
    stream(ctx, said)
    return
  }
  ctx.type = 'application/json'
  ctx.body = JSON.stringify(said)
}

/** Not Koa's to send: to it a reader who leaves is a mistake, and here that is how it ends. */
function stream(ctx: Context, { lines }: Events): void {
  ctx.respond = false
  ctx.res.flushHeaders()
  pipeline(Readable.from(lines, { objectMode: false, highWaterMark: 65_536 }), ctx.res, () => {})
}

/** The log itself serves events to whoever would rather have them, as `EventSource` says it does. */
function wantsEvents(ctx: Context, path: string): boolean {
  return path.endsWith('/sign-ins') && ctx.method === 'GET' && ctx.get('accept').startsWith('text/event-stream')
}

async function objectOf(ctx: Context, { bodyLimit = 1_048_576 }: Call): Promise<unknown> {
  const json = await readJson(ctx, { limit: bodyLimit })
  if (Array.isArray(json)) throw badRequest('invalid_body', 'The body is a list; send a JSON object.')

  return json
}

function refuse(ctx: Context, error: unknown): void {
  const { status, code, message } = refusalOf(error)
  if (error instanceof MethodRefused) ctx.set('Allow', error.allow.join(', '))
  if (status === 500) ctx.app.emit('error', error, ctx)

  ctx.status = status
  ctx.type = 'application/json'
  ctx.body = JSON.stringify({ error: { code, message } })
}
