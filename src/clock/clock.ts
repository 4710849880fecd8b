/**
 * A tenant's clock: real time plus an offset, or standing still. Everything that expires in a tenant asks it.
 * Milliseconds since the epoch, UTC, throughout.
 */
export type Clock = {
  now(): number
  /** `now()` in whole seconds, as protocols count. */
  epochSeconds(): number
  /** What the wall clock says. */
  realNow(): number
  /** Milliseconds between this clock and the wall clock. */
  readonly offset: number
  readonly isFrozen: boolean
  /** Whether tokens carry this clock's times or the wall clock's (product.md 5, `tokens`). */
  tokens: 'virtual' | 'wire'
  advance(milliseconds: number): void
  /** Refuses to go backwards. */
  set(instant: number): void
  freeze(isFrozen: boolean): void
  reset(): void
}
