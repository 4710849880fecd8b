import { createColumns, mostRows } from './columns.ts'
import { mostAtOnce, type RowLog } from './log.ts'
import { pageOf } from './page.ts'
import type { Placed, Row, Shape } from './shape.ts'

/** A log in memory that keeps the newest `bound` rows. The columns they are found by are made when somebody looks for one. */
export function createMemoryRows<R extends Row>(shape: Shape<R>, { bound = 10_000 }: { readonly bound?: number } = {}): RowLog<R> {
  const most = Math.min(Math.max(1, bound), mostRows / 2)
  let rows: Placed<R>[] = []
  let last = 0
  let found: { readonly first: number; readonly columns: ReturnType<typeof createColumns<R>> } | null = null

  const kept = () => (rows.length > most ? rows.slice(-most) : rows)

  /** The columns of the rows there are, those that are about to go included. */
  function columnsNow(): { readonly first: number; readonly columns: ReturnType<typeof createColumns<R>> } {
    const first = rows[0]?.sequence ?? last + 1
    if (found?.first !== first) found = { first, columns: createColumns(shape) }
    for (let index = found.columns.length; index < rows.length; index++) found.columns.add(rows[index] as Placed<R>, 0)

    return found
  }

  return {
    append(row) {
      const placed = { ...row, sequence: ++last }
      rows.push(placed)
      // Twice the bound before the old half goes, so that a full log costs no more per row than an empty one.
      if (rows.length >= most * 2) rows = rows.slice(-most)

      return placed
    },
    get last() {
      return last
    },
    get recent() {
      return kept()
    },
    async after(sequence, limit) {
      const present = kept()
      const first = present[0]?.sequence ?? last + 1
      const from = Math.max(0, Math.floor(sequence) + 1 - first)

      return present.slice(from, from + Math.min(limit, mostAtOnce))
    },
    async page(query) {
      const { found: places, last: next } = pageOf([{ ...columnsNow(), from: rows.length - most }], query)

      return { rows: places.flatMap(({ position }) => rows[position] ?? []), next }
    },
    reset() {
      rows = []
      found = null
    },
    close: async () => {},
  }
}
