import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { authorize, errorOf, happyFlow } from './flow.ts'
import { postLogoutUri, useStandard } from './op.ts'
import type { Op } from './op.ts'

const server = useStandard()
const event = 'http://schemas.openid.net/event/backchannel-logout'

describe('back-channel logout', () => {
  test('every application the user was signed in to is told, by a token that only this tenant can sign', async () => {
    await using receiver = await receive()
    const op = await server.op()
    const [one, another, deaf] = [await op.register(heard(receiver.url, '/one')), await op.register(heard(receiver.url, '/another')), await op.register()]
    const browser = op.browser()
    const first = await happyFlow(one, browser)
    const second = await happyFlow(another, browser)
    await happyFlow(deaf, browser)
    expect(first.claims.sid, 'the session has a name').toBeTypeOf('string')

    await browser.open(`${op.as.end_session_endpoint}?${new URLSearchParams({ id_token_hint: first.idToken, post_logout_redirect_uri: postLogoutUri })}`)
    expect(receiver.heard, 'nobody is told before she confirms').toEqual([])
    await browser.submit({})
    expect(browser.page.url).toBe(postLogoutUri)

    expect(receiver.heard.map(({ path }) => path).toSorted()).toEqual(['/another', '/one'])
    for (const { path, contentType, form } of receiver.heard) {
      const { rp, claims } = path === '/one' ? { rp: one, claims: first.claims } : { rp: another, claims: second.claims }
      expect(contentType).toBe('application/x-www-form-urlencoded')
      const { payload, protectedHeader } = await verified(op, String(form.get('logout_token')), rp.client.client_id)
      expect(protectedHeader.typ).toBe('logout+jwt')
      expect(payload).toMatchObject({ sub: claims.sub, sid: claims.sid, events: { [event]: {} }, jti: expect.any(String) as unknown })
      expect(payload).not.toHaveProperty('nonce')
    }
    expect(errorOf(one, await authorize(one, browser, { prompt: 'none' }))).toBe('login_required')
  })

  test('an application that does not answer keeps nobody from signing out', async () => {
    const op = await server.op()
    const rp = await op.register(heard('http://localhost:9', '/nobody'))
    const browser = op.browser()
    const { idToken } = await happyFlow(rp, browser)
    await browser.open(`${op.as.end_session_endpoint}?${new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: postLogoutUri })}`)
    await browser.submit({})

    expect(browser.page.url).toBe(postLogoutUri)
  })

  test('an application hears of its own user only', async () => {
    await using receiver = await receive()
    const op = await server.op()
    const rp = await op.register(heard(receiver.url, '/one'))
    const [hers, somebodyElses] = [op.browser(), op.browser()]
    await happyFlow(rp, hers)
    const other = await op.register()
    const { idToken } = await happyFlow(other, somebodyElses)
    await somebodyElses.open(`${op.as.end_session_endpoint}?${new URLSearchParams({ id_token_hint: idToken })}`)
    await somebodyElses.submit({})

    expect(receiver.heard).toEqual([])
    expect((await authorize(rp, hers, { prompt: 'none' })).page.answer).toHaveProperty('code')
  })
})

function heard(origin: string, path: string) {
  return { backchannel_logout_uri: `${origin}${path}`, backchannel_logout_session_required: true }
}

function verified(op: Op, token: string, audience: string) {
  return jwtVerify(token, createRemoteJWKSet(new URL(String(op.as.jwks_uri))), { issuer: op.as.issuer, audience, maxTokenAge: '2m' })
}

/** An application's back-channel, listening. */
async function receive() {
  const calls: { path: string; contentType: string | undefined; form: URLSearchParams }[] = []
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    calls.push({ path: String(request.url), contentType: request.headers['content-type'], form: new URLSearchParams(await bodyOf(request)) })
    response.end()
  }
  const listener = createServer((request, response) => void hear(request, response))
  await new Promise<void>((resolve) => listener.listen(0, 'localhost', resolve))

  return {
    url: `http://localhost:${(listener.address() as AddressInfo).port}`,
    heard: calls,
    async [Symbol.asyncDispose]() {
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)

  return Buffer.concat(chunks).toString()
}
