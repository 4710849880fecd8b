import type { Asked } from '../protocol/endpoint.ts'
import { badRequest } from '../protocol/refusal.ts'
import type { Condition } from './bind.ts'
import { testOf } from './holds.ts'
import { searchTest } from './search.ts'
import type { Search } from './search.ts'
import { valueOf } from './types.ts'
import type { EntityType, Property } from './types.ts'

/** What is wanted of a collection, once everything is understood. */
export type Query = {
  readonly filter: Condition | null
  readonly search: Search | null
  /** Names of properties, as the type spells them; a path of a complex one has slashes. */
  readonly orderBy: readonly { readonly property: string; readonly isDescending: boolean }[]
  readonly top: number
  readonly skip: number
  /** What an earlier page gave as `next`. */
  readonly skipToken: string | null
  readonly wantsCount: boolean
}

export type Found<E> = {
  readonly entities: readonly E[]
  /** How many there are on all pages; null where nobody asked. */
  readonly count: number | null
  /** Where the next page begins: the source's own words. Null = there is none. */
  readonly next: string | null
}

/** Where the entities of a collection come from. */
export type Source<E> = {
  /** All of them, in the collection's own order. The same array as long as nothing changed. */
  list(asked: Asked): readonly E[]
  /** Answers a query by itself, by an index or from a file; null = look through the list. */
  ask?(query: Query, asked: Asked): Found<E> | null | Promise<Found<E> | null>
}

/**
 * One page, found by looking through the list once. Only as many are kept as the page holds, and a later page begins after
 * the last one shown, so that neither sorting nor paging ever costs more than a pass.
 */
export function pageOf<E>(list: readonly E[], query: Query, type: EntityType<E>, asked: Asked): Found<E> {
  const { filter, search, orderBy, top, skip, wantsCount } = query
  const tests = [...(filter ? [testOf(filter, type, asked)] : []), ...(search ? [searchTest(search, type, asked)] : [])]
  const isWanted = (entity: E) => tests.every((test) => test(entity))
  const from = query.skipToken === null ? null : readToken(query.skipToken, orderBy.length)
  if (orderBy.length > 0) return sortedPage(list, query, keysOf(query, type, asked), from, isWanted, type)

  const start = from ? positionAfter(list, from, type) : 0
  const entities: E[] = []
  let [count, passed, last, isMore] = [0, 0, 0, false]
  for (let position = wantsCount ? 0 : start; position < list.length; position += 1) {
    const entity = list[position]!
    if (!isWanted(entity)) continue
    count += 1
    if (position < start || (passed += 1) <= skip) continue
    isMore = entities.length === top
    if (isMore && !wantsCount) break
    if (isMore) continue
    entities.push(entity)
    last = position
  }
  const next = isMore ? writeToken({ keys: [], id: type.key(list[last]!), at: last }) : null

  return { entities, count: wantsCount ? count : null, next }
}

type Token = { readonly keys: readonly Key[]; readonly id: string; /** Where it stood in a list that is not sorted. */ readonly at: number }
type Key = string | number | null

/** The place after the one that was shown last; where it is gone meanwhile, the place it had. */
function positionAfter<E>(list: readonly E[], { id, at }: Token, { key }: EntityType<E>): number {
  if (at < list.length && key(list[at]!) === id) return at + 1
  const found = list.findIndex((entity) => key(entity) === id)

  return found >= 0 ? found + 1 : at
}

type Sorted<E> = { readonly entity: E; readonly keys: readonly Key[]; readonly id: string }

function sortedPage<E>(list: readonly E[], { orderBy, top, skip, wantsCount }: Query, keysOf: (entity: E) => readonly Key[], from: Token | null, isWanted: (entity: E) => boolean, type: EntityType<E>): Found<E> {
  const compare = comparing(orderBy.map(({ isDescending }) => isDescending))
  const most = skip + top + 1
  const kept: Sorted<E>[] = []
  let [count, limit] = [0, null as Sorted<E> | null]
  for (const entity of list) {
    if (!isWanted(entity)) continue
    count += 1
    const one = { entity, keys: keysOf(entity), id: type.key(entity) }
    if (limit !== null && compare(one, limit) >= 0) continue
    if (from !== null && compare(one, from) <= 0) continue
    kept.push(one)
    // Sorted once in a while: cheaper than keeping them in order, and they never become many.
    if (kept.length < most * 2 + 1_000) continue
    kept.sort(compare)
    kept.length = most
    limit = kept[most - 1]!
  }
  kept.sort(compare)
  const page = kept.slice(skip, skip + top)
  const last = page.at(-1)

  return {
    entities: page.map(({ entity }) => entity),
    count: wantsCount ? count : null,
    next: kept.length > skip + top && last ? writeToken({ keys: last.keys, id: last.id, at: 0 }) : null,
  }
}

/** By the keys, nothing before something; and by id where they are equal, so that every order is one. */
function comparing(descending: readonly boolean[]) {
  return (one: { keys: readonly Key[]; id: string }, other: { keys: readonly Key[]; id: string }): number => {
    for (let index = 0; index < descending.length; index += 1) {
      const [left, right] = [one.keys[index]!, other.keys[index]!]
      if (left === right) continue
      const isLess = left === null || (right !== null && left < right)

      return isLess === descending[index] ? 1 : -1
    }

    return one.id === other.id ? 0 : one.id < other.id ? -1 : 1
  }
}

function keysOf<E>({ orderBy }: Query, type: EntityType<E>, asked: Asked): (entity: E) => readonly Key[] {
  const properties = orderBy.map(({ property }) => readerOf(property.split('/'), type, asked))

  return (entity) => properties.map((read) => keyOf(read(entity)))
}

function readerOf<E>([name = '', ...rest]: readonly string[], type: EntityType<E>, asked: Asked): (entity: E) => unknown {
  const property: Property<E> = type.properties[name]!

  return (entity) => rest.reduce((value, step) => (value as Readonly<Record<string, unknown>> | null)?.[step] ?? null, valueOf(name, property, entity, asked))
}

function keyOf(value: unknown): Key {
  if (typeof value === 'string') return value.toLowerCase()
  if (typeof value === 'boolean') return value ? 1 : 0

  return typeof value === 'number' ? value : null
}

const writeToken = (token: Token) => Buffer.from(JSON.stringify(token)).toString('base64url')

function readToken(written: string, keys: number): Token {
  try {
    const token = JSON.parse(Buffer.from(written, 'base64url').toString()) as Token
    if (Array.isArray(token.keys) && token.keys.length === keys && typeof token.id === 'string' && typeof token.at === 'number') return token
  } catch {
    // Said below.
  }

  throw badRequest('Invalid $skiptoken. Follow @odata.nextLink as it was given, or begin again without it.')
}
