import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { useBrowser } from '../support/browser.ts'
import { authorizeRequest } from '../support/visitor.ts'
import { endpoint } from '../scenarios/telling.ts'

/** What applications learn of a session in frames, in a real browser: that it has ended, and whether it still stands. */
const server = useMock()
const browser = useBrowser()

const asked: URL[] = []
const application = createServer((request, response) => {
  asked.push(new URL(request.url ?? '/', origin()))
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><title>An application</title><link rel="icon" href="data:,">')
})
const origin = () => `http://localhost:${(application.address() as AddressInfo).port}`
beforeAll(() => new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve)))
afterAll(() => void application.close())

/** Break Glass, who is never asked for more than a password, signed in at the application; what it was told. */
async function signedIn(story: Story, page: Page): Promise<URLSearchParams> {
  await page.goto(authorizeRequest(story.issuer, apps.salesMobile, { redirect_uri: `${origin()}/callback`, login_hint: 'breakglass@contoso.example', scope: 'openid' }).url)
  await page.locator('input[type=password]').fill(password)
  await page.locator('main form button[type=submit]').first().click()
  await page.getByRole('button', { name: 'No' }).click()
  await page.waitForURL(`${origin()}/callback?*`)

  return new URL(page.url()).searchParams
}

test('an application with a logoutUrl hears in a frame that its user signed out, before the browser goes back', async () => {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesMobile, { web: { redirectUris: ['http://localhost'], logoutUrl: `${origin()}/signed-out` } })
  const page = await browser.newPage()
  await signedIn(story, page)
  await page.goto(`${endpoint(story, '/oauth2/v2.0/logout')}?${new URLSearchParams({ logout_hint: 'breakglass@contoso.example', post_logout_redirect_uri: `${origin()}/bye`, state: 'x' })}`)
  await page.waitForURL(`${origin()}/bye?state=x`)

  const heard = asked.find(({ pathname }) => pathname === '/signed-out')
  expect(Object.fromEntries(heard?.searchParams ?? [])).toEqual({ iss: story.issuer, sid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })
})

describe('check_session_iframe', () => {
  async function frameOf(story: Story, page: Page) {
    await page.goto(`${origin()}/`)
    await page.evaluate((src) => new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { src, onload: resolve })
      document.body.append(frame)
    }), endpoint(story, '/oauth2/checksession'))

    return (message: string) => page.evaluate((text) => new Promise<string>((resolve) => {
      addEventListener('message', ({ data }) => resolve(String(data)), { once: true })
      document.querySelector('iframe')?.contentWindow?.postMessage(text, '*')
    }), message)
  }

  test('tells an application whether the session it knows still stands', async () => {
    const story = await newStory(server.mock)
    const page = await browser.newPage()
    const known = `${apps.salesMobile} ${(await signedIn(story, page)).get('session_state')}`
    const ask = await frameOf(story, page)
    expect(await ask(known)).toBe('unchanged')
    expect(await ask(`${apps.salesMobile} ${crypto.randomUUID()}`)).toBe('changed')
    expect(await ask('nonsense')).toBe('error')

    const elsewhere = await page.context().newPage()
    await elsewhere.goto(`${endpoint(story, '/oauth2/v2.0/logout')}?logout_hint=breakglass@contoso.example`)
    expect(await ask(known)).toBe('changed')
  })
})
