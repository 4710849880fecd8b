import type { Context } from 'koa'
import type { Fault } from './faults.ts'

/** Lets a fault happen: waits, drops the connection. True where the request is over. */
export async function happen(ctx: Context, fault: Fault): Promise<boolean> {
  if (fault.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delay))
  if (fault.drop) {
    ctx.respond = false
    ctx.req.socket.destroy()
    return true
  }
  if (fault.error && 'status' in fault.error) {
    ctx.status = fault.error.status
    ctx.body = { error: 'temporarily_unavailable', error_description: 'A simulated fault.' }
    return true
  }

  return false
}
