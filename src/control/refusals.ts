import { ClockRefused } from '../clock/clock.ts'
import { BadSignals } from '../sign-in/signals-syntax.ts'

/** A refusal as the caller reads it. */
export type Said = { readonly status: number; readonly code: string; readonly message: string }

/**
 * Whatever was thrown, as the control envelope says it: a refusal of any room keeps its words; a mistake of ours tells
 * nothing but that it was one.
 */
export function refusalOf(error: unknown): Said {
  if (error instanceof ClockRefused) return { status: 400, code: clockCodes[error.code], message: error.message }
  if (error instanceof BadSignals) return { status: 400, code: 'invalid_body', message: error.message }
  if (isRefusal(error)) return { status: error.status, code: error.code, message: error.message }

  return { status: 500, code: 'server_error', message: 'Something went wrong here. It is not your request; the log of the server says more.' }
}

const clockCodes: Readonly<Record<ClockRefused['code'], string>> = {
  clockGoesForwardOnly: 'clock_goes_forward_only',
  notAnInstant: 'not_an_instant',
  notADuration: 'not_a_duration',
}

/** The shape that every room's refusals share: a stable code and a status that blames the caller. */
function isRefusal(error: unknown): error is Error & { readonly status: number; readonly code: string } {
  if (!(error instanceof Error)) return false
  const { status, code } = error as { status?: unknown; code?: unknown }

  return typeof code === 'string' && typeof status === 'number' && status >= 400 && status < 500
}
