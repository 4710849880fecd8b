import { fingerprint, type Columns } from './columns.ts'
import type { Value } from './shape.ts'

/** Which rows are meant. A value is asked about once, however many rows have it. */
export type RowFilter =
  | { readonly kind: 'value'; readonly column: string; holds(value: Value): boolean }
  | { readonly kind: 'equal'; readonly column: string; readonly to: string | number | boolean | null }
  | { readonly kind: 'unique'; readonly column: string; readonly equals: string }
  /** Milliseconds, both ends included. */
  | { readonly kind: 'time'; readonly from: number; readonly to: number }
  | { readonly kind: 'and' | 'or'; readonly of: readonly RowFilter[] }
  | { readonly kind: 'not'; readonly of: RowFilter }

/** Where a row stands in the order of a log: by time, then by position. */
export type Place = { readonly time: number; readonly sequence: number }

export type PageQuery = {
  readonly filter?: RowFilter
  /** Newest first unless it is said to be otherwise. */
  readonly isOldestFirst?: boolean
  readonly limit: number
  /** Goes on behind this row. */
  readonly after?: Place | null
}

/** A part of a log: its rows have the positions from `first` on. */
export type Part = { readonly first: number; readonly columns: Columns; /** Rows before this one of the part do not count any more. */ readonly from?: number }

/** The rows of one page, and where it ended when there are more. */
export type PageOf<P extends Part> = { readonly found: readonly { readonly part: P; readonly position: number }[]; readonly last: Place | null }

/** Finds the rows of one page. Parts that cannot hold one are not looked into, and none is looked into before it is its turn. */
export function pageOf<P extends Part>(parts: readonly P[], { filter, isOldestFirst = false, limit, after = null }: PageQuery): PageOf<P> {
  const sign = isOldestFirst ? 1 : -1
  const nearestOf = ({ columns }: P) => sign * (isOldestFirst ? columns.earliest : columns.latest)
  const waiting = parts.filter(({ columns }) => columns.length > 0).toSorted((a, b) => nearestOf(a) - nearestOf(b) || sign * (a.first - b.first))
  const open: Cursor<P>[] = []
  const found: { part: P; position: number }[] = []
  let next = 0
  let last: Place | null = null
  for (;;) {
    let best = bestOf(open, sign)
    for (let part = waiting[next]; part && (!best || nearestOf(part) <= sign * best.time); part = waiting[++next]) {
      const cursor = cursorOf(part, filter, sign, after)
      if (!cursor) continue
      open.push(cursor)
      best = bestOf(open, sign)
    }
    if (!best) return { found, last: null }
    if (found.length === limit) return { found, last }
    found.push({ part: best.part, position: best.position })
    last = { time: best.time, sequence: best.sequence }
    if (!best.advance()) open.splice(open.indexOf(best), 1)
  }
}

type Cursor<P> = { readonly part: P; readonly position: number; readonly time: number; readonly sequence: number; /** False when there is no further row. */ advance(): boolean }

function bestOf<P>(open: readonly Cursor<P>[], sign: number): Cursor<P> | null {
  let best: Cursor<P> | null = null
  for (const cursor of open) if (!best || sign * (cursor.time - best.time || cursor.sequence - best.sequence) < 0) best = cursor

  return best
}

/** Walks through the rows of a part that are meant, in order; null when there is none. */
function cursorOf<P extends Part>(part: P, filter: RowFilter | undefined, sign: number, after: Place | null): Cursor<P> | null {
  const { columns, first, from = 0 } = part
  const isMeant = filter ? matcher(columns, filter) : true
  if (isMeant === false) return null
  const order = columns.isInOrder ? null : orderOf(columns)
  const { times, length } = columns
  const positionAt = (index: number) => (order ? (order[index] as number) : index)
  let index = sign > 0 ? 0 : length - 1
  if (after) index = startAfter(after, sign, length, (at) => ({ time: times[positionAt(at)] as number, sequence: first + positionAt(at) }))

  const cursor = {
    part,
    position: -1,
    time: 0,
    sequence: 0,
    advance() {
      for (; index >= 0 && index < length; index += sign) {
        const position = positionAt(index)
        if (position < from || (isMeant !== true && !isMeant.test(position))) continue
        cursor.position = position
        cursor.time = times[position] as number
        cursor.sequence = first + position
        index += sign

        return true
      }

      return false
    },
  }

  return cursor.advance() ? cursor : null
}

/** The index of the first row behind a place, in the direction of the walk. */
function startAfter(after: Place, sign: number, length: number, placeAt: (index: number) => Place): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const { time, sequence } = placeAt(middle)
    const difference = time - after.time || sequence - after.sequence
    if (sign > 0 ? difference <= 0 : difference < 0) low = middle + 1
    else high = middle
  }

  return sign > 0 ? low : low - 1
}

const orders = new WeakMap<Columns, Uint16Array>()

/** The positions of a part by time, where its clock was set back. */
function orderOf(columns: Columns): Uint16Array {
  const known = orders.get(columns)
  if (known?.length === columns.length) return known
  const { times } = columns
  const order = Uint16Array.from({ length: columns.length }, (_, position) => position)
  order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
  orders.set(columns, order)

  return order
}

/** Tells whether a row is meant; true and false mean every row of a part, and none. */
type Matcher = boolean | { readonly test: (position: number) => boolean; /** About which share of the rows it means. */ readonly share: number }

function matcher(columns: Columns, filter: RowFilter): Matcher {
  switch (filter.kind) {
    case 'value':
    case 'equal':
      return valueMatcher(columns, filter)
    case 'unique': {
      const wanted = fingerprint(filter.equals)
      const fingerprints = columns.fingerprints(filter.column)

      return { test: (position) => fingerprints[position] === wanted, share: 0 }
    }
    case 'time': {
      const { from, to } = filter
      const { times, earliest, latest } = columns
      if (earliest >= from && latest <= to) return true
      if (latest < from || earliest > to) return false

      return { test: (position) => (times[position] as number) >= from && (times[position] as number) <= to, share: 0.5 }
    }
    case 'not': {
      const inner = matcher(columns, filter.of)

      return typeof inner === 'boolean' ? !inner : { test: (position) => !inner.test(position), share: 1 - inner.share }
    }
    case 'and':
      return combined(columns, filter.of, false, (one, other) => ({ test: (position) => one.test(position) && other.test(position), share: one.share * other.share }))
    case 'or':
      return combined(columns, filter.of, true, (one, other) => ({ test: (position) => one.test(position) || other.test(position), share: Math.min(1, one.share + other.share) }))
  }
}

/** Values are looked through instead of rows: how many are different is what a filter costs. */
function valueMatcher(columns: Columns, filter: Extract<RowFilter, { kind: 'value' | 'equal' }>): Matcher {
  const { values, codes } = columns.column(filter.column)
  if (filter.kind === 'equal') {
    const wanted = values.indexOf(filter.to)
    if (wanted < 0) return false

    return codes === null || { test: (position) => codes[position] === wanted, share: 1 / values.length }
  }
  const isMeant = Uint8Array.from(values, (value) => (filter.holds(value) ? 1 : 0))
  const meant = isMeant.reduce((sum, one) => sum + one, 0)
  if (meant === 0) return false
  if (meant === values.length || codes === null) return true

  return { test: (position) => isMeant[codes[position] as number] === 1, share: meant / values.length }
}

type Tested = Exclude<Matcher, boolean>

/** All or any of some, none looked at once it is settled; in rows the rarest is asked first (of alternatives, the most frequent). */
function combined(columns: Columns, filters: readonly RowFilter[], settling: boolean, join: (one: Tested, other: Tested) => Tested): Matcher {
  const asked: Tested[] = []
  for (const filter of filters) {
    const one = matcher(columns, filter)
    if (one === settling) return settling
    if (typeof one !== 'boolean') asked.push(one)
  }
  asked.sort((one, other) => (settling ? other.share - one.share : one.share - other.share))

  return asked.length === 0 ? !settling : asked.reduceRight((rest, one) => join(one, rest))
}
