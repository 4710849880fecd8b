import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { apps, changeApplication, people, places } from '../../support/mock.ts'
import { authorizeRequest, visitor } from '../../support/visitor.ts'
import { asAlice, at, atOffice, authorizeUrl, orders, redeemed, redirectUri, silently } from './world.ts'
import type { Line } from './world.ts'

const halfHash = (text = '') => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')

/** The authorize endpoint (wire 14, C20–C30). */
export const authorize: Record<string, Line> = {
  'C20 authorize by GET and POST, what nobody knows is ignored, twice too': async (story) => {
    const { url } = authorizeRequest(story.issuer, apps.salesMobile, { 'x-client-SKU': 'x', 'nobody_knows': 'y' })
    expect((await visitor(story.mock).open(`${url}&x-client-SKU=again`)).step).toBe('user-name')
    const alice = atOffice(story)
    const posted = await fetch(`${url.split('?')[0]}?client-request-id=x`, { method: 'POST', body: new URL(url).searchParams, redirect: 'manual' })
    expect([posted.status, (await alice.open(new URL(posted.headers.get('location') ?? '', url).href)).status]).toEqual([303, 200])
  },
  'C21 the three response modes and their defaults; the page of form_post may send its form': async (story) => {
    expect((await asAlice(story)).url).toMatch(/\?code=/)
    expect((await asAlice(story, { response_type: 'id_token' })).url).toMatch(/#id_token=/)
    expect((await asAlice(story, { response_mode: 'fragment' })).url).toMatch(/#code=/)
    expect((await visitor(story.mock).open(authorizeUrl(story, { response_type: 'id_token', response_mode: 'query' }))).answer.error).toBe('invalid_request')
    const page = await asAlice(story, { response_mode: 'form_post' })
    expect([page.answer.code, page.root.querySelector('main form')?.getAttribute('action')]).toEqual([expect.any(String), redirectUri])
    expect(page.html).toContain('/assets/form-post.js')
    expect(page.headers.get('content-security-policy')).not.toContain('form-action')
  },
  'C22 the response types, as far as the application allows them': async (story) => {
    const types: Record<string, readonly string[]> = {
      'code': ['code'],
      'id_token': ['id_token'],
      'code id_token': ['code', 'id_token'],
      'id_token token': ['access_token', 'id_token'],
      'token': ['access_token'],
      'code token': ['access_token', 'code'],
    }
    for (const [type, gives] of Object.entries(types)) {
      expect(Object.keys((await asAlice(story, { response_type: type })).answer).filter((name) => ['code', 'id_token', 'access_token'].includes(name)).toSorted(), type).toEqual(gives)
    }
    await changeApplication(story, apps.salesMobile, { web: { implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false } } })
    for (const [type, code] of [['id_token', 700054], ['code id_token', 700054], ['token', 700051]] as const) {
      expect((await visitor(story.mock).open(authorizeUrl(story, { response_type: type }))).answer.error_uri, type).toBe(`${story.mock.http}/error?code=${code}`)
    }
  },
  'C23 state to the letter, session_state, client_info when asked, no iss': async (story) => {
    const { answer } = await asAlice(story, { state: 'a b|c&d=é', client_info: '1' })
    expect(Object.keys(answer).toSorted()).toEqual(['client_info', 'code', 'session_state', 'state'])
    expect(answer).toMatchObject({ state: 'a b|c&d=é', session_state: expect.stringMatching(/^[0-9a-f-]{36}$/) as string })
    expect(JSON.parse(Buffer.from(answer.client_info ?? '', 'base64url').toString())).toEqual({ uid: people.alice, utid: story.tenantId })
    expect(Object.keys((await asAlice(story)).answer).toSorted()).toEqual(['code', 'session_state', 'state'])
    expect(Object.keys((await silently(story)).answer).toSorted()).toEqual(['error', 'error_description', 'error_uri', 'state'])
  },
  'C24 claims in any shape; what is no JSON is told to the application': async (story) => {
    const shapes = ['{"access_token":{"xms_cc":{"values":["cp1"]}}}', '{"id_token":{"signin_state":{"essential":false}}}', '{"access_token":{"xms_cc":{"values":["CP1"]}},"id_token":{"login_hint":{}}}', '{"userinfo":{}}', '{}']
    for (const claims of shapes) {
      expect((await asAlice(story, { claims })).answer.code, claims).toBeTypeOf('string')
      expect((await asAlice(story, { claims, scope: 'api://sales-api/Orders.Read' })).answer.code, claims).toBeTypeOf('string')
    }
    expect((await visitor(story.mock).open(authorizeUrl(story, { claims: '{' }))).answer).toMatchObject({ error: 'invalid_request', state: 's' })
  },
  'C25 nonce as it was given, c_hash and at_hash on the way through the browser, none from the token endpoint': async (story) => {
    expect(decodeJwt((await redeemed(story, { nonce: '' })).id_token ?? '')).not.toHaveProperty('nonce')
    const plain = decodeJwt((await redeemed(story)).id_token ?? '')
    expect([plain.nonce, plain.c_hash, plain.at_hash]).toEqual(['n', undefined, undefined])
    expect(await redeemed(story, { scope: 'api://sales-api/Orders.Read', nonce: 'n' })).not.toHaveProperty('id_token')
    const hybrid = (await asAlice(story, { response_type: 'code id_token' })).answer
    expect(decodeJwt(hybrid.id_token ?? '')).toMatchObject({ nonce: 'n', c_hash: halfHash(hybrid.code) })
    const implicit = (await asAlice(story, { response_type: 'id_token token', scope: orders })).answer
    expect(decodeJwt(implicit.id_token ?? '')).toMatchObject({ nonce: 'n', at_hash: halfHash(implicit.access_token) })
  },
  'C26 prompt=none always goes back, saying what is missing': async (story) => {
    const missing = (error: string, code: number) => ({ error, error_uri: `${story.mock.http}/error?code=${code}`, error_description: expect.stringContaining(`AADSTS${code}`) as string, state: 's' })
    expect((await silently(story)).answer).toEqual(missing('login_required', 50058))
    expect((await silently(story, { login_hint: 'nobody@contoso.example' })).answer).toEqual(missing('login_required', 50058))

    const alice = atOffice(story)
    await alice.open(authorizeUrl(story))
    await alice.signIn('alice@contoso.example')
    expect((await alice.open(authorizeUrl(story, { prompt: 'none' }))).answer.code).toBeTypeOf('string')
    expect((await alice.open(authorizeUrl(story, { prompt: 'none', login_hint: 'dave@contoso.example' }))).answer).toEqual(missing('login_required', 50058))
    alice.signals(`ipAddress=${places.cafe}`)
    expect((await alice.open(authorizeUrl(story, { prompt: 'none' }))).answer).toMatchObject(missing('interaction_required', 50076))
    alice.signals(`ipAddress=${places.office}`)
    await changeApplication(story, apps.salesMobile, { consents: [] })
    expect((await alice.open(authorizeUrl(story, { prompt: 'none', scope: orders }))).answer).toMatchObject(missing('consent_required', 65001))
  },
  'C27 prompts and hints': async (story) => {
    const person = atOffice(story)
    const opened = (more: Record<string, string>) => person.open(authorizeUrl(story, more))
    for (const prompt of ['login', 'select_account', 'consent', 'create']) expect((await opened({ prompt })).step, prompt).toBe('user-name')
    for (const hint of ['login_hint', 'username']) expect((await opened({ [hint]: 'alice@contoso.example', domain_hint: 'contoso.example' })).step, hint).toBe('password')

    await opened({ claims: '{"id_token":{"sid":null}}' })
    const { answer: { code = '' } } = await person.signIn('alice@contoso.example')
    const { body } = await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code, redirect_uri: redirectUri })
    const { sid = '' } = decodeJwt<{ sid?: string }>(body.id_token ?? '')
    expect(sid).toMatch(/./)
    expect((await opened({})).answer.code, 'signed in already').toBeTypeOf('string')
    expect((await opened({ prompt: 'none', sid: 'of nobody' })).answer.error).toBe('login_required')
    expect((await opened({ prompt: 'login', login_hint: 'alice@contoso.example' })).step).toBe('password')
    expect((await opened({ prompt: 'select_account' })).step).toBe('pick-account')
    expect((await opened({ prompt: 'consent', scope: orders })).step).toBe('consent')

    await opened({ prompt: 'select_account' })
    await person.signIn('dave@contoso.example')
    const silent = async (more: Record<string, string>) => (await opened({ prompt: 'none', response_type: 'id_token', ...more })).answer
    expect(decodeJwt((await silent({ sid })).id_token ?? '').oid).toBe(people.alice)
    expect(decodeJwt((await silent({ login_hint: 'dave@contoso.example' })).id_token ?? '').oid).toBe(people.dave)
  },
  'C28 PKCE plain and S256, an empty verifier is none, a wrong one 501481, a page must': async (story) => {
    const verifier = 'v'.repeat(43)
    const s256 = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }
    for (const challenge of [s256, { code_challenge: verifier, code_challenge_method: 'plain' }, { code_challenge: verifier }]) expect((await redeemed(story, challenge, { code_verifier: verifier })).token_type).toBe('Bearer')
    expect((await redeemed(story, {}, { code_verifier: '' })).token_type).toBe('Bearer')
    for (const wrong of ['w'.repeat(43), '']) expect(await redeemed(story, s256, { code_verifier: wrong })).toMatchObject({ error: 'invalid_grant', error_codes: [501481] })
    expect((await visitor(story.mock).open(authorizeUrl(story, {}, apps.salesSpa))).answer).toMatchObject({ error: 'invalid_request', error_uri: `${story.mock.http}/error?code=9002325` })
  },
  'C29 loopback on any port, its path to the letter; elsewhere is a page': async (story) => {
    await changeApplication(story, apps.salesMobile, { publicClient: { redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback', 'https://app.example/callback'] } })
    for (const good of ['http://localhost:50123/callback', 'http://127.0.0.1:50123/callback', 'https://app.example/callback']) expect((await asAlice(story, { redirect_uri: good })).answer.code, good).toBeTypeOf('string')
    for (const bad of ['http://localhost:50123/', 'http://localhost:50123/Callback', 'https://app.example:8443/callback', 'https://evil.example/callback', 'https://app.example/callback/more']) {
      const page = await visitor(story.mock).open(authorizeUrl(story, { redirect_uri: bad, prompt: 'none' }))
      expect([page.status, page.text], bad).toEqual([400, expect.stringContaining('AADSTS50011')])
    }
  },
  'C30 cookies for frames over HTTPS, frames forbidden on pages, popups left alone': async (story) => {
    const secure = visitor({ http: story.mock.https ?? '' }, { signals: `ipAddress=${places.office}` })
    const url = authorizeUrl({ ...story, issuer: `${story.mock.https}/${story.tenantId}/v2.0` })
    await secure.open(url)
    expect([secure.page.headers.get('x-frame-options'), secure.page.headers.get('cross-origin-opener-policy')]).toEqual(['DENY', null])
    await secure.signIn('alice@contoso.example')
    expect(secure.cookies.size).toBeGreaterThan(0)
    for (const [name, { attributes }] of secure.cookies) expect(attributes.toLowerCase(), name).toMatch(/(?=.*samesite=none)(?=.*secure)(?=.*httponly)/)
    expect((await fetch(at(story, '/oauth2/v2.0/authorize'))).headers.get('cross-origin-opener-policy')).toBeNull()
  },
}
