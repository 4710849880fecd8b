import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { BrowserSignIn } from '../../src/testing/browser-sign-in.ts'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { blocksOutside, claimsIn, clientTenant, mfaForContext } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import { callClient, closes, goes, inPopup, signInPopup, useSpa } from '../support/spa.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
const spa = useSpa({ '/': new URL('pages/msal.ts', import.meta.url), '/redirect.html': new URL('pages/msal-bridge.ts', import.meta.url) })

const scopes = ['openid', 'profile', 'api://sales-api/Orders.Read']
const alice = 'alice@contoso.example'

/** The application open in a browser of its own. */
const open = ({ authority }: ClientTenant, client: string = apps.salesSpa, system: object = {}) => spa.open({ authority, client, system: JSON.stringify(system) })
const loginPopup = (tenant: ClientTenant, page: Page, user: string, ipAddress: string, request: object = {}, how: BrowserSignIn = {}) =>
  signInPopup(tenant, page, user, ['loginPopup', { scopes, ...request }], ipAddress, how)

describe('@azure/msal-browser 5 in Chromium', () => {
  test('signs in with a popup and renews; in the café it hears that a code is wanted, and a popup with these claims gets on', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const { account, ...result } = await loginPopup(tenant, page, 'dave', places.office)
    expect(account).toMatchObject({ username: 'dave@contoso.example', homeAccountId: `${people.dave}.${tenant.sandbox.id}`, tenantId: tenant.sandbox.id, name: 'Dave Doyle' })
    expect(claimsIn(result.accessToken as string)).toMatchObject({ scp: 'Orders.Read', azp: apps.salesSpa })

    const silent = (more: object = {}) => callClient(page, 'acquireTokenSilent', { scopes, account, ...more })
    expect((await silent()).fromCache).toBe(true)
    const renewed = await silent({ forceRefresh: true })
    expect([renewed.fromCache, renewed.accessToken === result.accessToken]).toEqual([false, false])
    expect(claimsIn((await silent({ scopes: ['User.Read'] })).accessToken as string)).toMatchObject({ aud: 'https://graph.microsoft.com' })

    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    const refused = await silent({ forceRefresh: true })
    expect(refused).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action', errorNo: 50076 })
    expect(JSON.parse(refused.claims as string)).toEqual({ access_token: { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-0000000000e2'] } } })

    const recovered = await signInPopup(tenant, page, 'dave', ['acquireTokenPopup', { scopes, account, claims: refused.claims }])
    expect(recovered.account).toMatchObject({ username: 'dave@contoso.example' })
    expect((await silent({ forceRefresh: true })).fromCache).toBe(false)
  })

  test('is blocked by a policy in the popup and in silence, until Alice is back', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const page = await open(tenant)
    const [popup, abandoned] = [page.waitForEvent('popup'), callClient(page, 'loginPopup', { scopes })]
    await signInWithBrowser(tenant.sandbox, await popup, 'alice', { from: 'café' })
    expect(await (await popup).locator('main').textContent()).toContain('53003')
    await (await popup).close()

    const { account } = await loginPopup(tenant, page, 'alice', places.office, { overrideInteractionInProgress: true })
    expect(account).toMatchObject({ username: alice })
    expect(await abandoned).toMatchObject({ name: 'BrowserAuthError', errorCode: 'interaction_in_progress_cancelled' })
    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    const silent = () => callClient(page, 'acquireTokenSilent', { scopes, account, forceRefresh: true })
    expect(await silent()).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'message_only', errorNo: 53003 })
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    expect((await silent()).fromCache).toBe(false)
  })

  test('signs in by redirect, is refused by a page there, recovers, and signs out by redirect', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const page = await open(tenant)
    const start = page.url()
    await goes(page, 'loginRedirect', { scopes, loginHint: alice })
    expect(await page.locator('input[name=password]').count(), 'the hint says who is meant').toBe(1)
    await signInWithBrowser(tenant.sandbox, page, 'alice', { from: 'café' })
    expect(await page.locator('main').textContent()).toContain('53003')

    await page.goto(start)
    await callClient(page, 'clearCache', {})
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    await goes(page, 'loginRedirect', { scopes, loginHint: alice })
    await signInWithBrowser(tenant.sandbox, page, 'alice')
    await page.waitForURL(start)
    const { account } = await callClient(page, 'returned')
    expect(account).toMatchObject({ username: alice })

    await goes(page, 'logoutRedirect', { account })
    await page.waitForURL((url) => url.origin === spa.origin)
    expect(await callClient(page, 'ssoSilent', { scopes, loginHint: alice })).toMatchObject({ name: 'InteractionRequiredAuthError', errorCode: 'login_required' })
  })

  test('signs in silently in a hidden frame where the browser has a session, and hears what is missing where it has not', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const silently = () => callClient(page, 'ssoSilent', { scopes, loginHint: 'dave@contoso.example' })
    expect(await silently()).toMatchObject({ name: 'InteractionRequiredAuthError', errorCode: 'login_required', errorNo: '50058' })

    await signInWithBrowser(tenant.sandbox, page, 'dave', { from: 'office', plant: { client: apps.salesSpa } })
    expect((await silently()).account).toMatchObject({ username: 'dave@contoso.example' })
    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    expect(await silently()).toMatchObject({ name: 'InteractionRequiredAuthError', errorCode: 'interaction_required', errorNo: '50076' })
    tenant.sandbox.signals('dave', { ipAddress: places.office })
    expect((await silently()).account).toMatchObject({ username: 'dave@contoso.example' })
  })

  test('refreshes for a day and not longer; then the hidden frame brings new tokens for as long as the session lasts', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const answers: Promise<Record<string, unknown>>[] = []
    page.on('response', (response) => void (response.url().includes('/token') && answers.push(response.json() as Promise<Record<string, unknown>>)))
    const { account } = await loginPopup(tenant, page, 'alice', places.office, {}, { stay: true })
    const lifetimes = async () => (await Promise.all(answers.splice(0))).map((body) => body.refresh_token_expires_in ?? body.error_codes)
    expect(await lifetimes()).toEqual([86_399])
    const silent = async () => (await callClient(page, 'acquireTokenSilent', { scopes, account, forceRefresh: true })).fromCache

    tenant.sandbox.clock.advance('PT23H')
    expect(await silent()).toBe(false)
    expect((await lifetimes())[0]).toSatisfy((seconds: number) => seconds > 3500 && seconds <= 3600)
    tenant.sandbox.clock.advance('PT2H')
    expect(await silent()).toBe(false)
    expect(await lifetimes()).toEqual([[700084], 86_399])
  })

  test('is another site to the tenant where it is served over HTTP, and its hidden frames have cookies all the same', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await spa.open({ authority: tenant.authority, client: apps.salesSpa }, { isPlain: true })
    const { account } = await loginPopup(tenant, page, 'alice', places.office)
    expect(await callClient(page, 'ssoSilent', { scopes, loginHint: alice })).toMatchObject({ account: { username: alice } })
    expect(await callClient(page, 'acquireTokenSilent', { scopes, account, forceRefresh: true })).toMatchObject({ fromCache: false, account: { username: alice } })
  })

  test('signs out with a popup', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const { account } = await loginPopup(tenant, page, 'alice', places.office)
    expect(await inPopup(page, ['logoutPopup', { account, postLogoutRedirectUri: `${spa.origin}/redirect.html` }], closes)).toEqual({})
    expect(await callClient(page, 'ssoSilent', { scopes, loginHint: alice })).toMatchObject({ errorCode: 'login_required' })
  })

  test('hears in a frame that its user has signed out elsewhere', async () => {
    const logoutUrl = `${spa.origin}/front-channel?${new URLSearchParams({ authority: `${server.mock.https}/common`, client: apps.salesSpa })}`
    const tenant = await clientTenant(server.mock, { [apps.salesSpa]: { web: { logoutUrl } } })
    const page = await open(tenant)
    await loginPopup(tenant, page, 'alice', places.office)
    const accounts = async () => Object.keys(await callClient(page, 'getAllAccounts')).length
    expect(await accounts()).toBe(1)

    const elsewhere = await page.context().newPage()
    await elsewhere.goto(`${tenant.authority}/oauth2/v2.0/logout`)
    await elsewhere.locator('main form button').first().click()
    await expect.poll(accounts, { timeout: 5000 }).toBe(0)
  })

  test('steps up when an API wants an authentication context: silence is refused, the popup brings a token that says so', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [mfaForContext('c1')] })
    const page = await open(tenant)
    const { account, ...first } = await loginPopup(tenant, page, 'dave', places.office)
    expect(claimsIn(first.accessToken as string)).not.toHaveProperty('acrs')

    const request = { scopes, account, claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' }
    expect(await callClient(page, 'acquireTokenSilent', request)).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action' })
    const stepped = await signInPopup(tenant, page, 'dave', ['acquireTokenPopup', request])
    expect(claimsIn(stepped.accessToken as string)).toMatchObject({ acrs: ['c1'] })
  })

  const ways: Record<string, { system?: object; request?: object; sends: object }> = {
    'by POST': { request: { httpMethod: 'POST' }, sends: { method: 'POST' } },
    'for an encrypted answer, and falls back to a code': { system: { protocolMode: 'EAR' }, sends: { parameters: { ear_jwk: expect.any(String) as string } } },
    'to sign in afresh': { request: { prompt: 'login' }, sends: { parameters: { prompt: 'login' } } },
  }
  test.each(Object.entries(ways))('asks %s', async (_way, { system = {}, request = {}, sends }) => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant, apps.salesSpa, system)
    expect((await loginPopup(tenant, page, 'alice', places.office, request)).account).toMatchObject({ username: alice })
    expect(tenant.sandbox.requests().find(({ path }) => path.endsWith('/authorize'))).toMatchObject(sends)
    expect(await callClient(page, 'ssoSilent', { scopes, loginHint: alice })).toMatchObject({ account: { username: alice } })
  })

  test('redeems nothing for an application that is no single-page application', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant, apps.salesMobile)
    expect(await loginPopup(tenant, page, 'dave', places.office)).toMatchObject({ name: 'ServerError', errorCode: 'invalid_request', errorNo: 9002326 })
  })
})
