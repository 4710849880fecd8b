import type { Context, Middleware } from 'koa'
import { leaveTheRest, readJson } from '../http/body.ts'
import { maskedParameters } from '../http/request-log.ts'
import type { Tenant } from '../tenant.ts'
import { endpoints } from './endpoints.ts'
import type { GraphPort } from './port.ts'
import { answerBatch } from './protocol/batch.ts'
import { callerOf } from './protocol/caller.ts'
import type { GraphVersion } from './protocol/endpoint.ts'
import { fail, failFirst } from './protocol/faults.ts'
import { createHandler, refuse, traceHeaders } from './protocol/handle.ts'
import type { GraphAnswer, GraphRequest } from './protocol/handle.ts'
import { GraphRefusal } from './protocol/refusal.ts'
import { createRouter } from './protocol/route.ts'

/**
 * Microsoft Graph, as far as identity goes: the tenant read and changed over `/v1.0` and `/beta`.
 *
 * **To add a resource** write a file of its own beside `named-locations.ts` in `conditional-access/`, which is the smallest
 * whole one, and add its endpoints to the list in `endpoints.ts`:
 *
 * 1. *What it is:* an `EntityType` (`odata/types.ts`). Each property is said once: where it is found in our entity (`of`), its
 *    type, how it may be filtered (`filter: 'eq ne startswith'`, nothing unless said), whether it is sorted, searched,
 *    read-only, or answered only when selected. `navigations` are what `$expand` shows.
 * 2. *Where it comes from:* a `Source` (`odata/page.ts`). `list` is enough up to 100,000 entities: a query is one pass over
 *    them, sorted pages too. A source that knows better answers a query itself in `ask` (null = look through the list); it
 *    gets the filter as a `Condition` (`odata/bind.ts`), bound to the type and ready to compare.
 * 3. *How it is asked:* a `Collection` (`odata/collection.ts`) of both, and endpoints (`protocol/endpoint.ts`): method, path,
 *    permissions as the documentation prints them, and the answer. `answerList`, `answerCount` and `answerOne` read every
 *    query option; `created` and `changed` (`endpoint.ts`) are the usual answers to writing. `reading` (`odata/reading.ts`) makes the
 *    three reading endpoints at once.
 * 4. *How it is written:* `readWritten` (`odata/write.ts`) reads a body against the type, names in any case, and refuses what is
 *    unknown or read-only. Change the tenant with `asked.directory.put` and nothing else (the audit then names the caller); read
 *    and put without an `await` between them, so that two PATCHes at once both count. What the directory refuses is already in
 *    Graph's words.
 *
 * Refusals are thrown (`protocol/refusal.ts`); the message of one names the member. Whoever asks is `asked.caller`.
 */
export function createGraph(port: GraphPort): Middleware {
  const router = createRouter(endpoints)

  return async (ctx, next) => {
    const [, version = '', path = '/'] = /^\/(v1\.0|beta)(\/.*)?$/i.exec(ctx.path) ?? []
    if (version === '') return next()

    allowPages(ctx, port)
    if (ctx.method === 'OPTIONS') return void (ctx.status = 204)
    const answer = await answerTo(ctx, version.toLowerCase() as GraphVersion, path).catch((error: unknown) => refused(ctx, error))
    if (answer === null) return
    if (answer.status >= 400) await leaveTheRest(ctx)
    send(ctx, answer)
  }

  /** Null where a simulated fault has dropped the connection. */
  async function answerTo(ctx: Context, version: GraphVersion, path: string): Promise<GraphAnswer | null> {
    refuseForeignPages(ctx, port)
    const base = ctx.state.base as string
    const ipAddress = ctx.ip.replace(/^::ffff:/, '') || null
    const authorization = ctx.get('authorization')
    if (authorization === '' && await failFirst(ctx, port)) return null
    const who = await callerOf(port, { authorization, tenant: ctx.get('x-mock-tenant'), base, ipAddress })
    const request: GraphRequest = {
      method: ctx.method,
      version,
      path,
      query: new URLSearchParams(ctx.querystring),
      base,
      ...who,
      ipAddress,
      header: (name) => ctx.get(name),
      json: () => readJson(ctx, { limit: bodyLimit }),
    }
    const answer = await answerFrom(ctx, request).catch((error: unknown) => refused(ctx, error))
    note(ctx, who.tenant, answer)

    return answer
  }

  async function answerFrom(ctx: Context, request: GraphRequest): Promise<GraphAnswer | null> {
    if (await fail(ctx, request.tenant, request.caller)) return null
    const handle = createHandler(port, router, (error) => report(ctx, error))
    if (!/^\/\$batch$/i.test(request.path) || ctx.method !== 'POST') return handle(request)

    return { status: 200, headers: traceHeaders(request), body: await answerBatch(request, handle) }
  }
}

const report = (ctx: Context, error: unknown) => void ctx.app.emit('error', error, ctx)
const refused = (ctx: Context, error: unknown) => refuse(error, ctx.get('client-request-id'), (mistake) => report(ctx, mistake))

/** Tests look at what reached a tenant; the correlation id is the one that the directory audit has. */
function note(ctx: Context, { requests, clock }: Tenant, answer: GraphAnswer | null): void {
  const [path = ''] = ctx.originalUrl.split('?', 1)
  requests.add({
    at: new Date(clock.now()).toISOString(),
    method: ctx.method,
    path,
    parameters: maskedParameters(new URLSearchParams(ctx.querystring)),
    authorization: /^[\w-]{1,20}/.exec(ctx.get('authorization'))?.[0] ?? null,
    status: answer?.status ?? null,
    correlationId: answer?.headers['request-id'] ?? null,
  })
}

/** Graph's own limit is four megabytes. */
const bodyLimit = 4 * 1024 * 1024

/** Single-page applications ask Graph from their own origin, with a token. */
function allowPages(ctx: Context, { arePermissionsChecked }: GraphPort): void {
  ctx.set('cache-control', 'no-cache')
  if (!arePermissionsChecked || ctx.get('origin') === '') return
  ctx.set({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, WWW-Authenticate, Warning, Retry-After',
  })
  if (ctx.method !== 'OPTIONS') return
  ctx.set({ 'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE', 'access-control-allow-headers': ctx.get('access-control-request-headers') || 'authorization, content-type', 'access-control-max-age': '600' })
}

/** Where no token is asked for, a browser would do for any page what only programs on this machine should. */
function refuseForeignPages(ctx: Context, { arePermissionsChecked }: GraphPort): void {
  const origin = ctx.get('origin')
  if (arePermissionsChecked || origin === '' || origin === ctx.state.base) return

  throw new GraphRefusal(403, 'Authorization_RequestDenied', 'With --graph-permissions off, pages of other origins may not ask Graph. Ask it from a program, or leave the permissions on.')
}

function send(ctx: Context, { status, headers, body }: GraphAnswer): void {
  ctx.status = status
  ctx.set(headers)
  if (body === null) return
  ctx.set('odata-version', '4.0')
  if (headers['content-type'] === undefined) ctx.set('content-type', 'application/json; charset=utf-8')
  ctx.body = typeof body === 'string' ? body : JSON.stringify(body)
}
