import * as v from 'valibot'
import { BadSignals, parseSignals } from '../sign-in/signals-syntax.ts'
import type { Signals } from '../sign-in/signals.ts'

/** Where signals begin in a schema: what the description knows them by. */
export const unchecked = v.unknown()

/** Simulated signals, as every way of giving them is checked (product: four ways). */
export const signals = v.pipe(
  unchecked,
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

const risk = { enum: ['low', 'medium', 'high', 'none'] }

/** The same in JSON Schema, for whoever reads about it: a function checks them, and no function can be written down. */
export const signalsForReaders = {
  type: 'object',
  properties: {
    ipAddress: { type: 'string' },
    country: { type: 'string' },
    gpsCountry: { type: 'string' },
    platform: { enum: ['windows', 'macOS', 'linux', 'iOS', 'android', 'windowsPhone'] },
    device: { type: ['string', 'object', 'null'] },
    clientAppType: { enum: ['browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'] },
    signInRiskLevel: risk,
    userRiskLevel: risk,
    servicePrincipalRiskLevel: risk,
    insiderRiskLevel: { enum: ['minor', 'moderate', 'elevated', 'none'] },
    insideCorporateNetwork: { type: 'boolean' },
    compliantNetwork: { type: 'boolean' },
    mfaAtHome: { type: 'boolean' },
    transferMethod: { enum: ['authenticationTransfer', 'none'] },
  },
  additionalProperties: false,
} as const
