import { createHash } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { expect } from 'vitest'
import type { Page, Visitor } from '../support/visitor.ts'
import type { RelyingParty } from './op.ts'

/** An authorize request: parameters, `null` to leave one out that is otherwise sent. */
export type Asked = Readonly<Record<string, string | null>>

/** What came of it. */
export type Outcome = {
  readonly page: Page
  readonly request: Readonly<Record<string, string>>
  /** Whether Alice was shown a page on the way. */
  readonly isAsked: boolean
}

export type Tokens = {
  readonly response: oauth.TokenEndpointResponse
  readonly idToken: string
  readonly claims: oauth.IDToken
}

export const alice = 'alice@contoso.example'

export function authorizeUrl(rp: RelyingParty, asked: Asked = {}): { url: string; request: Record<string, string> } {
  const request = Object.fromEntries(Object.entries({
    client_id: rp.client.client_id,
    response_type: 'code',
    redirect_uri: rp.redirectUri,
    scope: 'openid',
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    ...asked,
  }).filter((entry): entry is [string, string] => entry[1] !== null))

  return { url: `${rp.op.as.authorization_endpoint}?${new URLSearchParams(request)}`, request }
}

/** Goes to the authorize endpoint; Alice signs in where a page asks her to. */
export async function authorize(rp: RelyingParty, browser: Visitor, asked: Asked = {}): Promise<Outcome> {
  const { url, request } = authorizeUrl(rp, asked)
  await browser.open(url)

  return answerPages(browser, request)
}

export async function answerPages(browser: Visitor, request: Readonly<Record<string, string>>): Promise<Outcome> {
  const isAsked = browser.page.step !== null
  if (isAsked) await browser.signIn(alice)
  if (browser.page.step === 'consent') await browser.submit({})

  return { page: browser.page, request, isAsked }
}

/**
 * What the application hears: in the query, or in a form that is posted to it. Wherever it is, the library checks `state`
 * and `iss`, and an error is thrown.
 */
export function answerOf(rp: RelyingParty, { page, request }: Outcome): URLSearchParams {
  if (request.response_mode === 'form_post') {
    const form = page.root.querySelector('main form')
    expect(page.status).toBe(200)
    expect(form?.getAttribute('action')).toBe(rp.redirectUri)
    expect(form?.getAttribute('method')).toBe('post')
    expect(form?.querySelector('button[type=submit]'), 'a form that submits itself has a button').not.toBeNull()
  } else {
    expect(page.url.startsWith(`${rp.redirectUri}?`), `${page.url} ${page.text}`).toBe(true)
  }

  return oauth.validateAuthResponse(rp.op.as, rp.client, new URLSearchParams({ ...page.answer }), request.state ?? oauth.expectNoState)
}

/** The error an application hears, after the checks that every error response has to pass. */
export function errorOf(rp: RelyingParty, outcome: Outcome): string {
  try {
    answerOf(rp, outcome)
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) throw error
    const { state, error_description: description = '' } = outcome.page.answer
    expect(state).toBe(outcome.request.state)
    expect(outcome.page.answer).not.toHaveProperty('code')
    expect(description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/)
    expect(Object.keys(outcome.page.answer).filter((name) => !['error', 'error_description', 'state', 'iss', 'scope'].includes(name))).toEqual([])

    return error.error
  }
  throw new Error(`No error came back, but ${outcome.page.url}`)
}

export async function redeem(rp: RelyingParty, answer: URLSearchParams, verifier?: string): Promise<Response> {
  return oauth.authorizationCodeGrantRequest(rp.op.as, rp.client, rp.auth, answer, rp.redirectUri, verifier ?? oauth.nopkce)
}

/** Redeems the code of a successful answer and checks the ID token that comes with it. */
export async function tokensOf(rp: RelyingParty, outcome: Outcome, { verifier }: { verifier?: string } = {}): Promise<Tokens> {
  const answer = answerOf(rp, outcome)
  expect(answer.get('code')?.length, 'a code that cannot be guessed').toBeGreaterThanOrEqual(22)
  const response = await redeem(rp, answer, verifier)
  expect(response.headers.get('cache-control')).toContain('no-store')
  const { nonce, max_age: maxAge } = outcome.request
  const tokens = await oauth.processAuthorizationCodeResponse(rp.op.as, rp.client, response, {
    requireIdToken: true,
    expectedNonce: nonce ?? oauth.expectNoNonce,
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
  })
  await oauth.validateApplicationLevelSignature(rp.op.as, response)
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  if (!claims || !tokens.id_token) throw new Error('No ID token came back.')
  checkIdToken(claims, tokens.access_token, outcome.request)

  return { response: tokens, idToken: tokens.id_token, claims }
}

const alwaysAllowed = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 'nbf', 'jti', 'sid']

function checkIdToken(claims: oauth.IDToken, accessToken: string, request: Readonly<Record<string, string>>): void {
  expect(claims.sub).toMatch(/^[\x21-\x7E]{1,255}$/)
  if (claims.at_hash !== undefined) expect(claims.at_hash).toBe(halfHash(accessToken))
  if (request.scope === 'openid') expect(Object.keys(claims).filter((name) => !alwaysAllowed.includes(name)), 'only what was asked for').toEqual([])
}

/** The left half of a hash, as `at_hash` carries it (OpenID Connect Core 3.1.3.6). */
export function halfHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url')
}

/** The endpoint's answer, of the same subject as the ID token. */
export async function userInfo(rp: RelyingParty, tokens: Tokens): Promise<oauth.UserInfoResponse> {
  const response = await oauth.userInfoRequest(rp.op.as, rp.client, tokens.response.access_token)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  const claims = await oauth.processUserInfoResponse(rp.op.as, rp.client, tokens.claims.sub, response)
  checkStandardClaims(claims)

  return claims
}

const texts = ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'email', 'phone_number']

function checkStandardClaims(claims: oauth.UserInfoResponse): void {
  for (const name of texts) if (name in claims) expect(claims[name], name).toMatch(/./)
  for (const name of ['email_verified', 'phone_number_verified']) if (name in claims) expect(claims[name], name).toBeTypeOf('boolean')
  if (claims.updated_at === undefined) return
  expect(claims.updated_at, 'the Web is younger').toBeGreaterThan(Date.UTC(1990, 0) / 1000)
  expect(claims.updated_at).toBeLessThanOrEqual(Date.now() / 1000 + 300)
}

/** A whole sign-in: ask, sign in, redeem, userinfo. */
export async function happyFlow(rp: RelyingParty, browser: Visitor, asked: Asked = {}): Promise<Tokens & { outcome: Outcome; user: oauth.UserInfoResponse }> {
  const outcome = await authorize(rp, browser, asked)
  const tokens = await tokensOf(rp, outcome)

  return { ...tokens, outcome, user: await userInfo(rp, tokens) }
}
