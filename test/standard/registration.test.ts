import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { apps } from '../support/mock.ts'
import { expectErrorPage } from './basic-plan.ts'
import { authorize, happyFlow } from './flow.ts'
import { redirectUri, useStandard } from './op.ts'
import type { Op } from './op.ts'

const server = useStandard()

/** What registering answers, the keys to its own entry with it. */
type Registered = { readonly client_id: string; readonly registration_client_uri: string; readonly registration_access_token: string; readonly [member: string]: unknown }

describe('dynamic client registration', () => {
  test('a client is told its id, its secret and what was made of its wishes', async () => {
    const registered = await register(await server.op(), { redirect_uris: [redirectUri], client_name: 'Fabrikam Reports' })

    expect(registered).toMatchObject({
      client_name: 'Fabrikam Reports',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      client_secret_expires_at: 0,
    })
    expect(String(registered.client_secret).length).toBeGreaterThan(40)
  })

  const refused: Record<string, { wish: Record<string, unknown>; error: string }> = {
    'without a redirect URI': { wish: {}, error: 'invalid_redirect_uri' },
    'with a redirect URI that is none': { wish: { redirect_uris: ['banana'] }, error: 'invalid_redirect_uri' },
    'with a fragment in a redirect URI': { wish: { redirect_uris: [`${redirectUri}#here`] }, error: 'invalid_redirect_uri' },
    'with a grant type that does not exist': { wish: { redirect_uris: [redirectUri], grant_types: ['banana'] }, error: 'invalid_client_metadata' },
    'with an unsigned ID token': { wish: { redirect_uris: [redirectUri], id_token_signed_response_alg: 'none' }, error: 'invalid_client_metadata' },
    'with a key set that is none': { wish: { redirect_uris: [redirectUri], jwks: 'banana' }, error: 'invalid_client_metadata' },
  }

  test.each(Object.entries(refused))('%s nobody is registered', async (_what, { wish, error }) => {
    const response = await post(await server.op(), wish)

    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error })
  })

  test('a client reads, changes and deletes its own entry', async () => {
    const op = await server.op()
    const registered = await register(op, { redirect_uris: [redirectUri] })
    const read = await manage('GET', registered)
    expect(read).toMatchObject({ status: 200, body: { client_id: registered.client_id } })

    const moved = 'https://localhost:3999/elsewhere'
    const changed = await manage('PUT', { ...registered, ...read.body }, { redirect_uris: [moved] })
    expect(changed).toMatchObject({ status: 200, body: { redirect_uris: [moved] } })

    const rp = { ...(await op.register()), client: { client_id: registered.client_id }, redirectUri }
    expectErrorPage((await authorize(rp, op.browser())).page)
    expect((await authorize({ ...rp, redirectUri: moved }, op.browser())).page.answer).toHaveProperty('code')

    const keys = { ...registered, ...changed.body }
    expect(await manage('DELETE', keys)).toMatchObject({ status: 204 })
    expect(await manage('GET', keys)).toMatchObject({ status: 401 })
    expectErrorPage((await authorize({ ...rp, redirectUri: moved }, op.browser())).page)
  })

  test('nobody reads another’s entry', async () => {
    const op = await server.op()
    const [one, another] = [await register(op, { redirect_uris: [redirectUri] }), await register(op, { redirect_uris: [redirectUri] })]

    expect((await manage('GET', { ...one, registration_access_token: another.registration_access_token })).status).toBe(401)
    expect((await manage('DELETE', { ...one, registration_access_token: 'guess' })).status).toBe(401)
    expect((await manage('GET', one)).status).toBe(200)
  })

  test('an application of the directory is not managed here', async () => {
    const op = await server.op()
    const one = await register(op, { redirect_uris: [redirectUri] })
    const uri = one.registration_client_uri.replace(one.client_id, apps.salesHub)

    expect((await manage('DELETE', { ...one, registration_client_uri: uri })).status).toBe(401)
  })

  test('a client of one tenant is unknown in another', async () => {
    const [here, there] = [await server.op(), await server.op()]
    const rp = await here.register()

    expectErrorPage((await authorize({ ...rp, op: there }, there.browser())).page)
  })

  test('clients prove themselves as they said they would', async () => {
    const op = await server.op()
    const keys = await oauth.generateKeyPair('ES256', { extractable: true })
    const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
    const rp = await op.register({ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [{ ...jwk, kid: 'mine', use: 'sig' }] } } as unknown as Partial<oauth.Client>)
    const { claims } = await happyFlow({ ...rp, auth: oauth.PrivateKeyJwt({ key: keys.privateKey, kid: 'mine' }) }, op.browser())
    expect(claims.aud).toBe(rp.client.client_id)

    const shared = await op.register({ token_endpoint_auth_method: 'client_secret_jwt' })
    await happyFlow({ ...shared, auth: oauth.ClientSecretJwt(String(shared.client.client_secret)) }, op.browser())
  })
})

async function register(op: Op, wish: Record<string, unknown>): Promise<Registered> {
  const response = await post(op, wish)
  expect(response.status).toBe(201)
  expect(response.headers.get('cache-control')).toContain('no-store')

  return (await response.json()) as Registered
}

function post(op: Op, wish: Record<string, unknown>): Promise<Response> {
  return fetch(String(op.as.registration_endpoint), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish) })
}

const readOnly = ['registration_access_token', 'registration_client_uri', 'client_secret_expires_at', 'client_id_issued_at']

async function manage(method: string, { registration_client_uri: uri, registration_access_token: token, ...now }: Registered, change?: Record<string, unknown>) {
  const members = Object.fromEntries(Object.entries({ ...now, ...change }).filter(([name]) => !readOnly.includes(name)))
  const response = await fetch(uri, {
    method,
    headers: { 'authorization': `Bearer ${token}`, ...(method === 'PUT' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'PUT' ? { body: JSON.stringify(members) } : {}),
  })
  const text = await response.text()

  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
}
