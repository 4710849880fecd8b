import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { places } from '../support/mock.ts'
import type { Visitor } from '../support/visitor.ts'
import { expectErrorPage, expectInvalidGrant, refreshed } from './basic-plan.ts'
import { alice, answerOf, authorize, authorizeUrl, errorOf, happyFlow, redeem, tokensOf } from './flow.ts'
import { salesHub, useStandard } from './op.ts'
import type { Op } from './op.ts'

const server = useStandard()
const blockPolicy = 'Sales Hub only from trusted locations'
const mfaPolicy = 'MFA outside trusted locations'
/** Words of Entra's that nobody hears here. */
const entrasWords = /AADSTS|\bESTS|Entra|Microsoft|suberror|trace_id|error_codes|client_info|session_state|login\.microsoftonline/i

describe('who is blocked', () => {
  test('sees a page that says access_denied and names the policy', async () => {
    const op = await server.op()
    const { page } = await authorize(salesHub(op), op.browser(places.cafe))

    expectErrorPage(page)
    expect(page.text).toContain('access_denied')
    expect(page.text).toContain(blockPolicy)
    expect(page.html).not.toMatch(entrasWords)
  })

  test('is not asked for a code first: it would change nothing', async () => {
    const op = await server.op()
    const browser = op.browser(places.cafe)
    await browser.open(authorizeUrl(salesHub(op)).url)
    await browser.submit({ username: alice })
    await browser.submit({ password: 'Portcullis1!' })

    expectErrorPage(browser.page)
  })

  test('has an application that hears access_denied when it asks silently', async () => {
    const op = await server.op()
    const browser = op.browser()
    await happyFlow(salesHub(op), browser)
    browser.signals(`ipAddress=${places.cafe}`)
    const outcome = await authorize(salesHub(op), browser, { prompt: 'none', max_age: '10000' })

    expect(errorOf(salesHub(op), outcome)).toBe('access_denied')
    expect(outcome.page.answer.error_description).toContain(blockPolicy)
    expect(outcome.page.url).not.toMatch(entrasWords)
  })
})

describe('who owes a second factor', () => {
  test('is asked for it, and the ID token says so', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser(places.cafe)
    const outcome = await authorize(rp, browser)
    expect(outcome.page.step).toBe('one-time-code')
    expect(outcome.page.html).not.toMatch(entrasWords)
    await giveCode(op, browser)
    const { claims } = await tokensOf(rp, { ...outcome, page: browser.page })

    expect(claims.amr).toEqual(['pwd', 'mfa'])
  })

  test('has an application that hears interaction_required when it asks silently', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser()
    await happyFlow(rp, browser)
    browser.signals(`ipAddress=${places.cafe}`)
    const outcome = await authorize(rp, browser, { prompt: 'none' })

    expect(errorOf(rp, outcome)).toBe('interaction_required')
    expect(outcome.page.answer.error_description).toContain(mfaPolicy)
    expect(outcome.page.url).not.toMatch(entrasWords)
  })

  test('and gives up, lets the application hear access_denied', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser(places.cafe)
    const outcome = await authorize(rp, browser)
    await cancel(browser)

    expect(errorOf(rp, { ...outcome, page: browser.page })).toBe('access_denied')
    expect(browser.page.url).not.toMatch(entrasWords)
  })

  test('a wrong password is told in words, without a number', async () => {
    const op = await server.op()
    const browser = op.browser()
    await browser.open(authorizeUrl(await op.register()).url)
    await browser.submit({ username: alice })
    await browser.submit({ password: 'wrong' })

    expect(browser.page.step).toBe('password')
    expect(browser.page.html).not.toMatch(entrasWords)
    expect(browser.page.text).not.toContain('50126')
  })
})

describe('a token that is asked for later', () => {
  test('a code is redeemed under the signals it was earned under', async () => {
    const op = await server.op()
    const rp = salesHub(op)
    const outcome = await authorize(rp, op.browser())
    op.tenant.signals(null, { ipAddress: places.cafe })

    await expect(tokensOf(rp, outcome)).resolves.toMatchObject({ claims: { aud: rp.client.client_id } })
  })

  test('a refresh from where policy blocks is an invalid grant, and a good one again at the office', async () => {
    const op = await server.op()
    const rp = salesHub(op)
    const { response } = await happyFlow(rp, op.browser(), { scope: 'openid offline_access', prompt: 'consent' })
    op.tenant.signals(null, { ipAddress: places.cafe })
    const refused = await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, String(response.refresh_token))
    const text = await refused.clone().text()
    await expectInvalidGrant(refused)
    expect(text).toContain(blockPolicy)
    expect(text).not.toMatch(entrasWords)
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['error', 'error_description'])

    op.tenant.signals(null, { ipAddress: places.office })
    expect(await refreshed(rp, String(response.refresh_token))).toHaveProperty('access_token')
  })

  test('a refresh where more would be needed is an invalid grant too', async () => {
    const op = await server.op()
    const rp = await op.register()
    const { response } = await happyFlow(rp, op.browser(), { scope: 'openid offline_access', prompt: 'consent' })
    op.tenant.signals(null, { ipAddress: places.abroad })

    await expectInvalidGrant(await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, String(response.refresh_token)))
  })

  test('the session timeout ends a session as it does for Entra: asked silently, nobody is signed in well enough', async () => {
    const op = await server.op()
    const rp = salesHub(op)
    const browser = op.browser()
    await happyFlow(rp, browser)
    op.tenant.clock.advance('PT8H1M')

    expect(['login_required', 'interaction_required']).toContain(errorOf(rp, await authorize(rp, browser, { prompt: 'none' })))
    const again = await authorize(rp, browser)
    expect(again.isAsked).toBe(true)
    await tokensOf(rp, again)
  })

  test('a disabled account refreshes nothing and signs in nowhere', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser()
    const { response } = await happyFlow(rp, browser, { scope: 'openid offline_access', prompt: 'consent' })
    await control(op, 'PATCH', '/users/alice', { accountEnabled: false })

    await expectInvalidGrant(await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, String(response.refresh_token)))
    expect(errorOf(rp, await authorize(rp, browser, { prompt: 'none' }))).toBe('access_denied')
  })

  test('revoking a user ends sessions and refresh tokens', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser()
    const { response } = await happyFlow(rp, browser, { scope: 'openid offline_access', prompt: 'consent' })
    op.tenant.clock.advance('PT1S')
    await control(op, 'POST', '/users/alice/revoke')

    await expectInvalidGrant(await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, String(response.refresh_token)))
    expect(errorOf(rp, await authorize(rp, browser, { prompt: 'none' }))).toBe('login_required')
  })
})

describe('nothing of Entra', () => {
  test('is in discovery, in the keys or in what a client is answered wrongly', async () => {
    const op = await server.op()
    const rp = await op.register()
    const answers = await Promise.all([
      fetch(`${op.tenant.issuer}/.well-known/openid-configuration`),
      fetch(String(op.as.token_endpoint), { method: 'POST', body: new URLSearchParams() }),
      fetch(String(op.as.token_endpoint), { method: 'POST', body: new URLSearchParams({ grant_type: 'banana', client_id: 'nobody' }) }),
      redeem(rp, answerOf(rp, await authorize(rp, op.browser())), oauth.generateRandomCodeVerifier()),
      fetch(String(op.as.userinfo_endpoint)),
      fetch(String(op.as.introspection_endpoint), { method: 'POST', body: new URLSearchParams({ token: 'x' }) }),
    ])

    for (const answer of answers) {
      expect(await answer.text(), answer.url).not.toMatch(entrasWords)
      expect([...answer.headers.keys()].filter((name) => name.startsWith('x-ms-')), answer.url).toEqual([])
    }
  })

  test('is in a token', async () => {
    const op = await server.op()
    const rp = salesHub(op)
    const { idToken, response } = await happyFlow(rp, op.browser(), { scope: 'openid profile email offline_access', prompt: 'consent' })
    const entrasClaims = ['tid', 'oid', 'ver', 'uti', 'rh', 'xms_cc', 'idp', 'wids', 'upn', 'unique_name', 'aio', 'appid', 'scp', 'acct', 'tenant_region_scope']

    expect(Object.keys(decodeJwt(idToken)).filter((name) => entrasClaims.includes(name))).toEqual([])
    expect(Object.keys(response).toSorted()).toEqual(['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'])
  })

  test('and yet every sign-in is in the log, with every policy’s part', async () => {
    const op = await server.op()
    await authorize(salesHub(op), op.browser(places.cafe))
    const [entry] = op.tenant.signIns().toReversed()

    expect(entry).toMatchObject({ userPrincipalName: alice, conditionalAccessStatus: 'failure', ipAddress: places.cafe })
  })

  test('a sign-in without a browser names an API as everywhere, and gets a token for it', async () => {
    const { tenant } = await server.op()
    const daemon = await tenant.signIn({ client: 'Nightly Job', scope: 'api://sales-api/.default' })
    const user = await tenant.signIn({ user: 'alice', client: 'Sales Hub', scope: 'openid api://sales-api/Orders.Read' })

    expect(decodeJwt(tokenOf(daemon))).toMatchObject({ aud: 'api://sales-api', roles: ['Orders.Process'] })
    expect(decodeJwt(tokenOf(user))).toMatchObject({ aud: 'api://sales-api', scope: 'Orders.Read' })
  })

  test('a sign-in without a browser answers in the same words', async () => {
    const { tenant } = await server.op()

    expect(await tenant.signIn({ user: 'alice', client: 'Sales Hub' })).toMatchObject({ outcome: 'granted', tokens: { token_type: 'Bearer' } })
    expect(await tenant.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } }), 'blocked').toMatchObject({
      outcome: 'blocked', error: { error: 'access_denied', message: `refused by policy: ${blockPolicy}` },
    })
    expect(await tenant.signIn({ user: 'dave', client: 'Sales SPA', signals: { ipAddress: places.cafe } }), 'owes more').toMatchObject({
      outcome: 'interrupted', error: { error: 'interaction_required' },
    })
  })
})

function tokenOf({ tokens }: { tokens?: Readonly<Record<string, unknown>> | undefined }): string {
  return String(tokens?.access_token)
}

async function giveCode(op: Op, browser: Visitor): Promise<void> {
  await browser.submit({ code: String(op.tenant.oneTimeCode('alice')) })
  if (browser.page.step === 'stay-signed-in') await browser.submit({ stay: 'no' })
}

async function cancel(browser: Visitor): Promise<void> {
  const button = browser.page.root.querySelectorAll('main button').find((candidate) => candidate.getAttribute('formaction')?.endsWith('/cancel'))
  expect(button, 'a page lets its visitor give up').toBeDefined()
  browser.page.root.querySelector('main form')?.setAttribute('action', String(button?.getAttribute('formaction')))
  await browser.submit({})
}

async function control(op: Op, method: string, path: string, body?: unknown): Promise<void> {
  const { status } = await fetch(`${op.mock.http}/_mock/tenants/${op.tenant.id}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  expect(status).toBeLessThan(300)
}
