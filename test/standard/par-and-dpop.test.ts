import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import type { Visitor } from '../support/visitor.ts'
import { apps } from '../support/mock.ts'
import { expectErrorPage } from './basic-plan.ts'
import { alice, answerOf, answerPages, authorize, authorizeUrl, errorOf } from './flow.ts'
import { redirectUri, relyingParty, salesHub, useStandard } from './op.ts'
import type { Op, RelyingParty } from './op.ts'

const server = useStandard()

describe('pushed authorization requests', () => {
  const clients: Record<string, (op: Op) => Promise<RelyingParty> | RelyingParty> = {
    'a client that registered itself': (op) => op.register(),
    'a client of the directory': (op) => salesHub(op),
  }

  test.each(Object.entries(clients))('%s pushes what it asks, and its user signs in by reference', async (_who, clientOf) => {
    const op = await server.op()
    const rp = await clientOf(op)
    const { pushed, request } = await push(rp, { response_mode: 'form_post' })
    expect(pushed.expires_in).toBe(60)
    const browser = op.browser()
    await openPushed(rp, browser, pushed.request_uri)

    const answer = answerOf(rp, await answerPages(browser, request))
    expect(answer.get('code')).not.toBeNull()
  })

  test('a reference is good once, for a minute, and for the client that pushed it', async () => {
    const op = await server.op()
    const [rp, other] = [await op.register(), await op.register()]
    const browser = op.browser()
    const used = await push(rp)
    await openPushed(rp, browser, used.pushed.request_uri)
    await answerPages(browser, used.request)
    expect(browser.page.answer).toHaveProperty('code')
    await openPushed(rp, browser, used.pushed.request_uri)
    expect(browser.page.answer).toMatchObject({ error: 'invalid_request_uri' })

    await openPushed(other, browser, (await push(rp)).pushed.request_uri)
    expect(browser.page.answer.error ?? browser.page.text).toContain('invalid_request')
    expect(browser.page.answer).not.toHaveProperty('code')

    const late = await push(rp)
    op.tenant.clock.advance('PT2M')
    await openPushed(rp, browser, late.pushed.request_uri)
    expect(browser.page.answer).toMatchObject({ error: 'invalid_request_uri' })
  })

  test('what is pushed wrongly is refused at once, not in front of the user', async () => {
    const rp = await (await server.op()).register()

    await expect(push(rp, { redirect_uri: 'https://elsewhere.example/' })).rejects.toMatchObject({ error: 'invalid_request' })
    await expect(push(rp, { response_type: 'banana' })).rejects.toMatchObject({ error: 'unsupported_response_type' })
  })

  test('a confidential client pushes nothing without its secret', async () => {
    const op = await server.op()
    for (const auth of [oauth.None(), oauth.ClientSecretBasic('wrong')]) {
      const response = await oauth.pushedAuthorizationRequest(op.as, salesHub(op).client, auth, { redirect_uri: redirectUri, response_type: 'code', scope: 'openid' })

      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: 'invalid_client' })
    }
  })

  test('policy judges whoever comes with the reference, not the server that pushed it', async () => {
    const op = await server.op()
    const { pushed, request } = await push(salesHub(op), { prompt: 'none' })
    const browser = op.browser('203.0.113.9')
    await browser.open(authorizeUrl(salesHub(op)).url)
    await browser.signIn(alice)
    expectErrorPage(browser.page)
    await openPushed(salesHub(op), browser, pushed.request_uri)

    expect(errorOf(salesHub(op), { page: browser.page, request, isAsked: false })).toBe('access_denied')
  })

  test('a reference that nobody gave out is refused', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser()
    await openPushed(rp, browser, 'urn:ietf:params:oauth:request_uri:never')

    expect(browser.page.answer).toMatchObject({ error: 'invalid_request_uri' })
  })
})

describe('DPoP', () => {
  test('binds an access token to the key that asked for it', async () => {
    const { op, rp, tokens, dpop } = await bound()
    expect(tokens.token_type).toBe('dpop')
    const introspected = await oauth.processIntrospectionResponse(op.as, rp.client, await oauth.introspectionRequest(op.as, rp.client, rp.auth, tokens.access_token))
    expect(introspected).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: await dpop.calculateThumbprint() } })

    const response = await oauth.userInfoRequest(op.as, rp.client, tokens.access_token, { DPoP: dpop })
    expect(response.status).toBe(200)
  })

  test('without the proof, or with another key’s, the token is worth nothing', async () => {
    const { op, rp, tokens } = await bound()
    const url = String(op.as.userinfo_endpoint)
    const asBearer = await fetch(url, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    const withoutProof = await fetch(url, { headers: { authorization: `DPoP ${tokens.access_token}` } })
    const stranger = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const withAnother = await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(url), undefined, undefined, { DPoP: stranger }).catch((error: oauth.WWWAuthenticateChallengeError) => error.response)

    expect([asBearer.status, withAnother.status]).toEqual([401, 401])
    expect([400, 401]).toContain(withoutProof.status)
  })

  test('a public client’s refresh token is bound as well', async () => {
    const { op, rp, tokens, dpop } = await bound({ token_endpoint_auth_method: 'none' })
    const token = String(tokens.refresh_token)
    const stranger = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const stolen = await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, token, { DPoP: stranger })
    expect(await stolen.json()).toMatchObject({ error: 'invalid_grant' })

    const response = await oauth.refreshTokenGrantRequest(op.as, rp.client, rp.auth, token, { DPoP: dpop })
    expect(await oauth.processRefreshTokenResponse(op.as, rp.client, response)).toMatchObject({ token_type: 'dpop' })
  })

  test('a client that registered for it gets no token without', async () => {
    const op = await server.op()
    const rp = await op.register({ dpop_bound_access_tokens: true })
    const answer = answerOf(rp, await authorize(rp, op.browser()))
    const response = await oauth.authorizationCodeGrantRequest(op.as, rp.client, rp.auth, answer, redirectUri, oauth.nopkce)

    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('a code bound to a key is redeemed with that key alone', async () => {
    const op = await server.op()
    const rp = await op.register()
    const dpop = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const answer = answerOf(rp, await authorize(rp, op.browser(), { dpop_jkt: await dpop.calculateThumbprint() }))
    const stranger = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const stolen = await oauth.authorizationCodeGrantRequest(op.as, rp.client, rp.auth, answer, redirectUri, oauth.nopkce, { DPoP: stranger })

    expect(await stolen.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test('a proof of the tenant’s time is good in a tenant whose clock was moved', async () => {
    const op = await server.op()
    op.tenant.clock.advance('PT8H')
    const rp = relyingParty(op, { client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' })
    const dpop = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const response = await oauth.clientCredentialsGrantRequest(op.as, rp.client, rp.auth, { resource: 'api://sales-api' }, { DPoP: dpop })

    expect(await oauth.processClientCredentialsResponse(op.as, rp.client, response)).toMatchObject({ token_type: 'dpop' })
  })

  test('a proof of real time is asked for again with a nonce where the clock was moved, and is good then: for a token and with it', async () => {
    const op = await server.op()
    const client: oauth.Client = { client_id: apps.nightlyJob }
    const auth = oauth.ClientSecretBasic('nightly-job-secret')
    op.tenant.clock.advance('P30D')
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const ask = () => oauth.clientCredentialsGrantRequest(op.as, client, auth, {}, { DPoP: dpop })
    const first = await ask()
    expect([first.status, await first.clone().json()]).toEqual([400, expect.objectContaining({ error: 'use_dpop_nonce' })])
    await expect(oauth.processClientCredentialsResponse(op.as, client, first)).rejects.toSatisfy(oauth.isDPoPNonceError)

    expect(await oauth.processClientCredentialsResponse(op.as, client, await ask())).toMatchObject({ token_type: 'dpop' })
  })

  test('a nonce ages by the tenant’s clock', async () => {
    const op = await server.op()
    const client: oauth.Client = { client_id: apps.nightlyJob }
    const auth = oauth.ClientSecretBasic('nightly-job-secret')
    const dpop = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const ask = async () => oauth.processClientCredentialsResponse(op.as, client, await oauth.clientCredentialsGrantRequest(op.as, client, auth, {}, { DPoP: dpop }))
    await ask()
    expect(await ask()).toMatchObject({ token_type: 'dpop' })
    op.tenant.clock.advance('PT1H')

    await expect(ask()).rejects.toSatisfy(oauth.isDPoPNonceError)
  })

  async function bound(metadata: Partial<oauth.Client> = {}) {
    const op = await server.op()
    const rp = await op.register(metadata)
    const dpop = oauth.DPoP(rp.client, await oauth.generateKeyPair('ES256'))
    const verifier = oauth.generateRandomCodeVerifier()
    const outcome = await authorize(rp, op.browser(), {
      scope: 'openid offline_access', prompt: 'consent', nonce: null, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
    })
    const response = await oauth.authorizationCodeGrantRequest(op.as, rp.client, rp.auth, answerOf(rp, outcome), redirectUri, verifier, { DPoP: dpop })

    return { op, rp, dpop, tokens: await oauth.processAuthorizationCodeResponse(op.as, rp.client, response) }
  }
})

async function push(rp: RelyingParty, asked: Record<string, string> = {}) {
  const { request } = authorizeUrl(rp, asked)
  const response = await oauth.pushedAuthorizationRequest(rp.op.as, rp.client, rp.auth, request)

  return { pushed: await oauth.processPushedAuthorizationResponse(rp.op.as, rp.client, response), request }
}

function openPushed(rp: RelyingParty, browser: Visitor, requestUri: string) {
  return browser.open(`${rp.op.as.authorization_endpoint}?${new URLSearchParams({ client_id: rp.client.client_id, request_uri: requestUri })}`)
}
