import table from './aadsts-codes.json' with { type: 'json' }

/** What is known of one AADSTS code: the words that go with it on the wire, and where it may appear (reference 8). */
export type AadstsCode = {
  readonly code: number
  readonly name: string | null
  /** OAuth's `error` at the v2 token endpoint, or on the redirect where that is its only surface. */
  readonly error: string | null
  /** Where the v1 endpoint differs. */
  readonly errorV1Endpoint?: string
  readonly suberror: string | null
  readonly http: number | null
  readonly surface: readonly Surface[]
  /** In our own words. */
  readonly summary: string
}

/** `interrupt`: a page of the sign-in takes care of it, and no application hears of it. */
export type Surface = 'page' | 'redirect' | 'token' | 'interrupt'

const reported: readonly AadstsCode[] = [
  ...(table.codes as readonly AadstsCode[]),

  // Named by the wire reference (5.1, 5.2, 5.4) or met in the field, and not in the table.
  more(28000, 'invalid_scope', 'One token cannot be for several resources.'),
  more(500112, 'invalid_grant', 'The redirect URI of the redemption differs from that of the authorize request.'),
  more(500131, 'invalid_grant', 'The assertion was issued for another application.'),
  more(501051, 'invalid_grant', 'The application has no role at an API that only those with a role may use.'),
  more(700051, 'unsupported_response_type', "The response type 'token' is not enabled for the application."),
  more(700211, 'invalid_client', 'No federated credential matches the issuer of the assertion.', 401),
  more(700212, 'invalid_client', 'No federated credential matches the audience of the assertion.', 401),
  more(700213, 'invalid_client', 'No federated credential matches the subject of the assertion.', 401),
  more(9002325, 'invalid_request', 'Single-page applications must use PKCE.'),
  more(9002326, 'invalid_request', 'Only single-page applications may redeem from another origin.'),
  more(9002327, 'invalid_request', 'What was issued to a single-page application is redeemed from its origin only.'),
]

const byCode = new Map(reported.map((row) => [row.code, row]))

/** The row of a code; one that nobody wrote down counts as a malformed request. */
export function aadstsCode(code: number): AadstsCode {
  return byCode.get(code) ?? more(code, 'invalid_request', 'The request cannot be answered.')
}

export const isAadstsCode = (code: number): boolean => byCode.has(code)

/** Every code there is, for a test that goes through them all. */
export const aadstsCodes = reported

function more(code: number, error: string, summary: string, http = 400): AadstsCode {
  return { code, name: null, error, suberror: null, http, surface: ['token'], summary }
}
