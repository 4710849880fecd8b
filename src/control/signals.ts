import * as v from 'valibot'
import { BadSignals, parseSignals } from '../sign-in/signals-syntax.ts'
import type { Signals } from '../sign-in/signals.ts'

/** Simulated signals, as every way of giving them is checked (product: four ways). */
export const signals = v.pipe(
  v.unknown(),
  v.rawTransform<unknown, Signals>(({ dataset, addIssue, NEVER }) => {
    try {
      return parseSignals(dataset.value)
    } catch (error) {
      if (!(error instanceof BadSignals)) throw error
      addIssue({ message: `is not right: ${error.message}` })

      return NEVER
    }
  }),
)
