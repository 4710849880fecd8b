import type { Context, Middleware } from 'koa'
import { baseOf } from '../http/base.ts'
import { readJson } from '../http/body.ts'
import type { Call } from './call.ts'
import { callsOf } from './calls/index.ts'
import { admit } from './gate.ts'
import type { ControlPort } from './port.ts'
import { badRequest, notFound } from './refusal.ts'
import { refusalOf } from './refusals.ts'
import { MethodRefused, routeOf } from './route.ts'
import { checked, nothing } from './validate.ts'

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
  const { call, tenant: tenantName, names } = routeOf(calls, ctx.method, path)
  const tenant = tenantName === null ? port.tenants()[0] : port.tenant(tenantName)
  if (!tenant) throw notFound('tenant', tenantName ?? 'first', 'GET /_mock lists those there are; a sandbox is gone once it is deleted.')

  const body = checked(call.body ?? nothing, (await objectOf(ctx, call)) ?? (call.body ? undefined : {}), 'body')
  const query = checked(call.query ?? nothing, { ...ctx.query }, 'query')
  const base = port.addresses().publicUrl ?? baseOf(ctx)
  const said = await call.answer({ port, tenant, names, body: body as never, query: query as never, base })

  ctx.status = call.status ?? 200
  ctx.type = 'application/json'
  ctx.body = JSON.stringify(said)
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
