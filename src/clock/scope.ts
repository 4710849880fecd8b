import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from './clock.ts'

/**
 * Which tenant's time is it? Work done for a tenant runs inside its clock, and whatever reads the time through
 * `library-hook.ts` gets that tenant's; outside of every tenant it is real time.
 */
export function runWithClock<T>(clock: Clock, work: () => T): T {
  return scope.run(clock, work)
}

/** Steps out of the tenant's time, e.g. to stamp a token that real clients will check by real clocks. */
export function runInRealTime<T>(work: () => T): T {
  return scope.run(null, work)
}

/** The clock that the present work runs under; null = real time. */
export const clockOf = (): Clock | null => scope.getStore() ?? null

// A test runner loads this module a second time beside the one that the process knows; both must see one scope, so it
// hangs where both look.
const registry = globalThis as unknown as Record<symbol, AsyncLocalStorage<Clock | null> | undefined>
const scope = (registry[Symbol.for('portcullis.clockScope')] ??= new AsyncLocalStorage<Clock | null>())
