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
  /** Entries with a sequence above `after`, oldest first; waits up to `waitMilliseconds` (real time) for the first. */
  after(sequence: number, options?: { limit?: number; waitMilliseconds?: number }): Promise<{ entries: readonly SignInEntry[]; next: number }>
  readonly entries: readonly SignInEntry[]
  reset(): void
}
