import type { Placed, Row } from './shape.ts'
import type { PageQuery, Place } from './page.ts'

/** The rows of one log: appended, never changed, bounded; read by position, or found and put in order. */
export type RowLog<R extends Row> = {
  append(row: R): Placed<R>
  /** The position of the latest row. Positions only ever rise, also after a reset. */
  readonly last: number
  /** The newest rows, oldest first: all there are in a log that is kept in memory, those at hand in one on disk. */
  readonly recent: readonly Placed<R>[]
  /** Rows behind a position, oldest first. */
  after(sequence: number, limit: number): Promise<readonly Placed<R>[]>
  page(query: PageQuery): Promise<Page<R>>
  reset(): void
  /** Everything appended is on disk. */
  close(): Promise<void>
}

/** Rows in the order that was asked for, and where to go on; null = that was all. */
export type Page<R extends Row> = { readonly rows: readonly Placed<R>[]; readonly next: Place | null }

/** How many rows an answer has at most, whatever was asked for. */
export const mostAtOnce = 10_000
