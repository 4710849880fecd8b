import type { Context } from 'koa'
import type { Fault } from './faults.ts'

/** Lets a fault happen: waits, drops the connection, fails. True where the request is over. */
export async function happen(ctx: Context, fault: Fault): Promise<boolean> {
  if (await waitOrDrop(ctx, fault)) return true
  if (fault.error && 'status' in fault.error) {
    ctx.status = fault.error.status
    ctx.body = { error: 'temporarily_unavailable', error_description: 'A simulated fault.' }
    return true
  }

  return false
}

/** The part of a fault that has no words. True where the connection is gone. */
export async function waitOrDrop(ctx: Context, { delay, drop }: Fault): Promise<boolean> {
  if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay))
  if (!drop) return false
  ctx.respond = false
  ctx.req.socket.destroy()

  return true
}

/** A fault as an API that takes access tokens says it: Graph, and Graph's userinfo. Null where there is nothing to say. */
export function faultOfApi({ error }: Fault): { readonly status: number; readonly code: string; readonly message: string; readonly headers: Readonly<Record<string, string>> } | null {
  if (!error) return null
  const message = 'A simulated fault.'
  if ('code' in error) return { status: 401, code: 'InvalidAuthenticationToken', message: `AADSTS${error.code}: ${message}`, headers: {} }
  if ('oauth' in error) return { status: 400, code: error.oauth, message, headers: {} }
  const { status } = error

  return { status, code: codes[status] ?? (status < 500 ? 'BadRequest' : 'generalException'), message, headers: status === 429 || status === 503 ? { 'retry-after': '1' } : {} }
}

const codes: Readonly<Record<number, string>> = {
  401: 'InvalidAuthenticationToken',
  403: 'Authorization_RequestDenied',
  404: 'NotFound',
  409: 'Conflict',
  412: 'PreconditionFailed',
  423: 'Locked',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'serviceNotAvailable',
  504: 'GatewayTimeout',
}
