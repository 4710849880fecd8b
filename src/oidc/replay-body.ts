import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'koa'

/**
 * Puts a rewritten form in place of the body that was read, so that the library reads it as if the client had sent it:
 * its reader needs no more than a readable request with an iterator and a length.
 */
export function replayBody(ctx: Context, form: Readonly<Record<string, string | readonly string[]>>): void {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(form)) {
    for (const one of [value].flat()) query.append(name, String(one))
  }
  const buffer = Buffer.from(query.toString())
  const body = Readable.from([buffer])
  const request = Object.create(ctx.req, {
    readable: { value: true },
    readableEncoding: { value: null },
    iterator: { value: (options?: { destroyOnReturn?: boolean }) => body.iterator(options) },
    headers: { value: { ...ctx.req.headers, 'content-length': String(buffer.byteLength), 'content-type': 'application/x-www-form-urlencoded' } },
  }) as IncomingMessage
  ctx.req = request
  ctx.request.req = request
}
