import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, claimsIn, from, logOf, patchTenant, policy, redeem, refresh, setPolicies, standing, wait } from './telling.ts'

/** An API that wants to know of its callers whether they can handle a challenge, and is told at once when a session ends. */
const server = useMock()

const capable = { access_token: { xms_cc: { values: ['cp1'] } } }
const scope = 'openid profile offline_access api://sales-api/Orders.Read'
const fromTheOfficeOnly = policy('Sales API from trusted locations', { conditions: { applications: { includeApplications: ['Sales API'] }, locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }, grantControls: block })
const strict = { ...fromTheOfficeOnly, sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } }

async function tenantWithWatchfulApi(...policies: readonly Record<string, unknown>[]): Promise<Story> {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesApi, { optionalClaims: { accessToken: [{ name: 'xms_cc' }] } })
  await setPolicies(story, ...policies)

  return story
}

async function tokensOf(story: Story, claims: object | null = capable, at = places.office, wanted = scope): Promise<TokenBody> {
  const alice = visitor(server.mock, { signals: `ipAddress=${at}` })
  const request = await ask(story, alice, apps.salesMobile, { scope: wanted, ...(claims ? { claims: JSON.stringify(claims) } : {}) })
  await alice.signIn('alice@contoso.example')
  expect(standing(alice.page)).toBe('granted')
  const { body } = await redeem(story, request, alice.page)

  return body
}

async function withoutAlice(story: Story): Promise<void> {
  const { body } = await story.control('GET', '/snapshot')
  const users = (body.users as { id: string }[]).filter(({ id }) => id !== people.alice)
  const groups = (body.groups as { members?: string[] }[]).map(({ members = [], ...group }) => ({ ...group, members: members.filter((member) => !member.startsWith('alice@')) }))
  await patchTenant(story, { users, groups })
}

async function standingAt(_story: Story, { access_token: token }: TokenBody, ipAddress?: string): Promise<Record<string, unknown> & { claims?: string }> {
  const response = await fetch(`${server.mock.http}/_mock/tokens/standing`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, ...(ipAddress ? { ipAddress } : {}) }),
  })

  return (await response.json()) as Record<string, unknown>
}

describe('a session that can be challenged ends at its API at once', () => {
  const endings: Record<string, { happens: (story: Story) => Promise<unknown>; because: string; renewed: number | null }> = {
    'when the user is signed out everywhere': { happens: (story) => story.control('POST', '/users/alice/revoke'), because: 'sessionRevoked', renewed: 50173 },
    'when the account is disabled': { happens: (story) => story.control('PATCH', '/users/alice', { accountEnabled: false }), because: 'accountDisabled', renewed: 50057 },
    'when the account is deleted': { happens: withoutAlice, because: 'accountDeleted', renewed: 50034 },
    'when the password is changed': { happens: (story) => story.control('PATCH', '/users/alice', { password: 'Drawbridge2?' }), because: 'passwordChanged', renewed: 50173 },
    'when the user is found to be at high risk': { happens: (story) => story.control('PUT', '/signals/alice', { ipAddress: places.office, userRiskLevel: 'high' }), because: 'userAtRisk', renewed: null },
    'when the user goes to the café': { happens: (story) => story.control('PUT', '/signals/alice', { ipAddress: places.cafe }), because: 'locationChanged', renewed: 53003 },
    'when the rules of the tenant change': { happens: (story) => addPolicies(story, policy('No Sales API', { conditions: { applications: { includeApplications: ['Sales API'] } }, grantControls: block })), because: 'policy', renewed: 53003 },
  }
  test.for(Object.entries(endings))('%s', async ([, { happens, because, renewed: code }]) => {
    const story = await tenantWithWatchfulApi(fromTheOfficeOnly)
    const tokens = await tokensOf(story)
    const forgetful = await tokensOf(story, null)
    expect(claimsIn(tokens.access_token)).toMatchObject({ xms_cc: ['cp1'] })
    expect(await standingAt(story, tokens)).toEqual({ active: true, isContinuous: true })
    await wait(story, 'PT1S')
    await happens(story)

    const ended = await standingAt(story, tokens)
    expect(ended).toMatchObject({
      active: false,
      because,
      wwwAuthenticate: expect.stringMatching(new RegExp(`^Bearer realm="", authorization_uri="${server.mock.http}/common/oauth2/authorize", client_id="${apps.salesApi}", error="insufficient_claims", claims="[A-Za-z0-9+/]+=*"$`)) as string,
    })
    expect(await standingAt(story, forgetful), 'whoever cannot be challenged goes on until the token expires').toEqual({ active: true, isContinuous: false })

    const { body } = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: tokens.refresh_token ?? '', scope, claims: String(ended.claims) },
      because === 'locationChanged' ? from(places.cafe) : from(places.office))
    expect(body.error_codes?.[0] ?? null).toBe(code)
    if (code === null) expect(await standingAt(story, body), 'what was known when the token was issued ends nothing').toMatchObject({ active: true })
  })

  test('and goes on after a new sign-in in the same second, with the claims that the challenge gave', async () => {
    const story = await tenantWithWatchfulApi()
    const tokens = await tokensOf(story)
    await story.control('POST', '/users/alice/revoke')
    const { claims = '{}' } = await standingAt(story, tokens)
    const again = { access_token: { ...(JSON.parse(claims) as typeof capable).access_token, ...capable.access_token } }

    expect(JSON.parse(claims)).toMatchObject({ access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d{10}$/) as string } } })
    expect(await standingAt(story, await tokensOf(story, again))).toEqual({ active: true, isContinuous: true })
  })

  test('but not for who was at high risk already when the token was issued, nor where a frequency of every time rules', async () => {
    const everyTime = policy('Every time', { conditions: { applications: { includeApplications: ['Sales API'] } }, sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'everyTime', authenticationType: 'primaryAndSecondaryAuthentication' } } })
    const story = await tenantWithWatchfulApi(everyTime)
    await story.control('PUT', '/signals/alice', { userRiskLevel: 'high' })
    const tokens = await tokensOf(story)
    await wait(story, 'PT1H')

    expect(await standingAt(story, tokens)).toEqual({ active: true, isContinuous: true })
  })
})

describe('Microsoft\'s services watch of themselves', () => {
  const exchange = '00000002-0000-0ff1-ce00-000000000000'
  const sharePoint = '00000003-0000-0ff1-ce00-000000000000'
  async function mailOf(resource: string, user: string, claims: object = capable) {
    const story = await newStory(server.mock)
    const { body: { applications } } = await story.control('GET', '/snapshot')
    await patchTenant(story, { applications: [...(applications as object[]), { appId: resource, displayName: 'A service of Microsoft\'s', api: { oauth2PermissionScopes: [{ value: 'Read' }] } }] })
    await changeApplication(story, apps.salesMobile, { consents: [{ resource, scopes: ['Read'] }] })
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    const request = await ask(story, browser, apps.salesMobile, { scope: `openid ${resource}/Read`, claims: JSON.stringify(claims) })
    await browser.signIn(user)
    const { body } = await redeem(story, request, browser.page)
    expect(browser.page.answer, browser.page.text).toHaveProperty('code')

    return { story, tokens: body }
  }

  test('Exchange Online is told, without asking, who can be challenged, and its tokens live long', async () => {
    const { story, tokens } = await mailOf(exchange, 'alice@contoso.example')
    expect(tokens.expires_in).toBeGreaterThanOrEqual(20 * 3600)
    expect(claimsIn(tokens.access_token)).toMatchObject({ xms_cc: ['cp1'] })
    await story.control('PUT', '/signals/alice', { userRiskLevel: 'high' })

    expect(await standingAt(story, tokens)).toMatchObject({ active: false, because: 'userAtRisk' })
  })

  test('SharePoint Online does not ask for the risk of a user', async () => {
    const { story, tokens } = await mailOf(sharePoint, 'alice@contoso.example')
    await story.control('PUT', '/signals/alice', { userRiskLevel: 'high' })
    expect(await standingAt(story, tokens)).toEqual({ active: true, isContinuous: true })
    await story.control('POST', '/users/alice/revoke')

    expect(await standingAt(story, tokens)).toMatchObject({ because: 'sessionRevoked' })
  })

  test('but of no guest', async () => {
    const { story, tokens } = await mailOf(exchange, 'erin@contoso.example')
    expect(tokens.expires_in).toBeLessThanOrEqual(90 * 60)
    await story.control('POST', '/users/erin/revoke')

    expect(await standingAt(story, tokens)).toMatchObject({ active: true })
  })
})

test('Graph watches where its callers are, too', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('All from trusted locations', { conditions: { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }, grantControls: block }))
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, alice, apps.salesMobile, { scope: 'openid profile User.Read', claims: JSON.stringify(capable) })
  await alice.signIn('alice@contoso.example')
  const { body: tokens } = await redeem(story, request, alice.page)
  const me = () => fetch(`${server.mock.http}/v1.0/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  expect((await me()).status).toBe(200)
  await story.control('PUT', '/signals/alice', { ipAddress: places.cafe })

  const challenged = await me()
  const claims = /error="insufficient_claims", claims="([^"]+)"/.exec(challenged.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  expect(challenged.status).toBe(401)
  expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toMatchObject({ access_token: { nbf: { essential: true }, xms_rp_ipaddr: { value: places.cafe } } })
})

describe('a token that is shown to an API', () => {
  const refusals: Record<string, (story: Story, tokens: TokenBody) => Promise<string> | string> = {
    'that has expired': async (story, { access_token: token = '' }) => {
      await wait(story, 'P2D')
      return token
    },
    'that was forged': async (story) => String((await story.control('POST', '/tokens', { claims: { oid: people.alice, scp: 'Orders.Read' }, key: 'unknown' })).body.token),
    'that is not signed': async (story) => String((await story.control('POST', '/tokens', { claims: { oid: people.alice, scp: 'Orders.Read' }, key: 'none' })).body.token),
    'of a tenant that is not here': (_story, { access_token: token = '' }) => [token.split('.')[0], Buffer.from('{"tid":"c0ffee00-0000-4000-8000-00000000dead"}').toString('base64url'), token.split('.')[2]].join('.'),
    'that is none': () => 'banana',
  }
  test.for(Object.entries(refusals))('%s is refused without a challenge', async ([, make]) => {
    const story = await tenantWithWatchfulApi()
    const token = await make(story, await tokensOf(story))

    expect(await standingAt(story, { access_token: token })).toMatchObject({ active: false, because: 'invalidToken', claims: null, wwwAuthenticate: expect.stringMatching(/error="invalid_token"$/) as string })
  })

  test('is asked about with a token, and an address that is one', async () => {
    const post = (body: object) => fetch(`${server.mock.http}/_mock/tokens/standing`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

    expect((await post({})).status).toBe(400)
    expect(await (await post({ token: 'x', ipAddress: 'the café' })).json()).toMatchObject({ error: { code: 'invalid_body', message: '"ipAddress" is not an IP address.' } })
  })
})

/** The API and the tenant may see a user at different addresses: an own way out to one of them. */
describe('where the API sees another address than the tenant', () => {
  const splitPath = { access_token: { ...capable.access_token, xms_rp_ipaddr: { value: places.cafe } } }

  test('standard enforcement: the challenge tells the address, and the tenant issues a token of an hour that the API takes wherever it is used', async () => {
    const story = await tenantWithWatchfulApi(fromTheOfficeOnly)
    const tokens = await tokensOf(story)
    expect(tokens.expires_in).toBeGreaterThanOrEqual(20 * 3600)
    const { because, claims = '{}' } = await standingAt(story, tokens, places.cafe)
    expect(because).toBe('locationChanged')
    expect(JSON.parse(claims)).toMatchObject({ access_token: { xms_rp_ipaddr: { value: places.cafe } } })

    const renewed = await refresh(story, apps.salesMobile, tokens, places.office, { scope, claims: JSON.stringify({ access_token: { ...(JSON.parse(claims) as typeof splitPath).access_token, ...capable.access_token } }) })
    expect(renewed.body).toMatchObject({ expires_in: 3600 })
    expect(await standingAt(story, renewed.body, places.cafe)).toEqual({ active: true, isContinuous: true })
    expect((await logOf(story)).at(-1)).toMatchObject({ ipAddress: places.office, ipAddressFromResourceProvider: places.cafe })

    await story.control('POST', '/users/alice/revoke')
    expect(await standingAt(story, renewed.body, places.cafe), 'everything else is still watched').toMatchObject({ because: 'sessionRevoked' })
  })

  test('strict enforcement: the tenant refuses too', async () => {
    const story = await tenantWithWatchfulApi(strict)
    const tokens = await tokensOf(story)
    expect((await standingAt(story, tokens, places.cafe)).because).toBe('locationChanged')
    const { body } = await refresh(story, apps.salesMobile, tokens, places.office, { scope, claims: JSON.stringify(splitPath) })

    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'message_only', error_codes: [53003] })
    expect((await logOf(story)).at(-1)).toMatchObject({ ipAddressFromResourceProvider: places.cafe })
  })

  test('strict enforcement at the sign-in: a page says so', async () => {
    const story = await tenantWithWatchfulApi(strict)
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await ask(story, alice, apps.salesMobile, { scope, claims: JSON.stringify(splitPath) })
    await alice.signIn('alice@contoso.example')

    expect(standing(alice.page)).toBe('53003')
  })

  test('an address that both allow is nobody\'s business', async () => {
    const story = await tenantWithWatchfulApi(fromTheOfficeOnly)
    const tokens = await tokensOf(story, { access_token: { ...capable.access_token, xms_rp_ipaddr: { value: '198.51.100.99' } } })

    expect(tokens.expires_in).toBeGreaterThanOrEqual(20 * 3600)
    expect(await standingAt(story, tokens, '198.51.100.200')).toMatchObject({ active: true })
  })

  test('an address that is none is not heard', async () => {
    const story = await tenantWithWatchfulApi(strict)

    expect((await tokensOf(story, { access_token: { ...capable.access_token, xms_rp_ipaddr: { value: 'banana' } } })).expires_in).toBeGreaterThanOrEqual(20 * 3600)
  })
})

describe('a place that addresses do not tell is not watched: the token is of an hour', () => {
  const german = { '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'Germany', 'countriesAndRegions': ['DE'], 'includeUnknownCountriesAndRegions': false }
  const ranges = (count: number) => Array.from({ length: count }, (_, at) => ({ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': `10.${at >> 8}.${at & 255}.0/24` }))
  const office = { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Head office', 'isTrusted': true, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '198.51.100.0/24' }] }
  const elsewhere = (at: number, count: number) => ({ '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': `Site ${at}`, 'isTrusted': true, 'ipRanges': ranges(count) })
  const only = (displayName: string) => policy('Only from there', { conditions: { applications: { includeApplications: ['Sales API'] }, locations: { includeLocations: ['All'], excludeLocations: [displayName] } }, grantControls: block })

  const cases: Record<string, { locations: object[]; rule: object; at: string; settings?: object; isWatched: boolean }> = {
    'a country': { locations: [german], rule: only('Germany'), at: places.cafe, isWatched: false },
    'an MFA trusted IP': { locations: [office], rule: fromTheOfficeOnly, at: places.mfaTrusted, isWatched: false },
    'more than 5,000 ranges': { locations: [office, elsewhere(1, 2000), elsewhere(2, 2000), elsewhere(3, 1000)], rule: fromTheOfficeOnly, at: places.office, isWatched: false },
    'no more than 5,000 ranges are watched': { locations: [office, elsewhere(1, 2000), elsewhere(2, 2000), elsewhere(3, 999)], rule: fromTheOfficeOnly, at: places.office, isWatched: true },
    'a country that no policy names does not matter': { locations: [office, german], rule: only('Head office'), at: places.office, isWatched: true },
  }
  test.for(Object.entries(cases))('%s', async ([, { locations, rule, at, isWatched }]) => {
    const story = await tenantWithWatchfulApi()
    await patchTenant(story, { namedLocations: locations, conditionalAccessPolicies: [rule] })
    const tokens = await tokensOf(story, capable, at)

    expect(tokens.expires_in! > 3600).toBe(isWatched)
    expect((await standingAt(story, tokens, places.abroad)).active).toBe(!isWatched)
  })
})

test('a policy that switches continuous evaluation off gives tokens of the usual life, that nobody challenges', async () => {
  const story = await tenantWithWatchfulApi(policy('No CAE', { sessionControls: { continuousAccessEvaluation: { mode: 'disabled' } } }))
  const tokens = await tokensOf(story)

  expect(tokens.expires_in).toBeLessThanOrEqual(5400)
  await story.control('POST', '/users/alice/revoke')
  expect(await standingAt(story, tokens)).toMatchObject({ active: true })
})

test('a token that carries no permission at all is a user\'s all the same', async () => {
  const story = await tenantWithWatchfulApi()
  await changeApplication(story, apps.salesMobile, { consents: [] })
  const tokens = await tokensOf(story, capable, places.office, 'openid api://sales-api/.default')
  expect(claimsIn(tokens.access_token)).not.toHaveProperty('scp')
  await story.control('POST', '/users/alice/revoke')

  expect(await standingAt(story, tokens)).toMatchObject({ active: false, because: 'sessionRevoked' })
})
