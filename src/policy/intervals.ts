import { compareWords, type Address, type AddressRange } from './address.ts'

/**
 * Many lists of address ranges laid over each other: the address space cut into pieces, sorted, each piece knowing which
 * lists contain it. Finding an address is one binary search, however many ranges there are.
 */
export type IntervalIndex = { classOf(address: Address | null): AddressClass }

/** The addresses that lie in exactly the same lists. Two addresses of one class are alike to every policy. */
export type AddressClass = { readonly lists: readonly number[] }

/** The ranges of one list, sorted and merged, ready to be laid over others: lower and upper words, in turn. */
export type MergedRanges = { readonly ipv4: Uint32Array; readonly ipv6: Uint32Array }

export function mergeRanges(ranges: readonly AddressRange[]): MergedRanges {
  return { ipv4: mergeFamily(1, ranges), ipv6: mergeFamily(4, ranges) }
}

export function indexRanges(lists: readonly MergedRanges[]): IntervalIndex {
  const classes = addressClasses(lists.length)
  const ipv4 = cutSpace(1, lists.map((list) => list.ipv4), classes)
  const ipv6 = cutSpace(4, lists.map((list) => list.ipv6), classes)

  return {
    classOf: (address) => {
      if (address === null) return classes.none
      const space = address.width === 1 ? ipv4 : ipv6
      const piece = pieceOf(space, address)

      return piece < 0 ? classes.none : space.classes[piece]!
    },
  }
}

type Space = { readonly width: 1 | 4; readonly starts: Uint32Array; readonly classes: readonly AddressClass[] }

/** The last piece that starts at or before the address, or -1. */
function pieceOf({ width, starts }: Space, { words }: Address): number {
  const first = words[0]!
  let low = 0
  let high = starts.length / width
  while (low < high) {
    const middle = (low + high) >>> 1
    const start = starts[middle * width]!
    const isAfter = start === first && width === 4 ? startsAfter(starts, middle * 4, words) : start > first
    if (isAfter) high = middle
    else low = middle + 1
  }

  return low - 1
}

function startsAfter(starts: Uint32Array, at: number, words: readonly number[]): boolean {
  for (let word = 1; word < 4; word++) {
    if (starts[at + word] !== words[word]) return starts[at + word]! > words[word]!
  }

  return false
}

function mergeFamily(width: 1 | 4, ranges: readonly AddressRange[]): Uint32Array {
  const sorted = ranges.filter((range) => range.width === width).toSorted((one, other) => compareWords(one.lower, other.lower))
  const merged: { lower: readonly number[]; upper: readonly number[] }[] = []
  for (const range of sorted) {
    const last = merged.at(-1)
    const next = last && successor(last.upper)
    if (!last || (next && compareWords(range.lower, next) > 0)) merged.push({ lower: range.lower, upper: range.upper })
    else if (compareWords(range.upper, last.upper) > 0) last.upper = range.upper
  }

  return Uint32Array.from(merged.flatMap(({ lower, upper }) => [...lower, ...upper]))
}

/** The address after this one; null after the last. */
function successor(words: readonly number[]): number[] | null {
  const next = [...words]
  for (let word = next.length - 1; word >= 0; word--) {
    next[word] = (next[word]! + 1) >>> 0
    if (next[word] !== 0) return next
  }

  return null
}

/**
 * Walks over all borders in order. At each one some lists begin or end; their ranges are merged, so a border simply
 * turns membership over.
 */
function cutSpace(width: 1 | 4, lists: readonly Uint32Array[], classes: Classes): Space {
  const { borders, owners } = bordersOf(width, lists)
  const order = sortedOrder(width, borders, owners.length)
  const starts = new Uint32Array(owners.length * width)
  const pieces: AddressClass[] = []
  const membership = new Int32Array((lists.length + 31) >>> 5)
  let hash = 0
  for (let at = 0; at < order.length; at++) {
    const border = order[at]!
    const owner = owners[border]!
    membership[owner >>> 5]! ^= 1 << (owner & 31)
    hash ^= hashOf(owner)
    const next = order[at + 1]
    if (next !== undefined && isSameBorder(width, borders, border, next)) continue
    for (let word = 0; word < width; word++) starts[pieces.length * width + word] = borders[border * width + word]!
    pieces.push(classes.of(membership, hash))
  }

  return { width, starts: starts.slice(0, pieces.length * width), classes: pieces }
}

function bordersOf(width: 1 | 4, lists: readonly Uint32Array[]) {
  const most = lists.reduce((sum, list) => sum + list.length / width, 0)
  const borders = new Uint32Array(most * width)
  const owners = new Uint32Array(most)
  let count = 0
  lists.forEach((list, owner) => {
    for (let at = 0; at < list.length; at += width * 2) {
      for (let word = 0; word < width; word++) borders[count * width + word] = list[at + word]!
      owners[count++] = owner
      let carry = 1
      for (let word = width - 1; word >= 0; word--) {
        const sum = list[at + width + word]! + carry
        borders[count * width + word] = sum >>> 0
        carry = sum > 0xffff_ffff ? 1 : 0
      }
      // A range that reaches the last address has no border behind it.
      if (carry === 0) owners[count++] = owner
    }
  })

  return { borders, owners: owners.subarray(0, count) }
}

/** The positions of the borders in ascending order: a radix sort, sixteen bits at a time. */
function sortedOrder(width: 1 | 4, borders: Uint32Array, count: number): Uint32Array {
  let order = Uint32Array.from({ length: count }, (_, at) => at)
  let sorted = new Uint32Array(count)
  const slots = new Uint32Array(65_537)
  for (let word = width - 1; word >= 0; word--) {
    for (const shift of [0, 16]) {
      slots.fill(0)
      for (let at = 0; at < count; at++) slots[((borders[at * width + word]! >>> shift) & 0xffff) + 1]!++
      for (let slot = 1; slot < slots.length; slot++) slots[slot]! += slots[slot - 1]!
      for (let at = 0; at < count; at++) {
        const border = order[at]!
        sorted[slots[(borders[border * width + word]! >>> shift) & 0xffff]!++] = border
      }
      ;[order, sorted] = [sorted, order]
    }
  }

  return order
}

function isSameBorder(width: 1 | 4, borders: Uint32Array, one: number, other: number): boolean {
  for (let word = 0; word < width; word++) if (borders[one * width + word] !== borders[other * width + word]) return false

  return true
}

type Classes = { readonly none: AddressClass; of(membership: Int32Array, hash: number): AddressClass }

/** Hands out one object for each combination of lists. */
function addressClasses(size: number): Classes {
  type Known = { readonly membership: Int32Array; readonly addressClass: AddressClass }
  const byHash = new Map<number, Known[]>()
  const of = (membership: Int32Array, hash: number): AddressClass => {
    const alike = byHash.get(hash) ?? []
    const known = alike.find((one) => one.membership.every((word, at) => word === membership[at]))
    if (known) return known.addressClass
    const lists = Array.from({ length: size }, (_, list) => list).filter((list) => (membership[list >>> 5]! >>> (list & 31)) & 1)
    const addressClass = { lists }
    byHash.set(hash, [...alike, { membership: membership.slice(), addressClass }])

    return addressClass
  }

  return { of, none: of(new Int32Array((size + 31) >>> 5), 0) }
}

/** A number that is well spread over 32 bits, for telling combinations of lists apart quickly. */
function hashOf(list: number): number {
  let hash = Math.imul(list + 1, 0x9e37_79b1)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca6b)

  return hash ^ (hash >>> 13)
}
