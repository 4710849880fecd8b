import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hiddenParameters, normalizeAuthorize, responseModes } from '../../src/entra/request.ts'
import type { RawParameters } from '../../src/entra/request.ts'

/** The library itself, with Entra's response types and modes, asked what it makes of our requests. */
const configuration = {
  clients: [{
    client_id: 'a2', token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256', redirect_uris: ['https://app.example/cb'], grant_types: ['authorization_code', 'implicit', 'refresh_token'],
    response_types: ['code', 'id_token', 'code id_token', 'id_token token', 'code id_token token'],
  }],
  responseTypes: ['code', 'id_token', 'code id_token', 'id_token token', 'code id_token token'],
  scopes: ['openid', 'profile', 'email', 'offline_access', 'User.Read'],
  extraParams: [...hiddenParameters, 'client_info', 'domain_hint', 'sid'],
  pkce: { required: () => false },
  features: { claimsParameter: { enabled: true }, devInteractions: { enabled: false } },
  interactions: { url: () => '/page' },
  jwks: { keys: [{ kty: 'EC', kid: 'k', use: 'sig', alg: 'ES256', crv: 'P-256', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }] },
  cookies: { keys: ['test'] },
  ttl: { Interaction: 60, Session: 60, Grant: 60 },
} as unknown as Configuration

const provider = new Provider('http://localhost', configuration)
const failures: string[] = []
for (const mode of Object.values(responseModes)) {
  provider.registerResponseMode(mode, (ctx, _redirectUri, payload) => {
    failures.push(String(payload.error_description))
    ctx.body = { failed: payload }
  })
}
const server = createServer((request, response) => void provider.callback()(request, response))
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => { server.close(resolve) }))

const msal = { 'client_id': 'a2', 'redirect_uri': 'https://app.example/cb', 'x-client-SKU': 'msal.js.browser', 'client-request-id': 'x', 'client_info': '1', 'scope': 'openid profile offline_access User.Read', 'state': 's', 'nonce': 'n' }
const plain = 'p'.repeat(43)

const requests: Record<string, RawParameters> = {
  'a code with S256': { ...msal, response_type: 'code', response_mode: 'fragment', code_challenge: plain, code_challenge_method: 'S256' },
  'a code with a plain challenge': { ...msal, response_type: 'code', code_challenge: plain },
  'claims for the access token alone': { ...msal, response_type: 'code', claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}' },
  'claims, nonce and max_age without openid': { ...msal, response_type: 'code', scope: 'User.Read', claims: '{"access_token":{"acrs":{"value":"c1"}}}', max_age: '60', id_token_hint: 'e30' },
  'claims that mean nothing': { ...msal, response_type: 'code', claims: '{"id_token":{"a":1},"userinfo":{"b":2},"c":3}' },
  'form_post': { ...msal, response_type: 'code', response_mode: 'form_post' },
  'hybrid': { ...msal, response_type: 'id_token code', response_mode: 'form_post' },
  'an access token alone': { ...msal, response_type: 'token', scope: 'User.Read', nonce: undefined },
  'a code and an access token': { ...msal, response_type: 'code token', scope: 'User.Read', nonce: undefined },
  'EAR': { ...msal, response_type: 'id_token token refresh_token', ear_jwk: 'e30', ear_jwe_crypto: 'x' },
  'prompt=create': { ...msal, response_type: 'code', prompt: 'create' },
  'an odd max_age': { ...msal, response_type: 'code', max_age: '-1' },
  'a parameter twice': { ...msal, response_type: 'code', scope: ['openid', 'openid'] },
}

describe('the library takes what we make of a request', () => {
  for (const [fact, request] of Object.entries(requests)) {
    test(fact, async () => {
      const { params, refusal } = normalizeAuthorize(request)
      const response = await fetch(`${origin}/auth?${new URLSearchParams(params)}`, { redirect: 'manual' })

      expect({ refusal, failures: failures.splice(0), status: response.status, location: response.headers.get('location') }).toEqual({ refusal: undefined, failures: [], status: 303, location: '/page' })
    })
  }

  test('and refuses what it is given raw, so that this test means something', async () => {
    const raw = new URLSearchParams({ client_id: 'a2', redirect_uri: 'https://app.example/cb', response_type: 'code', response_mode: 'entra.query', scope: 'openid', claims: '{"access_token":{}}' })
    await fetch(`${origin}/auth?${raw}`, { redirect: 'manual' })

    expect(failures.splice(0)).toEqual(['claims parameter should have userinfo or id_token properties'])
  })
})
