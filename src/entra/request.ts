import type { Refusal } from '../sign-in/refusal.ts'
import { normalizeClaims } from './normalize-claims.ts'
import { normalizeChallenge } from './normalize-challenge.ts'
import { readLoginHint } from './login-hint.ts'
import { openIdScopes } from './scopes.ts'

/** Parameters as they arrive: one sent twice is a list. */
export type RawParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request as the library takes it. */
export type NormalizedRequest = {
  readonly params: Readonly<Record<string, string>>
  /** What was changed, in words for a developer. */
  readonly notes: readonly string[]
  /** Why it cannot be taken. The parameters are then such that the library gets as far as knowing where to send the answer. */
  readonly refusal?: Refusal
}

export type RequestOptions = { readonly version?: 'v1' | 'v2' }

/**
 * Parameters of our own that an authorize request carries through the library and its interactions. A client that
 * sends one of them is not heard.
 */
export const hiddenParameters = ['x_offline', 'x_claims', 'x_max_age', 'x_response_type', 'x_refusal', 'x_for_everybody', 'x_admin_answer', 'x_version'] as const

/** The library's name of a response mode: its own modes know nothing of `session_state`, `client_info` and AADSTS codes. */
export const responseModes = { query: 'entra.query', fragment: 'entra.fragment', form_post: 'entra.form_post' } as const

/** What an authorize request may say; everything else is ignored, as Entra does (wire 4.1). */
const authorizeParameters = [
  'client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'response_mode', 'nonce', 'code_challenge', 'code_challenge_method',
  'prompt', 'login_hint', 'username', 'domain_hint', 'sid', 'claims', 'max_age', 'id_token_hint', 'client_info', 'resource', 'instance_aware', 'ear_jwk',
]

/** An authorize request as Entra takes it, turned into one that the library takes (wire 4). */
export function normalizeAuthorize(query: RawParameters, { version = 'v2' }: RequestOptions = {}): NormalizedRequest {
  const { params: asked, refusal: duplicated } = singleValues(query, authorizeParameters)
  const { resource, username, ear_jwk: earKey, claims, max_age: maxAge, prompt, response_mode: mode, scope, response_type: type, ...plain } = asked
  const response = responseOf(type, mode, earKey)
  const wanted = targetOf(scope, resource, version)
  const words = wanted.scope.split(' ').filter((word) => word !== '')
  const isOpenId = words.includes('openid') || response.needsOpenId
  const prompted = promptOf(prompt)
  const claimed = normalizeClaims(claims)
  const challenge = normalizeChallenge(plain.code_challenge, plain.code_challenge_method)
  const age = maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? maxAge : undefined
  const hint = plain.login_hint ?? username
  const refusal = duplicated ?? response.refusal ?? wanted.refusal ?? prompted.refusal ?? claimed.refusal ?? challenge.refusal
  const scopes = response.needsOpenId && !words.includes('openid') ? ['openid', ...words] : words
  const nonce = isOpenId ? (plain.nonce ?? (response.needsOpenId ? 'none' : undefined)) : undefined

  return {
    params: given({
      ...plain,
      response_type: response.type,
      response_mode: response.mode,
      scope: scopes.join(' '),
      nonce,
      id_token_hint: isOpenId ? plain.id_token_hint : undefined,
      prompt: prompted.prompt,
      login_hint: hint === undefined ? undefined : (readLoginHint(hint)?.userPrincipalName ?? hint),
      code_challenge: challenge.challenge,
      code_challenge_method: challenge.challenge === undefined ? undefined : 'S256',
      // Without `openid` the library refuses these two; policy wants them all the same.
      claims: isOpenId ? claimed.claims : undefined,
      max_age: isOpenId ? age : undefined,
      x_claims: isOpenId ? undefined : claimed.claims,
      x_max_age: isOpenId ? undefined : age,
      x_offline: words.includes('offline_access') ? '1' : undefined,
      x_version: version === 'v1' ? version : undefined,
      x_for_everybody: prompted.isForOrganization ? '1' : undefined,
      x_response_type: response.type === response.asked ? undefined : response.asked,
      x_refusal: refusal ? JSON.stringify(refusal) : undefined,
    }),
    notes: [...response.notes, ...wanted.notes, ...prompted.notes, ...claimed.notes, ...challenge.notes],
    ...(refusal ? { refusal } : {}),
  }
}

const tokenParameters = [
  'grant_type', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token',
  'scope', 'device_code', 'username', 'password', 'assertion', 'requested_token_use', 'claims', 'client_info', 'resource',
]
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** A token request as Entra takes it, turned into one that the library takes (wire 5.1). */
export function normalizeToken(body: RawParameters, { version = 'v2' }: RequestOptions = {}): NormalizedRequest {
  const { params: asked, refusal: duplicated } = singleValues(body, tokenParameters)
  const { resource, code, scope, grant_type: grant, device_code: deviceCode, claims, ...plain } = asked
  const isDevice = grant === 'device_code' || grant === deviceGrant
  const isDaemon = grant === 'client_credentials'
  const claimed = normalizeClaims(claims)
  const wanted = isDaemon ? daemonScope(scope, resource, version) : { scope: userScope(scope, resource, version), refusal: undefined }
  const refusal = duplicated ?? wanted.refusal ?? claimed.refusal

  return {
    params: given({
      ...plain,
      grant_type: isDevice ? deviceGrant : grant,
      // MSAL Python sends the device code under both names.
      code: isDevice ? undefined : code,
      device_code: isDevice ? (deviceCode ?? code) : undefined,
      scope: wanted.scope,
      claims: claimed.claims,
    }),
    notes: grant === 'device_code' ? ['grant_type=device_code is the name that MSAL gives to the device code grant.'] : [],
    ...(refusal ? { refusal } : {}),
  }
}

const deviceParameters = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'scope', 'resource', 'claims']

/** A request for a device code as Entra takes it (wire 6). */
export function normalizeDeviceCode(form: RawParameters, { version = 'v2' }: RequestOptions = {}): NormalizedRequest {
  const { params: asked, refusal: duplicated } = singleValues(form, deviceParameters)
  const { scope, resource, claims, ...plain } = asked
  const wanted = targetOf(scope, resource, version)
  const words = wanted.scope.split(' ')
  const claimed = normalizeClaims(claims)
  const refusal = duplicated ?? wanted.refusal ?? claimed.refusal

  return {
    params: given({
      ...plain,
      scope: wanted.scope,
      claims: words.includes('openid') ? claimed.claims : undefined,
      x_claims: words.includes('openid') ? undefined : claimed.claims,
      x_offline: words.includes('offline_access') ? '1' : undefined,
    }),
    notes: [...wanted.notes, ...claimed.notes],
    ...(refusal ? { refusal } : {}),
  }
}

/** The known parameters, each once. The same value twice is no harm, two values are; empty counts as absent. */
function singleValues(raw: RawParameters, known: readonly string[]): { params: Readonly<Record<string, string | undefined>>; refusal?: Refusal } {
  const params: Record<string, string> = {}
  let refusal: Refusal | undefined
  for (const name of known) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined
    const values = [...new Set([value].flat().filter((one) => one !== undefined && one !== ''))] as string[]
    if (values[0] !== undefined) params[name] = values[0]
    if (values.length > 1) refusal ??= { code: 90004, values: { reason: `the parameter '${name}' is given twice`, parameter: name } }
  }

  return refusal ? { params, refusal } : { params }
}

type Response = {
  readonly type: string | undefined
  /** What the client asked for, words in the library's order. */
  readonly asked: string | undefined
  readonly mode: string
  /** The client did not ask for the ID token that the library insists on. */
  readonly needsOpenId: boolean
  readonly notes: readonly string[]
  readonly refusal?: Refusal
}

/**
 * Response type and mode. The library gives no access token from the authorize endpoint without an ID token beside
 * it: it is asked for one, and the response mode leaves it out. EAR falls back to a code, which MSAL expects.
 */
function responseOf(type: string | undefined, mode: string | undefined, earKey: string | undefined): Response {
  const isEar = earKey !== undefined || (type?.split(' ').includes('refresh_token') ?? false)
  const asked = isEar ? 'code' : type && [...new Set(type.split(' ').filter((word) => word !== ''))].toSorted().join(' ')
  const needsOpenId = asked === 'token' || asked === 'code token'
  const isFront = asked !== undefined && /token/.test(asked)
  const usual = isFront ? 'fragment' : 'query'
  const chosen = mode === undefined ? usual : isResponseMode(mode) && !(mode === 'query' && isFront) ? mode : null

  return {
    type: asked === 'token' ? 'id_token token' : asked === 'code token' ? 'code id_token token' : asked,
    asked,
    mode: responseModes[chosen ?? usual],
    needsOpenId,
    notes: isEar ? ['An encrypted authorize response is answered with a code instead.'] : [],
    ...(chosen === null ? { refusal: { code: 70007, values: { responseMode: mode ?? '' } } } : {}),
  }
}

function isResponseMode(mode: string): mode is keyof typeof responseModes {
  return Object.hasOwn(responseModes, mode)
}

type Target = { readonly scope: string; readonly notes: readonly string[]; readonly refusal?: Refusal }

/** v2 has scopes, v1 has a resource and gives everything that was consented to there. */
function targetOf(scope: string | undefined, resource: string | undefined, version: 'v1' | 'v2'): Target {
  if (version === 'v1') return { scope: userScope(scope ?? 'openid', resource, version) ?? '', notes: [] }
  if (scope === undefined) return { scope: '', notes: [], refusal: { code: 900144, values: { parameter: 'scope' } } }
  if (resource === undefined) return { scope, notes: [] }

  const prefix = `${resource.replace(/\/+$/, '')}/`
  return scope.split(' ').some((word) => word.startsWith(prefix))
    ? { scope, notes: ['The resource parameter says what the scopes say already.'] }
    : { scope, notes: [], refusal: { code: 901002 } }
}

function userScope(scope: string | undefined, resource: string | undefined, version: 'v1' | 'v2'): string | undefined {
  if (version === 'v2' || (scope === undefined && resource === undefined)) return scope
  const asked = (scope ?? '').split(' ').filter(isOpenIdWord)

  return [...new Set(['openid', 'profile', 'offline_access', ...asked, ...(resource === undefined ? [] : [defaultOf(resource)])])].join(' ')
}

/** A daemon asks for one resource's `.default`; the OpenID scopes that MSAL Go adds mean nothing (wire F19). */
function daemonScope(scope: string | undefined, resource: string | undefined, version: 'v1' | 'v2'): { scope?: string | undefined; refusal?: Refusal | undefined } {
  if (version === 'v1') return resource === undefined ? { refusal: { code: 900144, values: { parameter: 'resource' } } } : { scope: defaultOf(resource) }
  if (scope === undefined) return { refusal: { code: 900144, values: { parameter: 'scope' } } }

  const words = [...new Set(scope.split(' ').filter((word) => word !== '' && !isOpenIdWord(word)))]
  if (words.length > 1 && words.every((word) => word.endsWith('/.default'))) return { scope, refusal: { code: 28000, values: { scope } } }

  return words.length === 1 && words[0]?.endsWith('/.default') ? { scope: words[0] } : { scope, refusal: { code: 70011, values: { scope } } }
}

function defaultOf(resource: string): string {
  return `${resource.replace(/\/+$/, '')}/.default`
}

function isOpenIdWord(word: string): boolean {
  return (openIdScopes as readonly string[]).includes(word)
}

/** The prompts there are; `create` has no sign-up to go to, and asks for a sign-in from the start. */
const prompts: Readonly<Record<string, string | null>> = {
  none: 'none', login: 'login', select_account: 'select_account', consent: 'consent', admin_consent: 'consent', create: 'login', no_session: null,
}

function promptOf(prompt: string | undefined): { readonly prompt?: string | undefined; readonly isForOrganization?: boolean; readonly notes: readonly string[]; readonly refusal?: Refusal } {
  const words = (prompt ?? '').split(' ').filter((word) => word !== '')
  const unknown = words.find((word) => !Object.hasOwn(prompts, word))
  if (unknown !== undefined) return { notes: [], refusal: { code: 90023, values: { reason: `'${unknown}' is not a supported value of 'prompt'` } } }
  if (words.includes('none') && words.length > 1) return { prompt: 'none', notes: [], refusal: { code: 90023, values: { reason: "the prompt 'none' goes with no other" } } }

  const meant = [...new Set(words.flatMap((word) => prompts[word] ?? []))]
  return { prompt: meant.join(' '), isForOrganization: words.includes('admin_consent'), notes: words.includes('create') ? ['There is no sign-up here: prompt=create asks for a sign-in.'] : [] }
}

function given(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value]])))
}
