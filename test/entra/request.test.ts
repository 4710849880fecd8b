import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { opaqueLoginHint, readLoginHint } from '../../src/entra/login-hint.ts'
import { hiddenParameters, normalizeAuthorize, normalizeToken } from '../../src/entra/request.ts'
import type { RawParameters } from '../../src/entra/request.ts'

const plain = 'p'.repeat(43)
const hashed = createHash('sha256').update(plain).digest('base64url')
const base: RawParameters = { client_id: 'a2', response_type: 'code', redirect_uri: 'http://localhost', scope: 'openid profile offline_access' }
const cp1 = '{"access_token":{"xms_cc":{"values":["cp1"]}}}'

type Case = { asked: RawParameters; version?: 'v1' | 'v2'; taken?: Record<string, string | undefined>; code?: number }

const authorize: Record<string, Case> = {
  'what MSAL sends for itself is left out': { asked: { 'x-client-SKU': 'msal.js.node', 'x-client-VER': ['7', '7.2'], 'X-AnchorMailbox': 'UPN:alice', 'haschrome': '1', 'acr_values': 'x', 'request': 'e30', 'dpop_jkt': 'x' }, taken: { 'x-client-SKU': undefined, 'x-client-VER': undefined, 'haschrome': undefined, 'acr_values': undefined, 'request': undefined, 'dpop_jkt': undefined } },
  'a client cannot speak our hidden parameters': { asked: { x_offline: '1', x_response_type: 'token', x_adopt: 'bob', scope: 'openid' }, taken: { x_offline: undefined, x_response_type: undefined, x_adopt: undefined } },
  'state and nonce come through as they are': { asked: { state: 'eyJ9|user', nonce: 'n' }, taken: { state: 'eyJ9|user', nonce: 'n' } },
  'offline_access leaves a mark that survives the library': { asked: {}, taken: { x_offline: '1', scope: 'openid profile offline_access' } },
  'no offline_access, no mark': { asked: { scope: 'openid' }, taken: { x_offline: undefined } },
  'a code goes by query': { asked: {}, taken: { response_mode: 'entra.query' } },
  'an ID token goes by fragment': { asked: { response_type: 'id_token' }, taken: { response_mode: 'entra.fragment' } },
  'a hybrid goes by fragment': { asked: { response_type: 'code id_token' }, taken: { response_mode: 'entra.fragment', response_type: 'code id_token' } },
  'form_post is for all': { asked: { response_type: 'id_token', response_mode: 'form_post' }, taken: { response_mode: 'entra.form_post' } },
  'a token does not go by query': { asked: { response_type: 'id_token', response_mode: 'query' }, taken: { response_mode: 'entra.fragment' }, code: 70007 },
  'an unknown mode is refused': { asked: { response_mode: 'web_message' }, taken: { response_mode: 'entra.query' }, code: 70007 },
  'the order of a response type does not matter': { asked: { response_type: 'token id_token' }, taken: { response_type: 'id_token token', x_response_type: undefined } },
  'an access token alone is asked for with an ID token that is left out later': { asked: { response_type: 'token', scope: 'User.Read' }, taken: { response_type: 'id_token token', x_response_type: 'token', scope: 'openid User.Read', nonce: 'none', response_mode: 'entra.fragment' } },
  'code token likewise': { asked: { response_type: 'code token', nonce: 'n' }, taken: { response_type: 'code id_token token', x_response_type: 'code token', nonce: 'n' } },
  'EAR falls back to a code': { asked: { response_type: 'id_token token refresh_token', ear_jwk: 'e30', response_mode: 'fragment' }, taken: { response_type: 'code', ear_jwk: undefined, response_mode: 'entra.fragment' } },
  'an unknown response type is left for the library to refuse': { asked: { response_type: 'magic' }, taken: { response_type: 'magic' } },

  'an S256 challenge stays': { asked: { code_challenge: hashed, code_challenge_method: 'S256' }, taken: { code_challenge: hashed, code_challenge_method: 'S256' } },
  'a plain challenge becomes S256': { asked: { code_challenge: plain, code_challenge_method: 'plain' }, taken: { code_challenge: hashed, code_challenge_method: 'S256' } },
  'no method means plain': { asked: { code_challenge: plain }, taken: { code_challenge: hashed, code_challenge_method: 'S256' } },
  'no challenge is no challenge': { asked: {}, taken: { code_challenge: undefined, code_challenge_method: undefined } },
  'a short challenge is refused, not left out in silence': { asked: { code_challenge: 'short', code_challenge_method: 'S256' }, taken: { code_challenge: undefined }, code: 501491 },
  'an unknown method is refused': { asked: { code_challenge: plain, code_challenge_method: 'S512' }, code: 90100 },
  'a method without a challenge is refused': { asked: { code_challenge_method: 'S256' }, taken: { code_challenge_method: undefined }, code: 50147 },

  'claims for the access token alone get the member that the library wants': { asked: { claims: cp1 }, taken: { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{}}' } },
  'claims for the ID token stay': { asked: { claims: '{"id_token":{"login_hint":{"essential":false},"sid":null}}' }, taken: { claims: '{"id_token":{"login_hint":{"essential":false},"sid":null}}' } },
  'claims that mean nothing are left out': { asked: { claims: '{"id_token":{"sid":1,"acrs":{"value":"c1"}},"userinfo":{"email":null},"access_token":"x"}' }, taken: { claims: '{"id_token":{"acrs":{"value":"c1"}}}' } },
  'claims without openid are kept for policy': { asked: { scope: 'User.Read', claims: cp1, nonce: 'n', max_age: '60', id_token_hint: 'x' }, taken: { claims: undefined, x_claims: '{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{}}', nonce: undefined, max_age: undefined, x_max_age: '60', id_token_hint: undefined } },
  'broken claims are refused': { asked: { claims: '{' }, taken: { claims: undefined }, code: 90100 },
  'claims that are no object are refused': { asked: { claims: '["acrs"]' }, code: 90100 },

  'a prompt stays': { asked: { prompt: 'select_account' }, taken: { prompt: 'select_account' } },
  'create has no sign-up to go to': { asked: { prompt: 'create' }, taken: { prompt: 'login' } },
  'the v1 name of consent': { asked: { prompt: 'admin_consent' }, taken: { prompt: 'consent' } },
  'no_session asks for nothing': { asked: { prompt: 'no_session' }, taken: { prompt: undefined } },
  'none goes with no other prompt': { asked: { prompt: 'none login' }, taken: { prompt: 'none' }, code: 90023 },
  'an unknown prompt is refused': { asked: { prompt: 'shout' }, taken: { prompt: undefined }, code: 90023 },
  'a name of Object.prototype is an unknown prompt': { asked: { prompt: 'constructor' }, code: 90023 },
  'a max_age that is no number is left out': { asked: { max_age: 'soon' }, taken: { max_age: undefined } },
  'max_age stays': { asked: { max_age: '0' }, taken: { max_age: '0' } },

  'a login hint stays': { asked: { login_hint: 'alice@contoso.example' }, taken: { login_hint: 'alice@contoso.example' } },
  'our own opaque hint is read': { asked: { login_hint: opaqueLoginHint({ userId: 'b1', userPrincipalName: 'alice@contoso.example', tenantId: 't' }) }, taken: { login_hint: 'alice@contoso.example' } },
  'username is a hint too': { asked: { username: 'alice@contoso.example' }, taken: { login_hint: 'alice@contoso.example', username: undefined } },
  'domain_hint, sid and client_info stay': { asked: { domain_hint: 'contoso.example', sid: 's', client_info: '1' }, taken: { domain_hint: 'contoso.example', sid: 's', client_info: '1' } },

  'the same value twice does no harm': { asked: { scope: ['openid', 'openid'] }, taken: { scope: 'openid' } },
  'two values are refused': { asked: { redirect_uri: ['http://localhost', 'https://evil.example'] }, taken: { redirect_uri: 'http://localhost' }, code: 90004 },
  'v2 wants a scope': { asked: { scope: undefined }, code: 900144 },
  'v2 has no resource parameter': { asked: { resource: 'api://sales-api' }, taken: { resource: undefined }, code: 901002 },
  'a resource that says what the scopes say is let pass': { asked: { resource: 'api://sales-api/', scope: 'api://sales-api/Orders.Read' }, taken: { resource: undefined } },
  'v1 names a resource, and signs in with it': { asked: { scope: undefined, resource: 'https://host.example/' }, version: 'v1', taken: { scope: 'openid profile offline_access https://host.example/.default', x_offline: '1', resource: undefined } },
  'v1 without a resource signs in': { asked: { scope: 'openid' }, version: 'v1', taken: { scope: 'openid profile offline_access' } },
}

describe('an authorize request', () => {
  for (const [fact, { asked, version = 'v2', taken = {}, code }] of Object.entries(authorize)) {
    test(fact, () => {
      const { params, refusal } = normalizeAuthorize({ ...base, ...asked }, { version })

      expect(Object.fromEntries(Object.keys(taken).map((name) => [name, params[name]]))).toEqual(taken)
      expect(refusal?.code).toBe(code)
      expect(params.x_refusal).toBe(refusal && JSON.stringify(refusal))
    })
  }

  test('keeps nothing that is not known to somebody', () => {
    const everything = Object.fromEntries(['client_id', 'a', 'b', '__proto__x', 'scope', 'x_y'].map((name) => [name, 'v']))

    expect(Object.keys(normalizeAuthorize(everything).params).filter((name) => name.startsWith('x_') && !(hiddenParameters as readonly string[]).includes(name))).toEqual([])
  })
})

const token: Record<string, Case> = {
  'MSAL\'s name of the device grant is understood': { asked: { grant_type: 'device_code', device_code: 'd' }, taken: { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'd' } },
  'a device code under both names': { asked: { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'd', code: 'd' }, taken: { device_code: 'd', code: undefined } },
  'a code stays a code': { asked: { grant_type: 'authorization_code', code: 'c', redirect_uri: 'r' }, taken: { code: 'c', redirect_uri: 'r', scope: undefined } },
  'an empty verifier is none': { asked: { grant_type: 'authorization_code', code: 'c', code_verifier: '' }, taken: { code_verifier: undefined } },
  'telemetry is left out': { asked: { 'grant_type': 'refresh_token', 'refresh_token': 'r', 'x-client-current-telemetry': '5|871,0,,,|,', 'X-AnchorMailbox': 'UPN:a' }, taken: { 'x-client-current-telemetry': undefined, 'X-AnchorMailbox': undefined, 'refresh_token': 'r' } },
  'a daemon asks for one resource': { asked: { grant_type: 'client_credentials', scope: 'api://sales-api/.default' }, taken: { scope: 'api://sales-api/.default' } },
  'the scopes MSAL Go adds mean nothing': { asked: { grant_type: 'client_credentials', scope: 'api://sales-api/.default openid offline_access profile' }, taken: { scope: 'api://sales-api/.default' } },
  'a daemon cannot pick scopes': { asked: { grant_type: 'client_credentials', scope: 'api://sales-api/Orders.Read' }, code: 70011 },
  'a daemon cannot ask for OpenID alone': { asked: { grant_type: 'client_credentials', scope: 'openid' }, code: 70011 },
  'a daemon cannot ask for two resources': { asked: { grant_type: 'client_credentials', scope: 'a/.default b/.default' }, code: 28000 },
  'a daemon must ask for something': { asked: { grant_type: 'client_credentials' }, code: 900144 },
  'a v1 daemon names a resource': { asked: { grant_type: 'client_credentials', resource: 'https://graph.microsoft.com/' }, version: 'v1', taken: { scope: 'https://graph.microsoft.com/.default', resource: undefined } },
  'a v1 daemon without a resource is refused': { asked: { grant_type: 'client_credentials' }, version: 'v1', code: 900144 },
  'a v1 refresh for another resource': { asked: { grant_type: 'refresh_token', refresh_token: 'r', resource: 'api://x' }, version: 'v1', taken: { scope: 'openid profile offline_access api://x/.default' } },
  'a v1 refresh for the same one': { asked: { grant_type: 'refresh_token', refresh_token: 'r' }, version: 'v1', taken: { scope: undefined } },
  'claims are read as on authorize': { asked: { grant_type: 'refresh_token', claims: cp1 }, taken: { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}},"id_token":{}}' } },
  'broken claims are refused': { asked: { grant_type: 'refresh_token', claims: 'null' }, taken: { claims: undefined }, code: 90100 },
  'two codes are refused': { asked: { grant_type: 'authorization_code', code: ['a', 'b'] }, code: 90004 },
  'an unknown grant is left for the library to refuse': { asked: { grant_type: 'no_such_grant' }, taken: { grant_type: 'no_such_grant' } },
}

describe('a token request', () => {
  for (const [fact, { asked, version = 'v2', taken = {}, code }] of Object.entries(token)) {
    test(fact, () => {
      const { params, refusal } = normalizeToken({ client_id: 'a4', client_secret: 's', ...asked }, { version })

      expect(Object.fromEntries(Object.keys(taken).map((name) => [name, params[name]]))).toEqual(taken)
      expect(refusal?.code).toBe(code)
    })
  }
})

describe('an opaque login hint', () => {
  test('says nothing at a glance, and names the user', () => {
    const hint = opaqueLoginHint({ userId: 'b1', userPrincipalName: 'alice@contoso.example', tenantId: 't' })

    expect(hint).not.toContain('alice')
    expect(readLoginHint(hint)).toEqual({ userId: 'b1', userPrincipalName: 'alice@contoso.example', tenantId: 't' })
  })

  for (const hint of ['alice@contoso.example', 'O.', 'O.e30', 'O.!!!', 'O.bnVsbA']) {
    test(`${hint} is none of ours`, () => expect(readLoginHint(hint)).toBeNull())
  }
})
