import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { describe, expect, test } from 'vitest'
import { apps, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'

const server = useMock()
const redirectUri = 'http://localhost/cb'
const verifier = 'v'.repeat(43)

/** Alice at the office, at the authorize endpoint, with what a client asks for on top. */
async function asAlice(story: Story, more: Record<string, string>) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const query = new URLSearchParams({ client_id: apps.salesMobile, response_type: 'code', redirect_uri: redirectUri, scope: 'openid profile offline_access User.Read', nonce: 'n', state: 's|user', ...more })
  await alice.open(`${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/authorize?${query}`)

  return alice.signIn('alice@contoso.example')
}

async function redeemed(story: Story, more: Record<string, string> = {}, form: Record<string, string> = {}) {
  const { answer } = await asAlice(story, more)
  const { body } = await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: redirectUri, client_info: '1', ...form })

  return { answer, body, idToken: decodeJwt(body.id_token ?? ''), accessToken: decodeJwt(body.access_token ?? '') }
}

describe('on the wire', () => {
  test('a user is the same sub in the ID token, after a refresh, and at userinfo', async () => {
    const story = await newStory(server.mock)
    const { body, idToken } = await redeemed(story)
    const refreshed = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: body.refresh_token ?? '' }, { 'x-mock-signals': `ipAddress=${places.office}` })
    const userinfo = await fetch(`${server.mock.http}/oidc/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } })
    const { sub } = (await userinfo.json()) as { sub: string }

    expect(sub).toMatch(/^[\w-]{43}$/)
    expect([idToken.sub, decodeJwt(refreshed.body.id_token ?? '').sub]).toEqual([sub, sub])
  })

  test('an ID token says these things and no others', async () => {
    const story = await newStory(server.mock)
    const { body, idToken } = await redeemed(story)

    expect(Object.keys(idToken).toSorted()).toEqual(['aio', 'aud', 'exp', 'iat', 'iss', 'name', 'nbf', 'nonce', 'oid', 'preferred_username', 'rh', 'sub', 'tid', 'uti', 'ver'])
    expect(idToken).toMatchObject({ aud: apps.salesMobile, iss: story.issuer, oid: people.alice, tid: story.tenantId, nonce: 'n', ver: '2.0', preferred_username: 'alice@contoso.example' })
    expect(decodeProtectedHeader(body.id_token ?? '')).toEqual({ alg: 'RS256', kid: expect.any(String) as string, typ: 'JWT' })
  })

  test('a token response has these members, in the spelling that was asked', async () => {
    const story = await newStory(server.mock)
    const { body, answer } = await redeemed(story, { client_info: '1' })

    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'client_info', 'expires_in', 'ext_expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'])
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'User.Read profile openid email', client_info: Buffer.from(JSON.stringify({ uid: people.alice, utid: story.tenantId })).toString('base64url') })
    expect(answer).toMatchObject({ state: 's|user', client_info: body.client_info })
    expect(answer).not.toHaveProperty('iss')
  })

  test('a token for Graph is v1, for an API of version 2 it is v2, and .default is all that was consented to', async () => {
    const story = await newStory(server.mock)
    const graph = await redeemed(story)
    const api = await redeemed(story, { scope: 'openid api://sales-api/.default' })

    expect(graph.accessToken).toMatchObject({ aud: 'https://graph.microsoft.com', ver: '1.0', appid: apps.salesMobile, amr: ['pwd'], ipaddr: places.office, scp: 'User.Read openid profile' })
    expect(decodeProtectedHeader(graph.body.access_token ?? '')).toMatchObject({ x5t: decodeProtectedHeader(graph.body.access_token ?? '').kid })
    expect(String(api.accessToken.scp).split(' ').toSorted()).toEqual(['Orders.Read', 'Orders.Write'])
    expect(String(api.body.scope).split(' ').toSorted()).toEqual(['api://sales-api/.default', 'api://sales-api/Orders.Read', 'api://sales-api/Orders.Write', 'email', 'openid', 'profile'])
  })

  test('a plain challenge holds, and a verifier that does not match is 501481', async () => {
    const story = await newStory(server.mock)
    const plain = { code_challenge: verifier, code_challenge_method: 'plain' }

    expect((await redeemed(story, plain, { code_verifier: verifier })).body.token_type).toBe('Bearer')

    const { answer } = await asAlice(story, plain)
    const refused = await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: redirectUri, code_verifier: 'w'.repeat(43) })
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [501481] } })
  })

  test('a code is good once', async () => {
    const story = await newStory(server.mock)
    const { answer } = await asAlice(story, {})
    const form = { grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: redirectUri }
    await story.token(form)

    expect((await story.token(form)).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  })

  test('an access token alone comes in the fragment, without an ID token', async () => {
    const story = await newStory(server.mock)
    const { answer } = await asAlice(story, { response_type: 'token', scope: 'User.Read' })

    expect(answer).toMatchObject({ token_type: 'Bearer', access_token: expect.stringMatching(/^ey/) as string, state: 's|user' })
    expect(answer).not.toHaveProperty('id_token')
  })

  test('a hybrid ID token vouches for the code beside it', async () => {
    const story = await newStory(server.mock)
    const { answer } = await asAlice(story, { response_type: 'code id_token', response_mode: 'form_post' })
    const half = createHash('sha256').update(answer.code ?? '').digest().subarray(0, 16).toString('base64url')

    expect(decodeJwt(answer.id_token ?? '')).toMatchObject({ c_hash: half, nonce: 'n', aud: apps.salesMobile })
  })

  test('an ID token is signed by the key it names, and is taken back as a hint', async () => {
    const story = await newStory(server.mock)
    const { body } = await redeemed(story)
    const keys = createLocalJWKSet((await (await fetch(`${story.issuer.replace('/v2.0', '')}/discovery/v2.0/keys`)).json()) as JSONWebKeySet)
    const { payload } = await jwtVerify(body.id_token ?? '', keys, { issuer: story.issuer, audience: apps.salesMobile })
    const logout = await fetch(`${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/logout?${new URLSearchParams({ id_token_hint: body.id_token ?? '' })}`, { headers: { accept: 'text/html' } })

    expect(payload.oid).toBe(people.alice)
    expect(logout.status).toBe(200)
  })

  test('the v1 endpoints speak v1', async () => {
    const story = await newStory(server.mock)
    const base = story.issuer.replace('/v2.0', '')
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const query = new URLSearchParams({ client_id: apps.salesMobile, response_type: 'code', redirect_uri: redirectUri, resource: 'api://sales-api', nonce: 'n' })
    await alice.open(`${base}/oauth2/authorize?${query}`)
    const { answer } = await alice.signIn('alice@contoso.example')
    const response = await fetch(`${base}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: redirectUri, resource: 'api://sales-api' }) })
    const body = (await response.json()) as Record<string, string>

    expect(body).toMatchObject({ expires_in: expect.stringMatching(/^\d+$/) as string, resource: 'api://sales-api' })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ iss: `${base}/`, ver: '1.0', amr: ['pwd'], upn: 'alice@contoso.example' })
    expect(decodeProtectedHeader(body.id_token ?? '')).toHaveProperty('x5t')
  })

  test('the v1 authorize endpoint gives v1 ID tokens, after a page and at once, and the v2 endpoint v2 ones', async () => {
    const story = await newStory(server.mock)
    const base = story.issuer.replace('/v2.0', '')
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const asked = async (path: string, responseType: string) => {
      await alice.open(`${base}${path}?${new URLSearchParams({ client_id: apps.salesMobile, response_type: responseType, redirect_uri: redirectUri, scope: 'openid profile', nonce: 'n' })}`)
      if (alice.page.step) await alice.signIn('alice@contoso.example')

      return decodeJwt(alice.page.answer.id_token ?? '')
    }
    const v1 = { iss: `${base}/`, ver: '1.0', upn: 'alice@contoso.example' }

    expect(await asked('/oauth2/authorize', 'id_token')).toMatchObject(v1)
    expect(await asked('/oauth2/authorize', 'id_token')).toMatchObject(v1)
    expect(await asked('/oauth2/authorize', 'code id_token')).toMatchObject(v1)
    expect(await asked('/oauth2/v2.0/authorize', 'id_token')).toMatchObject({ iss: story.issuer, ver: '2.0' })
  })

  const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

  test('an application alone gets a token and nothing about it', async () => {
    const story = await newStory(server.mock)
    const { body } = await story.token({ ...daemon, scope: `${daemon.scope} openid offline_access profile`, client_info: '1' })

    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ roles: ['Orders.Process'], azpacr: '1' })
  })

  const refusals: Record<string, { form: Record<string, string>; status: number; error: string; code: number }> = {
    'a wrong secret': { form: { client_secret: 'wrong' }, status: 401, error: 'invalid_client', code: 7000215 },
    'no secret': { form: { client_secret: '' }, status: 401, error: 'invalid_client', code: 7000218 },
    'an unknown application': { form: { client_id: 'c0ffee00-0000-4000-8000-0000000000ff' }, status: 400, error: 'unauthorized_client', code: 700016 },
    'an unknown resource': { form: { scope: 'api://not-a-registered-resource/.default' }, status: 400, error: 'invalid_resource', code: 500011 },
    'a scope for a daemon': { form: { scope: 'api://sales-api/Orders.Read' }, status: 400, error: 'invalid_scope', code: 70011 },
    'an unknown grant': { form: { grant_type: 'no_such_grant' }, status: 400, error: 'unsupported_grant_type', code: 70003 },
    'no grant': { form: { grant_type: '' }, status: 400, error: 'invalid_request', code: 900144 },
    'a refresh token nobody can read': { form: { grant_type: 'refresh_token', refresh_token: 'x' }, status: 400, error: 'invalid_grant', code: 9002313 },
    'broken claims': { form: { claims: '{' }, status: 400, error: 'invalid_request', code: 90100 },
  }
  for (const [fact, { form, status, error, code }] of Object.entries(refusals)) {
    test(`${fact} is ${error}, AADSTS${code}`, async () => {
      const story = await newStory(server.mock)
      const answer = await story.token({ ...daemon, ...form })

      expect(answer).toMatchObject({ status, body: { error, error_codes: [code], error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: .* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}Z$`)) as string } })
      expect(answer.headers.get('x-ms-request-id')).toBe(answer.body.trace_id)
    })
  }

  test('a silent request of nobody goes back with login_required, and its number in error_uri', async () => {
    const story = await newStory(server.mock)
    const stranger = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const query = new URLSearchParams({ client_id: apps.salesMobile, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', prompt: 'none', state: 's' })
    const { answer } = await stranger.open(`${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/authorize?${query}`)

    expect(answer).toMatchObject({ error: 'login_required', state: 's', error_uri: `${server.mock.http}/error?code=50058` })
  })

  const names: Record<string, { username: unknown; answer: Record<string, unknown> }> = {
    'somebody of ours is there, with a password': { username: 'alice@contoso.example', answer: { IfExistsResult: 0, Credentials: { PrefCredential: 1, HasPassword: true }, EstsProperties: { DomainType: 3 } } },
    'nobody is not': { username: 'nobody@contoso.example', answer: { IfExistsResult: 1, EstsProperties: { DomainType: 3 } } },
    'of a federated domain only its home knows': { username: 'anybody@fed.contoso.example', answer: { IfExistsResult: 0, Credentials: { PrefCredential: 4, HasPassword: true, FederationRedirectUrl: expect.stringMatching(/\/adfs\/ls\/$/) }, EstsProperties: { DomainType: 4 } } },
    'what is no name is nobody': { username: 7, answer: { Username: '', IfExistsResult: 1 } },
  }
  test.each(Object.entries(names))('GetCredentialType: %s', async (_fact, { username, answer }) => {
    const response = await fetch(`${server.mock.http}/common/GetCredentialType?mkt=en`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username }) })

    expect(await response.json()).toMatchObject(answer)
  })

  test('an unregistered redirect URI is a page, never a redirect', async () => {
    const story = await newStory(server.mock)
    const query = new URLSearchParams({ client_id: apps.salesMobile, response_type: 'code', redirect_uri: 'https://evil.example/cb', scope: 'openid', claims: '{' })
    const response = await fetch(`${story.issuer.replace('/v2.0', '')}/oauth2/v2.0/authorize?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } })

    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(await response.text()).toContain('AADSTS50011')
  })
})
