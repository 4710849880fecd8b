import { crc32 } from 'node:zlib'
import type { Row, Shape, Value } from './shape.ts'

/**
 * What the rows of one segment are found by, a column a member: the different values once, and for each row which of them
 * it has, in no bytes where all are the same, one where there are few and two where there are many. A million sign-ins make
 * some fifty megabytes.
 */
export type Columns = {
  readonly length: number
  /** When each row happened, ms. */
  readonly times: Float64Array
  readonly earliest: number
  readonly latest: number
  /** Whether no row is earlier than the one before it: a clock that was set back makes it false. */
  readonly isInOrder: boolean
  /** Where each row begins in its file. */
  readonly offsets: Uint32Array
  readonly column: (name: string) => Column
  /** Fingerprints of an id, one a row. */
  readonly fingerprints: (name: string) => Float64Array
}

/** `codes[position]` says which of the `values` a row has; null = every row has the first. */
export type Column = { readonly values: readonly Value[]; readonly codes: Uint8Array | Uint16Array | null }

/** Columns that still grow. */
export type GrowingColumns<R> = Columns & {
  add(row: R, offset: number): void
  /** No row is added for now: lets go of what only adding needs. */
  settle(): void
}

/** A code has two bytes. */
export const mostRows = 65_536
const fewest = 64

type Growing = { values: Value[]; codes: Uint8Array | Uint16Array | null; codeOf: Map<unknown, number> | null }

/** Texts that many segments of a log have, each kept once. */
export type Texts = Map<string, string>

export function createColumns<R extends Row>(shape: Shape<R>, from?: Stored, texts: Texts = new Map()): GrowingColumns<R> {
  const readers = Object.entries(shape.columns)
  const uniques = Object.entries(shape.unique)
  const columns = new Map(readers.map(([name]): [string, Growing] => [name, { ...(from?.columns[name] ?? { values: [], codes: null }), codeOf: null }]))
  const fingerprints = new Map(uniques.map(([name]) => [name, from?.fingerprints[name] ?? new Float64Array(fewest)]))
  let length = from?.length ?? 0
  let times = from?.times ?? new Float64Array(fewest)
  let offsets = from?.offsets ?? new Uint32Array(fewest)
  let [earliest, latest, isInOrder] = edgesOf(times, length)

  function grow(): void {
    const room = Math.min(mostRows, Math.max(fewest, times.length * 2))
    times = grown(times, new Float64Array(room))
    offsets = grown(offsets, new Uint32Array(room))
    for (const [name, old] of fingerprints) fingerprints.set(name, grown(old, new Float64Array(room)))
    for (const column of columns.values()) if (column.codes) column.codes = grown(column.codes, column.codes instanceof Uint8Array ? new Uint8Array(room) : new Uint16Array(room))
  }

  return {
    get length() {
      return length
    },
    get times() {
      return times
    },
    get earliest() {
      return earliest
    },
    get latest() {
      return latest
    },
    get isInOrder() {
      return isInOrder
    },
    get offsets() {
      return offsets
    },
    column: (name) => columns.get(name) ?? refuse(name),
    fingerprints: (name) => fingerprints.get(name) ?? refuse(name),

    add(row, offset) {
      if (length === mostRows) throw new Error('A segment of a log is full.')
      if (length === times.length) grow()
      const at = shape.instantOf(row)
      times[length] = at
      offsets[length] = offset
      isInOrder &&= at >= latest
      earliest = Math.min(earliest, at)
      latest = Math.max(latest, at)
      for (const [name, read] of uniques) fingerprints.get(name)![length] = fingerprint(read(row))
      for (const [name, read] of readers) put(columns.get(name)!, read(row), length, times.length, texts)
      length++
    },

    settle() {
      for (const column of columns.values()) column.codeOf = null
    },
  }
}

function put(column: Growing, value: Value, position: number, room: number, texts: Texts): void {
  column.codeOf ??= new Map(column.values.map((known, code) => [keyOf(known), code]))
  const key = keyOf(value)
  let code = column.codeOf.get(key)
  if (code === undefined) {
    code = column.values.push(keptOnce(value, texts)) - 1
    column.codeOf.set(key, code)
    // Codes that are not written yet are 0: until there is a second value every row has the first.
    if (code === 1) column.codes = new Uint8Array(room)
    if (code === 256) column.codes = grown(column.codes as Uint8Array, new Uint16Array(room))
  }
  if (column.codes) column.codes[position] = code
}

function keptOnce(value: Value, texts: Texts): Value {
  if (typeof value !== 'string') return value
  const known = texts.get(value)
  if (known === undefined) texts.set(value, value)

  return known ?? value
}

function keyOf(value: Value): unknown {
  return typeof value === 'object' && value !== null ? `\u0001${value.join('\u0000')}` : value
}

function grown<A extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(old: { readonly length: number } & ArrayLike<number>, larger: A): A {
  larger.set(old)

  return larger
}

function edgesOf(times: Float64Array, length: number): [earliest: number, latest: number, isInOrder: boolean] {
  let [earliest, latest, isInOrder] = [Infinity, -Infinity, true]
  for (let position = 0; position < length; position++) {
    const at = times[position] as number
    isInOrder &&= at >= latest
    if (at < earliest) earliest = at
    if (at > latest) latest = at
  }

  return [earliest, latest, isInOrder]
}

function refuse(name: string): never {
  throw new Error(`A log has no column "${name}".`)
}

/** 53 bits of a text: two that differ are told apart but once in 10^15 times. */
export function fingerprint(text: string): number {
  let [one, other] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index)
    one = Math.imul(one ^ character, 2_654_435_761)
    other = Math.imul(other ^ character, 1_597_334_677)
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)
  other = Math.imul(other ^ (other >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909)

  return 4_294_967_296 * (2_097_151 & other) + (one >>> 0)
}

/** Columns as a file holds them. */
export type Stored = {
  readonly length: number
  /** How much of the segment's file they tell of. */
  readonly bytes: number
  readonly times: Float64Array
  readonly offsets: Uint32Array
  readonly columns: Readonly<Record<string, { values: Value[]; codes: Uint8Array | Uint16Array | null }>>
  readonly fingerprints: Readonly<Record<string, Float64Array>>
}

type Header = { readonly length: number; readonly bytes: number; readonly unique: readonly string[]; readonly columns: readonly { readonly name: string; readonly width: 0 | 1 | 2; readonly values: Value[] }[] }

/** Checksum, length of the header, header, then the arrays, the widest first, so that each stands where it can be read. */
export function storedColumns<R extends Row>(columns: Columns, bytes: number, shape: Shape<R>): Buffer {
  const unique = Object.keys(shape.unique)
  const told = Object.keys(shape.columns).map((name) => ({ name, ...columns.column(name) }))
  const header: Header = {
    length: columns.length,
    bytes,
    unique,
    columns: told.map(({ name, values, codes }) => ({ name, width: codes === null ? 0 : codes instanceof Uint8Array ? 1 : 2, values: values as Value[] })),
  }
  const { length } = columns
  const arrays = [columns.times, ...unique.map((name) => columns.fingerprints(name)), columns.offsets, ...told.flatMap(({ codes }) => codes ?? []).toSorted((a, b) => b.BYTES_PER_ELEMENT - a.BYTES_PER_ELEMENT)]
  const json = Buffer.from(JSON.stringify(header))
  const padding = Buffer.alloc((8 - ((8 + json.length) % 8)) % 8, ' ')
  const lengthOfHeader = Buffer.alloc(4)
  lengthOfHeader.writeUInt32LE(json.length + padding.length)
  const rest = Buffer.concat([lengthOfHeader, json, padding, ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, length * array.BYTES_PER_ELEMENT))])
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(crc32(rest))

  return Buffer.concat([sum, rest])
}

/** What a file holds; null when it is not whole, or of another shape. */
export function readColumns<R extends Row>(file: Buffer, shape: Shape<R>, texts: Texts): Stored | null {
  if (file.length < 8 || crc32(file.subarray(4)) !== file.readUInt32LE(0)) return null
  const begin = 8 + file.readUInt32LE(4)
  const header = JSON.parse(file.toString('utf8', 8, begin)) as Header
  const isOfShape = sameNames(header.unique, Object.keys(shape.unique)) && sameNames(header.columns.map(({ name }) => name), Object.keys(shape.columns))
  if (!isOfShape) return null

  const { length, bytes } = header
  // A copy of its own, so that what is read begins where arrays of eight bytes may.
  const data = file.buffer.slice(file.byteOffset + begin, file.byteOffset + file.length)
  let at = 0
  const next = <A>(Kind: { new (buffer: ArrayBuffer, offset: number, length: number): A; readonly BYTES_PER_ELEMENT: number }): A => {
    const array = new Kind(data as ArrayBuffer, at, length)
    at += length * Kind.BYTES_PER_ELEMENT

    return array
  }
  const times = next(Float64Array)
  const fingerprints = Object.fromEntries(header.unique.map((name) => [name, next(Float64Array)]))
  const offsets = next(Uint32Array)
  const codes = new Map<string, Uint8Array | Uint16Array>()
  for (const { name } of header.columns.filter(({ width }) => width === 2)) codes.set(name, next(Uint16Array))
  for (const { name } of header.columns.filter(({ width }) => width === 1)) codes.set(name, next(Uint8Array))

  return { length, bytes, times, offsets, fingerprints, columns: Object.fromEntries(header.columns.map(({ name, values }) => [name, { values: values.map((value) => keptOnce(value, texts)), codes: codes.get(name) ?? null }])) }
}

function sameNames(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, index) => name === others[index])
}
