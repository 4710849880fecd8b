import { createRemoteJWKSet, jwtVerify } from 'jose'
import type * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { authorize, halfHash } from './flow.ts'
import { useStandard } from './op.ts'
import type { Op, RelyingParty } from './op.ts'

const server = useStandard()

/** What comes with the answer to each response type that discovery promises (OAuth 2.0 Multiple Response Type Encoding Practices). */
const answers: Record<string, readonly string[]> = {
  'code': ['code'],
  'id_token': ['id_token'],
  'code id_token': ['code', 'id_token'],
  'id_token token': ['id_token', 'access_token', 'token_type', 'expires_in', 'scope'],
  'code token': ['code', 'access_token', 'token_type', 'expires_in', 'scope'],
  'code id_token token': ['code', 'id_token', 'access_token', 'token_type', 'expires_in', 'scope'],
  'none': [],
}

describe('response types', () => {
  test('discovery promises these and no other', async () => {
    const { as } = await server.op()

    expect(as.response_types_supported?.toSorted()).toEqual(Object.keys(answers).toSorted())
  })

  describe.each(Object.entries(answers))('%s', (responseType, members) => {
    test.each(['default', 'form_post'])('is answered in full, and its hashes fit (%s)', async (mode) => {
      const op = await server.op()
      const rp = await registered(op, responseType)
      const { page, request } = await authorize(rp, op.browser(), { response_type: responseType, ...(mode === 'default' ? {} : { response_mode: mode }) })
      const { code, id_token: idToken, access_token: accessToken, ...rest } = page.answer

      // An ID token says itself who issued it (RFC 9207, 2.4).
      const issuer = idToken ? {} : { iss: op.as.issuer }
      expect(Object.keys(page.answer).toSorted(), page.answer.error_description).toEqual([...members, ...Object.keys(issuer), 'state'].toSorted())
      expect(rest).toMatchObject({ ...issuer, state: request.state })
      if (mode === 'default') expect(page.url.startsWith(`${rp.redirectUri}${members.includes('id_token') || members.includes('access_token') ? '#' : '?'}`), page.url).toBe(true)
      if (accessToken) expect((await fetch(String(op.as.userinfo_endpoint), { headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
      if (!idToken) return

      const { payload } = await jwtVerify(idToken, createRemoteJWKSet(new URL(String(op.as.jwks_uri))), { issuer: op.as.issuer, audience: rp.client.client_id })
      expect(payload.nonce).toBe(request.nonce)
      expect(payload.at_hash).toBe(accessToken ? halfHash(accessToken) : undefined)
      expect(payload.c_hash).toBe(code ? halfHash(code) : undefined)
      if (responseType === 'id_token') expect(payload, 'nobody is left to ask userinfo').toHaveProperty('sub')
    })
  })

  test('no token ever comes in a query, whatever is asked', async () => {
    const op = await server.op()
    const rp = await registered(op, 'id_token token')
    const { page } = await authorize(rp, op.browser(), { response_type: 'id_token token', response_mode: 'query' })

    expect(page.answer).toMatchObject({ error: 'invalid_request' })
    expect(new URL(page.url).searchParams.has('access_token')).toBe(false)
  })

  test('an ID token from the browser needs a nonce', async () => {
    const op = await server.op()
    const rp = await registered(op, 'code id_token')
    const { page } = await authorize(rp, op.browser(), { response_type: 'code id_token', nonce: null })

    expect(page.answer).toMatchObject({ error: 'invalid_request' })
  })

  test('an ID token alone carries the claims that a scope asks for', async () => {
    const op = await server.op()
    const rp = await registered(op, 'id_token')
    const { page } = await authorize(rp, op.browser(), { response_type: 'id_token', scope: 'openid email' })
    const { payload } = await jwtVerify(String(page.answer.id_token), createRemoteJWKSet(new URL(String(op.as.jwks_uri))))

    expect(payload.email).toBe('alice.adams@contoso.example')
  })
})

function registered(op: Op, responseType: string): Promise<RelyingParty> {
  const grants = [...(responseType.includes('code') || responseType === 'none' ? ['authorization_code'] : []), ...(responseType.includes('token') ? ['implicit'] : [])]

  return op.register({ response_types: [responseType], grant_types: grants, redirect_uris: ['https://reports.fabrikam.example/callback'], post_logout_redirect_uris: [] } as Partial<oauth.Client>)
}
