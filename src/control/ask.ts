import type { Call } from './call.ts'
import type { ControlPort } from './port.ts'
import { notFound } from './refusal.ts'
import { routeOf } from './route.ts'
import { checked, nothing } from './validate.ts'

/** A call as somebody asks it, over HTTP or in this process. */
export type Question = {
  readonly method: string
  /** Below `/_mock`. */
  readonly path: string
  /** Read once it is known how much may be read. */
  body(call: Call): Promise<unknown>
  readonly query: Readonly<Record<string, unknown>>
  readonly base: string
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal
}

/** Finds the call, checks what is said to it, and asks it. Every way into the control API goes through here. */
export async function ask(port: ControlPort, calls: readonly Call[], { method, path, body, query, base, signal }: Question): Promise<{ readonly call: Call; readonly said: unknown }> {
  const { call, tenant: tenantName, names } = routeOf(calls, method, path)
  const tenant = tenantName === null ? port.tenants()[0] : port.tenant(tenantName)
  if (!tenant) throw notFound('tenant', tenantName ?? 'first', 'GET /_mock lists those there are; a sandbox is gone once it is deleted.')

  const given = checked(call.body ?? nothing, (await body(call)) ?? (call.body ? undefined : {}), 'body')
  const asked = checked(call.query ?? nothing, { ...query }, 'query')
  const said = await call.answer({ port, tenant, names, body: given as never, query: asked as never, base, signal })

  return { call, said }
}

/** Asks in this process, without a request: the same calls, checks and refusals. */
export function createAsker(port: ControlPort, calls: readonly Call[]): Asker {
  return async (method, path, body) => {
    const { publicUrl, https, http } = port.addresses()
    const { said } = await ask(port, calls, {
      method, path, body: async () => body, query: {}, base: publicUrl ?? https ?? http ?? 'http://localhost', signal: new AbortController().signal,
    })

    return said as never
  }
}

/** Asks the control API in this process; `path` is below `/_mock`. */
export type Asker = <Answer = unknown>(method: string, path: string, body?: unknown) => Promise<Answer>
