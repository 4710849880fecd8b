import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { expect } from 'vitest'
import { newCertificate } from '../../support/certificate.ts'
import { apps, changeApplication, password, people, places } from '../../support/mock.ts'
import type { Story } from '../../support/mock.ts'
import { mfaForContext } from '../../support/oidc-clients.ts'
import { authorizeRequest, visitor } from '../../support/visitor.ts'
import { asAlice, at, atOffice, authorizeUrl, cafe, daemon, json, office, ofPassword, orders, post, redeemed } from './world.ts'
import type { Line } from './world.ts'

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const deviceGrants = ['device_code', 'urn:ietf:params:oauth:grant-type:device_code']
const device = async (story: Story) => (await post(at(story, '/oauth2/v2.0/devicecode'), { client_id: apps.salesMobile, scope: 'openid' })).body
const byPassword = (story: Story, user: string, headers: Record<string, string> = office, more: Record<string, string> = {}) => story.token({ ...ofPassword, username: `${user}@contoso.example`, ...more }, headers)
const userinfo = (story: Story, token = '', method = 'GET') => json(`${story.mock.http}/oidc/userinfo`, { method, headers: { authorization: `Bearer ${token}` } })

/** The token endpoint (wire 14, C40–C50). */
export const tokenEndpoint: Record<string, Line> = {
  'C40 a form, whatever the query says; both names of the device grant': async (story) => {
    const url = at(story, '/oauth2/v2.0/token')
    expect((await post(`${url}?client-request-id=x&grant_type=password`, daemon)).status).toBe(200)
    expect((await post(url, daemon, { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' })).status).toBe(200)
    expect((await post(`${url}?${new URLSearchParams(daemon)}`, {})).body.error_codes).toEqual([900144])
    for (const grant of deviceGrants) {
      const { device_code: code = '' } = await device(story)
      expect((await story.token({ grant_type: grant, client_id: apps.salesMobile, device_code: String(code) })).body).toMatchObject({ error: 'authorization_pending', error_codes: [70016] })
    }
    expect((await story.token({ ...daemon, grant_type: 'password_please' })).body).toMatchObject({ error: 'unsupported_grant_type', error_codes: [70003] })
  },
  'C41 one application may prove itself by a secret, in body or header, and by a certificate however its name is spelled': async (story) => {
    const certificate = newCertificate('Nightly Job')
    await changeApplication(story, apps.nightlyJob, { certificates: [certificate.pem] })
    const { client_id: id, client_secret: secret, ...form } = daemon
    expect((await story.token(daemon)).status).toBe(200)
    expect((await story.token(form, { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })).status).toBe(200)

    const now = Math.floor(Date.now() / 1000)
    const [sha1, sha256] = ['sha1', 'sha256'].map((name) => createHash(name).update(certificate.der).digest())
    const headers = [{ 'x5t#S256': sha256?.toString('base64') }, { 'x5t#S256': sha256?.toString('base64url') }, { alg: 'RS256', x5t: sha1?.toString('base64url') }, { alg: 'RS256', kid: sha1?.toString('base64').replaceAll('+', '-').replaceAll('/', '_') }]
    for (const header of headers) {
      const assertion = await new SignJWT({ aud: at(story, '/oauth2/v2.0/token'), iss: id, sub: id, jti: 'same', nbf: String(now) as never, exp: String(now + 600) as never }).setProtectedHeader({ alg: 'PS256', ...header } as never).sign(certificate.privateKey)
      const { status, body } = await story.token({ ...form, client_id: id, client_assertion_type: jwtBearer, client_assertion: assertion })
      expect([status, decodeJwt(body.access_token ?? '').azpacr], JSON.stringify(header)).toEqual([200, '2'])
    }
    expect((await story.token({ ...form, client_id: id })).body).toMatchObject({ error: 'invalid_client', error_codes: [7000218] })
  },
  'C42 the members of a token response, those that were asked for': async (story) => {
    const body = await redeemed(story)
    expect(body).toEqual({
      token_type: 'Bearer', scope: 'api://sales-api/Orders.Read profile openid email', expires_in: expect.any(Number) as number, ext_expires_in: body.expires_in, access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      refresh_token: expect.any(String) as string, id_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string, client_info: expect.stringMatching(/^[\w-]+$/) as string,
    })
    expect(await redeemed(story, { scope: 'openid User.Read' })).not.toHaveProperty('refresh_token')
    expect(await redeemed(story, { scope: 'User.Read' })).not.toHaveProperty('id_token')
    expect(await redeemed(story, {}, { client_info: '' })).not.toHaveProperty('client_info')
  },
  'C43 an hour at least, an hour and a half at most': async (story) => {
    const lifetimes = await Promise.all(Array.from({ length: 8 }, async () => (await story.token(daemon)).body.expires_in))
    for (const seconds of lifetimes) expect(seconds).toSatisfy((value: number) => Number.isInteger(value) && value >= 3600 && value <= 5400)
  },
  'C44 a refresh: a new token each time, the old one stays good, for any resource': async (story) => {
    const { refresh_token: first = '' } = await redeemed(story)
    const refresh = (more = {}) => story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: first, ...more }, office)
    const [one, again, graph] = [await refresh(), await refresh(), await refresh({ scope: 'User.Read openid' })]
    expect([one, again, graph].map(({ status }) => status)).toEqual([200, 200, 200])
    expect(new Set([first, one.body.refresh_token, again.body.refresh_token, graph.body.refresh_token]).size).toBe(4)
    expect(decodeJwt(one.body.id_token ?? '')).not.toHaveProperty('nonce')
    expect([decodeJwt(one.body.access_token ?? '').aud, decodeJwt(graph.body.access_token ?? '').aud]).toEqual([apps.salesApi, 'https://graph.microsoft.com'])
    expect((await refresh({ client_id: apps.adminShell })).body.error).toBe('invalid_grant')
  },
  'C45 on behalf of somebody takes on_behalf_of and a token for the caller, and gives a token and a refresh token': async (story) => {
    await changeApplication(story, apps.salesApi, { secrets: ['sales-api-secret'] })
    const { access_token: assertion = '' } = await redeemed(story)
    const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', client_id: apps.salesApi, client_secret: 'sales-api-secret', assertion, scope: 'offline_access User.Read', requested_token_use: 'on_behalf_of' }
    const { body } = await story.token(form)
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ oid: people.alice, appid: apps.salesApi, scp: expect.stringContaining('User.Read') as string })
    expect((await story.token({ grant_type: 'refresh_token', client_id: apps.salesApi, client_secret: 'sales-api-secret', refresh_token: body.refresh_token ?? '' }, office)).status).toBe(200)
    expect((await story.token({ ...form, requested_token_use: '' })).body.error_codes).toEqual([900144])
    expect((await story.token({ ...form, client_id: apps.salesHub, client_secret: 'sales-hub-secret' })).body.error_codes).toEqual([500131])
    const { body: { access_token: ofApplication = '' } } = await story.token({ ...daemon, scope: `${apps.salesApi}/.default` })
    expect((await story.token({ ...form, assertion: ofApplication })).body.error_codes).toEqual([50027])
  },
  'C46 a daemon: one .default, the words of MSAL Go do no harm': async (story) => {
    const { body } = await story.token({ ...daemon, scope: `${daemon.scope} openid offline_access profile`, client_info: '1' })
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'ext_expires_in', 'token_type'])
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({ roles: ['Orders.Process'], aud: apps.salesApi })
    expect((await story.token({ ...daemon, scope: `${daemon.scope} https://graph.microsoft.com/.default` })).body.error).toBe('invalid_scope')
    expect((await story.token({ ...daemon, scope: 'api://sales-api/Orders.Read' })).body.error_codes).toEqual([70011])
  },
  'C47 every spelling of a scope': async (story) => {
    const graph = 'https://graph.microsoft.com'
    const spellings: Record<string, string> = {
      'api://sales-api/Orders.Read': apps.salesApi,
      [`${apps.salesApi}/Orders.Read`]: apps.salesApi,
      'api://sales-api/.default': apps.salesApi,
      'https://graph.microsoft.com/User.Read': graph,
      'User.Read': graph,
      'user.read': graph,
      [`${story.mock.http}/.default`]: graph,
      'https://graph.microsoft.com/.default': graph,
      'openid profile': graph,
    }
    for (const [scope, audience] of Object.entries(spellings)) {
      const { aud } = decodeJwt((await redeemed(story, { scope })).access_token ?? '')
      expect([graph, '00000003-0000-0000-c000-000000000000'].includes(String(aud)) ? graph : aud, scope).toBe(audience)
    }
  },
  'C48 the envelope of an error': async (story) => {
    const { status, body } = await byPassword(story, 'dave', cafe)
    const common = { error_description: expect.stringMatching(/^AADSTS\d+: .* Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36} Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/) as string, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/) as string, trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }
    expect([status, body]).toEqual([400, { ...common, error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], error_uri: `${story.mock.http}/error?code=50076`, claims: expect.any(String) as string }])
    expect(JSON.parse(body.claims ?? '')).toEqual({ access_token: { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-0000000000e2'] } } })
    const wrong = await story.token({ ...daemon, client_secret: 'x' })
    expect([wrong.status, wrong.body]).toEqual([401, { ...common, error: 'invalid_client', error_codes: [7000215], error_uri: `${story.mock.http}/error?code=7000215` }])
  },
  'C49 never slow_down': async (story) => {
    const { device_code: code = '' } = await device(story)
    for (let poll = 0; poll < 20; poll += 1) expect((await story.token({ grant_type: 'device_code', client_id: apps.salesMobile, device_code: String(code) })).body.error).toBe('authorization_pending')
  },
  'C50 what a device is given': async (story) => {
    const body = await device(story)
    expect(body).toEqual({
      user_code: expect.stringMatching(/^[A-Z0-9]{9}$/) as string, device_code: expect.any(String) as string, verification_uri: `${story.mock.http}/common/oauth2/deviceauth`, expires_in: 900, interval: 5,
      message: expect.stringContaining(String(body.user_code)) as string,
    })
    expect((await fetch(String(body.verification_uri))).status).toBe(200)
  },
}

/** What tokens say (wire 14, C60–C67). */
export const tokens: Record<string, Line> = {
  'C60 the header of a token': async (story) => {
    const { access_token: access, id_token: id } = await redeemed(story)
    const v2 = decodeProtectedHeader(access ?? '')
    expect(v2).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) as string })
    expect(decodeProtectedHeader(id ?? '')).toEqual(v2)
    expect(decodeProtectedHeader((await redeemed(story, { scope: 'User.Read' })).access_token ?? '')).toEqual({ ...v2, x5t: v2.kid })
  },
  'C61 dated five minutes back, in whole seconds': async (story) => {
    const { access_token: access, id_token: id } = await redeemed(story)
    for (const token of [access, id]) {
      const { iat = 0, nbf, exp = 0 } = decodeJwt(token ?? '')
      expect([nbf, Number.isInteger(iat), Number.isInteger(exp)]).toEqual([iat, true, true])
      expect(Math.abs(Date.now() / 1000 - 300 - iat)).toBeLessThan(5)
    }
  },
  'C62 v1 or v2 as the resource says, whichever endpoint was asked': async (story) => {
    const v2 = { ver: '2.0', aud: apps.salesApi, iss: story.issuer, tid: story.tenantId }
    expect(decodeJwt((await redeemed(story)).access_token ?? '')).toMatchObject({ ...v2, oid: people.alice, sub: expect.stringMatching(/^[\w-]{43}$/) as string })
    expect(decodeJwt((await redeemed(story, { scope: 'User.Read' })).access_token ?? '')).toMatchObject({ ver: '1.0', iss: at(story, '/'), tid: story.tenantId, oid: people.alice, sub: expect.any(String) as string })
    const atV1 = await post(at(story, '/oauth2/token'), { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', resource: 'api://sales-api' })
    expect(decodeJwt(String(atV1.body.access_token))).toMatchObject(v2)
    await changeApplication(story, apps.salesApi, { api: { requestedAccessTokenVersion: 1 } })
    expect(decodeJwt((await story.token(daemon)).body.access_token ?? '')).toMatchObject({ ver: '1.0', aud: 'api://sales-api', iss: at(story, '/') })
  },
  'C63 scp for users, roles for applications': async (story) => {
    const user = decodeJwt((await redeemed(story, { scope: 'openid api://sales-api/Orders.Read api://sales-api/Orders.Write' })).access_token ?? '')
    expect([user.scp, user.roles]).toEqual(['Orders.Read Orders.Write', undefined])
    const application = decodeJwt((await story.token(daemon)).body.access_token ?? '')
    expect([application.scp, application.roles]).toEqual([undefined, ['Orders.Process']])
  },
  'C64 one sub per user and client, at userinfo too': async (story) => {
    const subject = async (client: string, user: string) => {
      const { body } = await byPassword(story, user, office, { client_id: client, scope: 'openid profile User.Read' })
      const { sub } = decodeJwt(body.id_token ?? '')
      expect((await userinfo(story, body.access_token)).body.sub).toBe(sub)
      return sub
    }
    const first = await subject(apps.salesMobile, 'alice')
    expect(await subject(apps.salesMobile, 'alice')).toBe(first)
    expect(new Set([first, await subject(apps.adminShell, 'alice'), await subject(apps.salesMobile, 'dave')]).size).toBe(3)
  },
  'C65 what an ID token says': async (story) => expect(decodeJwt((await redeemed(story)).id_token ?? '')).toMatchObject({ tid: story.tenantId, oid: people.alice, sub: expect.any(String) as string, preferred_username: 'alice@contoso.example', name: 'Alice Adams', aud: apps.salesMobile, iss: story.issuer, iat: expect.any(Number) as number, exp: expect.any(Number) as number, nonce: 'n' }),
  'C66 a guest is known by the home tenant': async (story) => {
    const home = '11111111-2222-4333-8444-555555555555'
    await story.control('PATCH', '/users/erin', { homeTenantId: home, externalType: 'b2bCollaborationGuest' })
    const { body } = await byPassword(story, 'erin', office, { scope: 'openid profile User.Read', client_info: '1' })
    expect(JSON.parse(Buffer.from(String(body.client_info), 'base64url').toString())).toEqual({ uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, utid: home })
    expect(decodeJwt(body.id_token ?? '')).toMatchObject({ tid: story.tenantId, oid: people.erin, idp: expect.stringContaining(home) as string })
  },
  'C67 a login_hint that was given comes back, and sid where it was asked for': async (story) => {
    const asked = { claims: '{"id_token":{"login_hint":null,"sid":null}}' }
    const claims = decodeJwt((await redeemed(story, asked)).id_token ?? '')
    expect(claims).toMatchObject({ login_hint: expect.any(String) as string, sid: expect.any(String) as string })
    const page = await visitor(story.mock).open(authorizeRequest(story.issuer, apps.salesMobile, { login_hint: String(claims.login_hint) }).url)
    expect([page.step, page.text]).toEqual(['password', expect.stringContaining('alice@contoso.example')])
    await changeApplication(story, apps.salesMobile, { optionalClaims: { idToken: [{ name: 'login_hint' }, { name: 'sid' }] } })
    expect(decodeJwt((await redeemed(story)).id_token ?? '')).toMatchObject({ login_hint: claims.login_hint, sid: expect.any(String) as string })
  },
}

/** Signing out, userinfo and claims (wire 14, C70–C73). */
export const afterwards: Record<string, Line> = {
  'C70 signing out with a way back and its state, without a hint': async (story) => {
    const alice = atOffice(story)
    await alice.open(authorizeUrl(story))
    await alice.signIn('alice@contoso.example')
    const signOut = (returnTo: string) => alice.open(`${at(story, '/oauth2/v2.0/logout')}?${new URLSearchParams({ post_logout_redirect_uri: returnTo, state: 'x y' })}`)
    await signOut('https://evil.example/bye')
    while (alice.page.step !== null) await alice.submit({})
    expect([alice.page.url.startsWith(String(story.mock.http)), alice.page.text]).toEqual([true, expect.stringMatching(/signed out/i)])

    await alice.open(authorizeUrl(story))
    await alice.signIn('alice@contoso.example')
    await signOut('http://localhost:3999/bye')
    if (alice.page.status !== 0) await alice.submit({})
    expect(alice.page.url).toMatch(/^http:\/\/localhost:3999\/bye\?state=x(\+|%20)y$/)
    expect((await alice.open(authorizeUrl(story, { prompt: 'none' }))).answer.error).toBe('login_required')
  },
  'C71 userinfo by GET and POST, for pages too, with a token for Graph': async (story) => {
    const { access_token: token } = await redeemed(story, { scope: 'openid profile User.Read' })
    for (const method of ['GET', 'POST']) {
      const { status, body, headers } = await userinfo(story, token, method)
      expect([status, body.name, headers.get('access-control-allow-origin')]).toEqual([200, 'Alice Adams', '*'])
    }
    for (const bad of ['', 'no.such.token', (await redeemed(story)).access_token, (await story.token({ ...daemon, scope: 'https://graph.microsoft.com/.default' })).body.access_token]) {
      const { status, headers } = await userinfo(story, bad)
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Bearer /)])
    }
  },
  'C72 a resource challenges a client that can handle it, and the new token is good': async (story) => {
    const capable = { claims: '{"access_token":{"xms_cc":{"values":["cp1"]}}}', scope: 'openid profile offline_access User.Read' }
    const first = await redeemed(story, capable)
    expect((await userinfo(story, first.access_token)).status).toBe(200)
    expect(first.expires_in).toBeGreaterThanOrEqual(20 * 3600)

    await story.control('POST', '/clock', { advance: 'PT1M' })
    await story.control('POST', '/users/alice/revoke')
    const challenged = await userinfo(story, first.access_token)
    const header = challenged.headers.get('www-authenticate') ?? ''
    expect([challenged.status, challenged.headers.get('access-control-expose-headers')]).toEqual([401, 'WWW-Authenticate'])
    expect(header).toMatch(/^Bearer realm="", .*error="insufficient_claims", claims="[A-Za-z0-9+/]+=*"$/)
    const claims = Buffer.from(/claims="([^"]+)"/.exec(header)?.[1] ?? '', 'base64').toString()
    expect(JSON.parse(claims)).toMatchObject({ access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) as string } } })

    await story.control('POST', '/clock', { advance: 'PT1M' })
    const merged = JSON.stringify({ access_token: { ...(JSON.parse(claims) as { access_token: object }).access_token, xms_cc: { values: ['cp1'] } } })
    expect((await userinfo(story, (await redeemed(story, { ...capable, claims: merged })).access_token)).status).toBe(200)
  },
  'C73 claims are honoured at authorize and token: nbf, acrs, capolids, xms_cc': async (story) => {
    const { refresh_token: token = '' } = await redeemed(story)
    const refresh = (claims: object, headers = office, scope = orders) => story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: token, scope, claims: JSON.stringify({ access_token: claims }) }, headers)
    const now = Math.floor(Date.now() / 1000)
    expect((await refresh({ nbf: { essential: true, value: String(now - 3600) } })).status).toBe(200)
    expect((await refresh({ nbf: { essential: true, value: String(now + 60) } })).body).toMatchObject({ error: 'invalid_grant', suberror: 'bad_token', error_codes: [50173] })

    const policies = { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-0000000000e2'] } }
    expect((await refresh(policies)).status).toBe(200)
    expect((await refresh(policies, cafe)).body.error_codes).toEqual([50076])
    expect(await asAlice(story, { claims: JSON.stringify({ access_token: policies }) })).toMatchObject({ answer: { code: expect.any(String) as string } })

    const capable = { xms_cc: { values: ['cp1'] } }
    expect(decodeJwt((await refresh(capable, office, 'User.Read')).body.access_token ?? '').xms_cc).toEqual(['cp1'])
    expect(decodeJwt((await refresh(capable)).body.access_token ?? '')).not.toHaveProperty('xms_cc')
    await changeApplication(story, apps.salesApi, { optionalClaims: { accessToken: [{ name: 'xms_cc' }] } })
    expect(decodeJwt((await refresh(capable)).body.access_token ?? '').xms_cc).toEqual(['cp1'])

    const context = { acrs: { essential: true, value: 'c1' } }
    expect(decodeJwt((await refresh(context)).body.access_token ?? '').acrs).toEqual(['c1'])
    await story.control('PATCH', '/tenant', { conditionalAccessPolicies: [mfaForContext('c1')] })
    expect((await refresh(context)).body).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] })
    expect((await refresh({})).status).toBe(200)
    const stepped = atOffice(story)
    await stepped.open(authorizeUrl(story, { scope: orders, claims: JSON.stringify({ access_token: context }) }))
    expect((await stepped.signIn('alice@contoso.example', { password })).step).toBe('one-time-code')
    expect((await stepped.signIn('alice@contoso.example', { code: await story.code('alice') })).answer.code).toBeTypeOf('string')
    expect((await byPassword(story, 'alice', { 'x-mock-signals': `ipAddress=${places.office}` }, { claims: '{' })).body.error).toBe('invalid_request')
  },
}
