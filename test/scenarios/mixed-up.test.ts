import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import { ask, credentialsOf, endpoint, from, patchTenant, redeem, standing } from './telling.ts'

/** What was given in one tenant, to one client or for one request, and turns up elsewhere. */
const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const alice = 'alice@contoso.example'

async function signedIn(story: Story, clientId = apps.salesMobile, more: Record<string, string> = {}) {
  const browser = visitor(server.mock, atTheOffice)
  const request = await ask(story, browser, clientId, more)
  await browser.signIn(alice)
  expect(standing(browser.page)).toBe('granted')

  return { browser, request, tokens: async (): Promise<TokenBody> => (await redeem(story, request, browser.page)).body }
}

describe('a browser is sent nowhere', () => {
  const only = (redirectUri: string, appId: string) => ({ applications: [{ displayName: 'Portal', appId, web: { redirectUris: [redirectUri] }, secrets: ['s'] }], conditionalAccessPolicies: [] })

  test('by a tenant that does not know the application, or another address for it', async () => {
    const appId = crypto.randomUUID()
    const [home, other] = [await newStory(server.mock, only('https://portal.example/cb', appId)), await newStory(server.mock, only('https://elsewhere.example/cb', appId))]
    const stranger = await newStory(server.mock)
    const asked = { redirect_uri: 'https://portal.example/cb' }
    expect((await ask(home, visitor(server.mock), appId, { ...asked, prompt: 'none' })).page.url).toMatch(/^https:\/\/portal\.example\/cb\?error=login_required/)

    for (const [story, code] of [[other, '50011'], [stranger, '700016']] as const) {
      for (const prompt of ['none', 'login']) {
        const { page } = await ask(story, visitor(server.mock), appId, { ...asked, prompt })
        expect([page.status, page.text], `${code} ${prompt}`).toEqual([400, expect.stringContaining(code)])
      }
    }
  })

  const near: Record<string, string> = {
    'a longer path': 'https://portal.example/cb/more',
    'another case': 'https://portal.example/CB',
    'a query': 'https://portal.example/cb?next=https://evil.example',
    'a fragment': 'https://portal.example/cb#x',
    'another port': 'https://portal.example:444/cb',
    'another scheme': 'http://portal.example/cb',
    'a name before the host': 'https://portal.example@evil.example/cb',
    'a host that begins alike': 'https://portal.example.evil.example/cb',
    'a path that climbs': 'https://portal.example/x/../cb',
    'a blank at the end': 'https://portal.example/cb ',
    'a script': 'javascript:alert(1)',
    'data': 'data:text/html,x',
    'no address': 'cb',
  }
  test.for(Object.entries(near))('for an address that differs from the registered one by %s', async ([, redirectUri]) => {
    const appId = crypto.randomUUID()
    const story = await newStory(server.mock, only('https://portal.example/cb', appId))
    const { page } = await ask(story, visitor(server.mock), appId, { redirect_uri: redirectUri, prompt: 'none' })

    expect([page.status, page.text]).toEqual([400, expect.stringContaining('50011')])
  })

  test('by a tenant that is not there', async () => {
    const { url } = authorizeRequest(`${server.mock.http}/c0ffee00-0000-4000-8000-00000000dead/v2.0`, apps.salesMobile, { prompt: 'none' })
    const page = await visitor(server.mock).open(url)

    expect([page.status, page.text]).toEqual([400, expect.stringContaining('90002')])
  })
})

describe('another tenant takes', () => {
  test('no refresh token, and the right one still does', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const { refresh_token: token = '' } = await (await signedIn(story)).tokens()
    const renew = (where: Story) => where.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: token }, from(places.office))

    expect((await renew(other)).body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token' })
    expect((await renew(story)).status).toBe(200)
  })

  test('no device code, and shows no page for its user code', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const response = await fetch(endpoint(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid' }) })
    const device = (await response.json()) as Record<string, string>
    expect((await other.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: String(device.device_code) })).body).toMatchObject({ error: 'bad_verification_code' })

    const person = visitor(server.mock)
    await person.open(endpoint(other, '/oauth2/deviceauth'))
    person.page.root.querySelector('main form')?.setAttribute('action', endpoint(other, '/oauth2/deviceauth'))
    await person.submit({ user_code: String(device.user_code) })
    expect(person.page.text).toContain("didn't work")
  })

  test('no ID token as a hint of who is meant', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const { id_token: token = '' } = await (await signedIn(story)).tokens()
    const { browser } = await signedIn(other)
    const { page } = await ask(other, browser, apps.salesMobile, { id_token_hint: token, prompt: 'none' })

    expect(page.answer).not.toHaveProperty('code')
  })
})

describe('another client redeems', () => {
  test('neither a code nor a refresh token, and both are still good', async () => {
    const story = await newStory(server.mock)
    const { browser, request } = await signedIn(story)
    const as = (clientId: string, form: Record<string, string>) => story.token({ ...credentialsOf(clientId), ...form }, from(places.office))
    const code = { grant_type: 'authorization_code', code: browser.page.answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier }
    for (const clientId of [apps.adminShell, apps.salesHub]) expect((await as(clientId, code)).body, clientId).toMatchObject({ error: 'invalid_grant' })
    const { status, body } = await as(apps.salesMobile, code)
    expect(status).toBe(200)

    const renew = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }
    for (const clientId of [apps.adminShell, apps.salesHub]) expect((await as(clientId, renew)).body, clientId).toMatchObject({ error: 'invalid_grant' })
    expect((await as(apps.salesMobile, renew)).status).toBe(200)
  })

  test('a code that was bound to a proof is not redeemed without it, with another, or with the challenge itself', async () => {
    const story = await newStory(server.mock)
    const { browser, request } = await signedIn(story)
    const challenge = new URL(request.url).searchParams.get('code_challenge') ?? ''
    for (const verifier of ['', 'v'.repeat(43), challenge]) {
      const { status, body } = await redeem(story, request, browser.page, { code_verifier: verifier })
      expect([status, body.error], verifier).toEqual([400, 'invalid_grant'])
    }
    expect((await redeem(story, request, browser.page)).status, 'who has the proof still can').toBe(200)
  })

  test('nor one that asked for a plain proof, with the hash of it', async () => {
    const story = await newStory(server.mock)
    const { browser, request } = await signedIn(story, apps.salesMobile, { code_challenge: 'p'.repeat(43), code_challenge_method: 'plain' })
    expect((await redeem(story, request, browser.page)).body.error).toBe('invalid_grant')

    expect((await redeem(story, request, browser.page, { code_verifier: 'p'.repeat(43) })).status).toBe(200)
  })
})

test('a code dies after ten minutes: 70008', async () => {
  const story = await newStory(server.mock)
  const { browser, request } = await signedIn(story)
  await story.control('POST', '/clock', { advance: 'PT10M1S' })

  expect((await redeem(story, request, browser.page)).body).toMatchObject({ error: 'invalid_grant', error_codes: [70008] })
})

describe('of redemptions at once exactly one wins', () => {
  test.each(['entra', 'standard'])('in the %s profile', async (profile) => {
    const story = await newStory(server.mock)
    await patchTenant(story, { profile })
    const { browser, request } = await signedIn(story, apps.salesHub, { scope: 'openid' })
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(story, request, browser.page)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.error))).toEqual(new Set([undefined, 'invalid_grant']))
  })

  test('with a device code', async () => {
    const story = await newStory(server.mock)
    const response = await fetch(endpoint(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid' }) })
    const device = (await response.json()) as Record<string, string>
    const person = visitor(server.mock, atTheOffice)
    await person.open(String(device.verification_uri))
    await person.submit({ user_code: String(device.user_code) })
    await person.signIn(alice)
    await person.submit({})
    const answers = await Promise.all(Array.from({ length: 8 }, () => story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: String(device.device_code) })))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})
