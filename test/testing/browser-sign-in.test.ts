import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { signInWithBrowser } from '../../src/testing/browser-sign-in.ts'
import { portcullisFixtures } from '../../src/testing/playwright.ts'
import { openBrowser } from '../browser/chromium.ts'
import type { OpenBrowser } from '../browser/chromium.ts'
import { apps, useMock } from '../support/mock.ts'
import { authorizeRequest } from '../support/visitor.ts'

const server = useMock()
const website = createServer(({ url = '' }, response) => response.end(`<title>The application</title>${url.includes('/closing') ? '<script>window.close()</script>' : ''}`))
let opened: OpenBrowser
let application: string
beforeAll(async () => {
  opened = await openBrowser()
  await new Promise<void>((resolve) => website.listen(0, 'localhost', resolve))
  application = `http://localhost:${(website.address() as AddressInfo).port}/callback`
}, 60_000)
afterAll(async () => {
  website.close()
  await opened?.close()
})

async function atTheDoor(scope = 'openid') {
  const sandbox = await server.mock.sandbox()
  const page: Page = await opened.browser.newPage()
  onTestFinished(() => page.close())
  const { url } = authorizeRequest(sandbox.issuer, apps.salesSpa, { redirect_uri: application, scope })

  return { sandbox, page, url }
}

describe('the real pages are filled', () => {
  test('alice at the office needs her password alone', async () => {
    const { sandbox, page, url } = await atTheDoor()
    await signInWithBrowser(sandbox, page, 'alice', { at: url, from: 'office' })

    expect(await page.title()).toBe('The application')
    expect(new URL(page.url()).searchParams.get('code')).not.toBeNull()
    expect(sandbox.signIns().at(-1)).toMatchObject({ ipAddress: '198.51.100.7', status: { errorCode: 0 } })
  })

  test('in the café she is asked for a code, which comes without a phone', async () => {
    const { sandbox, page, url } = await atTheDoor()
    await signInWithBrowser(sandbox, page, 'alice', { at: url, from: 'café', mfa: true })

    expect(await page.title()).toBe('The application')
    expect(sandbox.signIns().at(-1)).toMatchObject({ authenticationRequirement: 'multiFactorAuthentication' })
  })

  test('where somebody else is signed in already she is another account', async () => {
    const { sandbox, page, url } = await atTheDoor()
    await signInWithBrowser(sandbox, page, 'dave', { at: url, from: 'office' })
    await signInWithBrowser(sandbox, page, 'alice', { at: `${url}&prompt=select_account`, from: 'office' })

    expect(await page.title()).toBe('The application')
    expect(sandbox.signIns().at(-1)).toMatchObject({ userPrincipalName: 'alice@contoso.example', status: { errorCode: 0 } })
  })

  test('without a second factor she stays at its page; a wrong password at that', async () => {
    const { sandbox, page, url } = await atTheDoor()
    await signInWithBrowser(sandbox, page, 'alice', { at: url, from: 'café', mfa: false })
    expect(await page.title()).toContain('Enter code')

    await page.context().clearCookies()
    await signInWithBrowser(sandbox, page, 'alice', { at: url, password: 'wrong' })
    expect(await page.title()).toContain('Enter password')
  })
})

test('a popup may be handed in as it opens, and ends the sign-in where the application closes it', async () => {
  const { sandbox, page, url } = await atTheDoor()
  await page.goto(application)
  const popup = page.waitForEvent('popup')
  await page.evaluate((address) => void window.open(address, 'sign-in'), url.replace(encodeURIComponent(application), encodeURIComponent(`${application}/closing`)))
  await signInWithBrowser(sandbox, await popup, 'alice', { from: 'office' })
  if (!(await popup).isClosed()) await (await popup).waitForEvent('close')

  expect(sandbox.signIns().at(-1)).toMatchObject({ status: { errorCode: 0 } })
})

describe('a session is planted', () => {
  test('so that the application is entered without a page', async () => {
    const { sandbox, page, url } = await atTheDoor()
    await signInWithBrowser(sandbox, page, 'alice', { plant: { client: apps.salesSpa }, from: 'café', mfa: true })
    await page.goto(url)

    expect(await page.title()).toBe('The application')
  })

  test('or it is said why not', async () => {
    const { sandbox, page } = await atTheDoor()

    await expect(signInWithBrowser(sandbox, page, 'alice', { plant: { client: apps.salesHub }, from: 'café' })).rejects.toThrow(/not planted[^]*Sales Hub only from trusted locations/)
    await expect(signInWithBrowser(sandbox, page, 'alice', { plant: { client: apps.salesSpa }, from: 'café', mfa: false })).rejects.toThrow(/not planted: the sign-in ended at "Enter code/)
  })
})

test('an application that asks for more than anybody agreed to gets it, or the page stays where the test says so', async () => {
  const { sandbox, page, url } = await atTheDoor('openid Mail.Read')
  await signInWithBrowser(sandbox, page, 'alice', { at: url, from: 'office', consent: false })
  expect(await page.title()).toContain('Permissions requested')

  await signInWithBrowser(sandbox, page, 'alice')
  expect(await page.title()).toBe('The application')
})

test('the fixtures are what Playwright takes: a server for each worker, a tenant for each test', async () => {
  const { portcullis: [serve, { scope }], sandbox: own, signIn } = portcullisFixtures({ tenant: { licence: 'none' } })
  const told: string[] = []
  await serve({}, async (portcullis) => {
    await own({ portcullis }, async (sandbox) => {
      await signIn({ sandbox }, async (enter) => {
        const page = await opened.browser.newPage()
        await enter(page, 'alice', { at: authorizeRequest(sandbox.issuer, apps.salesHub, { redirect_uri: application }).url, from: 'café' })
        told.push(await page.title())
        await page.close()
      })
    })
    told.push(String(portcullis.tenants.length))
  })

  expect([scope, ...told]).toEqual(['worker', 'The application', '1'])
})
