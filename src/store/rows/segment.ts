import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createColumns, readColumns, storedColumns, type Columns, type GrowingColumns, type Texts } from './columns.ts'
import type { Placed, Row, Shape } from './shape.ts'

/**
 * One file of a log: a row a line, in the order they happened, and beside it a file with the columns they are found by. A line
 * that begins with a space is an element that rows share, and rows name it by the place where it stands. What cannot be read
 * is passed over: a log always loads.
 */
export type Segment<R extends Row> = {
  /** The position of its first row. */
  readonly first: number
  readonly bytes: number
  /** Null until it was loaded. */
  readonly columns: Columns | null
  /** Makes the file, empty. */
  create(): void
  /** The row is with the operating system when this returns: the end of the process does not lose it. Throws when there is no room. */
  append(row: R): void
  /** The rows at these positions of the segment; those that cannot be read any more are left out. */
  read(positions: readonly number[]): Placed<R>[]
  load(): Promise<void>
  /** The same at once, for one that is small or new. */
  loadNow(): void
  /** Nothing is appended any more; the columns are written down. */
  seal(): Promise<void>
  /** What was appended so far outlives the end of the power. */
  sync(): Promise<void>
  close(): void
  remove(): void
}

const flush = promisify(fdatasync)
const newline = 0x0a
const space = 0x20
const chunk = 4 * 1024 * 1024
/** Two rows this near one another are read in one go, with what lies between them. */
const nearby = 16 * 1024
/** How many shared elements are kept at hand; they are few but for a tenant whose policies change all the time. */
const sharedAtHand = 10_000

export function openSegment<R extends Row>(path: string, first: number, shape: Shape<R>, texts: Texts): Segment<R> {
  const { shared: sharedMember } = shape
  const columnsPath = `${path}.columns`
  let columns: GrowingColumns<R> | null = null
  let file: number | null = null
  let bytes = 0
  let isGone = false
  let written = new WeakMap<object, number>()
  const atHand = new Map<number, unknown>()

  const fileOf = () => (file ??= openSync(path, 'r+'))

  /** The lines of a stretch that ends a line: rows go to the columns. */
  function index(into: GrowingColumns<R>, content: Buffer, from: number): void {
    for (let start = 0; start < content.length;) {
      const end = content.indexOf(newline, start)
      const row = content[start] === space ? null : parsed<R>(content.toString('utf8', start, end))
      if (row) addRow(into, row, from + start)
      start = end + 1
    }
  }

  /** A line of JSON that is no row of this log is passed over. */
  function addRow(into: GrowingColumns<R>, row: R, offset: number): void {
    try {
      if (typeof row.id === 'string' && Number.isFinite(shape.instantOf(row))) into.add(row, offset)
    } catch {
      // It lacks what every row has.
    }
  }

  /** What the columns' file says, as far as it is about what is there; else it goes, lest it be believed another time. */
  function begin(stored: Buffer | null, size: number): { readonly made: GrowingColumns<R>; readonly from: number } {
    const found = stored === null ? null : readColumns(stored, shape, texts)
    if (found && found.bytes <= size) return { made: createColumns(shape, found, texts), from: found.bytes }
    if (stored !== null) rmSync(columnsPath, { force: true })

    return { made: createColumns(shape, undefined, texts), from: 0 }
  }

  function rowAt(content: Buffer, start: number, position: number): Placed<R>[] {
    const row = parsed<R & Record<string, unknown>>(content.toString('utf8', start, lineEnd(content, start)))
    if (!row) return []
    const places = sharedMember === undefined ? undefined : row[sharedMember]
    if (Array.isArray(places)) (row as Record<string, unknown>)[sharedMember as string] = places.map((place) => (typeof place === 'number' ? sharedAt(place) : place))

    return [Object.assign(row, { sequence: first + position })]
  }

  function sharedAt(place: number): unknown {
    const known = atHand.get(place)
    if (known !== undefined) return known
    let content = Buffer.alloc(4096)
    let length = readSync(fileOf(), content, 0, content.length, place)
    while (length === content.length && !content.subarray(0, length).includes(newline)) {
      content = Buffer.alloc(content.length * 2)
      length = readSync(fileOf(), content, 0, content.length, place)
    }
    const element = parsed(content.toString('utf8', 0, lineEnd(content.subarray(0, length), 0))) ?? {}
    if (atHand.size >= sharedAtHand) atHand.clear()
    atHand.set(place, element)

    return element
  }

  /** The row as its line says it, after the lines of what it is the first to share. */
  function linesOf(row: R): { readonly text: Buffer; readonly offset: number } {
    const elements = sharedMember === undefined ? undefined : (row as Record<string, unknown>)[sharedMember]
    if (!Array.isArray(elements)) return { text: Buffer.from(`${JSON.stringify(row)}\n`), offset: bytes }
    const lines: Buffer[] = []
    let end = bytes
    const places = elements.map((element: object) => {
      const known = written.get(element)
      if (known !== undefined) return known
      const line = Buffer.from(` ${JSON.stringify(element)}\n`)
      lines.push(line)
      written.set(element, end)
      end += line.length

      return end - line.length
    })
    lines.push(Buffer.from(`${JSON.stringify({ ...row, [sharedMember as string]: places })}\n`))

    return { text: Buffer.concat(lines), offset: end }
  }

  const segment: Segment<R> = {
    first,
    get bytes() {
      return bytes
    },
    get columns() {
      return columns
    },

    create() {
      file = openSync(path, 'w+', 0o600)
      columns = createColumns(shape, undefined, texts)
    },

    append(row) {
      if (!columns) throw new Error('it was not loaded')
      const { text, offset } = linesOf(row)
      try {
        for (let done = 0; done < text.length;) done += writeSync(fileOf(), text, done, text.length - done, bytes + done)
      } catch (error) {
        written = new WeakMap()
        throw error
      }
      columns.add(row, offset)
      bytes += text.length
    },

    read(positions) {
      if (!columns || isGone || positions.length === 0) return []
      const { offsets, length } = columns
      const startOf = (position: number) => offsets[position] as number
      const endOf = (position: number) => (position + 1 < length ? startOf(position + 1) : bytes)
      const ordered = positions.toSorted((a, b) => a - b)
      const read = new Map<number, Placed<R>>()
      for (let index = 0; index < ordered.length;) {
        const start = startOf(ordered[index] as number)
        let last = index
        while (last + 1 < ordered.length && startOf(ordered[last + 1] as number) - endOf(ordered[last] as number) < nearby && endOf(ordered[last + 1] as number) - start < chunk) last++
        const content = stretch(fileOf(), start, endOf(ordered[last] as number))
        for (; index <= last; index++) {
          const position = ordered[index] as number
          for (const row of rowAt(content, startOf(position) - start, position)) read.set(position, row)
        }
      }

      return positions.flatMap((position) => read.get(position) ?? [])
    },

    async load() {
      if (columns) return
      const { size } = fstatSync(fileOf())
      const { made, from } = begin(await readFile(columnsPath).catch(() => null), size)
      if (isGone) return
      let at = from
      for (;;) {
        const content = wholeLines(fileOf(), at, size)
        if (content.length === 0) break
        index(made, content, at)
        at += content.length
        // Others have their turn between two stretches.
        await setImmediate()
        if (isGone) return
      }
      if (columns) return
      made.settle()
      columns = made
      bytes = at
      if (at > from) await segment.seal()
    },

    loadNow() {
      if (columns) return
      const { size } = fstatSync(fileOf())
      const { made, from } = begin(read(columnsPath), size)
      let at = from
      for (let content = wholeLines(fileOf(), at, size); content.length > 0; content = wholeLines(fileOf(), at, size)) {
        index(made, content, at)
        at += content.length
      }
      // What a crash tore off was never acknowledged, and nothing may follow it.
      if (at < size) ftruncateSync(fileOf(), at)
      columns = made
      bytes = at
    },

    async seal() {
      if (!columns || isGone) return
      columns.settle()
      const content = storedColumns(columns, bytes, shape)
      await segment.sync()
      const temporary = `${columnsPath}.tmp`
      const handle = await open(temporary, 'w', 0o600)
      try {
        await handle.writeFile(content)
      } finally {
        await handle.close()
      }
      // Taken away meanwhile: nothing of it stays.
      if (isGone) await rm(temporary, { force: true })
      else await rename(temporary, columnsPath)
    },

    async sync() {
      if (file !== null) await flush(file)
    },
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
    remove() {
      isGone = true
      segment.close()
      for (const name of [path, columnsPath, `${columnsPath}.tmp`]) rmSync(name, { force: true })
    },
  }

  return segment
}

/** The whole lines from a place on, as many as fit in memory well; longer lines than that are read too. Empty = none. */
function wholeLines(file: number, from: number, size: number): Buffer {
  for (let length = chunk; ; length *= 2) {
    const content = stretch(file, from, Math.min(size, from + length))
    const end = content.lastIndexOf(newline) + 1
    if (end > 0 || from + length >= size) return content.subarray(0, end)
  }
}

function stretch(file: number, start: number, end: number): Buffer {
  const content = Buffer.allocUnsafe(Math.max(0, end - start))
  const length = readSync(file, content, 0, content.length, start)

  return content.subarray(0, length)
}

function lineEnd(content: Buffer, start: number): number {
  const end = content.indexOf(newline, start)

  return end < 0 ? content.length : end
}

function parsed<T>(line: string): T | null {
  try {
    return JSON.parse(line) as T
  } catch {
    return null
  }
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
