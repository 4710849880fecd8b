import { METHODS } from 'node:http'
import type { Context, Middleware } from 'koa'
import { HttpRefusal } from './errors.ts'

/** 64 KiB: more than any form or control request needs, less than hurts. */
export const defaultLimit = 64 * 1024

export type BodyOptions = { readonly limit?: number }
export type FormOptions = BodyOptions & {
  /** What a parameter given twice means. OAuth forbids it (RFC 6749 3.1), so that is the default. */
  readonly duplicates?: 'refuse' | 'first'
}

/** The JSON object or array of a request; `undefined` where the request has no body at all. */
export async function readJson(ctx: Context, { limit = defaultLimit }: BodyOptions = {}): Promise<unknown> {
  if (!hasBody(ctx)) return undefined
  if (!ctx.is('json', '+json')) throw unsupported('application/json', ctx)

  await parsed(ctx, 'json', limit)

  return ctx.request.body as unknown
}

/** The parameters of a form, none of them inherited from anything; empty where the request has no body at all. */
export async function readForm(ctx: Context, { limit = defaultLimit, duplicates = 'refuse' }: FormOptions = {}): Promise<Readonly<Record<string, string>>> {
  const form = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(await readFormText(ctx, { limit }))) {
    if (!(name in form)) form[name] = value
    else if (duplicates === 'refuse') throw new HttpRefusal(400, 'duplicate_parameter', `The parameter "${name}" is given twice. Give it once.`)
  }

  return form
}

/** A form as it was sent, for whoever passes it on: parameters that were given twice still are. */
export async function readFormText(ctx: Context, { limit = defaultLimit }: BodyOptions = {}): Promise<string> {
  if (!hasBody(ctx)) return ''
  if (!ctx.is('urlencoded')) throw unsupported('application/x-www-form-urlencoded', ctx)

  await parsed(ctx, 'text', limit)

  return String(ctx.request.body)
}

/** Reads the body once, whatever its method: the library's parser keeps the limit, also of what is compressed. */
async function parsed(ctx: Context, as: 'json' | 'text', limit: number): Promise<void> {
  const parse = parsers.get(`${as} ${limit}`) ?? (await newParser(as, limit))

  try {
    await parse(ctx, async () => {})
  } catch (error) {
    await leaveTheRest(ctx)
    throw error
  }
}

/** One for each kind and limit, made with its first body: a start has no use for the library. */
const parsers = new Map<string, Middleware>()

async function newParser(as: 'json' | 'text', limit: number): Promise<Middleware> {
  const { bodyParser } = await import('@koa/bodyparser')
  const parser = bodyParser({
    enableTypes: [as],
    // Lists are laid over the library's own, row by row: `application/json` has to be said again.
    extendTypes: { json: ['application/json', '+json'], text: ['urlencoded'] },
    parsedMethods: METHODS,
    jsonLimit: `${limit}b`,
    textLimit: `${limit}b`,
    onError: (error, ctx) => {
      throw explained(error, ctx as unknown as Context, limit)
    },
  }) as unknown as Middleware
  parsers.set(`${as} ${limit}`, parser)

  return parser
}

function explained(error: Error, ctx: Context, limit: number): Error {
  const { status, type, code } = error as { status?: number; type?: string; code?: string }
  if (type === 'entity.too.large') return new HttpRefusal(413, 'body_too_large', `The body is larger than ${limit} bytes. Send less.`)
  if (status === 415) return new HttpRefusal(415, 'unsupported_encoding', 'The body is encoded in a way that is not read here. Send it plain or as gzip.')
  if (error instanceof SyntaxError) return new HttpRefusal(400, 'broken_json', `The body is not a JSON object or array: ${firstLine(error.message)}`)
  if ((typeof status === 'number' && status < 500) || code?.startsWith('Z_')) return new HttpRefusal(400, 'broken_body', 'The body ended early or could not be read. Send it again.')

  return error
}

/**
 * What is left of a body is read away before the refusal is sent, since many clients hear an answer only when they have
 * written all; where no end is in sight, the connection is closed instead.
 */
export async function leaveTheRest(ctx: Context): Promise<void> {
  const { req } = ctx
  if (!hasBody(ctx)) return
  if (!(Number(ctx.get('content-length') || Infinity) <= mostReadAway)) return ctx.set('connection', 'close')
  if (req.complete || req.destroyed) return
  req.resume()
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close', 'error']) req.once(event, () => resolve())
  })
}

/** In bytes. */
const mostReadAway = 64 * 1024 * 1024

function unsupported(expected: string, ctx: Context): HttpRefusal {
  const given = ctx.get('content-type')

  return new HttpRefusal(415, 'unsupported_content_type', `The body must be ${expected}${given ? `, not ${given}` : '; the request names no Content-Type'}.`)
}

function hasBody({ request: { headers } }: Context): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
