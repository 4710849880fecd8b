import { unchecked } from './own-tokens.ts'

/** What the token endpoint must know to dress the library's answer as Entra's (wire 5.3). */
export type ResponseFacts = {
  /** The grant, as the library knows it. */
  readonly grant: string
  readonly version?: 'v1' | 'v2'
  /** `clientInfoOf(user, tenantId)`, where the client asked with `client_info=1`; never for an application alone. */
  readonly clientInfo?: string | undefined
  /** API scopes as granted, in the requested spelling; absent = what the library says. */
  readonly scopes?: readonly string[] | undefined
  /** Single-page apps are told how long their refresh token has left. */
  readonly refreshTokenExpiresIn?: number | undefined
  /** v1: what the token was asked for, and now in milliseconds. */
  readonly resource?: string | undefined
  readonly now?: number
}

type Body = Readonly<Record<string, unknown>>

/** Tokens longer than two hours are renewed in the background from half-time on. */
const longLived = 2 * 60 * 60

/** The token response, as Entra gives it. An application alone gets a token and nothing about it (wire C46); v1 repeats what the token says. */
export function tokenResponse(body: Body, facts: ResponseFacts): Record<string, unknown> {
  const expiresIn = Number(body.expires_in)
  const isV1 = facts.version === 'v1'
  const said = isV1 ? unchecked(String(body.access_token)) : {}
  const lifetime = isV1 ? v1Lifetime(expiresIn, facts, facts.resource ?? String(said.aud)) : { expires_in: expiresIn, ext_expires_in: expiresIn }
  if (facts.grant === 'client_credentials') return { token_type: 'Bearer', ...lifetime, ...refreshIn(expiresIn, isV1), access_token: body.access_token }

  return {
    token_type: 'Bearer',
    scope: isV1 ? String(said.scp ?? '') : scopeOf(body, facts),
    ...lifetime,
    ...refreshIn(expiresIn, isV1),
    access_token: body.access_token,
    ...(body.refresh_token === undefined ? {} : { refresh_token: body.refresh_token }),
    ...(body.refresh_token === undefined || facts.refreshTokenExpiresIn === undefined ? {} : { refresh_token_expires_in: facts.refreshTokenExpiresIn }),
    ...(body.id_token === undefined ? {} : { id_token: body.id_token }),
    ...(facts.clientInfo === undefined ? {} : { client_info: facts.clientInfo }),
  }
}

/** Names and address come with every sign-in; `offline_access` is the refresh token, and not repeated. */
function scopeOf(body: Body, { scopes }: ResponseFacts): string {
  const said = typeof body.scope === 'string' ? body.scope.split(' ') : []
  const granted = (scopes ?? said).filter((scope) => scope !== '' && scope !== 'offline_access')
  const openId = body.id_token === undefined ? [] : ['profile', 'openid', 'email']

  return [...new Set([...granted.filter((scope) => !openId.includes(scope)), ...openId])].join(' ')
}

function refreshIn(expiresIn: number, isV1: boolean): { refresh_in?: number | string } {
  const half = Math.floor(expiresIn / 2)
  if (expiresIn <= longLived) return {}

  return { refresh_in: isV1 ? String(half) : half }
}

/** v1 counts in text. */
function v1Lifetime(expiresIn: number, { now = 0 }: ResponseFacts, resource: string): Record<string, string> {
  const seconds = Math.floor(now / 1000)

  return {
    expires_in: String(expiresIn),
    ext_expires_in: String(expiresIn),
    expires_on: String(seconds + expiresIn),
    not_before: String(seconds - 300),
    resource,
  }
}
