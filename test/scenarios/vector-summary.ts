import { expect } from 'vitest'
import type { Vector } from '../policy/stage-vector.ts'
import type { TokenBody } from '../support/mock.ts'
import type { Page } from '../support/visitor.ts'
import { resultsIn } from './telling.ts'
import type { LogEntry } from './telling.ts'

/** What the user, or the application, is shown in the end; what is asked for, where the answer tells. */
export type Shown = { readonly page: Page | null; readonly tokens: TokenBody | null; readonly challenge?: string }

/** What came of a sign-in, as it was shown and as the log has it, in the words of an expectation. */
export function summary(vector: Vector, { page, tokens, challenge: said }: Shown, row: LogEntry | undefined): Vector['expect'] {
  const isGranted = page ? 'code' in page.answer : tokens?.access_token !== undefined
  const told = codeTold(page, tokens)
  const code = isGranted ? null : (row?.status.errorCode ?? told ?? problemOn(page) ?? (firstPages.has(page?.step ?? '') ? nobodySignedIn : null))
  // What the answer says and what the log says are one number.
  if (told !== null && row) expect(told, 'the number in the answer is the one in the log').toBe(row.status.errorCode)
  const isAsked = page !== null && page.step !== null && code !== wrongPassword && code !== unknownUser
  const isBlocked = row?.conditionalAccessStatus === 'failure' || code === blockedBySecurityDefaults
  const outcome = isGranted ? 'granted' : isAsked || interruptions.has(code ?? 0) ? 'interrupted' : isBlocked ? 'blocked' : 'failed'
  // At the token endpoint the number is all that tells what is missing.
  const challenge = outcome === 'interrupted' ? (said ?? askedOn(page, code) ?? vector.expect.challenge) : undefined

  return {
    outcome,
    ...(challenge === undefined ? {} : { challenge }),
    error: code,
    policyResults: Object.fromEntries(Object.entries(resultsIn(row)).filter(([name]) => vector.policies?.some(({ id }) => id === name))),
    conditionalAccessStatus: row?.conditionalAccessStatus ?? 'notApplied',
  }
}

/** Where a sign-in begins from the start: nothing is judged yet, and no row is written. */
const firstPages = new Set(['user-name', 'pick-account', 'password'])
const unknownUser = 50034
const nobodySignedIn = 50058
const wrongPassword = 50126
const blockedBySecurityDefaults = 530035
const interruptions = new Set([50072, 50074, 50076, 50078, 50079, 50131, 50135, 50158, 70043, 70044])

function askedOn(page: Page | null, code: number | null): string | undefined {
  const { step = null } = page ?? {}
  if (step === 'external-challenge' && code === 50158) return 'custom'
  if (step === 'register' && page?.root.querySelector('main form button[name=skip]')) return 'registerSkippable'

  return challenges[step ?? '']
}

const challenges: Readonly<Record<string, string>> = {
  'user-name': 'reauthenticate',
  'password': 'reauthenticate',
  'pick-account': 'reauthenticate',
  'one-time-code': 'mfa',
  'register': 'register',
  'change-password': 'passwordChange',
  'terms-of-use': 'termsOfUse',
  'external-challenge': 'federatedMfa',
}

/** The number that a page gives beside what it asks again. */
function problemOn(page: Page | null): number | null {
  const said = page?.root.querySelector('#problem small')?.text.match(/\d+/)?.[0]

  return said === undefined ? null : Number(said)
}

function codeTold(page: Page | null, tokens: TokenBody | null): number | null {
  if (page?.step) return null
  const [code] = tokens?.error_codes ?? []

  const said = /AADSTS(\d+)/.exec(page?.answer.error_description ?? page?.text ?? '')?.[1]

  return code ?? (said === undefined ? null : Number(said))
}
