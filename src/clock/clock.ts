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

/** The wall clock, for what is never a tenant's business: how long a start took, when a file was left behind. */
export const realNow = (): number => Date.now()

/** Milliseconds from nowhere in particular, finer than a clock's: for how long something takes. */
export const stopwatch = (): number => performance.now()

/** A clock that tells real time until somebody moves it. A test may hand in the wall it hangs on. */
export function createClock(wall: () => number = realNow): Clock {
  let offset = 0
  let frozenAt: number | null = null
  const now = () => frozenAt ?? wall() + offset

  const moveTo = (instant: number) => {
    if (frozenAt === null) offset = instant - wall()
    else frozenAt = instant
  }

  const clock: Clock = {
    now,
    epochSeconds: () => Math.floor(now() / 1000),
    realNow: wall,
    get offset() {
      return frozenAt === null ? offset : frozenAt - wall()
    },
    get isFrozen() {
      return frozenAt !== null
    },
    tokens: 'virtual',
    advance(milliseconds) {
      refuseUnlessForward(milliseconds, milliseconds)
      refuseUnlessInstant(now() + milliseconds)
      // The wall is not read again: it may have moved on since.
      if (frozenAt === null) offset += milliseconds
      else frozenAt += milliseconds
    },
    set(instant) {
      refuseUnlessInstant(instant)
      refuseUnlessForward(instant - now(), instant)
      moveTo(instant)
    },
    freeze(isFrozen) {
      if (isFrozen === clock.isFrozen) return
      if (isFrozen) {
        frozenAt = now()
        return
      }

      // It goes on from where it stood; it does not catch up with the time that passed meanwhile.
      offset = now() - wall()
      frozenAt = null
    },
    reset() {
      offset = 0
      frozenAt = null
      clock.tokens = 'virtual'
    },
  }

  return clock
}

/** What a clock will not do. Whoever asked gets the sentence; the clock stands where it stood. */
export class ClockRefused extends Error {
  readonly code: 'clockGoesForwardOnly' | 'notAnInstant' | 'notADuration'

  constructor(code: ClockRefused['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The last instant that a date can name. */
const endOfTime = 8.64e15

function refuseUnlessForward(step: number, asked: number): void {
  if (step >= 0) return
  if (Number.isNaN(step)) throw new ClockRefused('notADuration', `${asked} is not a number of milliseconds.`)

  throw new ClockRefused(
    'clockGoesForwardOnly',
    'A tenant\'s clock goes forward only: what has expired must stay expired. Ask for a later time, or reset the clock.',
  )
}

function refuseUnlessInstant(instant: number): void {
  if (Math.abs(instant) <= endOfTime) return

  throw new ClockRefused('notAnInstant', 'That is not a point in time a clock can show. Give one before the year 275760.')
}
