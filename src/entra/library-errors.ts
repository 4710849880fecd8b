import type { Refusal } from '../sign-in/refusal.ts'
import { libraryMessages } from './library-messages.ts'
import type { Meaning } from './library-messages.ts'

/** An error as the library raises it: `error_detail` says more than the description, and is never sent to a client. */
export type LibraryError = {
  readonly error?: string
  readonly message?: string
  readonly error_description?: string
  readonly error_detail?: string
  readonly status?: number
}

/** The request that the library refused. */
export type LibraryErrorContext = {
  /** What was asked, as the client spelled it. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Whether the request had an `Authorization` header. */
  readonly hasAuthorization?: boolean
  /** Further values for the texts: `tenant`, `appName` … */
  readonly values?: Refusal['values']
}

/**
 * The refusal behind an error of the library's own making. Its words are few ("grant request is invalid"), so the
 * message inside decides; a message nobody knows counts by its OAuth word.
 */
export function aadstsOfLibraryError(error: LibraryError, context: LibraryErrorContext = {}): Refusal {
  const texts = [error.error_description, error.error_detail].filter((text) => text !== undefined)
  const known = texts.map((text) => meaningOf(text)).find((found) => found !== null)
  const { meaning, wildcards } = known ?? { meaning: wordMeaning(error, context), wildcards: [] }
  const refusal = typeof meaning === 'function' ? meaning({ ...context, params: context.params ?? {} }, wildcards) : { code: meaning }

  return {
    ...refusal,
    values: { ...valuesIn(context.params ?? {}), reason: texts.at(-1) ?? error.error ?? 'unknown', ...context.values, ...refusal.values },
  }
}

/** What the table says of a message of the library; null = it is not in there. */
export function meaningOf(text: string): { readonly meaning: Meaning; readonly wildcards: readonly string[] } | null {
  const exact = libraryMessages[text]
  if (exact !== undefined) return { meaning: exact, wildcards: [] }

  // What a stranger sent may be part of it: a long text is nobody's message, and matching it costs.
  if (text.length > 1000) return null
  for (const { pattern, meaning } of patterns) {
    const match = pattern.exec(text)
    if (match) return { meaning, wildcards: match.slice(1) }
  }

  return null
}

const patterns = Object.entries(libraryMessages)
  .filter(([message]) => message.includes('…'))
  .map(([message, meaning]) => ({ meaning, pattern: new RegExp(`^${message.split('…').map((part) => escaped(part)).join('(.*)')}$`, 's') }))

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** By OAuth's word alone, for messages of other makers (a JOSE library, a parser) and those an upgrade brought. */
function wordMeaning({ error, message, status }: LibraryError, { params = {} }: LibraryErrorContext): Meaning {
  const word = error ?? message ?? ''
  if (word === 'invalid_client' && typeof params.client_assertion === 'string') return 700027
  const code = codesByWord[word]

  return code ?? ((status ?? 400) >= 500 ? 50000 : 9002313)
}

const codesByWord: Readonly<Record<string, number>> = {
  access_denied: 65004,
  account_selection_required: 16000,
  authorization_pending: 70016,
  consent_required: 65001,
  expired_token: 70019,
  insufficient_scope: 65001,
  interaction_required: 50058,
  invalid_client: 70002,
  invalid_grant: 70000,
  invalid_redirect_uri: 50011,
  invalid_request: 9002313,
  invalid_scope: 70011,
  invalid_target: 500011,
  invalid_token: 50027,
  login_required: 50058,
  registration_not_supported: 90010,
  request_not_supported: 90010,
  request_uri_not_supported: 90010,
  server_error: 50000,
  // A client told to slow down gives up (reference, wire F15): it may go on polling.
  slow_down: 70016,
  temporarily_unavailable: 90033,
  unauthorized_client: 70001,
  unsupported_grant_type: 70003,
  unsupported_response_mode: 70007,
  unsupported_response_type: 70005,
}

/** Parameters that texts name. None of them is a secret. */
function valuesIn(params: Readonly<Record<string, unknown>>): Record<string, string> {
  const named = { app: 'client_id', redirectUri: 'redirect_uri', scope: 'scope', grantType: 'grant_type', responseType: 'response_type', responseMode: 'response_mode', resource: 'resource' }

  return Object.fromEntries(Object.entries(named).flatMap(([name, parameter]) => {
    const value = params[parameter]

    return typeof value === 'string' && value !== '' ? [[name, value]] : []
  }))
}
