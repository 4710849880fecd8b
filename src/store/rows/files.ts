import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mostRows, type Texts } from './columns.ts'
import { mostAtOnce, type RowLog } from './log.ts'
import { pageOf } from './page.ts'
import { openSegment, type Segment } from './segment.ts'
import type { Placed, Row, Shape } from './shape.ts'

export type FileRowsOptions = {
  readonly folder: string
  /** What the wall clock says: how old a file is has nothing to do with a tenant's clock. */
  readonly realNow: () => number
  readonly bound?: Bound
}

/** How much of a log is kept. Whole files go, so that a few rows more than said may be there. */
export type Bound = { readonly rows: number; readonly days: number; /** Rows in one file. */ readonly segmentRows: number }

const usual: Bound = { rows: 1_000_000, days: 30, segmentRows: 32_768 }
/** A file that has these bytes is full as well. */
const segmentBytes = 64 * 1024 * 1024
/** A process goes on in the last file if reading it again is a matter of milliseconds; else it begins another. */
const goesOnBelow = 8 * 1024 * 1024
const day = 86_400_000
/** Nor does it when the file was begun long ago: rows go by whole files, and so would stay too long. */
const goesOnForDays = 7
/** How many rows are at hand without being read. */
const atHand = 1000
const syncDelay = 1000

/**
 * A log in a folder: files of rows, the oldest removed whole. It is opened when it is first used, and of what earlier
 * processes wrote no more is read than is asked for. A row is with the operating system when `append` returns, so that the
 * end of the process, however sudden, loses none; against the end of the power it is flushed a second later.
 */
export function createFileRows<R extends Row>(shape: Shape<R>, { folder, realNow, bound = usual }: FileRowsOptions): RowLog<R> {
  let segments: Segment<R>[] | null = null
  let last = 0
  let recent: Placed<R>[] = []
  let isRecentRead = false
  let isTroubled = false
  let timer: NodeJS.Timeout | null = null
  const texts: Texts = new Map()
  const writing = new Set<Promise<unknown>>()

  const pathOf = (first: number) => join(folder, `${shape.name}.${first}.jsonl`)
  const rowsOf = (segment: Segment<R>) => segment.columns?.length ?? 0

  /** What is there; the last file goes on being written when it is small. */
  function opened(): Segment<R>[] {
    if (segments) return segments
    segments = segmentsIn(folder, shape, texts)
    const newest = segments.at(-1)
    if (!newest) return segments
    if (goesOn(newest)) last = newest.first + rowsOf(newest) - 1
    else last = newest.first + mostRows

    return segments
  }

  /** Whether rows are added to a file of an earlier process. One that cannot be read is left as it is. */
  function goesOn(segment: Segment<R>): boolean {
    try {
      const { size, birthtimeMs } = statSync(pathOf(segment.first))
      if (size >= goesOnBelow || realNow() - birthtimeMs >= goesOnForDays * day) return false
      segment.loadNow()

      return true
    } catch {
      return false
    }
  }

  function current(all: Segment<R>[]): Segment<R> {
    const newest = all.at(-1)
    const isFull = newest?.columns && (newest.columns.length >= bound.segmentRows || newest.bytes >= segmentBytes)
    if (newest?.columns && !isFull && last === newest.first + newest.columns.length - 1) return newest
    if (isFull) later(newest.seal())
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const added = openSegment(pathOf(last + 1), last + 1, shape, texts)
    added.create()
    all.push(added)
    if (all.length > 1) later(trim(all))

    return added
  }

  /** Takes away the files that are beyond the bound. */
  async function trim(all: Segment<R>[]): Promise<void> {
    await loadAll(all.slice(0, -1))
    let rows = all.reduce((sum, segment) => sum + rowsOf(segment), 0)
    while (all.length > 1) {
      const [oldest] = all
      if (!oldest || (rows - rowsOf(oldest) < bound.rows && !isOld(oldest))) return
      rows -= rowsOf(oldest)
      all.shift()
      oldest.remove()
      // What only it had is let go; what others have they keep.
      texts.clear()
    }
  }

  function isOld({ first }: Segment<R>): boolean {
    const changed = statSync(pathOf(first), { throwIfNoEntry: false })?.mtimeMs

    return changed !== undefined && realNow() - changed > bound.days * day
  }

  /** A file that cannot be read, or was taken away meanwhile, has nothing to say. */
  async function loadAll(some: readonly Segment<R>[]): Promise<void> {
    for (const segment of some) if (!segment.columns && opened().includes(segment)) await segment.load().catch(() => {})
  }

  function later(work: Promise<unknown>): void {
    const settled: Promise<unknown> = work.catch(() => {}).finally(() => writing.delete(settled))
    writing.add(settled)
  }

  function syncSoon(segment: Segment<R>): void {
    timer ??= setTimeout(() => {
      timer = null
      // It is tried again with the next row; what could not be written is told where it was written.
      later(segment.sync())
    }, syncDelay).unref()
  }

  function remember(row: R): Placed<R> {
    const placed = { ...row, sequence: ++last }
    recent.push(placed)
    if (recent.length >= atHand * 2) recent = recent.slice(-atHand)

    return placed
  }

  function readFrom(segment: Segment<R>, sequence: number, limit: number): Placed<R>[] {
    const begin = Math.max(0, sequence + 1 - segment.first)
    const end = Math.min(rowsOf(segment), begin + limit)

    return segment.read(Array.from({ length: Math.max(0, end - begin) }, (_, index) => begin + index))
  }

  return {
    append(row) {
      const all = opened()
      try {
        const segment = current(all)
        segment.append(row)
        syncSoon(segment)
        isTroubled = false
      } catch (error) {
        if (!isTroubled) process.emitWarning(`Rows of the log ${shape.name} are kept in memory only: ${folder} cannot be written (${(error as Error).message}). Make room or give access.`)
        isTroubled = true
      }

      return remember(row)
    },
    get last() {
      opened()

      return last
    },
    get recent() {
      const newest = opened().at(-1)
      const missing = atHand - recent.length
      if (missing > 0 && newest && !isRecentRead) {
        const upTo = recent[0]?.sequence ?? last + 1
        recent = [...readFrom(newest, upTo - 1 - missing, missing).filter(({ sequence }) => sequence < upTo), ...recent]
      }
      isRecentRead = true

      return recent.slice(-atHand)
    },
    async after(sequence, limit) {
      const all = opened()
      const from = Math.floor(sequence)
      const most = Math.min(limit, mostAtOnce)
      const first = recent[0]?.sequence ?? last + 1
      if (from + 1 >= first) return recent.slice(from + 1 - first, from + 1 - first + most)

      const rows: Placed<R>[] = []
      for (const [index, segment] of [...all].entries()) {
        if ((all[index + 1]?.first ?? Infinity) <= from + 1) continue
        await loadAll([segment])
        rows.push(...readFrom(segment, from, most - rows.length))
        if (rows.length >= most) return rows
      }

      return rows
    },
    async page(query) {
      await loadAll([...opened()])
      const { found, last: next } = pageOf(loaded(opened()), query)
      const positions = Map.groupBy(found, ({ part }) => part)
      const rows = new Map([...positions].flatMap(([part, places]) => part.segment.read(places.map(({ position }) => position))).map((row) => [row.sequence, row]))

      return { rows: found.flatMap(({ part, position }) => rows.get(part.first + position) ?? []), next }
    },
    reset() {
      const all = opened()
      for (const segment of all) segment.remove()
      segments = []
      recent = []
      // The next process goes on counting from here.
      if (all.length === 0) return
      const empty = openSegment(pathOf(last + 1), last + 1, shape, texts)
      empty.create()
      segments.push(empty)
    },
    async close() {
      if (timer) clearTimeout(timer)
      timer = null
      await Promise.all(writing)
      // Columns that cannot be written are made again from the rows.
      await segments?.at(-1)?.seal().catch(() => {})
      for (const segment of segments ?? []) segment.close()
    },
  }
}

function loaded<R extends Row>(segments: readonly Segment<R>[]) {
  return segments.flatMap((segment) => (segment.columns ? [{ first: segment.first, columns: segment.columns, segment }] : []))
}

/** The files of a log, oldest first. What a crash left half written beside them goes. */
function segmentsIn<R extends Row>(folder: string, shape: Shape<R>, texts: Texts): Segment<R>[] {
  const firsts: number[] = []
  for (const name of namesIn(folder)) {
    const [, ofLog, first] = /^(.+)\.(\d+)\.jsonl$/.exec(name) ?? []
    if (ofLog === shape.name) firsts.push(Number(first))
    if (name.startsWith(`${shape.name}.`) && name.endsWith('.tmp')) rmSync(join(folder, name), { force: true })
  }

  return firsts.toSorted((a, b) => a - b).map((first) => openSegment(join(folder, `${shape.name}.${first}.jsonl`), first, shape, texts))
}

/** A folder that is not there has nothing; one that cannot be read is told of when it cannot be written. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
