import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { blocksOutside, claimsIn, clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import { callClient, closes, goes, inPopup, signInPopup, useSpa } from '../support/spa.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
const spa = useSpa({ '/': new URL('pages/oidc-client.ts', import.meta.url) })

const orders = 'openid profile email offline_access api://sales-api/Orders.Read'

const open = ({ issuer }: ClientTenant, settings: object = {}) =>
  spa.open({ settings: JSON.stringify({ authority: issuer, client_id: apps.salesSpa, scope: orders, ...settings }) })
const signinPopup = (tenant: ClientTenant, page: Page, user: string, ipAddress?: string) => signInPopup(tenant, page, user, ['signinPopup'], ipAddress)

describe('oidc-client-ts 3 in Chromium', () => {
  test('signs in by redirect, is refused by a page where policy blocks, recovers, and signs out', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const page = await open(tenant)
    const start = page.url()
    await goes(page, 'signinRedirect', { login_hint: 'alice@contoso.example' })
    await signInWithBrowser(tenant.sandbox, page, 'alice', { from: 'café' })
    expect(await page.locator('main').textContent()).toContain('53003')

    await page.goto(start)
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    await goes(page, 'signinRedirect', {})
    await signInWithBrowser(tenant.sandbox, page, 'alice')
    await page.waitForURL(`${spa.origin}/callback?**`)
    const user = await callClient(page, 'returned')
    expect(user).toMatchObject({ token_type: 'Bearer', profile: { oid: people.alice, tid: tenant.sandbox.id, preferred_username: 'alice@contoso.example' } })
    expect(claimsIn(user.access_token as string)).toMatchObject({ scp: 'Orders.Read' })

    await goes(page, 'signoutRedirect', { state: 'bye' })
    await page.waitForURL(`${spa.origin}/signed-out?**`)
    expect(await callClient(page, 'returned')).toMatchObject({ userState: 'bye' })
    expect(await callClient(page, 'signinSilent')).toMatchObject({ name: 'ErrorResponse', error: 'login_required' })
  })

  test('signs in with a popup and renews with its refresh token, hears of a code that is wanted, and gets on in another popup', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant)
    const first = await signinPopup(tenant, page, 'dave', places.office)
    expect(first).toMatchObject({ profile: { oid: people.dave }, refresh_token: expect.any(String) as string })

    const renewed = await callClient(page, 'signinSilent')
    expect([renewed.access_token === first.access_token, (renewed.profile as { oid: string }).oid]).toEqual([false, people.dave])

    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    expect(await callClient(page, 'signinSilent')).toMatchObject({ name: 'ErrorResponse', error: 'invalid_grant', error_description: expect.stringContaining('AADSTS50076') as string })
    expect(await signinPopup(tenant, page, 'dave')).toMatchObject({ profile: { oid: people.dave } })
    expect(await callClient(page, 'signinSilent')).toMatchObject({ profile: { oid: people.dave } })

    expect(await inPopup(page, ['signoutPopup'], closes)).toEqual({})
    expect(await callClient(page, 'getUser')).toEqual({})
  })

  test('renews in a hidden frame without a refresh token, and hears there what is missing', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant, { scope: 'openid profile api://sales-api/Orders.Read' })
    const silently = () => callClient(page, 'signinSilent', { login_hint: 'dave@contoso.example' })
    expect(await silently()).toMatchObject({ name: 'ErrorResponse', error: 'login_required' })

    await signinPopup(tenant, page, 'dave', places.office)
    const renewed = await silently()
    expect(renewed).toMatchObject({ profile: { oid: people.dave } })
    expect(renewed).not.toHaveProperty('refresh_token')
    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    expect(await silently()).toMatchObject({ name: 'ErrorResponse', error: 'interaction_required', error_description: expect.stringContaining('AADSTS50076') as string })
    tenant.sandbox.signals('dave', { ipAddress: places.office })
    expect(await silently()).toMatchObject({ profile: { oid: people.dave } })
  })

  test('needs no HTTPS: application and tenant over HTTP are one site, for hidden frames too', async () => {
    const tenant = await clientTenant(server.mock)
    const authority = tenant.issuer.replace(tenant.https, server.mock.http ?? '')
    const page = await spa.open({ settings: JSON.stringify({ authority, client_id: apps.salesSpa, scope: 'openid profile' }) }, { isPlain: true })
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const user = await inPopup(page, ['signinPopup'], (popup) => signInWithBrowser({ ...tenant.sandbox, issuer: authority }, popup, 'alice'))
    expect(user).toMatchObject({ profile: { oid: people.alice, iss: authority } })
    expect(await callClient(page, 'signinSilent')).toMatchObject({ profile: { oid: people.alice } })
  })

  test('reads userinfo', async () => {
    const tenant = await clientTenant(server.mock)
    const page = await open(tenant, { loadUserInfo: true, scope: 'openid profile email User.Read' })

    expect(await signinPopup(tenant, page, 'alice', places.office)).toMatchObject({ profile: { name: 'Alice Adams', picture: expect.stringContaining('/photo/') as string } })
  })
})
