import { nearestName } from '../directory/index.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { Call } from './call.ts'
import { badRequest } from './refusal.ts'

/** Where a request leads: the call, the tenant it names (null = the first) and the words of its path. */
export type Route = { readonly call: Call; readonly tenant: string | null; readonly names: Readonly<Record<string, string>> }

/** Finds the call that a method and a path below `/_mock` mean. */
export function routeOf(calls: readonly Call[], method: string, path: string): Route {
  const words = wordsOf(path)
  const found = calls.flatMap((call) => routesOf(call, words))
  const asked = method === 'HEAD' ? 'GET' : method
  const route = found.find(({ call }) => call.method === asked)
  if (route) return route
  if (found.length > 0) throw new MethodRefused(found.map(({ call }) => call.method))

  throw unknownPath(calls, words)
}

/** There is such a path, but not to be asked like this. */
export class MethodRefused extends HttpRefusal {
  readonly allow: readonly string[]

  constructor(methods: readonly string[]) {
    const allow = [...new Set(methods)]
    super(405, 'method_not_allowed', `This path is for ${allow.join(', ')}.`)
    this.allow = allow
  }
}

function routesOf(call: Call, words: readonly string[]): readonly Route[] {
  if (call.about === 'server') return along(call, null, call.path, words)
  const [first, tenant, ...rest] = words
  if (first !== 'tenants' || tenant === undefined) return along(call, null, call.path, words)

  return along(call, tenant, call.path, rest)
}

function along(call: Call, tenant: string | null, pattern: string, words: readonly string[]): readonly Route[] {
  const parts = pattern.split('/').filter((part) => part !== '')
  if (parts.length !== words.length) return []

  const names: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const word = words[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name === undefined && part !== word) return []
    if (name !== undefined) names[name] = word
  }

  return [{ call, tenant, names }]
}

function wordsOf(path: string): readonly string[] {
  try {
    return path.split('/').filter((word) => word !== '').map(decodeURIComponent)
  } catch {
    throw badRequest('invalid_path', 'The path is not well encoded: a percent sign is followed by two hexadecimal digits.')
  }
}

function unknownPath(calls: readonly Call[], words: readonly string[]): HttpRefusal {
  const known = [...new Set(calls.map(({ path }) => `/_mock${path}`))]
  const near = nearestName(`/_mock/${words.join('/')}`, known)

  return new HttpRefusal(404, 'unknown_call', `There is no such call.${near ? ` Did you mean ${near}?` : ''} There are ${known.join(', ')}.`)
}
