import { describe, expect, test } from 'vitest'
import { apps, newStory, password, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, logOf, mfa, policies, policy, standing } from './telling.ts'

const server = useMock()

describe('signals: the nearest wins, member by member', () => {
  /** What each way says, and what the sign-in was judged by. */
  const cases: Record<string, { tenant?: object; user?: object; panel?: string; header?: string; address: string; country: string | null }> = {
    'nobody says anything: what is real': { address: '127.0.0.1', country: null },
    'the tenant': { tenant: { ipAddress: places.cafe }, address: places.cafe, country: 'DE' },
    'the user before the tenant': { tenant: { ipAddress: places.cafe }, user: { ipAddress: places.abroad }, address: places.abroad, country: 'FR' },
    'the browser before the user': { tenant: { ipAddress: places.cafe }, user: { ipAddress: places.abroad }, panel: places.office, address: places.office, country: 'US' },
    'the header before the browser': { tenant: { ipAddress: places.cafe }, user: { ipAddress: places.abroad }, panel: places.office, header: `ipAddress=${places.korea}`, address: places.korea, country: 'KP' },
    'one member each': { tenant: { country: 'NL' }, user: { platform: 'iOS' }, header: `ipAddress=${places.office}`, address: places.office, country: 'NL' },
    'a header in JSON': { header: `{"ipAddress":"${places.office}","country":"AT"}`, address: places.office, country: 'AT' },
  }

  test.for(Object.entries(cases))('%s', async ([, { tenant, user, panel, header, address, country }]) => {
    const story = await newStory(server.mock)
    if (tenant) await story.control('PUT', '/signals', tenant)
    if (user) await story.control('PUT', '/signals/alice', user)
    const alice = visitor(server.mock)
    await ask(story, alice, apps.salesHub)
    if (panel) await alice.moveTo(panel)
    if (header) alice.signals(header)
    await alice.signIn('alice@contoso.example')

    expect((await logOf(story)).at(-1)).toMatchObject({ ipAddress: address, location: { countryOrRegion: country } })
  })

  test('taken back, the next nearest counts again', async () => {
    const story = await newStory(server.mock)
    await story.control('PUT', '/signals', { ipAddress: places.cafe })
    await story.control('PUT', '/signals/alice', { ipAddress: places.office })
    expect(await story.control('GET', '/signals/alice')).toMatchObject({ body: { ipAddress: places.office } })
    const outcome = async () => (await story.control('POST', '/sign-ins', { user: 'alice', client: 'Sales Hub' })).body.outcome
    expect(await outcome()).toBe('granted')
    await story.control('DELETE', '/signals/alice')
    expect(await outcome()).toBe('blocked')
    await story.control('DELETE', '/signals')
    expect((await story.control('GET', '/signals')).body).toEqual({})
  })

  test.for(['ipAddress=not-an-address', 'ipadress=203.0.113.9', '{"ipAddress":', 'platform=amiga', `ipAddress=${'1'.repeat(9000)}`])('%j is refused in a sentence', async (header) => {
    const story = await newStory(server.mock)
    const response = await fetch(`${story.issuer.replace(/\/v2\.0$/, '')}/oauth2/v2.0/token`, { method: 'POST', headers: { 'x-mock-signals': header }, body: new URLSearchParams({ grant_type: 'client_credentials' }) })

    expect(response.status).toBe(400)
    expect(((await response.json()) as { error_description: string }).error_description.length).toBeGreaterThan(20)
  })
})

describe('the clock', () => {
  test('tells the time, and goes forward by a duration or to an instant', async () => {
    const story = await newStory(server.mock)
    expect((await story.control('GET', '/clock')).body).toMatchObject({ offset: 0, frozen: false, tokens: 'virtual' })
    expect((await story.control('POST', '/clock', { advance: 'PT8H' })).body).toMatchObject({ offset: 8 * 3_600_000 })
    expect((await story.control('POST', '/clock', { now: '2099-01-01T08:00:00Z' })).body).toMatchObject({ now: expect.stringMatching(/^2099-01-01T08:00:0/) })
  })

  test('stands still, is moved while it does, and goes on from there', async () => {
    const story = await newStory(server.mock)
    const { body: frozen } = await story.control('POST', '/clock', { frozen: true })
    expect((await story.control('GET', '/clock')).body.now).toBe(frozen.now)
    const { body: moved } = await story.control('POST', '/clock', { advance: 'P1D' })
    expect(Date.parse(String(moved.now)) - Date.parse(String(frozen.now))).toBe(86_400_000)
    expect((await story.control('POST', '/clock', { frozen: false })).body).toMatchObject({ frozen: false })
  })

  const refused: Record<string, unknown> = {
    'backwards': { now: '2001-01-01T00:00:00Z' },
    'a negative duration': { advance: '-PT1H' },
    'no duration': { advance: 'eight hours' },
    'no instant': { now: 'tomorrow' },
    'two things at once': { advance: 'PT1H', frozen: true },
    'nothing': {},
    'an unknown verb': { rewind: 'PT1H' },
    'beyond the end of time': { advance: 'P9999999999D' },
  }

  test.for(Object.entries(refused))('refuses %s, and stands where it stood', async ([, body]) => {
    const story = await newStory(server.mock)
    const answer = await story.control('POST', '/clock', body)

    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    expect((await story.control('GET', '/clock')).body).toMatchObject({ offset: 0 })
  })
})

describe('one-time codes', () => {
  test('are told with the secret, and for how long', async () => {
    const story = await newStory(server.mock)
    expect((await story.control('GET', '/users/dave/one-time-code')).body).toMatchObject({
      code: expect.stringMatching(/^\d{6}$/), secret: expect.stringMatching(/^[A-Z2-7]+$/), otpauth: expect.stringMatching(/^otpauth:\/\/totp\//), expiresIn: expect.any(Number),
    })
  })

  test('of eight browsers at once do not collide', async () => {
    const story = await newStory(server.mock)
    const pages = await Promise.all(Array.from({ length: 8 }, async () => {
      const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
      await ask(story, dave, apps.salesMobile)
      await dave.signIn('dave@contoso.example')

      return dave.signIn('dave@contoso.example', { code: await story.code('dave') })
    }))

    expect(pages.map((page) => standing(page))).toEqual(Array.from({ length: 8 }, () => 'granted'))
  })

  test('are nobody\'s who has no authenticator', async () => {
    const story = await newStory(server.mock)
    expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 404, body: { error: { code: 'no_authenticator' } } })
    expect(await story.control('GET', '/users/zoe/one-time-code')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  })
})

describe('a sign-in without a browser', () => {
  type Request = Record<string, unknown>
  const cafe = { ipAddress: places.cafe }
  const office = { ipAddress: places.office }

  /** What is asked, and how it ends. */
  const cases: Record<string, { request: Request; outcome: string; code?: number; suberror?: string; because?: string }> = {
    'alice at the office': { request: { user: 'alice', client: 'Sales Hub', signals: office }, outcome: 'granted' },
    'alice in the café': { request: { user: 'alice', client: 'Sales Hub', signals: cafe }, outcome: 'blocked', code: 53003, because: policies.salesHubOnlyFromTrusted },
    'dave in the café': { request: { user: 'dave', client: 'Sales Hub', signals: cafe }, outcome: 'interrupted', code: 50074, because: policies.mfaOutside },
    'dave in the café with a code': { request: { user: 'dave', client: 'Sales Hub', signals: cafe, oneTimeCode: true }, outcome: 'granted' },
    'bob in the café': { request: { user: 'bob', client: 'Sales SPA', signals: cafe }, outcome: 'interrupted', code: 50072, because: policies.mfaOutside },
    'carol at the office': { request: { user: 'carol', client: 'Sales SPA', signals: office }, outcome: 'interrupted', code: 50074, because: policies.mfaForAdministrators },
    'the right password': { request: { user: 'alice', client: 'Sales Hub', signals: office, password }, outcome: 'granted' },
    'a wrong password': { request: { user: 'alice', client: 'Sales Hub', signals: office, password: 'wrong' }, outcome: 'failed', code: 50126 },
    'nobody anybody knows': { request: { user: 'zoe', client: 'Sales Hub' }, outcome: 'failed', code: 50034 },
    'an application nobody knows': { request: { user: 'alice', client: 'Nowhere' }, outcome: 'failed', code: 700016 },
    'the daemon': { request: { client: 'Nightly Job', scope: 'api://sales-api/.default' }, outcome: 'granted' },
    'by ids': { request: { user: people.alice, client: apps.salesHub, signals: cafe }, outcome: 'blocked', code: 53003 },
  }

  test.for(Object.entries(cases))('%s', async ([, { request, outcome, code, because }]) => {
    const story = await newStory(server.mock)
    const { status, body } = await story.control('POST', '/sign-ins', request)

    expect(status, 'how it ends is the answer, not the status').toBe(200)
    expect(body.outcome, JSON.stringify(body.error)).toBe(outcome)
    expect((body.error as { code?: number } | undefined)?.code).toBe(code)
    expect('tokens' in body).toBe(outcome === 'granted')
    const why = body.why as { policies: { displayName: string; result: string }[] } | null
    const failing = why?.policies.filter(({ result }) => result === 'failure').map(({ displayName }) => displayName) ?? []
    expect(failing).toEqual(because === undefined ? failing : expect.arrayContaining([because]))
  })

  test('of a disabled user fails: 50057', async () => {
    const story = await newStory(server.mock)
    await story.control('PATCH', '/users/alice', { accountEnabled: false })

    expect((await story.control('POST', '/sign-ins', { user: 'alice', client: 'Sales Hub', signals: office })).body).toMatchObject({ outcome: 'failed', error: { code: 50057 } })
  })

  test('gives the token endpoint\'s own answer, good for a refresh', async () => {
    const story = await newStory(server.mock)
    const { body } = await story.control('POST', '/sign-ins', { user: 'alice', client: 'Sales Hub', signals: office })
    const tokens = body.tokens as { refresh_token?: string; expires_in?: number }
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 28800, id_token: expect.any(String) })

    const { status } = await story.token({ grant_type: 'refresh_token', client_id: apps.salesHub, client_secret: 'sales-hub-secret', refresh_token: tokens.refresh_token ?? '' }, { 'x-mock-signals': `ipAddress=${places.office}` })
    expect(status).toBe(200)
  })

  test('uses up no code of the authenticator', async () => {
    const story = await newStory(server.mock)
    const before = await story.code('dave')
    await story.control('POST', '/sign-ins', { user: 'dave', client: 'Sales Hub', signals: cafe, oneTimeCode: true })
    const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, dave, apps.salesMobile)
    await dave.signIn('dave@contoso.example', { code: before })

    expect(standing(dave.page)).toBe('granted')
  })

  test('is a row of the log like any other', async () => {
    const story = await newStory(server.mock)
    await story.control('POST', '/sign-ins', { user: 'alice', client: 'Sales Hub', signals: cafe })

    expect(await logOf(story)).toEqual([expect.objectContaining({ userPrincipalName: 'alice@contoso.example', ipAddress: places.cafe, status: expect.objectContaining({ errorCode: 53003 }) })])
  })
})

describe('the log', () => {
  const signIn = (story: Story, user: string) => story.control('POST', '/sign-ins', { user, client: 'Sales Hub', signals: { ipAddress: places.office } })

  test('is read on from where one was', async () => {
    const story = await newStory(server.mock)
    await signIn(story, 'alice')
    const { body: first } = await story.control('GET', '/sign-ins')
    await signIn(story, 'bob')
    const { body: second } = await story.control('GET', `/sign-ins?after=${String(first.next)}`)

    expect((second.entries as { userDisplayName: string }[]).map(({ userDisplayName }) => userDisplayName)).toEqual(['Bob Baker'])
  })

  test('is waited for: who asks early hears at once when somebody signs in', async () => {
    const story = await newStory(server.mock)
    const asked = story.control('GET', '/sign-ins?after=0&wait=20')
    await signIn(story, 'alice')

    expect(((await asked).body.entries as unknown[]).length).toBe(1)
  })
})

describe('the tenant', () => {
  test('is changed where it is told, and stays as it was elsewhere', async () => {
    const story = await newStory(server.mock)
    const { body } = await story.control('PATCH', '/tenant', { licence: 'P1', settings: { kmsiPromptEnabled: false } })
    expect(body).toMatchObject({ licence: 'P1', settings: { kmsiPromptEnabled: false, smartLockout: { threshold: 10, seconds: 60 } } })
  })

  /** What cannot be, and the word that the refusal must hold. */
  const wrong: Record<string, { change: unknown; says: string }> = {
    'a licence there is not': { change: { licence: 'P7' }, says: 'P7' },
    'a misspelt member': { change: { license: 'P1' }, says: 'licence' },
    'a policy about a group nobody knows': { change: { conditionalAccessPolicies: [policy('x', { conditions: { users: { includeGroups: ['Sale'] } }, grantControls: mfa })] }, says: 'Sales' },
    'a policy about a place nobody knows': { change: { conditionalAccessPolicies: [policy('x', { conditions: { locations: { includeLocations: ['Head ofice'] } }, grantControls: block })] }, says: 'Head office' },
    'a policy with a control there is not': { change: { conditionalAccessPolicies: [policy('x', { grantControls: { operator: 'OR', builtInControls: ['mfaa'] } })] }, says: 'mfa' },
    'a malformed range': { change: { mfaServiceSettings: { trustedIps: ['192.0.2.0/33'] } }, says: '192.0.2.0/33' },
    'a list that is none': { change: { users: 'alice' }, says: 'users' },
  }

  test.for(Object.entries(wrong))('refuses %s, and nothing is changed', async ([, { change, says }]) => {
    const story = await newStory(server.mock)
    const before = await story.control('GET', '/snapshot')
    const { status, body } = await story.control('PATCH', '/tenant', change)

    expect(status, JSON.stringify(body)).toBe(400)
    expect((body.error as { message: string }).message).toContain(says)
    expect((await story.control('GET', '/snapshot')).body).toEqual(before.body)
  })

  test('goes back to the seed with a reset: directory, log, clock, signals, sessions', async () => {
    const story = await newStory(server.mock)
    const { body: seed } = await story.control('GET', '/snapshot')
    const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await ask(story, alice, apps.salesHub)
    await alice.signIn('alice@contoso.example')
    await addPolicies(story, policy('Closed', { grantControls: block }))
    await story.control('PATCH', '/users/bob', { accountEnabled: false })
    await story.control('PUT', '/signals', { ipAddress: places.cafe })
    await story.control('POST', '/clock', { advance: 'P1D' })

    expect((await story.control('POST', '/reset')).status).toBe(200)
    expect((await story.control('GET', '/snapshot')).body).toEqual(seed)
    expect((await story.control('GET', '/clock')).body).toMatchObject({ offset: 0 })
    expect((await story.control('GET', '/signals')).body).toEqual({})
    expect(await logOf(story)).toEqual([])
    expect(standing((await ask(story, alice, apps.salesHub)).page)).toBe('user-name')
  })
})
