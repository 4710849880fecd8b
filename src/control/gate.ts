import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'
import { baseOf } from '../http/base.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { ControlPort } from './port.ts'

/**
 * Who may drive the tenant: programs on this machine and our own pages. A browser names the page that sends a request in
 * `Origin`; a page of another site gets nothing. Beyond loopback the control key is wanted as well.
 */
export function admit(ctx: Context, port: ControlPort): void {
  const origin = ctx.get('Origin')
  if (origin !== '' && !isOurs(origin, ctx, port)) {
    throw new HttpRefusal(403, 'foreign_origin', `Pages of ${origin.slice(0, 120)} may not drive this server. Call it from a program, or from a page of its own.`)
  }
  if (port.controlKey === null || isKey(ctx.get('Authorization'), port.controlKey)) return

  ctx.set('WWW-Authenticate', 'Bearer realm="control"')
  throw new HttpRefusal(401, 'control_key_required', 'This server was started with --control-key. Send it as Authorization: Bearer KEY.')
}

function isOurs(origin: string, ctx: Context, port: ControlPort): boolean {
  const { http, https, publicUrl } = port.addresses()

  // The server answers known hosts only, so that the host of the request itself is one of ours.
  return [baseOf(ctx), http, https, publicUrl].some((ours) => ours && URL.parse(ours)?.origin === origin)
}

function isKey(header: string, key: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(header)?.[1] ?? ''

  return timingSafeEqual(digestOf(given), digestOf(key))
}

const digestOf = (value: string) => createHash('sha256').update(value).digest()
