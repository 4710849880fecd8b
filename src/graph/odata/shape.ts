import type { Asked } from '../protocol/endpoint.ts'
import { badRequest } from '../protocol/refusal.ts'
import { readOptions, splitOutside } from './options.ts'
import type { Options } from './options.ts'
import { pageOf } from './page.ts'
import type { Query } from './page.ts'
import { readQuery } from './query.ts'
import { propertyNamed, unknownProperty, valueOf } from './types.ts'
import type { EntityType, Navigation } from './types.ts'

/** What is answered of an entity: which properties, and which of the things it leads to. */
export type Shape = {
  /** Null = all that are shown unasked. */
  readonly select: readonly string[] | null
  readonly expand: readonly Expansion[]
}

type Expansion = { readonly name: string; readonly navigation: Navigation<never>; readonly shape: Shape; readonly query: Query }

const expandDepth = 3

/** Reads `$select` and `$expand` against a type. */
export function readShape<E>({ select, expand }: Options, type: EntityType<E>, asked: Asked, depth = 0): Shape {
  const expansions = expand === undefined ? [] : splitOutside(expand, ',').map((written) => expansionOf(written, type as EntityType<never>, asked, depth))
  if (select === undefined) return { select: null, expand: expansions }
  const names = splitOutside(select, ',').map((name) => name.split('/')[0]!)
  if (names.includes('*')) return { select: null, expand: expansions }

  return { select: [...new Set(names.map((name) => selected(name, type)))], expand: expansions }
}

function selected<E>(written: string, type: EntityType<E>): string {
  const name = propertyNamed(type.properties, written)?.name ?? Object.keys(type.navigations?.() ?? {}).find((one) => one.toLowerCase() === written.toLowerCase())
  if (name !== undefined) return name

  throw unknownProperty(written, type)
}

function expansionOf(written: string, type: EntityType<never>, asked: Asked, depth: number): Expansion {
  const [, word = '', inside] = /^([\w.*]+)(?:\((.*)\))?$/s.exec(written) ?? []
  const found = Object.entries(type.navigations?.() ?? {}).find(([name]) => name.toLowerCase() === word.toLowerCase())
  if (!found) throw unknownProperty(word === '' ? written : word, type)
  if (depth >= expandDepth) throw badRequest(`Parsing OData Select and Expand failed: $expand goes ${expandDepth} levels deep at most.`)
  const [name, navigation] = found
  const options = readOptions(splitOutside(inside ?? '', ';').map((option) => {
    const [left, right] = [option.indexOf('='), option.indexOf('=') + 1]

    return [option.slice(0, left < 0 ? undefined : left), left < 0 ? '' : option.slice(right)] as const
  }), ['select', 'expand', 'top', 'skip', 'filter', 'orderby'])

  return { name, navigation, shape: readShape(options, navigation.type, asked, depth + 1), query: readQuery(options, navigation.type, expansion, { ...asked, cast: null }) }
}

/** An entity as it is answered: its type first where it says one, the properties in their order, then what was expanded. */
export function shown<E>(entity: E, type: EntityType<E>, { select, expand }: Shape, asked: Asked, isTyped = false): Record<string, unknown> {
  const own = type.typeOf?.(entity) ?? null
  const answer: Record<string, unknown> = annotationsOf(entity, type, own, asked, isTyped)
  for (const [name, property] of Object.entries((type.variantOf?.(entity) ?? type).properties)) {
    if (select === null ? property.isOnRequest : !select.includes(name)) continue
    const value = valueOf(name, property, entity, asked)
    // A property of a narrower type is there for those that have it.
    if (value === null && own !== null && !(name in (entity as object)) && !property.of) continue
    answer[name] = value
  }
  for (const { name, navigation, shape, query } of expand) answer[name] = expanded(navigation.of(entity as never, asked), navigation.type, shape, query, asked)

  return answer
}

/** What an entity says of itself beside its properties. */
function annotationsOf<E>(entity: E, { name, key, home }: EntityType<E>, own: string | null, { metadata, root }: Asked, isTyped: boolean): Record<string, unknown> {
  if (metadata === 'none') return {}
  const isFull = metadata === 'full'

  return {
    ...(own !== null || isTyped || isFull ? { '@odata.type': own ?? `#microsoft.graph.${name}` } : {}),
    ...(isFull && home !== undefined ? { '@odata.id': `${root}/${home}/${encodeURIComponent(key(entity))}` } : {}),
  }
}

function expanded(found: unknown, type: EntityType<never>, shape: Shape, query: Query, asked: Asked): unknown {
  if (!Array.isArray(found)) return found === null || found === undefined ? null : shown(found as never, type, shape, asked)

  return pageOf(found as never[], query, type, asked).entities.map((one) => shown(one, type, shape, asked, true))
}

/** Graph expands twenty and leaves the others to their own address. */
const expansion = { page: { usual: 20, most: 100 } }
