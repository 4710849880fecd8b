import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, endpoint, expectNoStack, postRaw, redeem, refresh } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const job = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

async function withCode(story: Story, app: string = apps.salesHub) {
  const alice = visitor(server.mock, atTheOffice)
  const request = await ask(story, alice, app)
  await alice.signIn('alice@contoso.example')
  expect(alice.page.answer).toHaveProperty('code')

  return { request, page: alice.page }
}

/** What is wrong with a redemption, and what it hears. */
const redemptions: Record<string, { more: Record<string, string>; status: number; error: string; code: number }> = {
  'a code nobody gave': { more: { code: 'nonsense' }, status: 400, error: 'invalid_grant', code: 70000 },
  'no code': { more: { code: '' }, status: 400, error: 'invalid_request', code: 900144 },
  'another redirect URI': { more: { redirect_uri: 'http://localhost:3999/elsewhere' }, status: 400, error: 'invalid_grant', code: 500112 },
  'another code verifier': { more: { code_verifier: 'v'.repeat(43) }, status: 400, error: 'invalid_grant', code: 501481 },
  'a code verifier that cannot be': { more: { code_verifier: 'short' }, status: 400, error: 'invalid_request', code: 501491 },
  'a wrong secret': { more: { client_secret: 'wrong' }, status: 401, error: 'invalid_client', code: 7000215 },
  'no secret': { more: { client_secret: '' }, status: 401, error: 'invalid_client', code: 7000218 },
  'an application nobody knows': { more: { client_id: 'c0ffee00-0000-4000-8000-00000000dead' }, status: 400, error: 'unauthorized_client', code: 700016 },
  'no application': { more: { client_id: '', client_secret: '' }, status: 400, error: 'invalid_request', code: 900144 },
  'another application': { more: { client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' }, status: 400, error: 'invalid_grant', code: 70000 },
  'no grant type': { more: { grant_type: '' }, status: 400, error: 'invalid_request', code: 900144 },
  'a grant type there is not': { more: { grant_type: 'please' }, status: 400, error: 'unsupported_grant_type', code: 70003 },
}

test.for(Object.entries(redemptions))('%s', async ([, { more, status, error, code }]) => {
  const story = await newStory(server.mock)
  const { request, page } = await withCode(story)
  const { status: got, body } = await redeem(story, request, page, more)

  expect({ status: got, error: body.error, codes: body.error_codes }, JSON.stringify(body)).toEqual({ status, error, codes: [code] })
  expect(body.error_description).toMatch(new RegExp(`^AADSTS${code}: .+ Trace ID: [\\da-f-]{36} Correlation ID: [\\da-f-]{36} Timestamp: `))
  expectNoStack(JSON.stringify(body))
  expect(JSON.stringify(body)).not.toContain('sales-hub-secret')
})

describe('a code is redeemed once', () => {
  test('replayed, it is refused: 54005', async () => {
    const story = await newStory(server.mock)
    const { request, page } = await withCode(story)
    expect((await redeem(story, request, page)).status).toBe(200)
    const { status, body } = await redeem(story, request, page)

    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  })

  test('of eight redemptions at once exactly one wins', async () => {
    const story = await newStory(server.mock)
    const { request, page } = await withCode(story)
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(story, request, page)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { body } of answers.filter(({ status }) => status !== 200)) expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
    const winner = answers.find(({ status }) => status === 200)
    expect((await refresh(story, apps.salesHub, winner?.body ?? {}, places.office)).status, 'whose refresh token is still good').toBe(200)
  })

  test('tried with a wrong verifier or secret, it is still good for who has the right ones', async () => {
    const story = await newStory(server.mock)
    const { request, page } = await withCode(story)
    await redeem(story, request, page, { client_secret: 'wrong' })

    expect((await redeem(story, request, page)).status).toBe(200)
  })

  test('in another tenant it is nobody\'s', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const { request, page } = await withCode(story)
    const { status, body } = await redeem(other, request, page)

    expect(status).toBe(400)
    expect(body.error).toBe('invalid_grant')
    expect((await redeem(story, request, page)).status, 'and still good at home').toBe(200)
  })
})

describe('bodies', () => {
  /** A body as it comes, and its type. */
  const bodies: Record<string, { body: string; type?: string }> = {
    'nothing': { body: '' },
    'JSON': { body: JSON.stringify(job), type: 'application/json' },
    'JSON that says it is a form': { body: JSON.stringify(job) },
    'XML': { body: '<grant_type>client_credentials</grant_type>', type: 'text/xml' },
    'a form of brackets': { body: 'grant_type[]=client_credentials&grant_type[x]=y' },
    'a form with a prototype': { body: '__proto__[admin]=1&constructor=2&grant_type=client_credentials' },
    'broken percent signs': { body: 'grant_type=%E0%A4%A&client_id=%' },
    'a million bytes': { body: `grant_type=client_credentials&scope=${'x'.repeat(1_000_000)}` },
    'ten thousand parameters': { body: Array.from({ length: 10_000 }, (_, index) => `p${index}=1`).join('&') },
    'bytes that are no text': { body: '\u0000\u0001\uFFFF=\u0000' },
  }

  test.for(Object.entries(bodies))('%s', async ([, { body, type = 'application/x-www-form-urlencoded' }]) => {
    const story = await newStory(server.mock)
    const response = await postRaw(endpoint(story, '/oauth2/v2.0/token'), body, { 'content-type': type })
    const text = await response.text()

    expect([400, 413, 415]).toContain(response.status)
    expectNoStack(text)
    expect(JSON.parse(text)).toMatchObject({ error: expect.any(String), error_description: expect.stringMatching(/^AADSTS\d+: /), error_codes: [expect.any(Number)] })
  })

  test('a parameter twice with two values is refused, and nothing is issued', async () => {
    const story = await newStory(server.mock)
    const response = await postRaw(endpoint(story, '/oauth2/v2.0/token'), `${new URLSearchParams(job)}&client_id=${apps.salesHub}`)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error_codes: [90004], error_description: expect.stringContaining('"client_id" is given twice') })
  })
})

test.for(['GET', 'PUT', 'DELETE'])('%s is no way to ask for a token', async (method) => {
  const story = await newStory(server.mock)
  const response = await fetch(endpoint(story, '/oauth2/v2.0/token'), { method })

  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  expect(await response.json()).toMatchObject({ error: 'invalid_request', error_codes: [900561], error_description: expect.stringContaining(`Received a ${method} request`) })
})

describe('a single-page app', () => {
  test('a refusal says so to its script: it may be read across origins', async () => {
    const story = await newStory(server.mock)
    const { headers } = await story.token({ ...job, client_secret: 'wrong' }, { origin: 'http://localhost:3999' })

    expect(headers.get('access-control-allow-origin')).toMatch(/^(\*|http:\/\/localhost:3999)$/)
  })
})

test('a refresh in another tenant\'s words is refused and loses nothing', async () => {
  const story = await newStory(server.mock)
  const { request, page } = await withCode(story, apps.salesMobile)
  const { body: tokens } = await redeem(story, request, page)
  for (const more of [{ scope: 'api://nowhere/Read' }, { client_id: apps.adminShell }, { claims: '{' }] as Record<string, string>[]) {
    const { status, body } = await refresh(story, apps.salesMobile, tokens, places.office, more)
    expect(status, JSON.stringify(more)).toBe(400)
    expectNoStack(JSON.stringify(body))
  }

  expect((await refresh(story, apps.salesMobile, tokens, places.office)).status).toBe(200)
})

test('a correlation id is the client\'s where it is one, and never a stranger\'s text', async () => {
  const story = await newStory(server.mock)
  const id = '0a1b2c3d-0000-4000-8000-0123456789ab'
  expect((await story.token({ ...job, client_secret: 'wrong' }, { 'client-request-id': id })).body.correlation_id).toBe(id)

  const { body } = await story.token({ ...job, client_secret: 'wrong' }, { 'client-request-id': '<script>alert(1)</script>' })
  expect(body.correlation_id).toMatch(/^[\da-f-]{36}$/)
})
