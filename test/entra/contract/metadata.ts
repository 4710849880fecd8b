import { createHash } from 'node:crypto'
import { connect } from 'node:tls'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { testCertificates } from '../../support/keys.ts'
import { apps, contosoId } from '../../support/mock.ts'
import { at, atOffice, authorizeUrl, daemon, json, post, securely } from './world.ts'
import type { Line } from './world.ts'

/** Connects as a client would that knows at most this version of TLS. */
const handshake = (https: string, maxVersion?: 'TLSv1.1') => new Promise<{ protocol: string | null; names: string }>((resolve, reject) => {
  const { caCertificate: ca } = testCertificates()
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(https).port), servername: 'localhost', ca, ...(maxVersion ? { minVersion: 'TLSv1', maxVersion } : {}) })
  socket.once('error', reject).once('secureConnect', () => {
    resolve({ protocol: socket.getProtocol(), names: socket.getPeerCertificate().subjectaltname ?? '' })
    socket.destroy()
  })
})

const discovery = '/.well-known/openid-configuration'
const spaOrigin = { origin: 'https://spa.example' }
const allowed = (headers: Headers) => headers.get('access-control-allow-origin')

const ofBoth = [
  'authorization_endpoint', 'claims_supported', 'cloud_graph_host_name', 'cloud_instance_name', 'device_authorization_endpoint', 'end_session_endpoint', 'frontchannel_logout_supported',
  'http_logout_supported', 'id_token_signing_alg_values_supported', 'issuer', 'jwks_uri', 'kerberos_endpoint', 'msgraph_host', 'rbac_url', 'response_modes_supported',
  'response_types_supported', 'scopes_supported', 'subject_types_supported', 'tenant_region_scope', 'token_endpoint', 'token_endpoint_auth_methods_supported', 'userinfo_endpoint',
]
const membersOf: Record<string, readonly string[]> = {
  [`/v2.0${discovery}`]: [...ofBoth, 'request_uri_parameter_supported'].toSorted(),
  [discovery]: [...ofBoth, 'check_session_iframe', 'microsoft_multi_refresh_token'].toSorted(),
}

/** Transport and metadata (wire 14, C1–C18). */
export const metadata: Record<string, Line> = {
  'C1 TLS 1.2 or better at the root of one origin, for localhost and the loopback addresses': async ({ mock }) => {
    const { protocol, names } = await handshake(mock.https ?? '')
    expect(protocol).toMatch(/^TLSv1\.[23]$/)
    expect(names).toMatch(/localhost.*127\.0\.0\.1.*(0:0:0:0:0:0:0:1|::1)/s)
    await expect(handshake(mock.https ?? '', 'TLSv1.1')).rejects.toThrow(/protocol|alert/i)
    expect(mock.https).toMatch(/^https:\/\/localhost:\d+$/)
  },
  'C2 a tenant in any case, by id, domain and the three words, without having asked for metadata': async (story) => {
    for (const name of [story.tenantId.toUpperCase(), 'CONTOSO.example', 'Common', 'ORGANIZATIONS', 'consumers']) {
      expect((await fetch(`${story.mock.http}/${name}/v2.0${discovery}`)).status, name).toBe(200)
    }
    for (const name of [story.tenantId, story.tenantId.toUpperCase(), contosoId, 'contoso.example', 'Contoso.Example']) {
      expect((await post(`${story.mock.http}/${name}/oauth2/v2.0/token`, daemon)).status, name).toBe(200)
      expect((await fetch(`${story.mock.http}/${name}/OAuth2/v2.0/Authorize`)).status, name).not.toBe(404)
    }
  },
  'C3 no host or tenant is called token, so that an address can be made of another': async (story) => {
    const { body } = await json(at(story, `/v2.0${discovery}`))
    const tokenEndpoint = String(body.token_endpoint)
    expect([tokenEndpoint.replace('/token', '/devicecode'), tokenEndpoint.replaceAll('token', 'devicecode')]).toEqual([body.device_authorization_endpoint, body.device_authorization_endpoint])
  },
  'C4 every error is JSON, with its request id': async (story) => {
    const page = { accept: 'text/html' }
    const errors = await Promise.all([
      story.token({}, page),
      story.token({ ...daemon, client_secret: 'x' }, page),
      post(at(story, '/oauth2/v2.0/devicecode'), {}, page),
      json(at(story, '/oauth2/v2.0/token'), { method: 'POST', body: '{"no":"form"}', headers: { 'content-type': 'application/json' } }),
      post(`${story.mock.http}/nowhere.example/oauth2/v2.0/token`, daemon, page),
      json(`${story.mock.http}/nowhere.example/v2.0${discovery}`, { headers: page }),
    ])
    for (const [index, { status, headers, body }] of errors.entries()) {
      expect([headers.get('content-type'), status < 500, body.error_codes], String(index)).toEqual([expect.stringMatching(/^application\/json(;|$)/), true, [expect.any(Number)]])
      expect(headers.get('x-ms-request-id'), String(index)).toMatch(/^[0-9a-f-]{36}$/)
    }
  },
  'C5 nothing asks a client to wait, unless it was asked to': async (story) => {
    const forms = [{}, { ...daemon, grant_type: '' }, { ...daemon, grant_type: 'x' }, { ...daemon, client_secret: 'x' }, { ...daemon, scope: '%' }, { ...daemon, client_id: 'x' }, { grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: 'x' }]
    for (const form of forms) {
      const { status, headers } = await story.token(form as Record<string, string>)
      expect([status < 429, headers.get('retry-after')]).toEqual([true, null])
    }
    await story.control('POST', '/faults', { on: 'token', error: { status: 503 }, times: 1 })
    expect([(await story.token(daemon)).status, (await story.token(daemon)).status]).toEqual([503, 200])
  },
  'C6 no HSTS': async (story) => {
    for (const url of [at(story, `/v2.0${discovery}`), authorizeUrl(story), at(story, '/oauth2/v2.0/token'), `${story.mock.http}/app`]) {
      expect((await fetch(securely(story, url))).headers.get('strict-transport-security'), url).toBeNull()
    }
  },
  'C10 discovery of both versions has exactly Entra\'s members, and promises nothing more': async ({ mock, tenantId }) => {
    for (const [path, members] of Object.entries(membersOf)) {
      for (const name of [tenantId, 'contoso.example', 'common', 'organizations', 'consumers']) {
        const { status, body } = await json(`${mock.http}/${name}${path}`)
        expect([status, Object.keys(body).toSorted()], `${name}${path}`).toEqual([200, members])
      }
    }
    for (const name of ['code_challenge_methods_supported', 'grant_types_supported', 'authorization_response_iss_parameter_supported']) expect(Object.values(membersOf).flat()).not.toContain(name)
  },
  'C11 the issuer names the id, also for a domain; on common and organizations it is a template': async ({ mock }) => {
    const issuers: Record<string, string> = {
      'contoso.example/v2.0': `${contosoId}/v2.0`,
      'common/v2.0': '{tenantid}/v2.0',
      'organizations/v2.0': '{tenantid}/v2.0',
      'contoso.example': `${contosoId}/`,
      'common': '{tenantid}/',
    }
    for (const [path, issuer] of Object.entries(issuers)) expect((await json(`${mock.http}/${path}${discovery}`)).body.issuer, path).toBe(`${mock.http}/${issuer}`)
  },
  'C12 the issuer is of the origin that was asked, its port included': async ({ mock, tenantId }) => {
    for (const base of [mock.http, mock.https, mock.http?.replace('localhost', '127.0.0.1')]) expect((await json(`${base}/${tenantId}/v2.0${discovery}`)).body.issuer).toBe(`${base}/${tenantId}/v2.0`)
  },
  'C13 the members that clients break without': async (story) => {
    const { body } = await json(at(story, `/v2.0${discovery}`))
    for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'end_session_endpoint', 'device_authorization_endpoint', 'userinfo_endpoint']) {
      const { status } = await fetch(String(body[name]), { redirect: 'manual' })
      expect([name, status === 404]).toEqual([name, false])
    }
    expect(body).toMatchObject({ id_token_signing_alg_values_supported: ['RS256'], response_types_supported: expect.arrayContaining(['code', 'id_token']) as string[] })
  },
  'C14 an unknown tenant is 90002': async ({ mock }) => {
    for (const path of Object.keys(membersOf)) {
      for (const name of ['nowhere.example', '11111111-2222-4333-8444-555555555555']) {
        expect(await json(`${mock.http}/${name}${path}`)).toMatchObject({ status: 400, body: { error: 'invalid_tenant', error_codes: [90002], error_description: expect.stringContaining(`Tenant '${name}' not found`) as string } })
      }
    }
  },
  'C15 two keys at least, each named by its certificate, the issuer on v2 only': async (story) => {
    const [v2, v1] = await Promise.all(['/discovery/v2.0/keys', '/discovery/keys'].map((path) => json(at(story, path))))
    expect([v2?.status, v2?.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^application\/json(;|$)/)])
    const keys = (v2?.body.keys ?? []) as { kid: string; x5c: [string] }[]
    expect(keys.length).toBeGreaterThan(1)
    for (const key of keys) {
      const thumbprint = createHash('sha1').update(Buffer.from(key.x5c[0], 'base64')).digest('base64url')
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', kid: thumbprint, x5t: thumbprint, n: expect.any(String) as string, e: 'AQAB', issuer: story.issuer })
      expect(key).not.toHaveProperty('alg')
    }
    expect((v1?.body.keys as object[] | undefined)?.every((key) => !('issuer' in key))).toBe(true)
    const { body: { access_token: token = '' } } = await story.token(daemon)
    expect((await jwtVerify(token, createRemoteJWKSet(new URL(at(story, '/discovery/v2.0/keys'))))).payload.tid).toBe(story.tenantId)
  },
  'C16 instance discovery answers for any authority of this origin, by host with port and without': async ({ mock, tenantId }) => {
    const { host, hostname } = new URL(mock.https ?? '')
    for (const authority of [`https://${host}/${tenantId}`, `https://${hostname}/${tenantId}`]) {
      const { body } = await json(`${mock.https}/common/discovery/instance?${new URLSearchParams({ 'api-version': '1.1', 'authorization_endpoint': `${authority}/oauth2/v2.0/authorize` })}`)
      expect(body).toEqual({
        'tenant_discovery_endpoint': `${mock.https}/${tenantId}/v2.0${discovery}`,
        'api-version': '1.1',
        'metadata': [{ preferred_network: host, preferred_cache: host, aliases: [host, hostname] }],
      })
    }
  },
  'C17 the realm of a user, the path in any case': async ({ mock }) => {
    for (const path of ['common/userrealm', 'Common/UserRealm']) {
      const { body } = await json(`${mock.http}/${path}/alice@contoso.example?api-version=1.0`)
      expect(body).toEqual({ ver: '1.0', account_type: 'Managed', domain_name: 'contoso.example', cloud_instance_name: 'microsoftonline.com', cloud_audience_urn: 'urn:federation:MicrosoftOnline' })
    }
    expect((await json(`${mock.http}/common/userrealm/fiona@fed.contoso.example?api-version=1.0`)).body).toMatchObject({ account_type: 'Federated' })
  },
  'C18 pages of other origins may read metadata, tokens, errors, userinfo and Graph': async (story) => {
    const { mock } = story
    const instance = `${mock.http}/common/discovery/instance?authorization_endpoint=${encodeURIComponent(at(story, '/oauth2/v2.0/authorize'))}`
    const answers = await Promise.all([
      ...[at(story, `/v2.0${discovery}`), at(story, '/discovery/v2.0/keys'), instance, `${mock.http}/oidc/userinfo`, `${mock.http}/v1.0/me`].map((url) => fetch(url, { headers: spaOrigin })),
      ...['/oauth2/v2.0/token', '/oauth2/v2.0/devicecode'].map((path) => fetch(at(story, path), { method: 'POST', headers: spaOrigin, body: new URLSearchParams({}) })),
    ])
    for (const { url, headers } of answers) expect(['*', spaOrigin.origin], url).toContain(allowed(headers))
    for (const path of ['/oidc/userinfo', '/v1.0/me']) {
      const { status, headers } = await fetch(`${mock.http}${path}`, { method: 'OPTIONS', headers: { ...spaOrigin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization,client-request-id,sdkversion' } })
      expect([status, allowed(headers)], path).toEqual([204, '*'])
      for (const name of ['authorization', 'client-request-id', 'sdkversion']) expect(headers.get('access-control-allow-headers')?.toLowerCase(), path).toMatch(new RegExp(`(^|[ ,])${name}([ ,]|$)|\\*`))
    }
    expect((await atOffice(story).open(authorizeUrl(story))).headers.get('access-control-allow-origin'), 'no page reads a sign-in page').toBeNull()
  },
}
