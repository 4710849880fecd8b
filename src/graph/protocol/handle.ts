import { realNow } from '../../clock/clock.ts'
import type { Directory } from '../../directory/types.ts'
import type { Tenant } from '../../tenant.ts'
import type { GraphPort } from '../port.ts'
import type { Answer, Asked, Caller, GraphVersion, Metadata } from './endpoint.ts'
import { authorize } from './permissions.ts'
import { badRequest, errorBody, GraphRefusal, refusalOf } from './refusal.ts'
import type { Trace } from './refusal.ts'
import type { Router } from './route.ts'

/** A request as Graph sees it: alone, or one of a batch. */
export type GraphRequest = {
  readonly method: string
  readonly version: GraphVersion
  /** Below the version, undecoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** The origin it came in on. */
  readonly base: string
  readonly tenant: Tenant
  readonly caller: Caller
  /** Where it came from. */
  readonly ipAddress: string | null
  header(name: string): string
  /** The body as JSON; undefined where there is none. */
  json(): Promise<unknown>
}

export type GraphAnswer = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }

/** Finds the endpoint, sees whether the caller may ask it, and asks. Whatever is thrown becomes Graph's answer. */
export function createHandler(port: GraphPort, router: Router, reportMistake: (error: unknown) => void): (request: GraphRequest) => Promise<GraphAnswer> {
  return async (request) => {
    const trace = traceOf(request.header('client-request-id'), request.tenant.clock.now())
    try {
      const { endpoint, names, cast } = router(request.version, request.method, request.path)
      authorize(endpoint.permissions, request.caller, request.tenant.directory)
      const asked: Asked = {
        port,
        tenant: request.tenant,
        directory: madeBy(request, trace),
        caller: request.caller,
        version: request.version,
        root: `${request.base}/${request.version}`,
        path: request.path,
        names,
        cast,
        query: request.query,
        metadata: metadataOf(request),
        header: (name) => request.header(name),
        body: () => objectOf(request),
      }

      return answered(await endpoint.answer(asked), endpoint.status, asked.metadata, trace)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal === null) reportMistake(error)

      return refused(refusal ?? mistake, trace)
    }
  }
}

/** What a refusal outside any endpoint looks like: no token, no tenant. */
export function refuse(error: unknown, clientRequestId: string, reportMistake: (error: unknown) => void): GraphAnswer {
  const refusal = refusalOf(error)
  if (refusal === null) reportMistake(error)

  return refused(refusal ?? mistake, traceOf(clientRequestId, realNow()))
}

function answered({ body, status, headers = {} }: Answer, usual: number | undefined, metadata: Metadata, trace: Trace): GraphAnswer {
  const type: Readonly<Record<string, string>> = typeof body === 'string' || body === undefined ? {} : { 'content-type': `application/json; odata.metadata=${metadata}; charset=utf-8` }

  return { status: status ?? usual ?? (body === undefined ? 204 : 200), headers: { ...headersOf(trace), ...type, ...headers }, body: body ?? null }
}

function refused(refusal: GraphRefusal, trace: Trace): GraphAnswer {
  return { status: refusal.status, headers: { ...headersOf(trace), ...refusal.headers }, body: errorBody(refusal, trace) }
}

/** `Accept: application/json;odata.metadata=full`, or the same in `$format`. */
function metadataOf({ query, header }: GraphRequest): Metadata {
  const wishes = `${query.get('$format') ?? ''} ${header('accept')}`

  return (/odata\.metadata=(none|minimal|full)/i.exec(wishes)?.[1]?.toLowerCase() ?? 'minimal') as Metadata
}

/** The directory as the caller changes it. */
function madeBy({ caller, tenant: { directory }, ipAddress }: GraphRequest, { requestId: correlationId }: Trace): Directory {
  if (caller.kind === 'application') {
    const { client, objectId } = caller

    return directory.by({ app: { appId: client?.appId ?? null, displayName: client?.displayName ?? null, servicePrincipalId: objectId, servicePrincipalName: null }, correlationId })
  }
  if (!caller.user) return directory.by({ correlationId })
  const { id, displayName, userPrincipalName } = caller.user

  return directory.by({ user: { id, displayName, userPrincipalName, ipAddress }, correlationId })
}

function traceOf(given: string, now: number): Trace {
  const requestId = crypto.randomUUID()

  return { requestId, clientRequestId: /^[\w-]{1,64}$/.test(given) ? given : requestId, date: new Date(now).toISOString().slice(0, 19) }
}

/** What an answer is found again by, where no endpoint gave it: a batch. */
export const traceHeaders = ({ header, tenant }: GraphRequest) => headersOf(traceOf(header('client-request-id'), tenant.clock.now()))

const headersOf = ({ requestId, clientRequestId }: Trace) => ({ 'request-id': requestId, 'client-request-id': clientRequestId })

async function objectOf({ json }: GraphRequest): Promise<Readonly<Record<string, unknown>>> {
  const body = await json()
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Readonly<Record<string, unknown>>

  throw badRequest(body === undefined ? 'Empty Payload. JSON content expected.' : 'The body is a list. Send a JSON object.')
}

const mistake = new GraphRefusal(500, 'InternalServerError', 'Something went wrong here. It is not your request; the log of the server says more.')
