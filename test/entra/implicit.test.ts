import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

const server = useMock()

async function answerOf(story: Story, more: Record<string, string>) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, apps.salesMobile, { scope: 'openid profile api://sales-api/Orders.Read', ...more }).url)

  return (await alice.signIn('alice@contoso.example')).answer
}

async function tenantWith(settings: Record<string, boolean>): Promise<Story> {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesMobile, { web: { implicitGrantSettings: settings } })

  return story
}

describe('tokens straight from the authorize endpoint', () => {
  const kinds: Record<string, readonly string[]> = {
    'id_token': ['id_token'],
    'token': ['access_token'],
    'id_token token': ['access_token', 'id_token'],
    'code id_token': ['code', 'id_token'],
    'code token': ['access_token', 'code'],
    'code id_token token': ['access_token', 'code', 'id_token'],
  }
  for (const mode of ['fragment', 'form_post']) {
    test.each(Object.entries(kinds))(`%s by ${mode} gives these and no others`, async (type, given) => {
      const answer = await answerOf(await newStory(server.mock), { response_type: type, response_mode: mode })

      expect(['access_token', 'code', 'id_token'].filter((name) => name in answer)).toEqual(given)
      expect(answer).toMatchObject({ state: 's', session_state: expect.any(String) as string })
      if (answer.access_token) expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: expect.stringMatching(/^\d+$/) as string, scope: expect.stringContaining('Orders.Read') as string })
      if (answer.id_token) {
        expect('c_hash' in decodeJwt(answer.id_token)).toBe('code' in answer)
        expect('at_hash' in decodeJwt(answer.id_token)).toBe('access_token' in answer)
      }
    })
  }

  const switches: Record<string, { settings: Record<string, boolean>; type: string; code: number | null }> = {
    'an ID token, switched off': { settings: { enableIdTokenIssuance: false }, type: 'id_token', code: 700054 },
    'an ID token beside a code, switched off': { settings: { enableIdTokenIssuance: false }, type: 'code id_token', code: 700054 },
    'an access token, switched off': { settings: { enableAccessTokenIssuance: false }, type: 'token', code: 700051 },
    'an access token, where only ID tokens are switched off': { settings: { enableIdTokenIssuance: false }, type: 'token', code: null },
    'a code, everything switched off': { settings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false }, type: 'code', code: null },
  }
  test.each(Object.entries(switches))('%s', async (_fact, { settings, type, code }) => {
    const answer = await answerOf(await tenantWith(settings), { response_type: type })

    if (code === null) expect(answer.error).toBeUndefined()
    else expect(answer).toMatchObject({ error: 'unsupported_response_type', error_uri: `${server.mock.http}/error?code=${code}`, state: 's' })
  })

  test('never come in the query', async () => {
    const answer = await answerOf(await newStory(server.mock), { response_type: 'id_token', response_mode: 'query' })

    expect(answer).toMatchObject({ error: 'invalid_request', error_uri: `${server.mock.http}/error?code=70007` })
  })
})

describe('what belongs to a page of one origin', () => {
  test('a page elsewhere redeems no code of an application that is none', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = authorizeRequest(story.issuer, apps.salesMobile)
    await alice.open(request.url)
    const { answer } = await alice.signIn('alice@contoso.example')
    const form = { grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier }
    const refused = await story.token(form, { origin: 'http://localhost:3999' })

    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request', error_codes: [9002326] } })
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:3999')
    expect((await story.token(form)).status).toBe(200)
  })

  test('a page redeems its own, for 24 hours in all', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = authorizeRequest(story.issuer, apps.salesSpa)
    await alice.open(request.url)
    const { answer } = await alice.signIn('alice@contoso.example')
    const page = { 'origin': 'http://localhost:3999', 'x-mock-signals': `ipAddress=${places.office}` }
    const { body } = await story.token({ grant_type: 'authorization_code', client_id: apps.salesSpa, code: answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier }, page)
    const refresh = (token: string | undefined) => story.token({ grant_type: 'refresh_token', client_id: apps.salesSpa, refresh_token: token ?? '' }, page)

    expect(body.refresh_token_expires_in).toBeGreaterThan(86_390)
    await story.control('POST', '/clock', { advance: 'PT20H' })
    const later = await refresh(body.refresh_token)
    expect(later.body.refresh_token_expires_in).toBeLessThan(14_400)
    await story.control('POST', '/clock', { advance: 'PT5H' })
    expect((await refresh(later.body.refresh_token)).body).toMatchObject({ error: 'invalid_grant', error_codes: [700084] })
  })

  test('a server redeems nothing that a page was given, neither code nor refresh token: 9002327', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = authorizeRequest(story.issuer, apps.salesSpa)
    await alice.open(request.url)
    const { answer } = await alice.signIn('alice@contoso.example')
    const form = { grant_type: 'authorization_code', client_id: apps.salesSpa, code: answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier }
    const refused = { status: 400, body: { error: 'invalid_request', error_codes: [9002327] } }

    expect(await story.token(form)).toMatchObject(refused)
    const { status, body } = await story.token(form, { origin: 'http://localhost:3999' })
    expect(status, 'the code is still good for the page').toBe(200)
    expect(await story.token({ grant_type: 'refresh_token', client_id: apps.salesSpa, refresh_token: body.refresh_token ?? '' })).toMatchObject(refused)
  })

  test('a page must prove that the code is for it', async () => {
    const answer = await (async () => {
      const story = await newStory(server.mock)
      const alice = visitor(server.mock)
      const { url } = authorizeRequest(story.issuer, apps.salesSpa)
      const bare = new URL(url)
      bare.searchParams.delete('code_challenge')
      bare.searchParams.delete('code_challenge_method')

      return (await alice.open(bare.href)).answer
    })()

    expect(answer).toMatchObject({ error: 'invalid_request', error_description: expect.stringMatching(/^AADSTS9002325/) as string })
  })
})

describe('where error_uri leads', () => {
  test('is a page that says what the code means', async () => {
    const page = await visitor(server.mock).open(`${server.mock.http}/error?code=50076`)

    expect([page.status, page.text]).toEqual([200, expect.stringContaining('AADSTS50076')])
  })

  test('a number that is no code is not found', async () => {
    expect((await visitor(server.mock).open(`${server.mock.http}/error?code=<b>`)).status).toBe(404)
  })
})
