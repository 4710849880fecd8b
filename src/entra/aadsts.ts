import type { Refusal } from '../sign-in/refusal.ts'
import { aadstsCode } from './aadsts-codes.ts'
import type { AadstsCode } from './aadsts-codes.ts'
import { aadstsTexts } from './aadsts-texts.ts'
import { capolidsClaims } from './claims-request.ts'

/** Where a refusal is about to be said, and to what request it is the answer. */
export type RefusalContext = {
  /**
   * `token`: the token, device code or another JSON endpoint. `redirect`: back to the application. `page`: to the person.
   * `discovery`: a metadata document.
   */
  readonly surface: 'token' | 'redirect' | 'page' | 'discovery'
  /** `v1` endpoints say `interaction_required` where v2 ones say `invalid_grant`. Absent = v2. */
  readonly version?: 'v1' | 'v2'
  /** The grant as the client wrote it. */
  readonly grant?: string
  /** Origin that `error_uri` points at. */
  readonly base: string
  /** Of the request; also the `x-ms-request-id` header and the id of the log's row. */
  readonly traceId: string
  /** The client's `client-request-id`, or one made up. */
  readonly correlationId: string
  /** Milliseconds. */
  readonly now: number
  /** What the text may name, where the refusal does not say: `app` and `resource` by id, `appName`, `user`, `tenant` … */
  readonly values?: Refusal['values']
}

/** A refusal in Entra's words, ready for any surface. */
export type RefusalWords = {
  readonly code: number
  readonly status: number
  readonly error: string
  readonly suberror?: string
  /** The text alone. */
  readonly message: string
  /** `AADSTSnnnnn: … Trace ID: … Correlation ID: … Timestamp: …` */
  readonly description: string
  /** JSON that an application passes on as `claims`, so that the policies which refused are asked again. */
  readonly claims?: string
  readonly errorUri?: string
  readonly timestamp: string
  readonly traceId: string
  readonly correlationId: string
}

/** Puts a refusal into Entra's words: which ones is for the table of codes to say, by surface (reference 8.1, 8.2). */
export function describeRefusal(refusal: Refusal, context: RefusalContext): RefusalWords {
  const row = aadstsCode(codeAt(refusal, context))
  const pair = pairOf(row, refusal, context)
  const message = fill(aadstsTexts[row.code] ?? row.summary, { ...context.values, ...refusal.values })
  const timestamp = wireTimestamp(context.now)
  const claims = frequencyCodes.has(row.code) ? undefined : capolidsClaims(refusal.policyIds ?? [])

  return {
    code: row.code,
    status: row.http !== null && row.http >= 400 ? row.http : 400,
    error: pair.error,
    ...(pair.suberror === null ? {} : { suberror: pair.suberror }),
    message,
    description: `AADSTS${row.code}: ${message} Trace ID: ${context.traceId} Correlation ID: ${context.correlationId} Timestamp: ${timestamp}`,
    ...(claims === undefined ? {} : { claims }),
    ...(codesWithoutPage.has(row.code) ? {} : { errorUri: `${context.base}/error?code=${row.code}` }),
    timestamp,
    traceId: context.traceId,
    correlationId: context.correlationId,
  }
}

/** The body of every error that is answered in JSON. Of the optional members, those that apply (reference 8.1). */
export function tokenErrorBody(words: RefusalWords): Record<string, unknown> {
  return {
    error: words.error,
    error_description: words.description,
    error_codes: [words.code],
    timestamp: words.timestamp,
    trace_id: words.traceId,
    correlation_id: words.correlationId,
    ...(words.errorUri === undefined ? {} : { error_uri: words.errorUri }),
    ...(words.suberror === undefined ? {} : { suberror: words.suberror }),
    ...(words.claims === undefined ? {} : { claims: words.claims }),
  }
}

/** What the redirect back to the application carries (reference, wire 4.3). A state that was sent always comes back. */
export function redirectError(words: RefusalWords, state?: string): Record<string, string> {
  return {
    error: words.error,
    error_description: words.description,
    ...(words.errorUri === undefined ? {} : { error_uri: words.errorUri }),
    ...(words.suberror === undefined ? {} : { suberror: words.suberror }),
    ...(words.claims === undefined ? {} : { claims: words.claims }),
    ...(words.code === declinedConsent ? { error_subcode: 'cancel' } : {}),
    ...(state === undefined ? {} : { state }),
  }
}

/** Headers of every answer in JSON, good or bad. HSTS is left out: it would pin every port of localhost. */
export function jsonHeaders(traceId: string): Record<string, string> {
  return { 'cache-control': 'no-store, no-cache', 'pragma': 'no-cache', 'expires': '-1', 'x-content-type-options': 'nosniff', 'x-ms-request-id': traceId }
}

/** `2026-11-23 02:43:29Z`: no milliseconds, a blank, a literal Z. */
export function wireTimestamp(now: number): string {
  return new Date(now).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z')
}

const declinedConsent = 65004
/** The look-up page does not know these (captured answers without `error_uri`). */
const codesWithoutPage: ReadonlySet<number> = new Set([70003, 700038])
/** Sign-in frequency names no policies: nothing is asked again, the user just signs in. */
const frequencyCodes: ReadonlySet<number> = new Set([70043, 70044])
const emptyGuid = '00000000-0000-0000-0000-000000000000'

/** A frequency that ran out has one code for a refresh token and one for a session; an empty client id has its own. */
function codeAt({ code, values }: Refusal, { surface, values: known }: RefusalContext): number {
  if (code === 70043 && surface === 'redirect') return 70044
  if (code === 700016 && (values?.app ?? known?.app) === emptyGuid) return 700038

  return code
}

type Pair = { readonly error: string; readonly suberror: string | null }

/** The exceptions first, by code and situation, as the table's variants give them; then the table (reference 8.2, 8.3). */
function pairOf(row: AadstsCode, refusal: Refusal, context: RefusalContext): Pair {
  const { surface, version = 'v2' } = context
  if (surface === 'redirect') return { error: redirectWord(row), suberror: row.suberror }
  if (row.code === 70018) return { error: 'bad_verification_code', suberror: null }
  if (row.code === declinedConsent && isDeviceGrant(context.grant)) return { error: 'authorization_declined', suberror: null }
  if (surface === 'discovery' && row.code === 90002) return { error: 'invalid_tenant', suberror: null }
  if (row.code === 70044) return { error: 'invalid_grant', suberror: 'token_expired' }
  if (isBadRefreshToken(row, refusal, context)) return { error: 'invalid_grant', suberror: 'bad_token' }
  if (version === 'v1' && row.errorV1Endpoint) return { error: row.errorV1Endpoint, suberror: row.suberror }
  if (row.error !== null) return { error: row.error, suberror: row.suberror }

  // An interrupt that no page can show is settled by asking again where one can.
  return row.surface.includes('interrupt') ? { error: 'invalid_grant', suberror: 'basic_action' } : { error: 'invalid_request', suberror: null }
}

/** On the redirect, whatever a sign-in could settle is `interaction_required`; consent has its own word. */
function redirectWord(row: AadstsCode): string {
  if (row.code === 65001) return 'consent_required'
  if (row.error === null) return row.surface.includes('interrupt') || row.code >= 53000 && row.code < 54000 ? 'interaction_required' : 'invalid_request'

  return row.error === 'invalid_grant' ? 'interaction_required' : row.error
}

/** A device that polls hears words of its own (reference, wire 6). */
function isDeviceGrant(grant: string | undefined): boolean {
  return grant === 'device_code' || grant === 'urn:ietf:params:oauth:grant-type:device_code'
}

/** A refresh token that nobody can read, or whose user is gone. */
function isBadRefreshToken({ code }: AadstsCode, { values }: Refusal, { grant }: RefusalContext): boolean {
  if (grant !== 'refresh_token') return false

  return code === 50034 || (code === 9002313 && values?.parameter === 'refresh_token')
}

function fill(text: string, values: Readonly<Record<string, string | number | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (_placeholder, name: string) => String(values[name] ?? unsaid[name] ?? 'unknown').slice(0, longestValue))
}

/** A text goes into redirects and pages: whatever a stranger sent is cut short. */
const longestValue = 500

/** Names of people are kept out of texts that cannot say them; an "every time" frequency has no seconds. */
const unsaid: Readonly<Record<string, string>> = { user: '{EUII Hidden}', seconds: '0' }
