import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import { ask, endpoint, expectNoStack, logOf, standing, tokensOf } from './telling.ts'

const server = useMock()

/** Requests that are never sent back to the application: the page says why. */
const onThePage: Record<string, { client?: string; more: Record<string, string>; code: string }> = {
  'an application nobody knows': { client: 'c0ffee00-0000-4000-8000-00000000dead', more: {}, code: '700016' },
  'an application id that is none': { client: "'; DROP TABLE users; --", more: {}, code: '700016' },
  'the application nobody is': { client: '00000000-0000-0000-0000-000000000000', more: {}, code: '700038' },
  'no application': { client: '', more: {}, code: '900144' },
  'a redirect URI nobody registered': { more: { redirect_uri: 'https://evil.example/callback' }, code: '50011' },
  'a redirect URI that looks alike': { more: { redirect_uri: 'http://localhost.evil.example/callback' }, code: '50011' },
  'a redirect URI with a name in it': { more: { redirect_uri: 'http://localhost@evil.example/callback' }, code: '50011' },
  'a redirect URI with a fragment': { more: { redirect_uri: 'http://localhost:3999/callback#fragment' }, code: '50011' },
  'a redirect URI that is a script': { more: { redirect_uri: 'javascript:alert(1)' }, code: '50011' },
  'a redirect URI that is data': { more: { redirect_uri: 'data:text/html,<script>alert(1)</script>' }, code: '50011' },
  'a redirect URI that is a path': { more: { redirect_uri: '/callback' }, code: '50011' },
  'a resource nobody knows': { more: { scope: 'openid api://nowhere/Read' }, code: '500011' },
  'a permission the resource does not have': { more: { scope: 'openid api://sales-api/Orders.Eat' }, code: '70011' },
  'a redirect URI that is no address': { more: { redirect_uri: 'http://' }, code: '50011' },
}

test.for(Object.entries(onThePage))('%s never redirects', async ([, { client = apps.salesHub, more, code }]) => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock)
  const { page } = await ask(story, browser, client, more)

  expect(page.url).toMatch(new RegExp(`^${server.mock.http}/`))
  expect(page.status).toBe(400)
  expect(page.text).toContain(`AADSTS${code}`)
  expect(page.text).toMatch(/Correlation id/)
  expect(page.root.querySelectorAll('main input')).toEqual([])
  expectNoStack(page.html)
})

/** Requests of a known application at a known address: it hears what was wrong, and gets its state back. */
const backToTheApplication: Record<string, { more: Record<string, string>; error: string; code: string }> = {
  'no response type': { more: { response_type: '' }, error: 'invalid_request', code: '900144' },
  'a response type there is not': { more: { response_type: 'everything' }, error: 'unsupported_response_type', code: '70005' },
  'a response mode there is not': { more: { response_mode: 'carrier-pigeon' }, error: 'invalid_request', code: '70007' },
  'no scope': { more: { scope: '' }, error: 'invalid_request', code: '900144' },
  'a prompt there is not': { more: { prompt: 'maybe' }, error: 'invalid_request', code: '90023' },
  'claims that are no JSON': { more: { claims: '{"access_token":' }, error: 'invalid_request', code: '90100' },
  'a code challenge of the wrong kind': { more: { code_challenge_method: 'rot13' }, error: 'invalid_request', code: '90100' },
  'a code challenge too short': { more: { code_challenge: 'abc' }, error: 'invalid_request', code: '501491' },
}

test.for(Object.entries(backToTheApplication))('%s is told to the application', async ([, { more, error, code }]) => {
  const story = await newStory(server.mock)
  const { page } = await ask(story, visitor(server.mock), apps.salesHub, { ...more, state: 'äöü & <b>' })

  expect(page.url, page.text).toMatch(/^http:\/\/localhost:3999\/callback[?#]/)
  expect({ code: /AADSTS(\d+)/.exec(page.answer.error_description ?? '')?.[1], error: page.answer.error }).toEqual({ code, error })
  expect(page.answer.state).toBe('äöü & <b>')
  expectNoStack(page.url)
})

test('a parameter given twice with two values is refused, with one value is not', async () => {
  const story = await newStory(server.mock)
  const { url } = authorizeRequest(story.issuer, apps.salesHub)
  const twice = await visitor(server.mock).open(`${url}&scope=email`)
  expect(twice.answer.error_description).toMatch(/^AADSTS90004: /)

  expect(standing(await visitor(server.mock).open(`${url}&state=s`))).toBe('user-name')
})

test('two applications in one request are refused on the page', async () => {
  const story = await newStory(server.mock)
  const { url } = authorizeRequest(story.issuer, apps.salesHub)
  const page = await visitor(server.mock).open(`${url}&client_id=${apps.salesSpa}`)

  expect(page.status === 400 || page.answer.error === 'invalid_request', page.text).toBe(true)
})

test('parameters nobody knows are no harm', async () => {
  const story = await newStory(server.mock)
  const { page } = await ask(story, visitor(server.mock), apps.salesHub, { 'utm_source': 'x', '__proto__': 'y', 'constructor': 'z', 'x-client-SKU': 'msal', 'client-request-id': 'none' })

  expect(standing(page)).toBe('user-name')
})

test.for(['x_adopt', 'x_refusal', 'x_claims', 'x_max_age', 'x_offline', 'x_response_type', 'x_for_everybody', 'x_admin_answer'])('%s is a word of ours and not heard from outside', async (name) => {
  const story = await newStory(server.mock)
  const { page } = await ask(story, visitor(server.mock), apps.salesHub, { [name]: '{"code":53003}' })

  expect(standing(page)).toBe('user-name')
})

describe('very long, very odd', () => {
  const oddities: Record<string, Record<string, string>> = {
    'a state of 6,000 characters': { state: 'x'.repeat(6000) },
    'a nonce of emoji': { nonce: '🏰'.repeat(100) },
    'a login hint of emoji': { login_hint: '🏰'.repeat(100) },
    'a login hint that is no base64': { login_hint: 'O.%%%' },
    'a login hint like an object': { login_hint: 'constructor' },
    'a NUL': { state: 'a\u0000b' },
    'a domain hint of nobody': { domain_hint: 'fabrikam.example' },
    'an age that is none': { max_age: 'old' },
    'a negative age': { max_age: '-1' },
    'an age beyond numbers': { max_age: '9'.repeat(40) },
    'an id_token_hint that is no token': { id_token_hint: 'not.a.token' },
    'a session id of nobody': { sid: 'nobody' },
    'claims of nothing': { claims: '{}' },
    'claims that name policies nobody knows': { claims: '{"access_token":{"capolids":{"essential":true,"values":["nobody"]}}}' },
    'claims nested deep': { claims: `${'{"a":'.repeat(200)}1${'}'.repeat(200)}` },
  }

  test.for(Object.entries(oddities))('%s is answered, and shows no stack', async ([, more]) => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const { page } = await ask(story, browser, apps.salesHub, more)

    expect(page.status).toBeLessThan(500)
    expectNoStack(page.html + page.url)
  })

  test('a request line that is too long is refused, and the server goes on', async () => {
    const story = await newStory(server.mock)
    const response = await fetch(authorizeRequest(story.issuer, apps.salesHub, { state: 'x'.repeat(100_000) }).url, { redirect: 'manual' })
    expect([400, 413, 414, 431]).toContain(response.status)

    expect(standing((await ask(story, visitor(server.mock), apps.salesHub)).page)).toBe('user-name')
  })

  test('broken percent signs are no harm', async () => {
    const story = await newStory(server.mock)
    for (const query of ['%', '%zz', 'client_id=%E0%A4%A', 'client_id[]=1', 'client_id=1&client_id=2&client_id=3', '&&&===']) {
      const response = await fetch(`${endpoint(story, '/oauth2/v2.0/authorize')}?${query}`, { redirect: 'manual' })
      expect(response.status, query).toBe(400)
      expectNoStack(await response.text())
    }
  })
})

test.for(['PUT', 'DELETE', 'PATCH'])('%s is no way to authorize', async (method) => {
  const story = await newStory(server.mock)
  const response = await fetch(authorizeRequest(story.issuer, apps.salesHub).url, { method })

  expect([400, 404, 405]).toContain(response.status)
  expectNoStack(await response.text())
})

test('a POST is as good as a GET', async () => {
  const story = await newStory(server.mock)
  const { url } = authorizeRequest(story.issuer, apps.salesHub)
  const response = await fetch(endpoint(story, '/oauth2/v2.0/authorize'), { method: 'POST', body: new URL(url).searchParams, redirect: 'manual' })
  const page = await visitor(server.mock).open(new URL(response.headers.get('location') ?? '', url).href)

  expect(standing(page)).toBe('user-name')
})

describe('tenants', () => {
  test.for(['nowhere.example', '00000000-0000-0000-0000-000000000000', '%3Cscript%3E', '..%2F..', 'a'.repeat(300)])('%s is none: AADSTS90002', async (tenant) => {
    const response = await fetch(authorizeRequest(`${server.mock.http}/${tenant}/v2.0`, apps.salesHub).url, { redirect: 'manual' })
    const text = await response.text()

    expect([400, 404]).toContain(response.status)
    expect(text).not.toContain('<script>')
    expectNoStack(text)
  })

  test('a deleted sandbox is gone: its issuer answers AADSTS90002', async () => {
    const sandbox = await server.mock.sandbox()
    const { url } = authorizeRequest(`${server.mock.http}/${sandbox.id}/v2.0`, apps.salesHub)
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
    await sandbox.delete()

    const response = await fetch(url, { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('AADSTS90002')
    const discovery = await fetch(`${server.mock.http}/${sandbox.id}/v2.0/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
  })
})

test('nothing of all that is lost: a signed-in user is still signed in after a bad request', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await tokensOf(story, alice, 'alice@contoso.example', apps.salesHub)
  await ask(story, alice, apps.salesHub, { redirect_uri: 'https://evil.example/' })
  await ask(story, alice, apps.salesHub, { response_type: 'everything' })

  expect(standing((await ask(story, alice, apps.salesHub)).page)).toBe('granted')
  expect((await logOf(story)).map(({ status }) => status.errorCode)).toEqual([0, 0])
})
