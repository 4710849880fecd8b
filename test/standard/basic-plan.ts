import * as oauth from 'oauth4webapi'
import { expect } from 'vitest'
import type { Visitor } from '../support/visitor.ts'
import { alice, answerOf, answerPages, authorize, authorizeUrl, errorOf, happyFlow, redeem, tokensOf, userInfo } from './flow.ts'
import type { Asked } from './flow.ts'
import { redirectUri, salesHub } from './op.ts'
import type { Op, RelyingParty } from './op.ts'

/** What one module is given: a tenant of its own, and how its plan wants answers sent. */
export type Plan = { readonly op: Op; readonly mode: Asked }
export type Module = (plan: Plan) => Promise<void>

/**
 * The modules of the OpenID Foundation's basic plan, by the names its suite gives them, each with the checks that the suite
 * makes. What the suite only warns of is checked too, where the directory has something to say.
 */
export const basicPlan: Readonly<Record<string, Module>> = {
  async 'oidcc-server'({ op, mode }) {
    const { response, claims } = await happyFlow(await op.register(), op.browser(), mode)

    expect(response.expires_in).toBeGreaterThan(0)
    expect(response.token_type).toBe('bearer')
    expect(claims, 'what userinfo is for stays out of the ID token').not.toHaveProperty('name')
  },

  async 'oidcc-server (static client)'({ op, mode }) {
    await happyFlow(salesHub(op), op.browser(), mode)
  },

  async 'oidcc-response-type-missing'({ op, mode }) {
    const rp = await op.register()
    const outcome = await authorize(rp, op.browser(), { ...mode, response_type: null })

    expect(['invalid_request', 'unsupported_response_type']).toContain(errorOf(rp, outcome))
  },

  async 'oidcc-idtoken-signature'({ op, mode }) {
    const { idToken } = await happyFlow(await op.register(), op.browser(), mode)

    const header = headerOf(idToken)
    expect(header.alg).toBe('RS256')
    const { keys } = (await (await fetch(String(op.as.jwks_uri))).json()) as { keys: { kid: string; alg: string }[] }
    expect(keys.find(({ kid }) => kid === header.kid)).toMatchObject({ alg: 'RS256', use: 'sig', kty: 'RSA' })
  },

  async 'oidcc-idtoken-unsigned'({ op }) {
    expect(op.as.id_token_signing_alg_values_supported).not.toContain('none')
    await expect(op.register({ id_token_signed_response_alg: 'none' })).rejects.toMatchObject({ error: 'invalid_client_metadata' })
  },

  async 'oidcc-userinfo-get'({ op, mode }) {
    const { user, claims } = await happyFlow(await op.register(), op.browser(), mode)

    expect(user.sub).toBe(claims.sub)
  },

  async 'oidcc-userinfo-post-header'({ op, mode }) {
    const { response, claims } = await happyFlow(await op.register(), op.browser(), mode)
    const posted = await oauth.protectedResourceRequest(response.access_token, 'POST', userInfoUrl(op))

    expect(posted.status).toBe(200)
    expect(await posted.json()).toMatchObject({ sub: claims.sub })
  },

  async 'oidcc-userinfo-post-body'({ op, mode }) {
    const { response, claims } = await happyFlow(await op.register(), op.browser(), mode)
    const posted = await fetch(userInfoUrl(op), { method: 'POST', body: new URLSearchParams({ access_token: response.access_token }) })

    expect(posted.status).toBe(200)
    expect(posted.headers.get('content-type')).toMatch(/^application\/json/)
    expect(await posted.json()).toMatchObject({ sub: claims.sub })
  },

  async 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow'({ op, mode }) {
    const { claims } = await happyFlow(await op.register(), op.browser(), { ...mode, nonce: null })

    expect(claims).not.toHaveProperty('nonce')
  },

  'oidcc-scope-profile': scopeModule('openid profile', {
    name: 'Alice Adams', given_name: 'Alice', family_name: 'Adams', preferred_username: alice, locale: 'en-US',
  }),
  'oidcc-scope-email': scopeModule('openid email', { email: 'alice.adams@contoso.example', email_verified: true }),
  'oidcc-scope-address': scopeModule('openid address', {
    address: { street_address: '1 Main Street', locality: 'Springfield', postal_code: '12345', country: 'US' },
  }),
  'oidcc-scope-phone': scopeModule('openid phone', { phone_number: '+1 425 555 0100', phone_number_verified: true }),
  'oidcc-scope-all': scopeModule('openid email phone address profile', {
    name: 'Alice Adams', email: 'alice.adams@contoso.example', phone_number: '+1 425 555 0100', address: expect.objectContaining({ country: 'US' }) as unknown,
  }),

  async 'oidcc-alternate-happy-flow'({ op, mode }) {
    const rp = await op.register()
    const { url, request } = authorizeUrl(rp, { ...mode, scope: 'email openid' })
    const reordered = new URL(url)
    reordered.search = new URLSearchParams([...reordered.searchParams].toReversed()).toString()
    const browser = op.browser()
    await browser.open(reordered.href)

    const user = await userInfo(rp, await tokensOf(rp, await answerPages(browser, request)))
    expect(user.email).toBe('alice.adams@contoso.example')
  },

  'oidcc-display-page': harmless({ display: 'page' }),
  'oidcc-display-popup': harmless({ display: 'popup' }),

  async 'oidcc-prompt-login'({ op, mode }) {
    const { first, second, isAskedAgain } = await twice(op, mode, { prompt: 'login' }, 'PT2S')

    expect(isAskedAgain, 'Alice sees a sign-in page again').toBe(true)
    expect(second.auth_time).toBeGreaterThan(Number(first.auth_time))
  },

  async 'oidcc-prompt-none-not-logged-in'({ op, mode }) {
    const rp = await op.register()
    const outcome = await authorize(rp, op.browser(), { ...mode, prompt: 'none', state: 'long-state.'.repeat(12).slice(0, 128) })

    expect(errorOf(rp, outcome)).toBe('login_required')
  },

  async 'oidcc-prompt-none-logged-in'({ op, mode }) {
    const { first, second, isAskedAgain } = await twice(op, mode, { prompt: 'none' })

    expect(isAskedAgain).toBe(false)
    expect([second.sub, second.auth_time]).toEqual([first.sub, first.auth_time])
  },

  async 'oidcc-max-age-1'({ op, mode }) {
    const { first, second, isAskedAgain, now } = await twice(op, mode, { max_age: '1' }, 'PT2S')

    expect(isAskedAgain).toBe(true)
    expect(second.auth_time).toBeGreaterThan(Number(first.auth_time))
    expect(now - Number(second.auth_time)).toBeLessThan(60)
  },

  async 'oidcc-max-age-10000'({ op, mode }) {
    const { first, second, isAskedAgain } = await twice(op, { ...mode, max_age: '15000' }, { max_age: '10000' })

    expect(isAskedAgain).toBe(false)
    expect(first.auth_time).toBeTypeOf('number')
    expect([second.sub, second.auth_time]).toEqual([first.sub, first.auth_time])
  },

  'oidcc-ensure-request-with-unknown-parameter-succeeds': harmless({ extra: 'foobar' }),

  async 'oidcc-id-token-hint'({ op, mode }) {
    const [rp, browser] = [await op.register(), op.browser()]
    const first = await happyFlow(rp, browser, mode)
    const again = await authorize(rp, browser, { ...mode, prompt: 'none', id_token_hint: first.idToken })

    expect(again.isAsked).toBe(false)
    expect((await tokensOf(rp, again)).claims).toMatchObject({ sub: first.claims.sub, auth_time: first.claims.auth_time })
  },

  async 'oidcc-login-hint'({ op, mode }) {
    const rp = await op.register()
    const browser = op.browser()
    const { url, request } = authorizeUrl(rp, { ...mode, login_hint: alice })
    await browser.open(url)

    expect(browser.page.text, 'the hint saves typing the name').toContain(alice)
    await tokensOf(rp, await answerPages(browser, request))
  },

  'oidcc-ui-locales': harmless({ ui_locales: 'se' }),
  'oidcc-claims-locales': harmless({ claims_locales: 'se' }),
  'oidcc-ensure-request-with-acr-values-succeeds': harmless({ acr_values: '1 2' }),

  async 'oidcc-codereuse'({ op, mode }) {
    const { rp, answer } = await usedCode(op, mode)

    await expectInvalidGrant(await redeem(rp, answer))
  },

  async 'oidcc-codereuse-30seconds'({ op, mode }) {
    const { rp, answer, tokens } = await usedCode(op, mode)
    op.tenant.clock.advance('PT30S')

    await expectInvalidGrant(await redeem(rp, answer))
    const { status } = await fetch(userInfoUrl(op), { headers: { authorization: `Bearer ${tokens.response.access_token}` } })
    expect(status, 'what the code gave is taken back').toBe(401)
  },

  async 'oidcc-ensure-registered-redirect-uri'({ op, mode }) {
    const rp = await op.register()
    const { page } = await authorize(rp, op.browser(), { ...mode, redirect_uri: `${redirectUri}/unregistered` })

    expectErrorPage(page)
    expect(page.text).toContain('redirect_uri')
  },

  async 'oidcc-ensure-post-request-succeeds'({ op, mode }) {
    const [rp, browser] = [await op.register(), op.browser()]
    await tokensOf(rp, await post(rp, browser, mode))
    const again = await post(rp, browser, mode)

    expect(again.isAsked, 'a POST from elsewhere finds the session').toBe(false)
    await tokensOf(rp, again)
  },

  async 'oidcc-server-client-secret-post'({ op, mode }) {
    expect(op.as.token_endpoint_auth_methods_supported).toEqual(expect.arrayContaining(['client_secret_basic', 'client_secret_post']))

    await happyFlow(await op.register({ token_endpoint_auth_method: 'client_secret_post' }), op.browser(), mode)
    await happyFlow(salesHub(op, 'client_secret_post'), op.browser(), mode)
  },

  async 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported'({ op, mode }) {
    const rp = await op.register()
    const outcome = await authorize(rp, op.browser(), { ...mode, request_uri: 'https://localhost:3999/request.jwt' })

    expect(op.as.request_uri_parameter_supported).toBe(false)
    expect(errorOf(rp, outcome)).toBe('request_uri_not_supported')
  },

  async 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported'({ op, mode }) {
    const rp = await op.register()
    const outcome = await authorize(rp, op.browser(), { ...mode, request: unsigned({ scope: 'openid' }) })

    expect(op.as.request_parameter_supported ?? false).toBe(false)
    expect(errorOf(rp, outcome)).toBe('request_not_supported')
  },

  async 'oidcc-claims-essential'({ op, mode }) {
    expect(op.as.claims_parameter_supported).toBe(true)
    const { user, claims } = await happyFlow(await op.register(), op.browser(), { ...mode, claims: JSON.stringify({ userinfo: { name: { essential: true } } }) })

    expect(user.name).toBe('Alice Adams')
    expect(claims).not.toHaveProperty('name')
  },

  async 'oidcc-ensure-request-object-with-redirect-uri'({ op, mode }) {
    const rp = await op.register()
    const { page } = await authorize(rp, op.browser(), { ...mode, redirect_uri: `${redirectUri}/invalid`, request: unsigned({ redirect_uri: redirectUri }) })

    expectErrorPage(page)
  },

  async 'oidcc-refresh-token'({ op, mode }) {
    expect(op.as.scopes_supported).toContain('offline_access')
    expect(op.as.grant_types_supported).toContain('refresh_token')
    const [rp, other] = [await op.register(), await op.register()]
    const asked = { ...mode, scope: 'openid offline_access', prompt: 'consent' }
    const first = await happyFlow(rp, op.browser(), asked)
    op.tenant.clock.advance('PT1S')
    const second = await refreshed(rp, String(first.response.refresh_token), first.response.scope)

    expect(second.access_token).not.toBe(first.response.access_token)
    expect(String(second.refresh_token).length).toBeGreaterThanOrEqual(22)
    const claims = oauth.getValidatedIdTokenClaims(second)
    expect(claims).toMatchObject({ iss: first.claims.iss, sub: first.claims.sub, aud: first.claims.aud, auth_time: first.claims.auth_time })
    expect(claims?.iat).toBeGreaterThan(first.claims.iat)
    const used = await oauth.userInfoRequest(op.as, rp.client, second.access_token)
    expect(used.status).toBe(200)

    const { response: theirs } = await happyFlow(other, op.browser(), asked)
    await refreshed(other, String(theirs.refresh_token))
    await expectInvalidGrant(await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, String(theirs.refresh_token)))
  },

  async 'oidcc-ensure-request-with-valid-pkce-succeeds'({ op, mode }) {
    const rp = await op.register()
    const verifier = oauth.generateRandomCodeVerifier()
    const challenge = await oauth.calculatePKCECodeChallenge(verifier)
    const outcome = await authorize(rp, op.browser(), { ...mode, code_challenge: challenge, code_challenge_method: 'S256' })

    await userInfo(rp, await tokensOf(rp, outcome, { verifier }))
  },
}

/** A parameter that changes nothing: the sign-in succeeds with it. */
function harmless(asked: Asked): Module {
  return async ({ op, mode }) => void (await happyFlow(await op.register(), op.browser(), { ...mode, ...asked }))
}

function scopeModule(scope: string, wanted: Readonly<Record<string, unknown>>): Module {
  return async ({ op, mode }) => {
    expect(op.as.scopes_supported).toEqual(expect.arrayContaining(scope.split(' ')))
    expect(op.as.claims_supported).toEqual(expect.arrayContaining(Object.keys(wanted)))
    const { user } = await happyFlow(await op.register(), op.browser(), { ...mode, scope })

    expect(user).toMatchObject(wanted)
  }
}

/** The same browser asks twice, a while apart. */
async function twice(op: Op, firstAsked: Asked, change: Asked, later?: string) {
  const [rp, browser] = [await op.register(), op.browser()]
  const first = await happyFlow(rp, browser, firstAsked)
  if (later) op.tenant.clock.advance(later)
  const again = await authorize(rp, browser, { ...firstAsked, ...change })
  const { claims: second } = await tokensOf(rp, again)

  return { first: first.claims, second, isAskedAgain: again.isAsked, now: op.tenant.clock.now.getTime() / 1000 }
}

async function usedCode(op: Op, mode: Asked) {
  const rp = await op.register()
  const outcome = await authorize(rp, op.browser(), mode)

  return { rp, answer: answerOf(rp, outcome), tokens: await tokensOf(rp, outcome) }
}

export async function expectInvalidGrant(response: Response): Promise<void> {
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toMatch(/^application\/json/)
  const body = (await response.json()) as { error: string; error_description: string }
  expect(body.error).toBe('invalid_grant')
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/)
}

export function expectErrorPage(page: Visitor['page']): void {
  expect(page.status, page.url).toBe(400)
  expect(page.root.querySelector('main')).not.toBeNull()
  expect(page.root.querySelector('main input'), 'an error page asks nothing').toBeNull()
}

/** Another site posts a request: without our cookies, because of SameSite; what it is redirected to has them. */
async function post(rp: RelyingParty, browser: Visitor, mode: Asked) {
  const { request } = authorizeUrl(rp, mode)
  const response = await fetch(String(rp.op.as.authorization_endpoint), { method: 'POST', body: new URLSearchParams(request), redirect: 'manual' })
  expect(response.status).toBe(303)
  await browser.open(String(response.headers.get('location')))

  return answerPages(browser, request)
}

export async function refreshed(rp: RelyingParty, token: string, scope?: string): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(rp.op.as, rp.client, rp.auth, token, scope ? { additionalParameters: { scope } } : {})

  return oauth.processRefreshTokenResponse(rp.op.as, rp.client, response)
}

function userInfoUrl(op: Op): URL {
  return new URL(String(op.as.userinfo_endpoint))
}

function headerOf(jwt: string): { alg: string; kid: string } {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()) as { alg: string; kid: string }
}

function unsigned(claims: Readonly<Record<string, unknown>>): string {
  return `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
}
