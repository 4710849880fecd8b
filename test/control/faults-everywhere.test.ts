import { describe, expect, test } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { Sandbox } from '../../src/index.ts'
import { testKeys } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { authorizeRequest } from '../support/visitor.ts'

const server = useMock()

type World = { readonly sandbox: Sandbox; readonly root: string; /** Alice's, for Graph. */ readonly token: string }

async function world(): Promise<World> {
  const sandbox = await server.mock.sandbox()

  return { sandbox, root: sandbox.issuer.replace(/\/v2\.0$/, ''), token: await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', oid: people.alice, scp: 'User.Read openid', azp: apps.adminShell, appid: apps.adminShell } } as never) }
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })

/** A request to each endpoint that can be made to fail, which succeeds where nothing goes wrong. */
const endpoints: Record<string, { ask: (world: World) => Promise<Response>; /** The user of the request can be told. */ knowsUser?: true }> = {
  token: { ask: ({ root }) => fetch(`${root}/oauth2/v2.0/token`, form({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' })) },
  authorize: { ask: ({ sandbox }) => fetch(authorizeRequest(sandbox.issuer, apps.salesHub, { login_hint: 'alice@contoso.example' }).url, { redirect: 'manual' }), knowsUser: true },
  discovery: { ask: ({ root }) => fetch(`${root}/v2.0/.well-known/openid-configuration`) },
  keys: { ask: ({ root }) => fetch(`${root}/discovery/v2.0/keys`) },
  graph: { ask: ({ token }) => fetch(`${server.mock.http}/v1.0/me`, bearer(token)), knowsUser: true },
  userinfo: { ask: ({ token }) => fetch(`${server.mock.http}/oidc/userinfo`, bearer(token)), knowsUser: true },
  devicecode: { ask: ({ root }) => fetch(`${root}/oauth2/v2.0/devicecode`, form({ client_id: apps.salesMobile, scope: 'openid' })) },
  logout: { ask: ({ root }) => fetch(`${root}/oauth2/v2.0/logout`) },
}

/** How an application is told that asks silently, by the mode it asked for. */
const modes: Record<string, (response: Response, html: string) => URLSearchParams | string> = {
  query: (response) => new URL(response.headers.get('location') ?? '').searchParams,
  fragment: (response) => new URLSearchParams(new URL(response.headers.get('location') ?? '').hash.slice(1)),
  form_post: (_response, html) => html,
}

describe.each(Object.entries(modes))('a silent request that wants its answer by %s', (mode, read) => {
  const faults: Record<string, { error: { code: number } | { oauth: string }; says: string[] }> = {
    'hears the code of a fault, and its page nobody': { error: { code: 50076 }, says: ['interaction_required', 'AADSTS50076'] },
    'hears the OAuth error of a fault': { error: { oauth: 'temporarily_unavailable' }, says: ['temporarily_unavailable'] },
  }
  test.each(Object.entries(faults))('%s', async (_fact, { error, says }) => {
    const { sandbox } = await world()
    await sandbox.faults.add({ on: 'authorize', error, times: 1 })
    const response = await fetch(authorizeRequest(sandbox.issuer, apps.salesSpa, { prompt: 'none', response_mode: mode, state: 'kept' }).url, { redirect: 'manual' })
    const said = String(read(response, await response.text()))

    for (const word of [...says, 'kept']) expect(said).toContain(word)
  })
})

describe.each(Object.entries(endpoints))('at %s', (on, { ask }) => {
  const point = on as Parameters<Sandbox['faults']['add']>[0]['on']

  test('a status happens once, and then all is well', async () => {
    const here = await world()
    await here.sandbox.faults.add({ on: point, error: { status: 503 }, times: 1 })

    expect((await ask(here)).status).toBe(503)
    expect((await ask(here)).status).toBeLessThan(400)
  })

  test('any AADSTS code and any OAuth error are said', async () => {
    const here = await world()
    await here.sandbox.faults.add({ on: point, error: { code: 50076 }, times: 1 })
    await here.sandbox.faults.add({ on: point, error: { oauth: 'temporarily_unavailable' }, times: 1 })
    const [first, second] = [await ask(here), await ask(here)]

    expect(await first.text()).toContain('AADSTS50076')
    expect(`${second.headers.get('location')} ${await second.text()}`).toContain('temporarily_unavailable')
    expect((await ask(here)).status).toBeLessThan(400)
  })

  test('the connection is dropped, the answer is late', async () => {
    const here = await world()
    await here.sandbox.faults.add({ on: point, drop: true, times: 1 })
    await here.sandbox.faults.add({ on: point, delay: 150, times: 1 })
    await expect(ask(here)).rejects.toThrow(TypeError)

    const before = performance.now()
    expect((await ask(here)).status).toBeLessThan(400)
    expect(performance.now() - before).toBeGreaterThan(140)
  })

  test('in its own tenant only', async () => {
    const [here, elsewhere] = [await world(), await world()]
    await here.sandbox.faults.add({ on: point, error: { status: 503 } })

    expect((await ask(elsewhere)).status).toBeLessThan(400)
  })
})

test.each(Object.entries(endpoints).filter(([, { knowsUser }]) => knowsUser))('at %s a fault happens to the user it is meant for, and nobody else', async (on, { ask }) => {
  const point = on as Parameters<Sandbox['faults']['add']>[0]['on']
  const here = await world()
  await here.sandbox.faults.add({ on: point, error: { status: 503 }, where: { user: 'bob' } })
  expect((await ask(here)).status).toBeLessThan(400)

  await here.sandbox.faults.add({ on: point, error: { status: 503 }, where: { user: 'alice' } })
  expect((await ask(here)).status).toBe(503)
})

test('Graph says it in its own envelope, with when to come back', async () => {
  const here = await world()
  await here.sandbox.faults.add({ on: 'graph', error: { status: 429 }, times: 1 })
  const response = await endpoints.graph!.ask(here)

  expect(response.headers.get('retry-after')).toBe('1')
  expect(await response.json()).toMatchObject({ error: { code: 'TooManyRequests', message: 'A simulated fault.', innerError: { 'request-id': expect.any(String) } } })
})

test.each(['/v1.0/users', '/oidc/userinfo'])('a request without a token at %s meets a fault of the first tenant, where that is for everybody', async (path) => {
  const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys() })
  try {
    const on = path === '/v1.0/users' ? 'graph' : 'userinfo'
    const sandbox = await mock.sandbox()
    await sandbox.faults.add({ on, error: { status: 500 } })
    await mock.faults.add({ on, error: { status: 502 }, where: { user: 'alice' } })
    await mock.faults.add({ on, error: { status: 503 }, times: 1 })
    const ask = async (token?: string) => (await fetch(`${mock.http}${path}`, token === undefined ? {} : bearer(token))).status

    expect(await ask('of.nobody.here')).toBe(401)
    expect([await ask(), await ask()]).toEqual([503, 401])
  } finally {
    await mock.stop()
  }
})

test('an OAuth error of the token endpoint is JSON, also where the request names a redirect URI', async () => {
  const { sandbox, root } = await world()
  await sandbox.faults.add({ on: 'token', error: { oauth: 'temporarily_unavailable' } })
  const response = await fetch(`${root}/oauth2/v2.0/token`, {
    ...form({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'http://localhost/', client_id: apps.salesHub, client_secret: 'sales-hub-secret' }), redirect: 'manual',
  })

  expect([response.status, await response.json()]).toEqual([400, { error: 'temporarily_unavailable', error_description: 'A simulated fault.' }])
})

/** How a sign-in without a browser ends where an endpoint on its way fails. */
const ends: Record<string, { fault: object; error: object }> = {
  'an AADSTS code': { fault: { error: { code: 90033 } }, error: { code: 90033, error: 'temporarily_unavailable' } },
  'an OAuth error': { fault: { error: { oauth: 'server_error' } }, error: { code: 0, error: 'server_error', message: 'A simulated fault.' } },
  'a status': { fault: { error: { status: 503 } }, error: { code: 0, error: 'temporarily_unavailable' } },
  'a dropped connection': { fault: { drop: true }, error: { code: 0, error: 'connection_dropped' } },
}
describe.each(['authorize', 'token'] as const)('a sign-in without a browser that meets a fault at %s fails by', (on) => {
  test.each(Object.entries(ends))('%s, once', async (_, { fault, error }) => {
    const { sandbox } = await world()
    await sandbox.faults.add({ on, ...fault, times: 1 })
    const signIn = () => sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.office } })

    expect(await signIn()).toMatchObject({ outcome: 'failed', error })
    expect(await signIn()).toMatchObject({ outcome: 'granted' })
  })
})
