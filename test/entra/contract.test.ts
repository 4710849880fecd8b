import { createHash } from 'node:crypto'
import { connect } from 'node:tls'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, newStory, password, people, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import type { Page } from '../support/visitor.ts'

/** The minimum that clients hold an Entra tenant to, line by line (wire 14). */
const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const at = (story: Story, path: string) => `${story.issuer.replace('/v2.0', '')}${path}`
const json = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)

  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> }
}
const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

async function asAlice(story: Story, more: Record<string, string> = {}, clientId = apps.salesMobile): Promise<Page> {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, clientId, { code_challenge: '', code_challenge_method: '', ...more }).url)

  return alice.signIn('alice@contoso.example')
}

async function redeemed(story: Story, more: Record<string, string> = {}, form: Record<string, string> = {}): Promise<TokenBody> {
  const { answer } = await asAlice(story, { scope: 'openid profile email offline_access api://sales-api/Orders.Read', ...more })
  const { body } = await story.token({ grant_type: 'authorization_code', client_id: apps.salesMobile, code: answer.code ?? '', redirect_uri: 'http://localhost:3999/callback', client_info: '1', ...form })

  return body
}

const silently = (story: Story, more: Record<string, string> = {}) => visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { prompt: 'none', ...more }).url)

const lines: Record<string, (story: Story) => Promise<void>> = {
  'C1 TLS 1.2 or better at the root of one origin, for localhost and the loopback addresses': async () => {
    const { port } = new URL(server.mock.https ?? '')
    const socket = connect({ host: '127.0.0.1', port: Number(port), servername: 'localhost', ca: testCertificates().caCertificate })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve as () => void).once('error', reject))
    expect(socket.getProtocol()).toMatch(/^TLSv1\.[23]$/)
    expect(socket.getPeerCertificate().subjectaltname).toMatch(/localhost.*127\.0\.0\.1.*(0:0:0:0:0:0:0:1|::1)/s)
    socket.destroy()
  },
  'C2 a tenant in any case, by id, domain and the three words': async (story) => {
    for (const name of [story.tenantId.toUpperCase(), 'CONTOSO.example', 'Common', 'ORGANIZATIONS', 'consumers']) {
      expect((await fetch(`${server.mock.http}/${name}/v2.0/.well-known/openid-configuration`)).status, name).toBe(200)
    }
  },
  'C3 no host or tenant is called token': async (story) => {
    const { body } = await json(at(story, '/v2.0/.well-known/openid-configuration'))
    expect(String(body.token_endpoint).match(/token/g)).toHaveLength(1)
  },
  'C4 every error is JSON, with its request id': async (story) => {
    const { headers } = await story.token({}, { accept: 'text/html' })
    expect([headers.get('content-type'), headers.get('x-ms-request-id')]).toEqual([expect.stringContaining('application/json'), expect.stringMatching(/^[0-9a-f-]{36}$/)])
  },
  'C5 nothing asks a client to wait': async (story) => {
    for (const form of [{ ...daemon, grant_type: '' }, { ...daemon, grant_type: 'x' }, { ...daemon, client_secret: 'x' }]) {
      const { status, headers } = await story.token(form)
      expect([status < 429, headers.get('retry-after')]).toEqual([true, null])
    }
  },
  'C6 no HSTS': async () => expect((await fetch(`${server.mock.https}/common/v2.0/.well-known/openid-configuration`)).headers.get('strict-transport-security')).toBeNull(),
  'C10 discovery promises nothing more than Entra': async (story) => {
    for (const path of ['/v2.0/.well-known/openid-configuration', '/.well-known/openid-configuration']) {
      const { body } = await json(at(story, path))
      for (const name of ['code_challenge_methods_supported', 'grant_types_supported', 'authorization_response_iss_parameter_supported']) expect(body).not.toHaveProperty(name)
    }
  },
  'C11 the issuer names the id, also for a domain; on common it is a template': async () => {
    const [domain, common, v1] = await Promise.all(['contoso.example/v2.0', 'common/v2.0', 'contoso.example'].map((path) => json(`${server.mock.http}/${path}/.well-known/openid-configuration`)))
    const id = 'c0ffee00-0000-4000-8000-000000000001'
    expect([domain?.body.issuer, common?.body.issuer, v1?.body.issuer]).toEqual([`${server.mock.http}/${id}/v2.0`, `${server.mock.http}/{tenantid}/v2.0`, `${server.mock.http}/${id}/`])
  },
  'C12 the issuer is of the origin that was asked': async (story) => {
    for (const base of [server.mock.http, server.mock.https]) expect((await json(`${base}/${story.tenantId}/v2.0/.well-known/openid-configuration`)).body.issuer).toBe(`${base}/${story.tenantId}/v2.0`)
  },
  'C13 the members that clients break without': async (story) => {
    const { body } = await json(at(story, '/v2.0/.well-known/openid-configuration'))
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'end_session_endpoint', 'device_authorization_endpoint', 'id_token_signing_alg_values_supported', 'response_types_supported', 'userinfo_endpoint']) expect(body).toHaveProperty(name)
  },
  'C14 an unknown tenant is 90002': async () => expect(await json(`${server.mock.http}/nowhere.example/v2.0/.well-known/openid-configuration`)).toMatchObject({ status: 400, body: { error: 'invalid_tenant', error_codes: [90002] } }),
  'C15 two keys at least, each with its certificate, the issuer on v2 only': async (story) => {
    const v2 = (await json(at(story, '/discovery/v2.0/keys'))).body.keys as Record<string, unknown>[]
    const v1 = (await json(at(story, '/discovery/keys'))).body.keys as Record<string, unknown>[]
    expect(v2.length).toBeGreaterThan(1)
    for (const key of v2) expect(key).toMatchObject({ kty: 'RSA', use: 'sig', kid: key.x5t, n: expect.any(String) as string, e: 'AQAB', x5c: [expect.any(String)], issuer: story.issuer })
    for (const key of v1) expect(key).not.toHaveProperty('issuer')
  },
  'C16 instance discovery knows host and host with port': async () => {
    const { body } = await json(`${server.mock.http}/common/discovery/instance?${new URLSearchParams({ 'api-version': '1.1', 'authorization_endpoint': `${server.mock.http}/common/oauth2/v2.0/authorize` })}`)
    const { host, hostname } = new URL(server.mock.http ?? '')
    expect(body).toMatchObject({ metadata: [{ aliases: expect.arrayContaining([host, hostname]) as string[] }] })
  },
  'C17 the realm of a user, the path in any case': async () => {
    const { body } = await json(`${server.mock.http}/Common/UserRealm/alice@contoso.example?api-version=1.0`)
    expect(body).toMatchObject({ account_type: 'Managed', domain_name: 'contoso.example', cloud_instance_name: expect.any(String) as string, cloud_audience_urn: expect.any(String) as string })
  },
  'C18 any page may read metadata, tokens and their errors': async (story) => {
    const origin = { origin: 'https://spa.example' }
    const answers = await Promise.all([
      ...['/v2.0/.well-known/openid-configuration', '/discovery/v2.0/keys'].map((path) => fetch(at(story, path), { headers: origin })),
      ...['/oauth2/v2.0/token', '/oauth2/v2.0/devicecode'].map((path) => fetch(at(story, path), { method: 'POST', headers: origin, body: new URLSearchParams({}) })),
      fetch(`${server.mock.http}/oidc/userinfo`, { method: 'OPTIONS', headers: origin }),
    ])
    expect(answers.map(({ headers }) => ['*', 'https://spa.example'].includes(headers.get('access-control-allow-origin') ?? ''))).toEqual(answers.map(() => true))
  },
  'C20 authorize by GET and POST, what nobody knows is ignored': async (story) => {
    const { url } = authorizeRequest(story.issuer, apps.salesMobile, { 'x-client-SKU': 'x', 'nobody_knows': 'y' })
    const posted = await fetch(url.split('?')[0] ?? '', { method: 'POST', body: new URL(url).searchParams, redirect: 'manual' })
    expect(posted.status).toBe(303)
    expect((await visitor(server.mock).open(`${url}&x-client-SKU=again`)).step).toBe('user-name')
  },
  'C21 the three response modes, the page of form_post may send its form': async (story) => {
    expect((await asAlice(story)).url).toMatch(/\?code=/)
    expect((await asAlice(story, { response_mode: 'fragment' })).url).toMatch(/#code=/)
    const page = await asAlice(story, { response_mode: 'form_post' })
    expect(page.answer.code).toBeTypeOf('string')
    expect(page.html).toContain('/assets/form-post.js')
    expect(page.headers.get('content-security-policy')).not.toContain('form-action')
  },
  'C22 the response types': async (story) => {
    for (const type of ['code', 'id_token', 'code id_token', 'id_token token', 'token', 'code token']) expect(Object.keys((await asAlice(story, { response_type: type })).answer), type).not.toContain('error')
  },
  'C23 state to the letter, session_state, client_info when asked, no iss': async (story) => {
    const { answer } = await asAlice(story, { state: 'a b|c&d=é', client_info: '1' })
    expect(answer).toMatchObject({ state: 'a b|c&d=é', session_state: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, client_info: expect.any(String) as string })
    expect(Object.keys(answer)).not.toEqual(expect.arrayContaining(['iss']))
    expect(Object.keys(answer)).not.toEqual(expect.arrayContaining(['cloud_instance_host_name']))
    expect((await asAlice(story)).answer).not.toHaveProperty('client_info')
  },
  'C24 claims in any shape': async (story) => {
    const shapes = ['{"access_token":{"xms_cc":{"values":["cp1"]}}}', '{"id_token":{"signin_state":{"essential":false}}}', '{"access_token":{"xms_cc":{"values":["CP1"]}},"id_token":{"login_hint":{}}}', '{}']
    for (const claims of shapes) expect((await asAlice(story, { claims })).answer.code, claims).toBeTypeOf('string')
    expect((await asAlice(story, { claims: shapes[0] ?? '', scope: 'User.Read' })).answer.code).toBeTypeOf('string')
  },
  'C25 a nonce only when given; hashes only in front': async (story) => {
    expect(decodeJwt((await redeemed(story, { nonce: '' })).id_token ?? '')).not.toHaveProperty('nonce')
    const plain = decodeJwt((await redeemed(story)).id_token ?? '')
    expect(plain.nonce).toBe('n')
    expect([plain.c_hash, plain.at_hash]).toEqual([undefined, undefined])
    const { answer } = await asAlice(story, { response_type: 'code id_token' })
    expect(decodeJwt(answer.id_token ?? '').c_hash).toBe(createHash('sha256').update(answer.code ?? '').digest().subarray(0, 16).toString('base64url'))
  },
  'C26 prompt=none always goes back': async (story) => {
    expect((await silently(story)).answer).toMatchObject({ error: 'login_required', error_uri: `${server.mock.http}/error?code=50058`, state: 's' })
    const unknown = await silently(story, { login_hint: 'nobody@contoso.example' })
    expect(unknown.answer.error).toBe('login_required')
  },
  'C27 prompts and hints': async (story) => {
    for (const prompt of ['login', 'select_account', 'consent', 'create']) expect((await visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { prompt }).url)).status, prompt).toBe(200)
    const hinted = await visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { login_hint: 'alice@contoso.example', domain_hint: 'contoso.example' }).url)
    expect(hinted.step).toBe('password')
  },
  'C28 PKCE plain and S256, an empty verifier is none, a wrong one 501481': async (story) => {
    const verifier = 'v'.repeat(43)
    const s256 = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' }
    for (const challenge of [s256, { code_challenge: verifier, code_challenge_method: 'plain' }]) expect((await redeemed(story, challenge, { code_verifier: verifier })).token_type).toBe('Bearer')
    expect((await redeemed(story, {}, { code_verifier: '' })).token_type).toBe('Bearer')
    expect(await redeemed(story, s256, { code_verifier: 'w'.repeat(43) })).toMatchObject({ error: 'invalid_grant', error_codes: [501481] })
  },
  'C29 loopback on any port; elsewhere is a page': async (story) => {
    expect((await asAlice(story, { redirect_uri: 'http://localhost:50123' })).answer.code).toBeTypeOf('string')
    const page = await visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { redirect_uri: 'https://evil.example/cb' }).url)
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('AADSTS50011')])
  },
  'C30 cookies for frames over HTTPS, frames forbidden on pages, popups left alone': async (story) => {
    const secure = visitor({ http: server.mock.https }, { signals: `ipAddress=${places.office}` })
    await secure.open(authorizeRequest(`${server.mock.https}/${story.tenantId}/v2.0`, apps.salesMobile).url)
    expect([secure.page.headers.get('x-frame-options'), secure.page.headers.get('cross-origin-opener-policy')]).toEqual(['DENY', null])
    await secure.signIn('alice@contoso.example')
    for (const [name, { attributes }] of secure.cookies) expect(attributes.toLowerCase(), name).toMatch(/(?=.*samesite=none)(?=.*secure)(?=.*httponly)/)
  },
  'C40 a form, whatever the query says': async (story) => {
    const response = await fetch(`${at(story, '/oauth2/v2.0/token')}?client-request-id=x&grant_type=password`, { method: 'POST', body: new URLSearchParams(daemon) })
    expect(response.status).toBe(200)
  },
  'C41 a secret in the body and in the header': async (story) => {
    const { client_id: id, client_secret: secret, ...form } = daemon
    expect((await story.token(daemon)).status).toBe(200)
    expect((await story.token(form, { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })).status).toBe(200)
  },
  'C42 the members of a token response': async (story) => {
    const body = await redeemed(story)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) as number, ext_expires_in: body.expires_in, scope: expect.stringContaining('api://sales-api/Orders.Read') as string, refresh_token: expect.any(String) as string, id_token: expect.any(String) as string, client_info: expect.stringMatching(/^[\w-]+$/) as string })
    expect(body.access_token?.split('.')).toHaveLength(3)
    expect(await redeemed(story, { scope: 'openid User.Read' })).not.toHaveProperty('refresh_token')
  },
  'C43 an hour at least': async (story) => expect((await redeemed(story)).expires_in).toBeGreaterThanOrEqual(3600),
  'C44 a refresh: a new token each time, the old one stays good, for any resource': async (story) => {
    const { refresh_token: first = '' } = await redeemed(story)
    const refresh = (more = {}) => story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: first, ...more }, office)
    const [one, graph] = [await refresh(), await refresh({ scope: 'User.Read' })]
    expect([one.body.refresh_token === first, one.status, graph.status]).toEqual([false, 200, 200])
    expect(decodeJwt(one.body.id_token ?? '')).not.toHaveProperty('nonce')
    expect(decodeJwt(graph.body.access_token ?? '').aud).toBe('https://graph.microsoft.com')
  },
  'C45 on behalf of somebody takes on_behalf_of, and a token for the caller': async (story) => {
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_id: apps.salesHub, client_secret: 'sales-hub-secret', assertion: (await redeemed(story)).access_token ?? '', scope: 'User.Read' }
    expect((await story.token(form)).body.error_codes).toEqual([900144])
    expect((await story.token({ ...form, requested_token_use: 'on_behalf_of' })).body.error_codes).toEqual([500131])
  },
  'C46 a daemon: one .default, the words of MSAL Go do no harm': async (story) => {
    const { body } = await story.token({ ...daemon, scope: `${daemon.scope} openid offline_access profile` })
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    expect(decodeJwt(body.access_token ?? '').roles).toEqual(['Orders.Process'])
  },
  'C47 every spelling of a scope': async (story) => {
    for (const scope of ['api://sales-api/Orders.Read', `${apps.salesApi}/Orders.Read`, 'https://graph.microsoft.com/User.Read', 'User.Read', 'api://sales-api/.default', `${server.mock.http}/.default`, 'https://graph.microsoft.com/.default']) {
      expect((await redeemed(story, { scope })).token_type, scope).toBe('Bearer')
    }
  },
  'C48 the envelope of an error': async (story) => {
    const { status, body } = await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'dave@contoso.example', password, scope: 'User.Read' }, { 'x-mock-signals': `ipAddress=${places.cafe}` })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], claims: expect.any(String) as string, timestamp: expect.any(String) as string, trace_id: expect.any(String) as string, correlation_id: expect.any(String) as string })
  },
  'C49 never slow_down': async (story) => {
    const { body } = await json(at(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid' }) })
    for (let poll = 0; poll < 5; poll += 1) expect((await story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: String(body.device_code) })).body.error).toBe('authorization_pending')
  },
  'C50 what a device is given': async (story) => {
    const { body } = await json(at(story, '/oauth2/v2.0/devicecode'), { method: 'POST', body: new URLSearchParams({ client_id: apps.salesMobile, scope: 'openid' }) })
    expect(Object.keys(body).toSorted()).toEqual(['device_code', 'expires_in', 'interval', 'message', 'user_code', 'verification_uri'])
  },
  'C60 the header of a token': async (story) => {
    const v2 = decodeProtectedHeader((await redeemed(story)).access_token ?? '')
    const v1 = decodeProtectedHeader((await redeemed(story, { scope: 'User.Read' })).access_token ?? '')
    expect(v2).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) as string })
    expect(v1).toEqual({ alg: 'RS256', typ: 'JWT', kid: v2.kid, x5t: v2.kid })
  },
  'C61 dated five minutes back, in whole seconds': async (story) => {
    const { iat = 0, nbf, exp = 0 } = decodeJwt((await redeemed(story)).access_token ?? '')
    expect([nbf, Number.isInteger(iat), Number.isInteger(exp)]).toEqual([iat, true, true])
    expect(Math.abs(Date.now() / 1000 - 300 - iat)).toBeLessThan(5)
  },
  'C62 v1 or v2 as the resource says': async (story) => {
    expect(decodeJwt((await redeemed(story)).access_token ?? '')).toMatchObject({ ver: '2.0', aud: apps.salesApi, iss: story.issuer, tid: story.tenantId, oid: people.alice, sub: expect.any(String) as string })
    expect(decodeJwt((await redeemed(story, { scope: 'User.Read' })).access_token ?? '')).toMatchObject({ ver: '1.0', iss: at(story, '/'), tid: story.tenantId, oid: people.alice })
  },
  'C63 scp for users, roles for applications': async (story) => {
    expect(decodeJwt((await redeemed(story)).access_token ?? '').scp).toBe('Orders.Read')
    expect(decodeJwt((await story.token(daemon)).body.access_token ?? '').roles).toEqual(['Orders.Process'])
  },
  'C64 one sub per user and client, at userinfo too': async (story) => {
    const body = await redeemed(story, { scope: 'openid profile User.Read' })
    const userinfo = await json(`${server.mock.http}/oidc/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } })
    expect(userinfo.body.sub).toBe(decodeJwt(body.id_token ?? '').sub)
  },
  'C65 what an ID token says': async (story) => expect(decodeJwt((await redeemed(story)).id_token ?? '')).toMatchObject({ tid: story.tenantId, oid: people.alice, sub: expect.any(String) as string, preferred_username: 'alice@contoso.example', name: 'Alice Adams', aud: apps.salesMobile, iss: story.issuer, iat: expect.any(Number) as number, exp: expect.any(Number) as number, nonce: 'n' }),
  'C66 a guest is known by the home tenant': async (story) => {
    await story.control('PATCH', '/users/erin', { homeTenantId: '11111111-2222-4333-8444-555555555555', externalType: 'b2bCollaborationGuest' })
    const { body } = await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'erin@contoso.example', password, scope: 'openid profile User.Read', client_info: '1' }, office)
    expect(JSON.parse(Buffer.from(String(body.client_info), 'base64url').toString())).toMatchObject({ utid: '11111111-2222-4333-8444-555555555555' })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ tid: story.tenantId, oid: people.erin })
  },
  'C67 a login_hint that was given comes back, and sid where it was asked for': async (story) => {
    const claims = decodeJwt((await redeemed(story, { claims: '{"id_token":{"login_hint":null,"sid":null}}' })).id_token ?? '')
    expect(claims).toMatchObject({ login_hint: expect.any(String) as string, sid: expect.any(String) as string })
    const page = await visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { login_hint: String(claims.login_hint) }).url)
    expect([page.step, page.text]).toEqual(['password', expect.stringContaining('alice@contoso.example')])
  },
  'C70 signing out with a way back and its state': async (story) => {
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await alice.open(authorizeRequest(story.issuer, apps.salesMobile).url)
    await alice.signIn('alice@contoso.example')
    await alice.open(`${at(story, '/oauth2/v2.0/logout')}?${new URLSearchParams({ post_logout_redirect_uri: 'http://localhost:3999/bye', state: 'x y' })}`)
    if (alice.page.status !== 0) await alice.submit({})
    expect(alice.page.url).toMatch(/^http:\/\/localhost:3999\/bye\?state=x(\+|%20)y$/)
  },
  'C71 userinfo by GET and POST, for pages too': async (story) => {
    const { access_token: token } = await redeemed(story, { scope: 'openid profile User.Read' })
    for (const method of ['GET', 'POST']) {
      const { status, body, headers } = await json(`${server.mock.http}/oidc/userinfo`, { method, headers: { authorization: `Bearer ${token}` } })
      expect([status, body.name, headers.get('access-control-allow-origin')]).toEqual([200, 'Alice Adams', '*'])
    }
    expect((await json(`${server.mock.http}/oidc/userinfo`)).headers.get('www-authenticate')).toMatch(/^Bearer /)
  },
  'C72 a resource challenges a client that can handle it, and the new token is good': async (story) => {
    const capable = { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}', scope: 'openid profile offline_access User.Read' }
    const first = await redeemed(story, capable)
    const ask = (token = '') => fetch(`${server.mock.http}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })
    expect((await ask(first.access_token)).status).toBe(200)
    expect(first.expires_in).toBeGreaterThanOrEqual(20 * 3600)

    await story.control('POST', '/clock', { advance: 'PT1M' })
    await story.control('POST', '/users/alice/revoke')
    const challenged = await ask(first.access_token)
    const header = challenged.headers.get('www-authenticate') ?? ''
    expect([challenged.status, challenged.headers.get('access-control-expose-headers')]).toEqual([401, 'WWW-Authenticate'])
    expect(header).toMatch(/^Bearer realm="", .*error="insufficient_claims", claims="[A-Za-z0-9+/]+=*"$/)
    const claims = Buffer.from(/claims="([^"]+)"/.exec(header)?.[1] ?? '', 'base64').toString()
    expect(JSON.parse(claims)).toMatchObject({ access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) as string } } })

    await story.control('POST', '/clock', { advance: 'PT1M' })
    expect((await ask((await redeemed(story, { ...capable, claims: JSON.stringify({ access_token: { ...(JSON.parse(claims) as { access_token: object }).access_token, xms_cc: { values: ['cp1'] } } }) })).access_token)).status).toBe(200)
  },
  'C73 claims are honoured: nbf, acrs, capolids, xms_cc': async (story) => {
    const { refresh_token: token = '' } = await redeemed(story)
    const refresh = (claims: object) => story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: token, claims: JSON.stringify({ access_token: claims }) }, office)
    expect((await refresh({ nbf: { essential: true, value: String(Math.floor(Date.now() / 1000) + 60) } })).body.error_codes).toEqual([50173])
    expect((await refresh({ capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-0000000000e2'] } })).status).toBe(200)
    expect((await refresh({ xms_cc: { values: ['cp1'] } })).status).toBe(200)
    expect(decodeJwt((await refresh({ acrs: { essential: true, value: 'c1' } })).body.access_token ?? '').acrs).toEqual(['c1'])
  },
}

describe('what clients hold a tenant to', () => {
  test.each(Object.entries(lines))('%s', async (_line, holds) => {
    await expect(holds(await newStory(server.mock))).resolves.not.toThrow()
  })
})
