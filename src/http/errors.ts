import type { Context, Middleware } from 'koa'

/** A request we will not serve: a status, a code that programs can rely on, and a sentence a stranger can act on. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly code: string
  /** Koa shows the message of an error that says so, and logs only the others. */
  readonly expose = true

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** How a refusal is said: as JSON, as a page, in an API's own envelope. */
export type SayRefusal = (ctx: Context, refusal: HttpRefusal) => void

/**
 * The one place where what goes wrong becomes a response. A refusal says what it says; a mistake of ours is reported to
 * the application's `error` event and tells the stranger nothing; a path that nobody serves is a 404.
 */
export function refusals(say: SayRefusal = sayJson): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status === 404 && (ctx.body ?? null) === null) {
        say(ctx, new HttpRefusal(404, 'not_found', `Nothing is served at ${ctx.path}.`))
      }
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) ctx.app.emit('error', asError(error), ctx)
      say(ctx, refusal ?? mistake)
    }
  }
}

/** `{"error":{"code","message"}}` */
export const sayJson: SayRefusal = (ctx, { status, code, message }) => {
  ctx.status = status
  ctx.body = { error: { code, message } }
}

/** A page for those who want one, JSON for everybody else. */
export function sayPageOrJson(page: (refusal: HttpRefusal, ctx: Context) => string): SayRefusal {
  return (ctx, refusal) => {
    if (ctx.accepts('json', 'html') !== 'html') return sayJson(ctx, refusal)

    ctx.status = refusal.status
    ctx.type = 'html'
    ctx.body = page(refusal, ctx)
  }
}

const mistake = new HttpRefusal(500, 'server_error', 'Something went wrong here. It is not your request; the log of the server says more.')

/** Errors of Koa and its middleware count as refusals where they say that strangers may read them. */
function refusalOf(error: unknown): HttpRefusal | null {
  if (error instanceof HttpRefusal) return error
  const { status, expose, message } = asError(error) as Error & { status?: unknown; expose?: unknown }
  if (typeof status !== 'number' || status < 400 || status > 499 || expose !== true) return null

  return new HttpRefusal(status, 'bad_request', message)
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`Something that is not an error was thrown: ${String(thrown)}`)
}
