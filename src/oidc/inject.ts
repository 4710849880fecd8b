import type { IncomingMessage } from 'node:http'
import Koa from 'koa'
import { ConnectionDropped, dispatch } from '../http/in-process.ts'
import { ownRequest } from './clients.ts'
import type { Host } from './host.ts'
import type { RequestState } from './request-state.ts'
import type { TenantApp } from './tenant-app.ts'

type Question = {
  /** Below the tenant's segment. */
  readonly path: string
  readonly form?: Readonly<Record<string, string>>
  /** The client's credentials are left out: the server answers for it. */
  readonly isOwn?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** The session that comes along was made in this very sign-in. */
  readonly isFresh?: boolean
}

type Answer = {
  readonly status: number
  readonly location: string | null
  readonly json: Readonly<Record<string, unknown>>
  /** What the request carried, the verdict with it. */
  readonly state: Partial<RequestState>
}

/** What a test that asked for it is told instead of an answer. */
const dropped = { error: 'connection_dropped', error_description: 'The connection was dropped without an answer: a simulated fault.' }

/** Asks the tenant's own app in process, as a client would over the wire. */
export async function ask(host: Host, app: TenantApp, question: Question): Promise<Answer> {
  const server = new Koa()
  let state: Partial<RequestState> = {}
  server.use(async (ctx, next) => {
    state = ctx.state as RequestState
    if (question.isFresh) state.isFresh = true
    ctx.mountPath = `/${host.tenant.id}`
    ctx.path = ctx.path.slice(ctx.mountPath.length)

    return app.handle(ctx, next)
  })
  const response = await dispatch(server.callback(), {
    url: new URL(`/${host.tenant.id}${question.path}`, host.base),
    ...(question.form
      ? {
          method: 'POST',
          body: new URLSearchParams(question.form).toString(),
          mark: (request: IncomingMessage) => void Object.assign(request, question.isOwn ? { [ownRequest]: true } : {}),
        }
      : {}),
    headers: {
      ...(question.form ? { 'content-type': 'application/x-www-form-urlencoded', 'accept': 'application/json' } : { accept: 'text/html' }),
      ...question.headers,
    },
  }).catch((error: unknown) => {
    if (error instanceof ConnectionDropped) return null
    throw error
  })
  if (response === null) return { status: 0, location: null, json: dropped, state }

  return {
    status: response.statusCode,
    location: (response.headers.location as string | undefined) ?? null,
    json: response.payload.startsWith('{') ? (JSON.parse(response.payload) as Record<string, unknown>) : {},
    state,
  }
}
