import { DirectoryRefusal } from '../../directory/refusal.ts'
import { HttpRefusal } from '../../http/errors.ts'
import { InvalidPolicy } from '../../policy/index.ts'

/** One thing that is wrong with a body, as OData lists them: which member, and what about it. */
export type Detail = { readonly target: string; readonly message: string; /** Where it is not that of the whole: `ObjectConflict`. */ readonly code?: string }

/** What Graph will not do: a status, Graph's code, and a sentence that says what to do. */
export class GraphRefusal extends HttpRefusal {
  readonly details: readonly Detail[]
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, more: { readonly details?: readonly Detail[]; readonly headers?: Readonly<Record<string, string>> } = {}) {
    super(status, code, message)
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

/** A request that makes no sense: broken JSON, a filter nobody can read, an unknown option. */
export const badRequest = (message: string, details: readonly Detail[] = []) => new GraphRefusal(400, 'BadRequest', message, { details })

/** A directory object written wrong: the directory's own code word. */
export const badProperty = (target: string, message: string) => new GraphRefusal(400, 'Request_BadRequest', message, { details: [{ target, message }] })

/** A query that makes sense, but not here (reference 12.1). */
export const unsupportedQuery = (message: string) => new GraphRefusal(400, 'Request_UnsupportedQuery', message)

/** A user, group, application, … that is not there. */
export const noSuchObject = (id: string) =>
  new GraphRefusal(404, 'Request_ResourceNotFound', `Resource '${id.slice(0, 120)}' does not exist or one of its queried reference-property objects are not present.`)

/** Anything else that is not there: a policy, a location, a path. */
export const notFound = (message: string) => new GraphRefusal(404, 'NotFound', message)

/** Whatever was thrown, as Graph says it; null where it is a mistake of ours. */
export function refusalOf(error: unknown): GraphRefusal | null {
  if (error instanceof GraphRefusal) return error
  if (error instanceof DirectoryRefusal) return ofDirectory(error)
  if (error instanceof InvalidPolicy) {
    const [first] = error.problems

    return new GraphRefusal(first.status, first.code, first.message, { details: error.problems.map(({ path, detail }) => ({ target: path, message: detail })) })
  }
  if (error instanceof HttpRefusal) return ofRequest(error)

  return null
}

function ofDirectory({ status, code, message, problems }: DirectoryRefusal): GraphRefusal {
  const taken = problems.find(({ isTaken }) => isTaken)
  if (taken) {
    const said = `Another object with the same value for property ${taken.path} already exists.`

    return new GraphRefusal(status, code, said, { details: [{ target: taken.path, message: said, code: 'ObjectConflict' }] })
  }

  return new GraphRefusal(status, code, message, { details: problems.map(({ path, message }) => ({ target: path, message })) })
}

/** What the reader of bodies says, in Graph's codes. */
function ofRequest({ status, code, message }: HttpRefusal): GraphRefusal {
  if (code === 'broken_json') return badRequest(`Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format. ${message}`)

  return new GraphRefusal(status, codes[status] ?? 'BadRequest', message)
}

const codes: Readonly<Record<number, string>> = { 404: 'NotFound', 413: 'RequestEntityTooLarge', 415: 'UnsupportedMediaType' }

/** What a refusal is to the caller: the message says which members are meant, since few clients show `details`. */
export function errorBody({ code, message, details }: GraphRefusal, trace: Trace): unknown {
  const [first] = details
  const named = details.filter(({ target, message: text }) => !message.includes(text) || (target !== '' && !message.includes(target)))
  const told = named.map(({ target, message: text }) => (target === '' ? text : message.includes(text) ? `(${target})` : `${target}: ${text}`)).join(' ')

  return {
    error: {
      code,
      message: told === '' ? message : `${message} ${told}`,
      ...(first?.target ? { target: first.target } : {}),
      ...(details.length > 0 ? { details: details.map(({ target, message: text, code: own }) => ({ code: own ?? code, target, message: text })) } : {}),
      innerError: { 'date': trace.date, 'request-id': trace.requestId, 'client-request-id': trace.clientRequestId },
    },
  }
}

/** How a request is found again: in the answer's headers and in every error. */
export type Trace = { readonly requestId: string; readonly clientRequestId: string; /** `2026-01-09T02:02:12`. */ readonly date: string }
