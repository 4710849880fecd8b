import { nearestName } from '../../directory/index.ts'
import type { Endpoint, GraphVersion } from './endpoint.ts'
import { badRequest, GraphRefusal } from './refusal.ts'

/** Where a request leads: the endpoint, the words of its path, and the type it was narrowed to. */
export type Route = { readonly endpoint: Endpoint; readonly names: Readonly<Record<string, string>>; readonly cast: string | null }

/** Finds the endpoint that a method and a path mean; made once. */
export type Router = (version: GraphVersion, method: string, path: string) => Route

/** Every endpoint, by the segments of its path. Names of segments are read in any case, keys in every spelling of OData. */
export function createRouter(endpoints: readonly Endpoint[]): Router {
  const top = newNode('')
  for (const endpoint of endpoints) insert(top, endpoint)

  return (version, method, path) => {
    const found = along(top, segmentsOf(path), [], null).filter(({ endpoints: here }) => here.some(({ only = version }) => only === version))
    if (found.length === 0) throw unknownPath(top, path)
    const asked = method === 'HEAD' ? 'GET' : method
    for (const { endpoints: here, names, cast } of found) {
      const endpoint = here.find((one) => one.method === asked && (one.only ?? version) === version)
      if (endpoint) return { endpoint, names: named(endpoint, names), cast }
    }

    throw methodRefused(asked, found.flatMap(({ endpoints: here }) => here.map((one) => one.method)))
  }
}

type Node = {
  /** By what the segment says, lower case. */
  readonly words: Map<string, Node>
  /** As it is written in the endpoint's path. */
  readonly spelled: string
  /** `appId` of `appId={appId}`, lower case. */
  readonly keys: Map<string, Node>
  any: Node | null
  readonly endpoints: Endpoint[]
}

const newNode = (spelled: string): Node => ({ words: new Map(), spelled, keys: new Map(), any: null, endpoints: [] })

function insert(top: Node, endpoint: Endpoint): void {
  let node = top
  for (const part of partsOf(endpoint.path)) {
    const key = /^(\w+)=\{\w+\}$/.exec(part)?.[1]
    if (key !== undefined) node = childOf(node.keys, key)
    else if (part.startsWith('{')) node = node.any ??= newNode(part)
    else node = childOf(node.words, part)
  }
  node.endpoints.push(endpoint)
}

function childOf(children: Map<string, Node>, name: string): Node {
  const child = children.get(name.toLowerCase()) ?? newNode(name)
  children.set(name.toLowerCase(), child)

  return child
}

const partsOf = (path: string) => path.split('/').filter((part) => part !== '')

type Found = { readonly endpoints: readonly Endpoint[]; readonly names: readonly string[]; readonly cast: string | null }

/** The more a path says, the sooner it is found: a word before a key, a key before anything. */
function along(node: Node, [segment, ...rest]: readonly string[], names: readonly string[], cast: string | null): readonly Found[] {
  if (segment === undefined) return node.endpoints.length > 0 ? [{ endpoints: node.endpoints, names, cast }] : []
  const into = (next: Node | null | undefined, ...value: readonly string[]) => (next ? along(next, rest, [...names, ...value], cast) : [])
  const type = typeIn(segment)
  const word = node.words.get((type ?? segment).toLowerCase())
  const [, key, value = ''] = /^(\w+)=(.*)$/.exec(segment) ?? []

  return [
    ...into(word),
    ...(key === undefined ? [] : into(node.keys.get(key.toLowerCase()), unquoted(value))),
    // A type that is no action narrows what was found so far.
    ...(type !== undefined && !word ? along(node, rest, names, type) : []),
    ...(type === undefined && !segment.startsWith('$') ? into(node.any, unquoted(segment)) : []),
  ]
}

/** `user` of `microsoft.graph.user`, and of `graph.user`, as clients shorten it for what a directory holds. */
function typeIn(segment: string): string | undefined {
  return /^microsoft\.graph\.([\w.]+)$/i.exec(segment)?.[1] ?? /^graph\.(user|group|device|application|servicePrincipal|directoryRole|orgContact)$/i.exec(segment)?.[1]
}

function named({ path }: Endpoint, values: readonly string[]): Record<string, string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']))
}

/** `users('alice')` is `users/alice`, `applications(appId='x')` is `applications/appId=x`. */
function segmentsOf(path: string): readonly string[] {
  try {
    return partsOf(path).map(decodeURIComponent).flatMap((segment) => {
      const [, name, key] = /^([\w.]+)\(((?:\w+=)?'(?:[^']|'')*'|[\w-]+)\)$/.exec(segment) ?? []

      return name === undefined || key === undefined ? [segment.replace(/\(\)$/, '')] : [name, key]
    })
  } catch {
    throw badRequest('The path is not well encoded: a percent sign is followed by two hexadecimal digits.')
  }
}

const unquoted = (text: string) => (/^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll('\'\'', '\'') : text)

/** Names the segment with which the path leaves what is served, and the one that was most likely meant. */
function unknownPath(top: Node, path: string): GraphRefusal {
  const segments = segmentsOf(path)
  let [node, at]: [Node, number] = [top, 0]
  for (; at < segments.length; at += 1) {
    const next = node.words.get(segments[at]!.toLowerCase()) ?? node.any
    if (!next) break
    node = next
  }
  const segment = segments[Math.min(at, segments.length - 1)] ?? ''
  const near = nearestName(segment, [...node.words.values()].map(({ spelled }) => spelled))

  return new GraphRefusal(400, 'BadRequest', `Resource not found for the segment '${segment.slice(0, 80)}'. Nothing is served at ${path.slice(0, 200)}.${near === undefined ? '' : ` Did you mean '${near}'?`}`)
}

function methodRefused(method: string, methods: readonly string[]): GraphRefusal {
  const allow = [...new Set(methods)].join(', ')

  return new GraphRefusal(405, 'Request_BadRequest', `Specified HTTP method is not allowed for the request target. ${method.slice(0, 20)} is not among ${allow}.`, { headers: { allow } })
}
