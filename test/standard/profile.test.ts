import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { apps } from '../support/mock.ts'
import { expectErrorPage, expectInvalidGrant, refreshed } from './basic-plan.ts'
import { answerOf, authorize, errorOf, happyFlow, redeem, tokensOf } from './flow.ts'
import type { Asked } from './flow.ts'
import { postLogoutUri, redirectUri, relyingParty, salesHub, useStandard } from './op.ts'
import type { Op, RelyingParty } from './op.ts'

const server = useStandard()
const api = 'api://sales-api'
const offline = { scope: 'openid offline_access', prompt: 'consent' }

const salesSpa = (op: Op) => relyingParty(op, { client_id: apps.salesSpa, token_endpoint_auth_method: 'none' })
const nightlyJob = (op: Op) => relyingParty(op, { client_id: apps.nightlyJob, client_secret: 'nightly-job-secret' })

describe('refresh tokens', () => {
  test('each use gives a new one and ends the old one', async () => {
    const op = await server.op()
    const rp = await op.register()
    const { response: first } = await happyFlow(rp, op.browser(), offline)
    const second = await refreshed(rp, String(first.refresh_token))
    const third = await refreshed(rp, String(second.refresh_token))

    expect(new Set([first.refresh_token, second.refresh_token, third.refresh_token]).size).toBe(3)
  })

  test('one that comes a second time ends everything that came of it', async () => {
    const op = await server.op()
    const rp = await op.register()
    const { response: first } = await happyFlow(rp, op.browser(), offline)
    const second = await refreshed(rp, String(first.refresh_token))

    await expectInvalidGrant(await refresh(rp, String(first.refresh_token)))
    await expectInvalidGrant(await refresh(rp, String(second.refresh_token)))
    expect(await userInfoStatus(op, second.access_token)).toBe(401)
  })

  test('of many uses at once, one at most succeeds', async () => {
    const op = await server.op()
    const rp = await op.register()
    const { response: { refresh_token: token } } = await happyFlow(rp, op.browser(), offline)
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(rp, String(token))))

    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  })

  test('there is none without consent to be away, as the specification wants', async () => {
    const op = await server.op()
    const { response } = await happyFlow(await op.register(), op.browser(), { scope: 'openid offline_access' })

    expect(response).not.toHaveProperty('refresh_token')
  })

  test('a session timeout of the directory is the lifetime of its tokens here too', async () => {
    const op = await server.op()
    const { response } = await happyFlow(salesHub(op), op.browser())

    expect(response.expires_in).toBe(8 * 60 * 60)
  })
})

describe('PKCE', () => {
  const publicClients: Record<string, (op: Op) => Promise<RelyingParty> | RelyingParty> = {
    'a public client of the directory': salesSpa,
    'a public client that registered itself': (op) => op.register({ token_endpoint_auth_method: 'none' }),
  }

  describe.each(Object.entries(publicClients))('%s', (_who, clientOf) => {
    test('is refused without a challenge, and with a plain one', async () => {
      const op = await server.op()
      const rp = await clientOf(op)
      const browser = op.browser()

      expect(errorOf(rp, await authorize(rp, browser))).toBe('invalid_request')
      expect(errorOf(rp, await authorize(rp, browser, { code_challenge: oauth.generateRandomCodeVerifier() }))).toBe('invalid_request')
      expect(errorOf(rp, await authorize(rp, browser, { code_challenge: oauth.generateRandomCodeVerifier(), code_challenge_method: 'plain' }))).toBe('invalid_request')
    })

    test('redeems its code with the verifier, and with nothing else', async () => {
      const op = await server.op()
      const rp = await clientOf(op)
      const browser = op.browser()

      for (const wrong of [undefined, oauth.generateRandomCodeVerifier()]) {
        const answer = answerOf(rp, await authorize(rp, browser, (await challenge()).asked))
        await expectInvalidGrant(await redeem(rp, answer, wrong))
      }
      const { verifier, asked } = await challenge()
      await tokensOf(rp, await authorize(rp, browser, asked), { verifier })
    })
  })

  test('a code that was asked for without a challenge is not redeemed with a verifier', async () => {
    const op = await server.op()
    const rp = await op.register()

    await expectInvalidGrant(await redeem(rp, answerOf(rp, await authorize(rp, op.browser())), oauth.generateRandomCodeVerifier()))
  })

  test('a confidential client of the directory redeems nothing without its secret', async () => {
    const op = await server.op()
    const { verifier, asked } = await challenge()
    const answer = answerOf(salesHub(op), await authorize(salesHub(op), op.browser(), asked))
    const nobody = relyingParty(op, { client_id: apps.salesHub, token_endpoint_auth_method: 'none' })
    const response = await redeem(nobody, answer, verifier)

    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  })
})

describe('access tokens', () => {
  test('for an API are JWTs of RFC 9068', async () => {
    const op = await server.op()
    const { response } = await happyFlowFor(op, 'Orders.Read Orders.Write')
    const request = new Request('https://orders.example/', { headers: { authorization: `Bearer ${response.access_token}` } })
    const claims = await oauth.validateJwtAccessToken(op.as, request, api)

    expect(claims).toMatchObject({ client_id: apps.salesHub, scope: 'Orders.Read Orders.Write', sub: expect.any(String) as unknown, jti: expect.any(String) as unknown })
  })

  test('that are JWTs are checked by their signature: they are neither introspected nor revoked', async () => {
    const op = await server.op()
    const rp = salesHub(op)
    const { response } = await happyFlowFor(op, 'Orders.Read')
    const answers = [
      await oauth.introspectionRequest(op.as, rp.client, rp.auth, response.access_token),
      await oauth.revocationRequest(op.as, rp.client, rp.auth, response.access_token),
    ]

    for (const answer of answers) expect(await answer.json()).toMatchObject({ error: 'unsupported_token_type' })
  })

  test('for an API do not open userinfo', async () => {
    const op = await server.op()
    const { response } = await happyFlowFor(op, 'Orders.Read')

    expect(await userInfoStatus(op, response.access_token)).toBe(401)
  })

  test('a resource that is not in the directory is refused', async () => {
    const op = await server.op()
    const rp = salesHub(op)

    expect(errorOf(rp, await authorize(rp, op.browser(), { resource: 'api://nowhere' }))).toBe('invalid_target')
  })

  async function happyFlowFor(op: Op, scopes: string) {
    const rp = salesHub(op)
    const answer = answerOf(rp, await authorize(rp, op.browser(), { scope: `openid ${scopes}`, resource: api, nonce: null }))
    const response = await oauth.authorizationCodeGrantRequest(op.as, rp.client, rp.auth, answer, redirectUri, oauth.nopkce, { additionalParameters: { resource: api } })

    return { response: await oauth.processAuthorizationCodeResponse(op.as, rp.client, response) }
  }
})

describe('client credentials', () => {
  test('with a resource give a JWT for it, with the roles the client was given', async () => {
    const op = await server.op()
    const { access_token: token } = await onItsOwn(op, { resource: api, scope: 'Orders.Process' })
    const claims = await oauth.validateJwtAccessToken(op.as, new Request('https://orders.example/', { headers: { authorization: `Bearer ${token}` } }), api)

    expect(claims).toMatchObject({ client_id: apps.nightlyJob, sub: apps.nightlyJob, roles: ['Orders.Process'], scope: 'Orders.Process' })
  })

  test('are refused for a resource that is not in the directory', async () => {
    await expect(onItsOwn(await server.op(), { resource: 'api://nowhere' })).rejects.toMatchObject({ error: 'invalid_target' })
  })

  test('never give what only a user can hand over', async () => {
    const { access_token: token, scope } = await onItsOwn(await server.op(), { resource: api, scope: 'Orders.Read' })

    expect(scope).toBeUndefined()
    expect(decodeJwt(token)).not.toHaveProperty('scope')
  })

  test('are refused to a client without credentials, and with wrong ones', async () => {
    const op = await server.op()
    const spa = salesSpa(op)
    const unproved = await oauth.clientCredentialsGrantRequest(op.as, spa.client, spa.auth, {})
    const wrong = await oauth.clientCredentialsGrantRequest(op.as, nightlyJob(op).client, oauth.ClientSecretBasic('wrong'), {})

    expect([unproved.status, wrong.status]).toEqual([401, 401])
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic/)
  })

  async function onItsOwn(op: Op, form: Record<string, string>) {
    const rp = nightlyJob(op)

    return oauth.processClientCredentialsResponse(op.as, rp.client, await oauth.clientCredentialsGrantRequest(op.as, rp.client, rp.auth, form))
  }
})

describe('introspection and revocation', () => {
  test.each(['access_token', 'refresh_token'] as const)('a grant is active until its %s is revoked', async (which) => {
    const op = await server.op()
    const rp = await op.register()
    const { response, claims } = await happyFlow(rp, op.browser(), offline)
    const tokens = [response.access_token, String(response.refresh_token)]
    for (const token of tokens) {
      expect(await introspected(rp, token)).toMatchObject({ active: true, client_id: rp.client.client_id, sub: claims.sub, iss: op.as.issuer })
    }
    await oauth.processRevocationResponse(await oauth.revocationRequest(op.as, rp.client, rp.auth, String(response[which])))

    for (const token of tokens) expect(await introspected(rp, token)).toEqual({ active: false })
    expect(await userInfoStatus(op, response.access_token)).toBe(401)
  })

  test('a resource server, too, learns whether a user’s token is good', async () => {
    const op = await server.op()
    const { response, claims } = await happyFlow(await op.register(), op.browser())

    expect(await introspected(nightlyJob(op), response.access_token)).toMatchObject({ active: true, sub: claims.sub })
  })

  test('nobody revokes what is another’s, and an unknown token is nothing to complain of', async () => {
    const op = await server.op()
    const [rp, other] = [await op.register(), await op.register()]
    const { response } = await happyFlow(rp, op.browser())
    await oauth.revocationRequest(op.as, other.client, other.auth, response.access_token)
    const unknown = await oauth.revocationRequest(op.as, rp.client, rp.auth, 'never-heard-of')

    expect(await introspected(rp, response.access_token)).toMatchObject({ active: true })
    expect(unknown.status).toBe(200)
  })

  test('a public client learns nothing of other clients’ tokens, and nobody anything without being a client', async () => {
    const op = await server.op()
    const rp = await op.register()
    const { response } = await happyFlow(rp, op.browser())
    const asPublic = await oauth.introspectionRequest(op.as, salesSpa(op).client, oauth.None(), response.access_token)
    const asNobody = await fetch(String(op.as.introspection_endpoint), { method: 'POST', body: new URLSearchParams({ token: response.access_token }) })

    expect(await asPublic.json()).not.toHaveProperty('sub')
    expect(asNobody.status).toBe(400)
  })

  async function introspected(rp: RelyingParty, token: string) {
    return oauth.processIntrospectionResponse(rp.op.as, rp.client, await oauth.introspectionRequest(rp.op.as, rp.client, rp.auth, token))
  }
})

describe('what is asked wrongly', () => {
  const sentBack: Record<string, { asked: Asked; error: string }> = {
    'a response type that does not exist': { asked: { response_type: 'code banana' }, error: 'unsupported_response_type' },
    'a token without an ID token': { asked: { response_type: 'token' }, error: 'unsupported_response_type' },
    'a prompt that does not exist': { asked: { prompt: 'banana' }, error: 'invalid_request' },
    'prompt=none together with another': { asked: { prompt: 'none login' }, error: 'invalid_request' },
    'an ID token without a nonce': { asked: { response_type: 'id_token', nonce: null }, error: 'invalid_request' },
    'a response type the client did not register': { asked: { response_type: 'id_token' }, error: 'invalid_request' },
    'a max_age that is none': { asked: { max_age: 'soon' }, error: 'invalid_request' },
    'claims that are no JSON': { asked: { claims: '{' }, error: 'invalid_request' },
    'an id_token_hint that is no token': { asked: { id_token_hint: 'banana' }, error: 'invalid_request' },
  }

  test.each(Object.entries(sentBack))('%s is told to the application', async (_what, { asked, error }) => {
    const op = await server.op()
    const rp = await op.register()
    const { page } = await authorize(rp, op.browser(), asked)

    expect(page.answer).toMatchObject({ error, iss: op.as.issuer })
  })

  const shown: Record<string, Asked> = {
    'a client nobody knows': { client_id: 'nobody' },
    'no client': { client_id: null },
    'no redirect URI, where that would be a guess': { redirect_uri: null },
    'a response mode that does not exist': { response_mode: 'pigeon', redirect_uri: 'https://elsewhere.example/' },
  }

  test.each(Object.entries(shown))('%s is told to the person', async (_what, asked) => {
    const op = await server.op()
    const rp = await op.register({ redirect_uris: [redirectUri, postLogoutUri] })
    const { page } = await authorize(rp, op.browser(), asked)

    expectErrorPage(page)
  })

  test('a parameter given twice is refused', async () => {
    const op = await server.op()
    const rp = await op.register()
    const browser = op.browser()
    const query = new URLSearchParams({ client_id: rp.client.client_id, response_type: 'code', redirect_uri: redirectUri, scope: 'openid' })

    for (const body of [`${query}&scope=email`, `${query}&state=a&state=b`]) {
      const posted = await fetch(String(op.as.authorization_endpoint), { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded' }, redirect: 'manual' })
      await browser.open(String(posted.headers.get('location')))
      expect(browser.page.answer.error ?? browser.page.text).toContain('invalid_request')
    }
  })
})

async function challenge() {
  const verifier = oauth.generateRandomCodeVerifier()

  return { verifier, asked: { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' } }
}

function refresh(rp: RelyingParty, token: string): Promise<Response> {
  return oauth.refreshTokenGrantRequest(rp.op.as, rp.client, rp.auth, token)
}

async function userInfoStatus(op: Op, token: string): Promise<number> {
  return (await fetch(String(op.as.userinfo_endpoint), { headers: { authorization: `Bearer ${token}` } })).status
}
