import { sortedList, type SortedList } from './sorted-list.ts'

/** One collection of a tenant by id, by key and in order; what the seed had is shared between all copies of the tenant. */
export type Keyed<E> = {
  list(): readonly E[]
  /** The list in the order of what an index holds; made when first asked for, and then kept in order change by change. */
  sorted(index: string): readonly E[]
  get(id: string): E | undefined
  /** Ids of the entities that have this key in the named index. */
  ids(index: string, key: string): readonly string[]
  put(entity: E): void
  remove(id: string): void
  readonly size: number
}

/** For each index of a collection, the keys an entity is found by. Lower case. */
export type Keys<E> = Readonly<Record<string, (entity: E) => readonly string[]>>

/**
 * Holds `entities` and what is changed of them. The list given is never touched: its indexes are built once, when first
 * asked for, and belong to every tenant that starts from the same list; a change lives in an overlay of its own. So a
 * copy costs nothing, and a change costs the change.
 */
export function keyed<E extends { readonly id: string }>(entities: readonly E[], keys: Keys<E>): Keyed<E> {
  const base = baseOf(entities, keys)
  const own = new Map<string, E | null>()
  const ownIds: Record<string, Map<string, readonly string[]>> = {}
  for (const index of Object.keys(keys)) ownIds[index] = new Map()
  let listed: readonly E[] = entities
  let unlisted: Replacement<E>[] = []
  const sortedBy = new Map<string, SortedList<E>>()
  let size = entities.length

  // Nearly every id comes as it is kept; the others are looked for again in lower case.
  function get(id: string): E | undefined {
    const exact = at(id)
    if (exact !== undefined) return exact ?? undefined
    const key = id.toLowerCase()

    return key === id ? undefined : at(key) ?? undefined
  }

  /** Null where it was removed. */
  function at(key: string): E | null | undefined {
    const changed = own.size === 0 ? undefined : own.get(key)

    return changed === undefined ? base.byId().get(key) : changed
  }

  function ids(index: string, key: string): readonly string[] {
    const changed = ownIds[index]?.get(key)
    if (changed !== undefined) return changed
    const found = base.ids(index).get(key)

    return found === undefined ? none : typeof found === 'string' ? [found] : found
  }

  function rekey(id: string, before: E | undefined, after: E | undefined): void {
    for (const [index, keysOf] of Object.entries(keys)) {
      const { gone, come } = difference(before ? keysOf(before) : none, after ? keysOf(after) : none)
      for (const key of gone) ownIds[index]?.set(key, ids(index, key).filter((other) => other !== id))
      for (const key of come) ownIds[index]?.set(key, [...ids(index, key).filter((other) => other !== id), id])
    }
  }

  function replace(id: string, after: E | undefined): void {
    const before = get(id)
    if (before === undefined && after === undefined) return
    rekey(id, before, after)
    own.set(id, after ?? null)
    size += (after ? 1 : 0) - (before ? 1 : 0)
    unlisted.push({ before, after })
    for (const sorted of sortedBy.values()) sorted.replace(before, after)
  }

  function list(): readonly E[] {
    if (unlisted.length > 0) listed = replaced(listed, unlisted, base) ?? merged(entities, own)
    unlisted = []

    return listed
  }

  return {
    list,
    sorted(index) {
      const known = sortedBy.get(index) ?? sortedList(list(), keys[index] ?? (() => none))
      sortedBy.set(index, known)

      return known.list()
    },
    get,
    ids,
    put: (entity) => replace(entity.id.toLowerCase(), entity),
    remove: (id) => replace(id.toLowerCase(), undefined),
    get size() {
      return size
    },
  }
}

type Base<E> = { byId(): ReadonlyMap<string, E>; ids(index: string): ReadonlyMap<string, string | string[]> }

const none: readonly string[] = []
const bases = new WeakMap<readonly object[], Base<never>>()

/** The indexes of a list as it was given, made once however many tenants share it. */
function baseOf<E extends { readonly id: string }>(entities: readonly E[], keys: Keys<E>): Base<E> {
  const known = bases.get(entities)
  if (known) return known as Base<E>

  let byId: ReadonlyMap<string, E> | null = null
  const indexes = new Map<string, ReadonlyMap<string, string | string[]>>()
  const base: Base<E> = {
    byId: () => (byId ??= new Map(entities.map((entity) => [entity.id.toLowerCase(), entity]))),
    ids: (index) => {
      const made = indexes.get(index) ?? indexOf(entities, keys[index] ?? (() => none))
      indexes.set(index, made)

      return made
    },
  }
  bases.set(entities, base as Base<never>)

  return base
}

function indexOf<E extends { readonly id: string }>(entities: readonly E[], keysOf: (entity: E) => readonly string[]) {
  const index = new Map<string, string | string[]>()
  for (const entity of entities) {
    const id = entity.id.toLowerCase()
    for (const key of keysOf(entity)) {
      const found = index.get(key)
      if (found === undefined) index.set(key, id)
      else if (typeof found === 'object') found.push(id)
      else if (found !== id) index.set(key, [found, id])
    }
  }

  return index
}

type Replacement<E> = { readonly before: E | undefined; readonly after: E | undefined }

/** From here on going through all of them once costs less than looking each one up. */
const fewReplacements = 64

/** The list after a few changes, each in its place; null where the order has to be worked out anew. */
function replaced<E extends { readonly id: string }>(list: readonly E[], changes: readonly Replacement<E>[], base: Base<E>): readonly E[] | null {
  if (changes.length > fewReplacements) return null
  const copy = [...list]
  for (const { before, after } of changes) {
    const place = before ? copy.indexOf(before) : -1
    if (place >= 0) copy.splice(place, 1, ...(after ? [after] : []))
    // What was in the list to begin with comes back to its old place, not to the end.
    else if (before || (after && base.byId().has(after.id.toLowerCase()))) return null
    else if (after) copy.push(after)
  }

  return copy
}

/** The list in its order, with what changed in the place where it was and what is new at the end. */
function merged<E extends { readonly id: string }>(entities: readonly E[], own: ReadonlyMap<string, E | null>): readonly E[] {
  const rest = new Map(own)
  const list: E[] = []
  for (const entity of entities) {
    const key = entity.id.toLowerCase()
    const changed = own.get(key)
    rest.delete(key)
    if (changed !== null) list.push(changed ?? entity)
  }
  for (const entity of rest.values()) if (entity) list.push(entity)

  return list
}

/** What one list has and the other has not. What they share at both ends is passed over, so that one more member costs one. */
function difference(before: readonly string[], after: readonly string[]): { gone: readonly string[]; come: readonly string[] } {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let fromEnd = 0
  const most = Math.min(before.length, after.length) - start
  while (fromEnd < most && before[before.length - 1 - fromEnd] === after[after.length - 1 - fromEnd]) fromEnd++
  const was = new Set(before.slice(start, before.length - fromEnd))
  const is = new Set(after.slice(start, after.length - fromEnd))

  return { gone: [...was].filter((key) => !is.has(key)), come: [...is].filter((key) => !was.has(key)) }
}
