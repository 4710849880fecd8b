import { request } from 'node:http'
import { parse } from 'node-html-parser'
import { describe, expect, test } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import { testKeys } from '../support/keys.ts'
import { newStory, useMock } from '../support/mock.ts'

const server = useMock()

type Answer = { readonly status: number; readonly type: string; readonly csp: string | undefined; readonly nosniff: string | undefined; readonly text: string }

/** A request whose Host header may be anything. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.mock.http}${path}`, { headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      const { 'content-type': type = '', 'content-security-policy': csp, 'x-content-type-options': nosniff } = response.headers
      resolve({ status: response.statusCode ?? 0, type, csp: csp?.toString(), nosniff: nosniff?.toString(), text })
    })
    sent.on('error', reject).end()
  })
}

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const stranger = { host: 'elsewhere.example' }

describe('what is not served', () => {
  const cases: Readonly<Record<string, { path: string; headers?: Record<string, string>; status: number; code: string }>> = {
    'a path that nobody serves': { path: '/app/x/y/z', status: 404, code: 'not_found' },
    'an asset that there is not': { path: '/assets/nothing.css', status: 404, code: 'not_found' },
    'a host that is not ours': { path: '/', headers: stranger, status: 421, code: 'unknown_host' },
  }

  for (const [fact, { path, headers, status, code }] of Object.entries(cases)) {
    test(`${fact} is JSON for a program`, async () => {
      const answer = await ask(path, { ...headers })

      expect(answer).toMatchObject({ status, type: expect.stringContaining('application/json'), csp: undefined, nosniff: 'nosniff' })
      expect(JSON.parse(answer.text)).toEqual({ error: { code, message: expect.any(String) } })
    })

    test(`${fact} is a page for a browser, as strict as all of them`, async () => {
      const answer = await ask(path, { ...browser, ...headers })
      const main = parse(answer.text).querySelector('main')

      expect(answer).toMatchObject({ status, type: expect.stringContaining('text/html'), csp: expect.stringContaining("default-src 'none'"), nosniff: 'nosniff' })
      expect(main?.textContent).toMatch(new RegExp(`${code}[\\s\\S]*Correlation id`))
      expect(main?.querySelectorAll('input, form')).toEqual([])
    })
  }

  test('the control API answers in its own envelope, whoever asks', async () => {
    expect(await ask('/_mock/nothing', browser)).toMatchObject({ status: 404, type: expect.stringContaining('application/json') })
  })

  test('a form that did not come from its page is a page that says so', async () => {
    const response = await fetch(`${server.mock.http}/sign-in/none/password`, { method: 'POST', headers: { ...browser, 'content-type': 'application/x-www-form-urlencoded' }, body: 'csrf=x' })

    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.headers.get('content-type')).toContain('text/html')
  })
})

describe('the home page', () => {
  const home = async (url: string) => parse(await (await fetch(url, { headers: browser })).text())

  test('it names addresses whole, so that they can be copied', async () => {
    const page = await home(`${server.mock.http}/`)
    const links = page.querySelectorAll('main a').map((each) => each.getAttribute('href') ?? '')

    expect(links.filter((href) => !href.startsWith(`${server.mock.http}/`))).toEqual([])
    expect(links).toContain(`${server.mock.http}/app`)
    for (const href of links) expect((await fetch(href)).status, href).toBe(200)
  })

  test('a sandbox has its own, which leads to its own app', async () => {
    const { tenantId } = await newStory(server.mock)
    const page = await home(`${server.mock.http}/${tenantId}`)

    expect(page.querySelector('.try .button')?.getAttribute('href')).toBe(`${server.mock.http}/app/${tenantId}`)
    expect(page.querySelector('.try .hint a')?.getAttribute('href')).toContain(`/_mock/tenants/${tenantId}/users/`)
  })

  test('it tells the story of three sign-ins', async () => {
    const page = await home(`${server.mock.http}/`)

    expect(page.querySelectorAll('.tries em').map((each) => each.textContent)).toEqual(['allowed', 'refused', 'challenged'])
    expect(page.querySelector('.try .hint')?.textContent).toContain('Portcullis1!')
  })

  test('a tenant of which the story is not true does not tell it, and still leads to the app', async () => {
    const { tenantId } = await newStory(server.mock, { licence: 'none' })
    const page = await home(`${server.mock.http}/${tenantId}`)

    expect(page.querySelectorAll('.tries')).toEqual([])
    expect(page.querySelector('.try .button')?.textContent).toBe('Open the sample app')
  })

  test('where the control API asks for a key, the page tells neither passwords nor codes', async () => {
    const guarded = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), controlKey: 'a-key' })
    const page = await home(`${guarded.http}/`)
    await guarded.stop()

    expect(page.querySelectorAll('.tries li')).toHaveLength(3)
    expect(page.textContent).not.toContain('Portcullis1!')
    expect(page.querySelectorAll('.try .hint a')).toEqual([])
  })
})
