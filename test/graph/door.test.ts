import { describe, expect, test } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import { testKeys } from '../support/keys.ts'
import { people, useMock } from '../support/mock.ts'
import { writeAllFirst } from '../support/write-all-first.ts'
import { graphAt, graphOf, tokenOf } from './ask.ts'

const server = useMock()
const locations = '/identity/conditionalAccess/namedLocations'

describe('who may ask', () => {
  test('the token says who and in which tenant', async () => {
    const { graph } = await graphOf(server.mock, { displayName: 'Fabrikam' })

    expect(await graph.get('/me')).toMatchObject({ status: 200, body: { '@odata.context': `${server.mock.http}/v1.0/$metadata#users/$entity`, 'displayName': 'Carol Clark', 'id': people.carol, 'businessPhones': [] } })
    expect((await graph.get('/beta/ME?$select=userType,accountEnabled')).body).toEqual({ '@odata.context': `${server.mock.http}/beta/$metadata#users(userType,accountEnabled)/$entity`, 'accountEnabled': true, 'userType': 'Member' })
  })

  const strangers: Record<string, { headers: Record<string, string>; says: RegExp }> = {
    'nobody': { headers: {}, says: /Access token is empty/ },
    'a token that is none': { headers: { authorization: 'Bearer x' }, says: /CompactToken parsing failed/ },
    'another scheme': { headers: { authorization: 'Basic YTpi' }, says: /Access token is empty/ },
  }
  test.each(Object.entries(strangers))('not %s', async (_, { headers, says }) => {
    const said = await graphAt(server.mock.http!).get('/me', headers)

    expect(said).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: expect.stringMatching(says) } } })
    expect(said.headers.get('www-authenticate')).toMatch(/^Bearer realm="", authorization_uri="http[^"]+\/common\/oauth2\/authorize", client_id="00000003-0000-0000-c000-000000000000"/)
  })

  test('not with a token that is over, signed by another, or for another resource', async () => {
    const sandbox = await server.mock.sandbox()
    const claims = { aud: 'https://graph.microsoft.com', oid: people.carol, scp: 'User.Read' }
    const asked = async (order: object) => graphAt(server.mock.http!, { authorization: `Bearer ${await sandbox.token(order as never)}` }).get('/me')

    expect((await asked({ claims })).status).toBe(200)
    expect(await asked({ claims, lifetime: '-PT1H' })).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('expired') } } })
    expect(await asked({ claims, key: 'unknown' })).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('not signed by this server') } } })
    expect(await asked({ claims: { ...claims, aud: 'api://sales-api' } })).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('audience') } } })
    expect(await asked({ claims: { ...claims, oid: crypto.randomUUID() } })).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('not in the tenant') } } })
  })

  test('with a token to order in a tenant of profile standard, which issues none for Graph', async () => {
    const sandbox = await server.mock.sandbox({ profile: 'standard' })
    const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', oid: people.carol, scp: 'User.Read' } })

    expect(await graphAt(server.mock.http!, { authorization: `Bearer ${token}` }).get('/me')).toMatchObject({ status: 200, body: { displayName: 'Carol Clark' } })
  })

  test('not without the scope, nor without the role', async () => {
    const { sandbox } = await graphOf(server.mock)
    const as = async (user: string, client?: string) => graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox, user, client)}` })

    expect(await (await as('dave')).get(locations)).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied', message: expect.stringMatching(/Global Administrator, Security Reader/) } } })
    expect((await (await as('dave')).get('/me')).status).toBe(200)
    expect(await (await as('carol', 'Sales Mobile')).get(locations)).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied', message: expect.stringMatching(/scope Policy.Read.All/) } } })
  })

  test('an application with its roles, but it is nobody\'s self', async () => {
    const sandbox = await server.mock.sandbox()
    const token = (roles: string[]) => sandbox.token({ claims: { aud: 'https://graph.microsoft.com', idtyp: 'app', appid: 'c0ffee00-0000-4000-8000-0000000000a4', oid: 'c0ffee00-0000-4000-8000-0000000000f4', roles } })
    const daemon = graphAt(server.mock.http!, { authorization: `Bearer ${await token(['Policy.Read.All', 'User.Read.All'])}` })

    expect((await daemon.get(locations)).status).toBe(200)
    expect((await daemon.post(locations, {})).status).toBe(403)
    expect(await daemon.get('/me')).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('only valid with delegated') } } })
  })

  test('a client that understands challenges is sent for a new token when its user was signed out', async () => {
    const sandbox = await server.mock.sandbox()
    const order = { claims: { aud: 'https://graph.microsoft.com', oid: people.carol, scp: 'User.Read', xms_cc: ['cp1'], iat: Math.floor(sandbox.clock.now.getTime() / 1000) - 900 } }
    const carol = graphAt(server.mock.http!, { authorization: `Bearer ${await sandbox.token(order)}` })
    expect((await carol.get('/me')).status).toBe(200)
    await sandbox.revoke('carol')

    const said = await carol.get('/me')
    expect(said).toMatchObject({ status: 401, body: { error: { message: expect.stringContaining('Continuous access evaluation') } } })
    expect(said.headers.get('www-authenticate')).toMatch(/error="insufficient_claims", claims="/)
  })
})

describe('with --graph-permissions off', () => {
  test('nobody needs a token, and x-mock-tenant names the tenant', async () => {
    const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), graphPermissions: 'off' })
    try {
      const other = await mock.sandbox({ namedLocations: [] })
      const graph = graphAt(mock.http!)
      expect((await graph.get(locations)).body.value).toHaveLength(3)
      expect((await graph.get(locations, { 'x-mock-tenant': other.id })).body.value).toHaveLength(0)
      expect((await graph.get(locations, { authorization: 'Bearer whatever' })).status).toBe(200)
      expect((await graph.get('/me', { authorization: `Bearer ${await tokenOf(mock)}` })).body).toMatchObject({ displayName: 'Carol Clark' })
      expect((await graph.get('/me')).status).toBe(400)
      expect((await graph.get(locations, { 'x-mock-tenant': 'nowhere.example' })).status).toBe(404)
      expect((await graph.get(locations, { origin: 'https://evil.example' })).status).toBe(403)
    } finally {
      await mock.stop()
    }
  })

  test('it is refused beyond this machine', async () => {
    await expect(startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), host: '0.0.0.0', controlKey: 'k', graphPermissions: 'off' })).rejects.toThrow(/everybody's/)
  })
})

describe('every answer', () => {
  test('can be traced, also a refusal', async () => {
    const { graph } = await graphOf(server.mock)
    const id = crypto.randomUUID()
    const good = await graph.get('/me', { 'client-request-id': id })
    const bad = await graph.get(`${locations}/nowhere`, { 'client-request-id': id })

    expect(good.headers.get('client-request-id')).toBe(id)
    expect(bad.body.error.innerError).toEqual({ 'date': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/), 'request-id': bad.headers.get('request-id'), 'client-request-id': id })
    expect(good.headers.get('request-id')).not.toBe(bad.headers.get('request-id'))
  })

  const wrong: Record<string, { method: string; path: string; init?: { body?: string; headers?: Record<string, string> }; status: number; says: RegExp }> = {
    'a path that leads nowhere': { method: 'GET', path: '/nothing/here', status: 400, says: /Resource not found for the segment 'nothing'/ },
    'a path that is misspelled': { method: 'GET', path: '/identity/conditionalAccess/namedLocation', status: 400, says: /segment 'namedLocation'.*Did you mean 'namedLocations'\?/ },
    'a method that is not for this path': { method: 'PUT', path: locations, status: 405, says: /PUT is not among GET, POST/ },
    'a path that is not encoded': { method: 'GET', path: '/users/%E0%A4%A', status: 400, says: /not well encoded/ },
    'JSON that is broken': { method: 'POST', path: locations, init: { body: '{"a":', headers: { 'content-type': 'application/json' } }, status: 400, says: /Unable to read JSON request payload/ },
    'a body of another kind': { method: 'POST', path: locations, init: { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, status: 415, says: /must be application\/json/ },
    'a body that is missing': { method: 'POST', path: locations, status: 400, says: /Empty Payload/ },
    'a list for an object': { method: 'POST', path: locations, init: { body: '[]', headers: { 'content-type': 'application/json' } }, status: 400, says: /is a list/ },
    'a body beyond all measure': { method: 'POST', path: locations, init: { body: `"${'x'.repeat(4_200_000)}"`, headers: { 'content-type': 'application/json' } }, status: 413, says: /larger than/ },
    'an option nobody knows': { method: 'GET', path: `${locations}?$sort=name`, status: 400, says: /'\$sort' is not supported/ },
    'an option twice': { method: 'GET', path: `${locations}?$top=1&$top=2`, status: 400, says: /given twice/ },
    'a page of nothing': { method: 'GET', path: `${locations}?$top=0`, status: 400, says: /\$top.*1 or more/ },
    'a page of everything': { method: 'GET', path: `${locations}?$top=5000`, status: 400, says: /between 1 and 999/ },
    'a property nobody knows': { method: 'GET', path: `${locations}?$select=colour`, status: 400, says: /Could not find a property named 'colour' on type 'microsoft.graph.namedLocation'/ },
    'a property that is misspelled': { method: 'GET', path: `${locations}?$orderby=displayNam`, status: 400, says: /Did you mean 'displayName'\?/ },
    'an expansion nobody knows': { method: 'GET', path: `${locations}?$expand=members`, status: 400, says: /'members'/ },
    'an order by nothing': { method: 'GET', path: `${locations}?$orderby=ipRanges`, status: 400, says: /Sorting not supported for property 'ipRanges'/ },
    'a filter that makes no sense': { method: 'GET', path: `${locations}?$filter=displayName eq`, status: 400, says: /position 14/ },
    'a page token of somebody else': { method: 'GET', path: `${locations}?$skiptoken=abc`, status: 400, says: /Invalid \$skiptoken/ },
  }
  test.each(Object.entries(wrong))('refuses %s', async (_, { method, path, init, status, says }) => {
    const { graph } = await graphOf(server.mock)
    const said = await graph.send(method, path, init)

    expect(said).toMatchObject({ status, body: { error: { message: expect.stringMatching(says), innerError: expect.anything() } } })
    if (status === 405) expect(said.headers.get('allow')).toBe('GET, POST')
  })

  test('refuses a long body also of whom it would not hear, and in a way that simple clients hear', async () => {
    const port = Number(new URL(server.mock.http!).port)
    const token = await tokenOf(await server.mock.sandbox())
    const long = `"${'x'.repeat(8_000_000)}"`

    expect(await writeAllFirst(port, `/v1.0${locations}`, long)).toMatch(/^HTTP\/1\.1 401 .*"InvalidAuthenticationToken"/s)
    expect(await writeAllFirst(port, `/v1.0${locations}`, long, { authorization: `Bearer ${token}` })).toMatch(/^HTTP\/1\.1 413 .*"RequestEntityTooLarge"/s)
    expect(await writeAllFirst(port, '/v1.0/nowhere', long, { authorization: `Bearer ${token}` })).toMatch(/^HTTP\/1\.1 400 .*'nowhere'/s)
  })

  test('is among the requests that a test looks at, without secrets', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const before = sandbox.requests().length
    const { headers } = await graph.get('/me?$select=id&token=abc')
    await graph.get(`${locations}/nowhere`)
    await graph.post('/$batch', { requests: [{ id: '1', method: 'GET', url: '/me' }] })

    expect(sandbox.requests().slice(before)).toMatchObject([
      { method: 'GET', path: '/v1.0/me', parameters: { $select: 'id', token: '***' }, authorization: 'Bearer', status: 200, correlationId: headers.get('request-id') },
      { path: `/v1.0${locations}/nowhere`, status: 404 },
      { method: 'POST', path: '/v1.0/$batch', status: 200, correlationId: expect.any(String) },
    ])
  })

  test('may be read by pages of other origins, which send a token', async () => {
    const { graph } = await graphOf(server.mock)
    const asked = await graph.send('OPTIONS', '/me', { headers: { 'origin': 'https://spa.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } })

    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-headers')).toBe('authorization')
    expect((await graph.get('/me', { origin: 'https://spa.example' })).headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('entities say of themselves what the caller wants to hear', () => {
  test.each(['accept', '$format'])('by %s', async (by) => {
    const { graph } = await graphOf(server.mock)
    const asked = (path: string, metadata: string) => {
      const wish = `application/json;odata.metadata=${metadata}`
      return by === 'accept' ? graph.get(path, { accept: wish }) : graph.get(`${path}?${new URLSearchParams({ $format: wish })}`)
    }
    const full = await asked('/users', 'full')
    expect(full.headers.get('content-type')).toBe('application/json; odata.metadata=full; charset=utf-8')
    expect(full.body.value[0]).toMatchObject({ '@odata.type': '#microsoft.graph.user', '@odata.id': `${server.mock.http}/v1.0/directoryObjects/${people.alice}` })
    expect((await graph.get(full.body.value[0]['@odata.id'])).body).toMatchObject({ displayName: 'Alice Adams' })
    expect((await asked(locations, 'full')).body.value[0]).toMatchObject({ '@odata.type': '#microsoft.graph.ipNamedLocation', '@odata.id': expect.stringMatching(/namedLocations\/c0ffee00-/) })

    const none = (await asked(locations, 'none')).body
    expect(Object.keys(none)).toEqual(['value'])
    expect(Object.keys(none.value[0])[0]).toBe('id')
    expect(Object.keys((await asked('/me', 'minimal')).body)[0]).toBe('@odata.context')
  })
})

describe('a batch', () => {
  test('is answered in its order, each request by itself', async () => {
    const { graph } = await graphOf(server.mock)
    const { status, body } = await graph.post('/$batch', { requests: [
      { id: '1', method: 'POST', url: locations, headers: { 'content-type': 'application/json' }, body: { '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'Alps', 'countriesAndRegions': ['CH', 'AT'] } },
      { id: '2', method: 'GET', url: `${locations}?$filter=displayName eq 'Alps'`, dependsOn: ['1'] },
      { id: '3', method: 'GET', url: `${locations}/nowhere` },
      { id: '4', method: 'GET', url: 'me', dependsOn: ['3'] },
    ] })

    expect(status).toBe(200)
    expect(body.responses).toMatchObject([{ id: '1', status: 201 }, { id: '2', status: 200, body: { value: [{ displayName: 'Alps' }] } }, { id: '3', status: 404 }, { id: '4', status: 424, body: { error: { code: 'FailedDependency' } } }])
  })

  const wrong: Record<string, { body: unknown; says: RegExp }> = {
    'no requests': { body: {}, says: /wants \{"requests"/ },
    'twenty-one requests': { body: { requests: Array.from({ length: 21 }, (_, index) => ({ id: `${index}`, method: 'GET', url: '/me' })) }, says: /1 to 20 requests, this one 21/ },
    'an id twice': { body: { requests: [{ id: '1', method: 'GET', url: '/me' }, { id: '1', method: 'GET', url: '/me' }] }, says: /id of its own/ },
    'a circle': { body: { requests: [{ id: '1', method: 'GET', url: '/me', dependsOn: ['2'] }, { id: '2', method: 'GET', url: '/me', dependsOn: ['1'] }] }, says: /depends on "2", which is not an earlier one/ },
    'another server': { body: { requests: [{ id: '1', method: 'GET', url: 'https://evil.example/' }] }, says: /no url below the version/ },
  }
  test.each(Object.entries(wrong))('with %s is refused', async (_, { body, says }) => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.post('/$batch', body)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(says) } } })
  })

  test('needs a token like anything else', async () => {
    expect((await graphAt(server.mock.http!).post('/$batch', { requests: [] })).status).toBe(401)
  })
})
