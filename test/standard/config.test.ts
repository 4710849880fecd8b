import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { apps } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { useStandard } from './op.ts'

const server = useStandard()

/** Metadata that OpenID Connect Discovery, RFC 8414 and the logout specifications know; anything else would be ours alone. */
const knownMetadata = new Set([
  'issuer', 'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri', 'registration_endpoint', 'scopes_supported',
  'response_types_supported', 'response_modes_supported', 'grant_types_supported', 'subject_types_supported', 'claim_types_supported',
  'id_token_signing_alg_values_supported', 'token_endpoint_auth_methods_supported', 'token_endpoint_auth_signing_alg_values_supported',
  'claims_supported', 'claims_parameter_supported', 'request_parameter_supported', 'request_uri_parameter_supported',
  'code_challenge_methods_supported', 'introspection_endpoint', 'revocation_endpoint', 'end_session_endpoint',
  'authorization_response_iss_parameter_supported', 'pushed_authorization_request_endpoint', 'dpop_signing_alg_values_supported',
  'backchannel_logout_supported', 'backchannel_logout_session_supported',
])

describe('oidcc-config-certification-test-plan', () => {
  test('oidcc-discovery-endpoint-verification', async () => {
    const { as, tenant } = await server.op()
    const response = await fetch(`${tenant.issuer}/.well-known/openid-configuration`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)

    expect(as.issuer).toBe(tenant.issuer)
    expect(as.response_types_supported).toEqual(expect.arrayContaining(['code', 'id_token', 'id_token token']))
    expect(as.subject_types_supported).toEqual(['public'])
    expect(as.id_token_signing_alg_values_supported).toEqual(['RS256'])
    expect(as.grant_types_supported).toEqual(['authorization_code', 'implicit', 'refresh_token', 'client_credentials'])
    expect(as.scopes_supported).toEqual(['openid', 'profile', 'email', 'offline_access', 'address', 'phone'])
    expect(as.claims_parameter_supported).toBe(true)
    expect(as.claims_supported).toEqual(expect.arrayContaining(['sub', 'iss', 'auth_time', 'amr', 'name', 'email', 'address', 'phone_number']))
    expect(as.code_challenge_methods_supported).toEqual(['S256'])
    expect(as.request_uri_parameter_supported).toBe(false)
    expect(as).not.toHaveProperty('request_parameter_supported', true)
    expect(as.authorization_response_iss_parameter_supported).toBe(true)
    for (const scope of as.scopes_supported ?? []) expect(scope).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/)
    expect(Object.keys(as).filter((name) => !knownMetadata.has(name)), 'nothing that no specification knows').toEqual([])
  })

  test('every endpoint that is promised is served, over HTTPS', async () => {
    const { as } = await server.op()
    const endpoints = Object.entries(as).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri') as [string, string][]

    expect(endpoints.length).toBe(9)
    for (const [name, url] of endpoints) {
      expect(url, name).toMatch(/^https:/)
      const asked = await fetch(url, { redirect: 'manual' })
      const posted = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() })
      expect([asked.status, posted.status].some((status) => status !== 404), name).toBe(true)
    }
  })

  test('the key set holds public signing keys of different names', async () => {
    const { as } = await server.op()
    const { keys } = (await (await fetch(String(as.jwks_uri))).json()) as { keys: Record<string, string>[] }

    expect(keys.length).toBeGreaterThan(0)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) {
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' })
      expect(Object.keys(key).filter((member) => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].includes(member)), 'what is private stays so').toEqual([])
      await crypto.subtle.importKey('jwk', key, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['verify'])
    }
  })

  test('the document is also where RFC 8414 puts it', async () => {
    const { as, tenant } = await server.op()
    const issuer = new URL(tenant.issuer)
    const found = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }))

    expect(found).toEqual(as)
  })

  test('each origin is an issuer of its own', async () => {
    const { tenant, mock } = await server.op()
    const issuer = new URL(`${mock.http}/${tenant.id}/v2.0`)
    const options = { [oauth.allowInsecureRequests]: true }
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))

    expect(as.token_endpoint).toBe(`${mock.http}/${tenant.id}/oauth2/v2.0/token`)
    const browser = visitor(mock)
    const request = { client_id: apps.salesHub, response_type: 'code', redirect_uri: 'http://localhost:3999/callback', scope: 'openid' }
    const posted = await fetch(String(as.authorization_endpoint), { method: 'POST', body: new URLSearchParams(request), redirect: 'manual' })
    await browser.open(String(posted.headers.get('location')))
    await browser.signIn('alice@contoso.example')
    expect(browser.page.answer).toMatchObject({ iss: as.issuer, code: expect.any(String) as unknown })
    expect([...browser.cookies.values()].every(({ attributes }) => /samesite=lax/i.test(attributes))).toBe(true)
  })
})
