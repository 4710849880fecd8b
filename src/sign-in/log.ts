import type { Page, RowLog } from '../store/rows/log.ts'
import { createMemoryRows } from '../store/rows/memory.ts'
import type { PageQuery } from '../store/rows/page.ts'
import { signInShape } from './log-shape.ts'
import type { NewSignIn, SignInEntry } from './sign-in-entry.ts'

export type { NewSignIn, SignInEntry } from './sign-in-entry.ts'

/** What the sign-in log of a tenant is kept in. */
export type SignInRows = RowLog<NewSignIn>

/** The sign-in log of one tenant: append-only, bounded, read by position; Graph finds rows in it and puts them in order. */
export type SignInLog = {
  append(entry: NewSignIn): SignInEntry
  /** Entries with a sequence above `after`, oldest first; waits up to `waitMilliseconds` (real time) for the first, or until `signal` ends the wait. */
  after(sequence: number, options?: { limit?: number; waitMilliseconds?: number; signal?: AbortSignal }): Promise<{ entries: readonly SignInEntry[]; next: number }>
  /** The newest entries, oldest first: those that are at hand. */
  readonly entries: readonly SignInEntry[]
  /** The sequence of the latest entry, that was ever there. */
  readonly last: number
  page(query: PageQuery): Promise<Page<NewSignIn>>
  reset(): void
  /** Whoever waits for a row waits no longer: the tenant is gone. */
  end(): void
}

/**
 * A log over the rows of a tenant; unless it is given some it keeps the newest `bound` in memory. Positions only ever rise,
 * also after a reset, so that a reader who waits never mistakes a new row for one already read.
 */
export function createSignInLog({ bound, rows = createMemoryRows(signInShape, bound === undefined ? {} : { bound }) }: { readonly bound?: number; readonly rows?: SignInRows } = {}): SignInLog {
  const waiting = new Set<Waiter>()

  async function rowsAfter(sequence: number, limit: number): Promise<{ entries: readonly SignInEntry[]; next: number }> {
    const entries = await rows.after(sequence, limit)

    return { entries, next: entries.at(-1)?.sequence ?? sequence }
  }

  return {
    append(entry) {
      const row = rows.append(entry)
      for (const waiter of waiting) if (row.sequence > waiter.sequence) waiter.wake()

      return row
    },

    async after(sequence, { limit = Infinity, waitMilliseconds = 0, signal } = {}) {
      const seen = rows.last
      const found = await rowsAfter(sequence, limit)
      if (found.entries.length > 0 || waitMilliseconds <= 0 || signal?.aborted) return found
      // One may have come while it was looked for.
      if (rows.last === seen) await new Promise<void>((resolve) => {
        const waiter: Waiter = {
          sequence,
          wake() {
            clearTimeout(timer)
            waiting.delete(waiter)
            signal?.removeEventListener('abort', waiter.wake)
            resolve()
          },
        }
        const timer = setTimeout(waiter.wake, waitMilliseconds)
        // A reader who waits does not keep the process alive.
        timer.unref()
        signal?.addEventListener('abort', waiter.wake)
        waiting.add(waiter)
      })

      return rowsAfter(sequence, limit)
    },

    get entries() {
      return rows.recent
    },
    get last() {
      return rows.last
    },
    page: (query) => rows.page(query),

    reset() {
      rows.reset()
    },

    end() {
      for (const waiter of waiting) waiter.wake()
    },
  }
}

type Waiter = { readonly sequence: number; wake(): void }
