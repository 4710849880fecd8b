import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { testCertificates } from '../support/keys.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import { callClient, inPopup, signInPopup, useSpa } from '../support/spa.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
const spa = useSpa({ '/': new URL('pages/msal.ts', import.meta.url), '/redirect.html': new URL('pages/msal-bridge.ts', import.meta.url) })

const open = ({ authority }: ClientTenant) => spa.open({ authority, client: apps.salesSpa })
const basics = ['openid', 'profile']
const orders = ['api://sales-api/Orders.Read']
const interaction = 'InteractionRequiredAuthError'

/** Presses a button of the page that a popup asks something on. */
const pressing = (button: string) => async (popup: Page) => popup.getByRole('button', { name: button, exact: true }).click()

describe('whoever signs in with @azure/msal-browser 5', () => {
  test('is asked for consent where nobody gave it, may say no, and goes on after a yes', async () => {
    const tenant = await clientTenant(server.mock, { [apps.salesSpa]: { consents: [] } })
    const page = await open(tenant)
    const { account } = await signInPopup(tenant, page, 'dave', ['loginPopup', { scopes: basics }], places.office)
    const request = { scopes: orders, account }
    expect(await callClient(page, 'acquireTokenSilent', request)).toMatchObject({ name: interaction, subError: 'consent_required', errorNo: 65001 })

    expect(await inPopup(page, ['acquireTokenPopup', request], pressing('Cancel'))).toMatchObject({ name: 'ServerError', errorCode: 'access_denied', errorNo: '65004' })
    expect(await callClient(page, 'acquireTokenSilent', request)).toMatchObject({ name: interaction, subError: 'consent_required' })
    expect((await inPopup(page, ['acquireTokenPopup', request], pressing('Accept'))).scopes).toContain(orders[0])
    expect(await callClient(page, 'acquireTokenSilent', { ...request, forceRefresh: true })).toMatchObject({ fromCache: false })
  })

  test('signs in again after being signed out everywhere, and not while the account is disabled', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const { account } = await signInPopup(tenant, page, 'dave', ['loginPopup', { scopes: orders }], places.office)
    const silent = () => callClient(page, 'acquireTokenSilent', { scopes: orders, account, forceRefresh: true })
    await tenant.sandbox.revoke('dave')
    expect(await silent()).toMatchObject({ name: interaction, errorCode: 'login_required', errorNo: '50058' })
    expect(tenant.sandbox.signIns(), 'the refresh token was tried first').toContainEqual(expect.objectContaining({ status: expect.objectContaining({ errorCode: 50173 }) as object }))
    expect(await signInPopup(tenant, page, 'dave', ['acquireTokenPopup', { scopes: orders, account }])).toMatchObject({ account: { username: 'dave@contoso.example' } })

    await tenant.sandbox.patchUser('dave', { accountEnabled: false })
    expect(await silent()).toMatchObject({ name: interaction, errorNo: '50057' })
    await tenant.sandbox.patchUser('dave', { accountEnabled: true })
    expect(await silent()).toMatchObject({ fromCache: false })
  })

  test('is challenged by Graph the moment sessions are revoked, and what the page reads of the challenge gets on', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const me = (token: unknown) => page.evaluate(async ([url, bearer]) => {
      const response = await fetch(String(url), { headers: { authorization: `Bearer ${bearer}` } })
      return { status: response.status, challenge: response.headers.get('www-authenticate') ?? '' }
    }, [`${tenant.https}/v1.0/me`, token])
    const { account, accessToken } = await signInPopup(tenant, page, 'dave', ['loginPopup', { scopes: ['User.Read'] }], places.office)
    expect((await me(accessToken)).status).toBe(200)

    tenant.sandbox.clock.advance('PT1M')
    await tenant.sandbox.revoke('dave')
    const { status, challenge } = await me(accessToken)
    expect([status, challenge]).toEqual([401, expect.stringMatching(/error="insufficient_claims"/)])
    const claims = Buffer.from(/claims="([^"]+)"/.exec(challenge)?.[1] ?? '', 'base64').toString()
    expect(await callClient(page, 'acquireTokenSilent', { scopes: ['User.Read'], account, claims })).toMatchObject({ name: interaction })

    tenant.sandbox.clock.advance('PT1M')
    const again = await signInPopup(tenant, page, 'dave', ['acquireTokenPopup', { scopes: ['User.Read'], account, claims }])
    expect((await me(again.accessToken)).status).toBe(200)
  })

  test('is one of several in the browser, and in silence only whom the application names', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    await signInPopup(tenant, page, 'dave', ['loginPopup', { scopes: basics }], places.office)
    const { account } = await signInPopup(tenant, page, 'alice', ['loginPopup', { scopes: basics, prompt: 'select_account' }], places.office)
    const silent = (who: object) => callClient(page, 'ssoSilent', { scopes: basics, ...who })
    expect(await silent({})).toMatchObject({ name: interaction, errorCode: 'interaction_required', errorNo: '16000' })
    expect(await silent({ account })).toMatchObject({ account: { username: 'alice@contoso.example' } })
    expect(await silent({ loginHint: 'dave@contoso.example' })).toMatchObject({ account: { username: 'dave@contoso.example' } })
    expect(Object.keys(await callClient(page, 'getAllAccounts'))).toHaveLength(2)
  })
})
