import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, people, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import { addPolicies, ask, claimsIn, endpoint, redeem, standing } from '../scenarios/telling.ts'

/** Small things that Entra does, which somebody's client or test leans on. */
const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

const post = async (url: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' })

  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> }
}

describe('addresses are read in any case', () => {
  test('the token endpoint', async () => {
    const story = await newStory(server.mock)

    expect((await post(endpoint(story, '/OAuth2/V2.0/Token'), daemon)).status).toBe(200)
    expect((await post(endpoint(story, '/OAuth2/V2.0/Token'), { grant_type: 'refresh_token' })).body).toMatchObject({ error_codes: [900144] })
  })

  test('sign-in, sign-out, metadata and keys', async () => {
    const story = await newStory(server.mock)
    const { page } = await ask({ ...story, issuer: story.issuer }, visitor(server.mock), apps.salesMobile)
    expect(page.step).toBe('user-name')
    const loud = await visitor(server.mock).open(authorizeRequest(story.issuer, apps.salesMobile).url.replace('/oauth2/v2.0/authorize', '/OAUTH2/V2.0/AUTHORIZE'))
    expect(loud.step).toBe('user-name')

    for (const path of ['/V2.0/.Well-Known/OpenID-Configuration', '/.well-known/OpenId-Configuration', '/Discovery/v2.0/Keys', '/OAuth2/v2.0/Logout']) {
      expect((await fetch(endpoint(story, path))).status, path).toBe(200)
    }
  })
})

describe('metadata of every tenant', () => {
  test('knows the instance and the realm of a user, as common does', async () => {
    const story = await newStory(server.mock)
    const asked = `?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint(story, '/oauth2/v2.0/authorize'))}`
    expect(await (await fetch(endpoint(story, `/discovery/instance${asked}`))).json()).toMatchObject({ tenant_discovery_endpoint: endpoint(story, '/.well-known/openid-configuration').replace('/.well', '/v2.0/.well') })

    expect(await (await fetch(endpoint(story, '/UserRealm/alice@contoso.example?api-version=1.0'))).json()).toMatchObject({ account_type: 'Managed' })
  })

  test('v1 names a userinfo endpoint, and it is there', async () => {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, atTheOffice)
    const request = await ask(story, alice, apps.salesMobile, { scope: 'openid profile User.Read' })
    await alice.signIn('alice@contoso.example')
    const { body } = await redeem(story, request, alice.page)
    const { userinfo_endpoint: address } = (await (await fetch(endpoint(story, '/.well-known/openid-configuration'))).json()) as { userinfo_endpoint: string }
    const answer = await fetch(address, { headers: { authorization: `Bearer ${body.access_token}` } })

    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ name: 'Alice Adams' })])
    expect((await fetch(address)).status).toBe(401)
  })
})

describe('a silent request always goes back to the application', () => {
  test.each([
    ['a permission that Graph does not have', 'openid Nope.Read', 'invalid_scope', 70011],
    ['an API that is not there', 'openid api://nowhere/Read', 'invalid_resource', 500011],
  ])('with %s', async (_fact, scope, error, code) => {
    const story = await newStory(server.mock)
    const { page } = await ask(story, visitor(server.mock), apps.salesMobile, { scope, prompt: 'none' })

    expect(page.answer).toMatchObject({ error, state: 's', error_uri: `${server.mock.http}/error?code=${code}` })
    expect((await ask(story, visitor(server.mock), apps.salesMobile, { scope })).page.text, 'a person is told on a page').toContain(String(code))
  })

  test('but to no address that nobody registered, and for no application that is not there', async () => {
    const story = await newStory(server.mock)
    for (const more of [{ redirect_uri: 'https://evil.example/' } as Record<string, string>, { client_id: 'c0ffee00-0000-4000-8000-00000000dead', redirect_uri: 'https://evil.example/' }]) {
      expect((await ask(story, visitor(server.mock), apps.salesMobile, { ...more, prompt: 'none' })).page.status).toBe(400)
    }
  })
})

describe('an application', () => {
  test('that is public presents no secret: 700025', async () => {
    const story = await newStory(server.mock)
    const { status, body } = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, client_secret: 'guess', refresh_token: 'x' })

    expect([status, body]).toEqual([401, expect.objectContaining({ error: 'invalid_client', error_codes: [700025] })])
  })

  test('of this tenant alone is not to be used at common or organizations: 50194', async () => {
    // The words stand for the first tenant that knows the application.
    const appId = crypto.randomUUID()
    const story = await newStory(server.mock, { applications: [{ displayName: 'Ours alone', appId, signInAudience: 'AzureADMyOrg', publicClient: { redirectUris: ['http://localhost'] }, isFallbackPublicClient: true }], groups: [], conditionalAccessPolicies: [] })
    for (const word of ['common', 'organizations']) {
      const { page } = await ask({ ...story, issuer: `${server.mock.http}/${word}/v2.0` }, visitor(server.mock), appId)
      expect([page.status, page.text], word).toEqual([400, expect.stringContaining('50194')])
    }
    expect((await ask(story, visitor(server.mock), appId)).page.step).toBe('user-name')
    const { body } = await post(`${server.mock.http}/common/oauth2/v2.0/devicecode`, { client_id: appId, scope: 'openid' })
    expect(body).toMatchObject({ error: 'unauthorized_client', error_codes: [50194] })
  })

  test('that was switched off signs nobody in and gets no token: 7000112', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.nightlyJob, { accountEnabled: false })
    await changeApplication(story, apps.salesMobile, { accountEnabled: false })
    expect((await story.token(daemon)).body).toMatchObject({ error: 'unauthorized_client', error_codes: [7000112] })
    const alice = visitor(server.mock, atTheOffice)
    await ask(story, alice, apps.salesMobile)
    await alice.signIn('alice@contoso.example')

    expect(standing(alice.page)).toBe('7000112')
  })

  test('gets no token for an API that was switched off: 50001', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesApi, { accountEnabled: false })

    expect((await story.token(daemon)).body).toMatchObject({ error: 'invalid_resource', error_codes: [50001] })
  })

  test('without a role gets no token of its own for an API that wants one: 501051', async () => {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesApi, { appRoleAssignmentRequired: true })
    expect((await story.token(daemon)).status, 'the job has a role').toBe(200)
    await changeApplication(story, apps.salesApi, { appRoleAssignmentRequired: true, assignments: [{ principal: people.alice }] })

    expect((await story.token(daemon)).body).toMatchObject({ error: 'invalid_grant', error_codes: [501051], error_description: expect.stringContaining("'Nightly Job'") as string })
  })
})

test('a v1 token is for its resource as it was asked for, a slash at the end included', async () => {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesApi, { identifierUris: ['https://orders.example/'], api: { requestedAccessTokenVersion: 1, oauth2PermissionScopes: [{ value: 'Orders.Read' }] } })
  const audience = async (scope: string) => claimsIn((await story.token({ ...daemon, scope })).body.access_token).aud

  expect(await audience('https://orders.example//.default')).toBe('https://orders.example/')
  expect(await audience('https://orders.example/.default')).toBe('https://orders.example')
  expect(await audience(`${apps.salesApi}/.default`)).toBe(apps.salesApi)
})

describe('a web application with a page of its own', () => {
  const hub = { grant_type: 'authorization_code', client_id: apps.salesHub, client_secret: 'sales-hub-secret' }
  const page = { origin: 'https://hub.example' }

  async function redeemed(more: Record<string, string>, spa = ['https://hub.example/page']) {
    const story = await newStory(server.mock)
    await changeApplication(story, apps.salesHub, { spa: { redirectUris: spa } })
    const alice = visitor(server.mock, atTheOffice)
    const request = await ask(story, alice, apps.salesHub, { scope: 'openid profile offline_access User.Read' })
    await alice.signIn('alice@contoso.example')

    return { story, body: (await redeem(story, request, alice.page, { ...hub, ...more })).body }
  }

  test('gets a second code for it with its own tokens, which the page redeems once, as a page', async () => {
    const { story, body } = await redeemed({ return_spa_code: '1' })
    const spaCode = String(body.spa_code)
    const asPage = () => story.token({ grant_type: 'authorization_code', client_id: apps.salesHub, code: spaCode, scope: 'openid profile offline_access User.Read', client_info: '1' }, page)
    expect((await story.token({ ...hub, code: spaCode })).body, 'no server does').toMatchObject({ error_codes: [9002327] })
    const { status, body: tokens } = await asPage()

    expect([status, claimsIn(tokens.id_token).preferred_username, claimsIn(tokens.access_token).scp]).toEqual([200, 'alice@contoso.example', expect.stringContaining('User.Read')])
    expect(tokens.refresh_token_expires_in).toBeGreaterThan(86_000)
    expect((await asPage()).body.error).toBe('invalid_grant')
  })

  test('gets none where it does not ask, or has no page', async () => {
    expect((await redeemed({})).body).not.toHaveProperty('spa_code')
    expect((await redeemed({ return_spa_code: '1' }, [])).body).not.toHaveProperty('spa_code')
  })
})

describe('one token is for one resource', () => {
  async function refreshed(form: Record<string, string>, path = '/oauth2/v2.0/token') {
    const story = await newStory(server.mock)
    const alice = visitor(server.mock, atTheOffice)
    const request = await ask(story, alice, apps.salesMobile, { scope: 'openid profile offline_access User.Read' })
    await alice.signIn('alice@contoso.example')
    const { body } = await redeem(story, request, alice.page)

    return post(endpoint(story, path), { grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: String(body.refresh_token), ...form }, { 'x-mock-signals': `ipAddress=${places.office}` })
  }

  test('a refresh for two of them is refused: 28000', async () => {
    expect((await refreshed({ scope: 'User.Read api://sales-api/Orders.Read' })).body).toMatchObject({ error: 'invalid_scope', error_codes: [28000] })
    expect((await refreshed({ scope: 'openid profile api://sales-api/Orders.Read api://sales-api/Orders.Write' })).status).toBe(200)
  })

  test('v1 says what was granted as the token does, in short', async () => {
    const { body } = await refreshed({ resource: 'api://sales-api' }, '/oauth2/token')
    expect(body.scope).toBe('Orders.Read Orders.Write')

    expect(String((await refreshed({ resource: 'https://graph.microsoft.com' }, '/oauth2/token')).body.scope).split(' ')).toEqual(expect.arrayContaining(['User.Read', 'openid', 'profile']))
  })
})

test('who asks for it is told the cloud that signs in: instance_aware', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, atTheOffice)
  await ask(story, alice, apps.salesMobile, { instance_aware: 'true' })
  await alice.signIn('alice@contoso.example')
  const { host } = new URL(server.mock.http ?? '')

  expect(alice.page.answer).toMatchObject({ cloud_instance_name: 'microsoftonline.com', cloud_instance_host_name: host, cloud_graph_host_name: 'graph.windows.net', msgraph_host: 'graph.microsoft.com' })
  expect((await ask(story, alice, apps.salesMobile)).page.answer).not.toHaveProperty('cloud_instance_host_name')
})

describe('headers', () => {
  test('of an error tell what clients report: code and request', async () => {
    const story = await newStory(server.mock)
    const { headers, body } = await story.token({ ...daemon, client_secret: 'wrong' })

    expect(Object.fromEntries(headers)).toMatchObject({
      'x-ms-request-id': body.trace_id, 'x-ms-clitelem': '1,7000215,0,,', 'x-ms-ests-server': expect.any(String) as string, 'expires': '-1', 'cache-control': 'no-store, no-cache', 'pragma': 'no-cache',
    })
  })

  test('of a redirect, an error page and a token name the request, which is the row of the log', async () => {
    const story = await newStory(server.mock)
    for (const clientId of [apps.salesMobile, 'c0ffee00-0000-4000-8000-00000000dead']) {
      const answer = await fetch(authorizeRequest(story.issuer, clientId).url, { redirect: 'manual' })
      expect(answer.headers.get('x-ms-request-id'), clientId).toMatch(/^[0-9a-f-]{36}$/)
    }
    const { headers } = await story.token(daemon)
    const { body } = await story.control('GET', '/sign-ins')

    expect((body.entries as { id: string }[]).map(({ id }) => id)).toContain(headers.get('x-ms-request-id'))
  })
})

test('a policy on an API is asked again when a code is redeemed, whatever the redemption repeats', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, atTheOffice)
  const request = await ask(story, alice, apps.salesMobile, { scope: 'openid api://sales-api/Orders.Read' })
  await alice.signIn('alice@contoso.example')
  await addPolicies(story, {
    displayName: 'No Sales API', state: 'enabled', grantControls: { operator: 'OR', builtInControls: ['block'] },
    conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['Sales API'] }, clientAppTypes: ['all'] },
  })

  expect((await redeem(story, request, alice.page)).body).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
})
