import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { apps, newStory, password, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, endpoint, expectNoStack, postRaw, standing } from './telling.ts'

const server = useMock()

/** Words that mean something somewhere, and words that have surprised servers. */
const words = [
  '', '0', '-1', 'null', '[]', '{}', '[1]', '__proto__', 'constructor', 'x'.repeat(300), '\u0000', '💥', '"', "'", '<b>', '%00', '../..',
  'none', 'login', 'consent', 'select_account', 'openid', 'openid profile offline_access', 'api://sales-api/.default', 'Orders.Read',
  'code', 'token', 'id_token', 'code id_token token', 'query', 'fragment', 'form_post', 'S256', 'plain',
  'authorization_code', 'refresh_token', 'client_credentials', 'password', 'device_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'alice', 'alice@contoso.example', apps.salesHub, apps.salesSpa, apps.nightlyJob, 'sales-hub-secret', 'http://localhost:3999/callback',
  'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.', '{"id_token":null}', '{"access_token":[]}', '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
]
const parameters = [
  'client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'response_mode', 'nonce', 'code_challenge', 'code_challenge_method', 'prompt',
  'login_hint', 'domain_hint', 'sid', 'claims', 'max_age', 'id_token_hint', 'resource', 'grant_type', 'code', 'code_verifier', 'refresh_token',
  'client_secret', 'client_assertion', 'client_assertion_type', 'username', 'password', 'assertion', 'device_code', 'post_logout_redirect_uri', 'request',
]
const someWords = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...words) }, fc.string())
const someParameters = fc.array(fc.tuple(fc.constantFrom(...parameters), someWords), { maxLength: 8 })

/** A request that would do, with something else in places. */
const nearlyRight = someParameters.map((odd) => new URLSearchParams([
  ...Object.entries({ client_id: apps.salesHub, response_type: 'code', redirect_uri: 'http://localhost:3999/callback', scope: 'openid', grant_type: 'client_credentials', client_secret: 'sales-hub-secret' })
    .filter(([name]) => !odd.some(([other]) => other === name)),
  ...odd,
]))

/** The same requests every time, so that a failure is there to be looked at tomorrow. */
const runs = { numRuns: 60, seed: 2026 }

test('no request to authorize or sign out is our fault, and none shows a stack', async () => {
  const story = await newStory(server.mock)
  await fc.assert(fc.asyncProperty(fc.constantFrom('/oauth2/v2.0/authorize', '/oauth2/authorize', '/oauth2/v2.0/logout'), nearlyRight, async (path, query) => {
    const response = await fetch(`${endpoint(story, path)}?${query}`, { redirect: 'manual' })
    const said = `${await response.text()} ${response.headers.get('location') ?? ''}`

    expect(response.status).toBeLessThan(500)
    expect(said).not.toMatch(/AADSTS50000\b|server_error/)
    expectNoStack(said)
  }), runs)
})

test('no request for a token is our fault: each refusal has its number', async () => {
  const story = await newStory(server.mock)
  await fc.assert(fc.asyncProperty(fc.constantFrom('/oauth2/v2.0/token', '/oauth2/token'), nearlyRight, async (path, form) => {
    const response = await postRaw(endpoint(story, path), form.toString())
    const body = (await response.json()) as { error_codes?: number[]; access_token?: string }

    expect([200, 400, 401, 413]).toContain(response.status)
    expect(body.access_token === undefined, JSON.stringify(body)).toBe(body.error_codes !== undefined)
    expect(body.error_codes).not.toEqual([50000])
    expectNoStack(JSON.stringify(body))
  }), runs)
})

test('whatever order its forms are sent in, nobody is let in from the café without a code', async () => {
  const story = await newStory(server.mock)
  const steps = ['user-name', 'password', 'one-time-code', 'stay-signed-in', 'register', 'pick-account', 'consent', 'change-password', 'terms-of-use', 'confirm-device', 'back', 'nonsense']
  const someStep = fc.record({ step: fc.option(fc.constantFrom(...steps)), code: someWords, account: someWords, username: fc.constantFrom('dave', 'dave@contoso.example', 'alice', '') })
  await fc.assert(fc.asyncProperty(fc.array(someStep, { minLength: 3, maxLength: 8 }), async (path) => {
    const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, dave, apps.salesMobile)
    for (const { step, ...fields } of path) {
      const form = dave.page.root.querySelector('main form')
      if (!form) break
      if (step !== null) form.setAttribute('action', [...(form.getAttribute('action') ?? '').split('/').slice(0, 4), step].join('/'))
      await dave.submit({ password, stay: 'yes', skip: 'yes', ...fields })
      expect(dave.page.status).toBeLessThan(500)
      expectNoStack(dave.page.html)
      expect(standing(dave.page)).not.toBe('granted')
    }
  }), { ...runs, numRuns: 25 })
})

test('no call of the control API is our fault, and the tenant is as it was after those that were refused', async () => {
  const story = await newStory(server.mock)
  const { body: before } = await story.control('GET', '/snapshot')
  const calls = ['POST /clock', 'PUT /signals', 'PUT /signals/alice', 'PATCH /users/alice', 'PATCH /tenant', 'POST /sign-ins', 'POST /faults', 'POST /tokens', 'PUT /snapshot', 'GET /sign-ins', 'DELETE /faults/x', 'GET /users/x/one-time-code']
  await fc.assert(fc.asyncProperty(fc.constantFrom(...calls), fc.jsonValue(), async (call, body) => {
    const [method = '', path = ''] = call.split(' ')
    const answer = await story.control(method, path, method === 'GET' || method === 'DELETE' ? undefined : body)

    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
    expect(answer.status < 400 || 'error' in answer.body).toBe(true)
    expectNoStack(JSON.stringify(answer.body))
  }), { ...runs, numRuns: 120 })

  expect((await story.control('GET', '/snapshot')).body).toEqual(before)
})
