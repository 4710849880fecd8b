/** A row of the sign-in log: Graph's `signIn` (beta members included), every policy's part in it, and `sequence`. */
export type SignInEntry = {
  readonly sequence: number
  readonly id: string
  readonly createdDateTime: string
  readonly [member: string]: unknown
}

/** The sign-in log of one tenant: append-only, bounded, read by position. */
export type SignInLog = {
  append(entry: Omit<SignInEntry, 'sequence'>): SignInEntry
  /** Entries with a sequence above `after`, oldest first; waits up to `waitMilliseconds` (real time) for the first, or until `signal` ends the wait. */
  after(sequence: number, options?: { limit?: number; waitMilliseconds?: number; signal?: AbortSignal }): Promise<{ entries: readonly SignInEntry[]; next: number }>
  readonly entries: readonly SignInEntry[]
  reset(): void
  /** Whoever waits for a row waits no longer: the tenant is gone. */
  end(): void
}

/**
 * A log in memory that keeps the newest `bound` rows. Positions only ever rise, also after a reset, so that a reader
 * who waits never mistakes a new row for one already read.
 */
export function createSignInLog(options: { readonly bound?: number } = {}): SignInLog {
  const bound = Math.max(1, options.bound ?? 10_000)
  const waiting = new Set<Waiter>()
  let rows: SignInEntry[] = []
  let last = 0

  const kept = () => (rows.length > bound ? rows.slice(-bound) : rows)

  function rowsAfter(sequence: number, limit: number): { entries: readonly SignInEntry[]; next: number } {
    const present = kept()
    const first = present[0]?.sequence ?? last + 1
    const from = Math.max(0, Math.floor(sequence) + 1 - first)
    const entries = present.slice(from, from + limit)

    return { entries, next: entries.at(-1)?.sequence ?? sequence }
  }

  return {
    append(entry) {
      const row = { ...entry, sequence: ++last } as SignInEntry
      rows.push(row)
      // Twice the bound before the old half goes, so that a full log costs no more per row than an empty one.
      if (rows.length >= bound * 2) rows = rows.slice(-bound)
      for (const waiter of waiting) if (last > waiter.sequence) waiter.wake()

      return row
    },

    async after(sequence, { limit = Infinity, waitMilliseconds = 0, signal } = {}) {
      const found = rowsAfter(sequence, limit)
      if (found.entries.length > 0 || waitMilliseconds <= 0 || signal?.aborted) return found
      await new Promise<void>((resolve) => {
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
      return kept()
    },

    reset() {
      rows = []
    },

    end() {
      for (const waiter of waiting) waiter.wake()
    },
  }
}

type Waiter = { readonly sequence: number; wake(): void }
