import { compareWords, type Address, type AddressRange } from './address.ts'

/**
 * Many lists of address ranges laid over each other: the address space cut into pieces, sorted, each piece knowing which
 * lists contain it. Finding an address is one binary search, however many ranges there are.
 */
export type IntervalIndex = {
  /** Which lists contain the address: where in `membership` its words begin, one bit for each list. */
  find(address: Address | null): number
  /** The same for an IPv4 address as one word. */
  findIPv4(word: number): number
  readonly membership: Int32Array
}

/** The ranges of one list, sorted and merged, ready to be laid over others: lower and upper words, in turn. */
export type MergedRanges = { readonly ipv4: Uint32Array; readonly ipv6: Uint32Array }

export function mergeRanges(ranges: readonly AddressRange[]): MergedRanges {
  return { ipv4: mergeFamily(1, ranges), ipv6: mergeFamily(4, ranges) }
}

export function indexRanges(lists: readonly MergedRanges[]): IntervalIndex {
  const wordsPerPiece = roomFor((lists.length + 31) >>> 5)
  const ipv4 = cutSpace(1, lists.map((list) => list.ipv4), wordsPerPiece)
  const ipv6 = cutSpace(4, lists.map((list) => list.ipv6), wordsPerPiece)
  // The first piece is nowhere: the addresses before every range, and what is no address.
  const membership = new Int32Array(wordsPerPiece + ipv4.membership.length + ipv6.membership.length)
  membership.set(ipv4.membership, wordsPerPiece)
  membership.set(ipv6.membership, wordsPerPiece + ipv4.membership.length)

  const find4 = finderOf(ipv4.starts)
  const findIPv4 = (word: number) => wordsPerPiece * (1 + find4(word))

  return {
    membership,
    find: (address) => {
      if (address === null) return 0
      if (address.width === 1) return findIPv4(address.words[0]!)
      const piece = lastNotAfterWide(ipv6.starts, address.words)

      return piece < 0 ? 0 : wordsPerPiece * (1 + piece) + ipv4.membership.length
    },
    findIPv4,
  }
}

/** Eight words are read at once from memory when they begin where its lines do. */
function roomFor(words: number): number {
  return words > 4 ? (words + 7) & ~7 : words
}

/** With very many pieces the search begins at the address's first sixteen bits: far apart in memory is slow. */
function finderOf(starts: Uint32Array): (address: number) => number {
  if (starts.length < manyPieces) return (address) => lastNotAfter(starts, address, 0, starts.length)
  const firstAt = new Uint32Array(65_537)
  for (const start of starts) firstAt[(start >>> 16) + 1]!++
  for (let at = 1; at < firstAt.length; at++) firstAt[at]! += firstAt[at - 1]!

  return (address) => lastNotAfter(starts, address, firstAt[address >>> 16]!, firstAt[(address >>> 16) + 1]!)
}

const manyPieces = 4_096

/** The last piece that starts at or before the address, or -1. Those from `to` on start after it, those before `from` do not. */
function lastNotAfter(starts: Uint32Array, address: number, from: number, to: number): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! > address) high = middle
    else low = middle + 1
  }

  return low - 1
}

function lastNotAfterWide(starts: Uint32Array, words: readonly number[]): number {
  let low = 0
  let high = starts.length >>> 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (startsAfter(starts, middle << 2, words)) high = middle
    else low = middle + 1
  }

  return low - 1
}

function startsAfter(starts: Uint32Array, at: number, words: readonly number[]): boolean {
  for (let word = 0; word < 4; word++) {
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

type Space = { readonly starts: Uint32Array; readonly membership: Int32Array }

/**
 * Walks over all borders in order. At each one some lists begin or end; their ranges are merged, so a border simply
 * turns membership over.
 */
function cutSpace(width: 1 | 4, lists: readonly Uint32Array[], wordsPerPiece: number): Space {
  const { borders, owners } = bordersOf(width, lists)
  const order = sortedOrder(width, borders, owners.length)
  const starts = new Uint32Array(owners.length * width)
  const membership = new Int32Array(owners.length * wordsPerPiece)
  const current = new Int32Array(wordsPerPiece)
  let pieces = 0
  for (let at = 0; at < order.length; at++) {
    const border = order[at]!
    const owner = owners[border]!
    current[owner >>> 5]! ^= 1 << (owner & 31)
    const next = order[at + 1]
    if (next !== undefined && isSameBorder(width, borders, border, next)) continue
    for (let word = 0; word < width; word++) starts[pieces * width + word] = borders[border * width + word]!
    for (let word = 0; word < wordsPerPiece; word++) membership[pieces * wordsPerPiece + word] = current[word]!
    pieces++
  }

  return { starts: starts.slice(0, pieces * width), membership: membership.slice(0, pieces * wordsPerPiece) }
}

function bordersOf(width: 1 | 4, lists: readonly Uint32Array[]) {
  const most = lists.reduce((sum, list) => sum + list.length / width, 0)
  const borders = new Uint32Array(most * width)
  const owners = new Uint16Array(most)
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
  let order = new Uint32Array(count)
  let sorted = new Uint32Array(count)
  for (let at = 0; at < count; at++) order[at] = at
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
