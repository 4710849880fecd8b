import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, endpoint, expectNoStack, standing } from './telling.ts'

const server = useMock()

/** A request with a Host of one's own, which fetch would not send. */
function askAs(host: string, path: string): Promise<{ status: number; text: string }> {
  const { port } = new URL(server.mock.http ?? '')
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    call.on('error', reject)
    call.end()
  })
}

describe('a name that is not ours (DNS rebinding)', () => {
  test.for(['evil.example', 'evil.example:8400', 'localhost.evil.example', '127.0.0.1.evil.example', '169.254.169.254', 'localhost@evil.example'])('%s gets nothing: 421', async (host) => {
    for (const path of ['/', '/_mock', '/_mock/snapshot', '/common/v2.0/.well-known/openid-configuration']) {
      const { status, text } = await askAs(host, path)
      expect(status, path).toBe(421)
      expect(text).not.toContain('issuer')
      expectNoStack(text)
    }
  })

  test.for(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]'])('%s is ours', async (host) => {
    const { port } = new URL(server.mock.http ?? '')
    expect((await askAs(`${host}:${port}`, '/_mock')).status).toBe(200)
  })
})

describe('a page of another site', () => {
  const foreign = { origin: 'https://evil.example' }

  test.for([['GET', '/_mock'], ['GET', '/_mock/snapshot'], ['POST', '/_mock/reset'], ['POST', '/_mock/clock'], ['PUT', '/_mock/signals'], ['PATCH', '/_mock/users/alice']] as const)(
    'may not %s %s: 403',
    async ([method, path]) => {
      const response = await fetch(`${server.mock.http}${path}`, { method, headers: { ...foreign, 'content-type': 'application/json' }, ...(method === 'GET' ? {} : { body: '{}' }) })

      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { code: 'foreign_origin' } })
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('of no origin (a sandboxed frame, a file) may not either', async () => {
    const response = await fetch(`${server.mock.http}/_mock/snapshot`, { headers: { origin: 'null' } })

    expect(response.status).toBe(403)
  })

  test('may not send a simple form where JSON is wanted', async () => {
    const response = await fetch(`${server.mock.http}/_mock/clock`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"advance":"PT8H"}' })

    expect([400, 415]).toContain(response.status)
    expect((await (await fetch(`${server.mock.http}/_mock/clock`)).json() as { offset: number }).offset).toBe(0)
  })
})

describe('what is shown is never run', () => {
  const script = '"><script>alert(1)</script><img src=x onerror=alert(1)>'

  /** Every parameter that finds its way onto a page. */
  const shown: Record<string, Record<string, string>> = {
    'client_id': { client_id: script },
    'redirect_uri': { redirect_uri: `http://evil.example/${script}` },
    'scope': { scope: `openid ${script}` },
    'state': { state: script },
    'nonce': { nonce: script },
    'login_hint': { login_hint: script },
    'domain_hint': { domain_hint: script },
    'prompt': { prompt: script },
    'response_type': { response_type: script },
    'response_mode': { response_mode: script },
    'claims': { claims: script },
    'a state sent by a form': { state: script, response_mode: 'form_post', response_type: 'everything' },
  }

  test.for(Object.entries(shown))('%s', async ([, more]) => {
    const story = await newStory(server.mock)
    const { page } = await ask(story, visitor(server.mock), apps.salesHub, more)

    expect(page.html).not.toMatch(/<script>alert|<img src=x/)
    expectNoStack(page.html)
  })

  test('what is typed', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, browser, apps.salesMobile)
    await browser.submit({ username: script })
    expect(browser.page.html).not.toMatch(/<script>alert|<img src=x/)
    await browser.signIn('dave@contoso.example', { code: script })
    expect(browser.page.html).not.toMatch(/<script>alert|<img src=x/)
  })

  test('the names of policies, users, places and the tenant', async () => {
    const story = await newStory(server.mock)
    const { body } = await story.control('GET', '/snapshot')
    const renamed = (list: unknown) => (list as Record<string, unknown>[]).map((one) => ({ ...one, displayName: `${script} ${String(one.displayName)}` }))
    const { status, body: answer } = await story.control('PATCH', '/tenant', {
      displayName: script, namedLocations: renamed(body.namedLocations), conditionalAccessPolicies: renamed(body.conditionalAccessPolicies), users: renamed(body.users),
    })
    expect(status, JSON.stringify(answer)).toBe(200)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, alice, apps.salesHub)
    expect(alice.page.html).not.toMatch(/<script>alert|<img src=x/)
    await alice.signIn('alice@contoso.example')
    expect(standing(alice.page)).toBe('53003')
    expect(alice.page.html).not.toMatch(/<script>alert|<img src=x/)
    const home = await fetch(endpoint(story, ''))
    expect(await home.text()).not.toMatch(/<script>alert|<img src=x/)
  })

  test('the tenant in the address, the sign-in in the address, the code of an error', async () => {
    const encoded = encodeURIComponent(script)
    for (const path of [`/${encoded}/oauth2/v2.0/authorize`, `/${encoded}`, `/error?code=${encoded}`, `/common/sign-in/${encoded}`, `/_mock/${encoded}`, `/app?error=${encoded}&error_description=${encoded}`]) {
      const response = await fetch(`${server.mock.http}${path}`)
      const text = await response.text()
      const isPage = response.headers.get('content-type')?.includes('html') ?? false
      expect(isPage && /<script>alert|<img src=x/.test(text), path).toBe(false)
      expect(response.status, path).toBeLessThan(500)
      expectNoStack(text)
    }
  })

  test('every page forbids scripts of others, sniffing and caching', async () => {
    const story = await newStory(server.mock)
    const { page } = await ask(story, visitor(server.mock), apps.salesHub)

    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'|script-src 'self'/)
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe-(inline|eval)/)
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('cache-control')).toContain('no-store')
    expect(page.headers.get('referrer-policy')).toMatch(/no-referrer|same-origin|strict-origin/)
  })

  test('a link back that was tampered with leads nowhere else', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, browser, apps.salesHub, { state: 'javascript:alert(1)' })
    await browser.signIn('alice@contoso.example')
    for (const link of browser.page.root.querySelectorAll('main a')) expect(link.getAttribute('href')).toMatch(/^\/(?!\/)/)
  })
})

test('secrets are in no answer of the control API but those that are for them', async () => {
  const story = await newStory(server.mock)
  const { body: user } = await story.control('PATCH', '/users/dave', { displayName: 'Dave' })
  expect(JSON.stringify(user)).not.toMatch(/passwordHash|"secret":"/)
  const { body: log } = await story.control('GET', '/sign-ins')
  expect(JSON.stringify(log)).not.toMatch(/Portcullis1!|sales-hub-secret/)
})

test('nothing listens where nothing is: a stranger\'s paths are 404, in a word', async () => {
  for (const path of ['/.env', '/.git/config', '/assets/../package.json', '/assets/%2e%2e%2fpackage.json', '/wp-login.php', '/assets/..%5c..%5cpackage.json']) {
    const response = await fetch(`${server.mock.http}${path}`)
    const text = await response.text()
    expect([400, 404], path).toContain(response.status)
    expect(text).not.toContain('"dependencies"')
    expectNoStack(text)
  }
})
