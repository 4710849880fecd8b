import type { Context, Middleware } from 'koa'
import { maskedParameters } from '../http/request-log.ts'
import type { Tenant } from '../tenant.ts'

/** Notes what reaches a tenant's endpoints and how it was answered. It looks on: nothing is read that nobody else reads. */
export async function captured(ctx: Context, tenant: Tenant, handle: Middleware, next: () => Promise<unknown>): Promise<void> {
  const { method } = ctx
  const [path = '', query = ''] = ctx.originalUrl.split('?', 2)
  const at = new Date(tenant.clock.now()).toISOString()
  const scheme = /^[\w-]{1,20}/.exec(ctx.get('authorization'))?.[0] ?? null
  let status: number | null = 500
  try {
    await handle(ctx as never, next)
    status = ctx.respond === false ? null : ctx.status
  } finally {
    tenant.requests.add({
      at,
      method,
      path,
      parameters: maskedParameters([...new URLSearchParams(query), ...formOf(ctx)]),
      authorization: scheme,
      status,
      correlationId: (ctx.state.observation as { correlationId?: string } | undefined)?.correlationId ?? null,
    })
  }
}

/** The form as whoever answered has read it: one of our pages and endpoints, or the library. */
function formOf(ctx: Context): readonly (readonly [string, string])[] {
  const ours: unknown = ctx.request.body
  if (typeof ours === 'string') return [...new URLSearchParams(ours)]
  const body = ours ?? (ctx as { oidc?: { body?: unknown } }).oidc?.body
  if (typeof body !== 'object' || body === null) return []

  return Object.entries(body).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)] as const))
}
