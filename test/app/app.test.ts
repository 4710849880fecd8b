import { describe, expect, test } from 'vitest'
import { browser } from './browser.ts'
import { world, type Door, type World } from './world.ts'

const minute = 60_000
const hour = 60 * minute

/** Alice, signed in from the office. */
async function aliceAt(place: World) {
  const alice = browser(place.base)
  alice.headers = { 'x-mock-signals': 'ipAddress=198.51.100.7' }
  const start = await alice.open('/app')
  const page = await alice.open(start.link('sign-in'))

  return { alice, page }
}

describe('somebody who is not signed in', () => {
  test('is shown the way', async () => {
    const page = await browser((await world()).base).open('/app')

    expect([page.status, page.isSignedOut]).toEqual([200, true])
    expect(page.link('sign-in')).toMatch(/\/app\/sign-in$/)
  })

  test('is sent to the provider with a state, a nonce and a challenge of their own', async () => {
    const { base, state } = await world()
    const visitor = browser(base)
    await visitor.send(new URL('/app/sign-in', base)).then(({ headers }) => fetch(headers.get('location')!, { redirect: 'manual' }))
    await visitor.send(new URL('/app/sign-in', base)).then(({ headers }) => fetch(headers.get('location')!, { redirect: 'manual' }))
    const [one, other] = state.asked.map(({ searchParams }) => Object.fromEntries(searchParams))

    expect(one).toMatchObject({ response_type: 'code', code_challenge_method: 'S256', redirect_uri: `${base}/app/callback`, scope: 'openid profile' })
    for (const member of ['state', 'nonce', 'code_challenge']) expect(one?.[member]).not.toBe(other?.[member])
  })
})

describe('alice at the office', () => {
  test('sees who she is, since when, until when, and from where', async () => {
    const place = await world()
    place.tenant.clock.freeze(true)
    const now = new Date(place.tenant.clock.now()).toISOString().slice(0, 16).replace('T', ' ')
    const end = new Date(place.tenant.clock.now() + 8 * hour).toISOString().slice(0, 16).replace('T', ' ')
    const { page } = await aliceAt(place)

    expect(page.url.pathname).toBe('/app')
    expect(page.title).toBe('Hello, Alice Adams')
    expect(page.text).toContain('alice@contoso.example')
    expect(page.text).toContain(`Signed in since ${now} UTC`)
    expect(page.text).toContain(`Ends ${end} UTC`)
    expect(page.text).toMatch(/Signed in from (198\.51\.100\.7 Head office|Head office 198\.51\.100\.7)/)
  })

  test('keeps a session that no script reads and no other site can send', async () => {
    const { alice } = await aliceAt(await world())
    const [, cookie] = [...alice.jar].find(([name]) => /^app_0{11}1_h\d+$/.test(name)) ?? []

    expect(cookie?.header).toMatch(/path=\/app/i)
    expect(cookie?.header).toMatch(/httponly/i)
    expect(cookie?.header).toMatch(/samesite=lax/i)
    expect(cookie?.value).toMatch(/^[\w-]{43}$/)
  })

  test('walks to the café and keeps working: nobody asks where she is', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    place.tenant.clock.advance(7 * hour)
    alice.headers = { 'x-mock-signals': 'ipAddress=203.0.113.9' }
    const page = await alice.open('/app')

    expect(page.title).toBe('Hello, Alice Adams')
    expect(page.text).toContain('198.51.100.7 at sign-in, 203.0.113.9 now')
    expect(page.text).toContain('Head office')
  })

  test('is warned twenty minutes before the session ends, and goes on working when she asks to', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    place.tenant.clock.advance(8 * hour - 30 * minute)
    expect((await alice.open('/app')).text).not.toContain('Your session ends in')
    place.tenant.clock.advance(11 * minute)
    const warned = await alice.open('/app')
    expect(warned.text).toContain('Your session ends in 19 minutes.')

    const renewed = await alice.open(warned.link('refresh'))
    expect(renewed.text).not.toContain('Your session ends in')
    expect(place.state.asked.at(-1)?.searchParams.get('prompt')).toBe('none')
    place.tenant.clock.advance(7 * hour)
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
  })

  test('has to sign in again when the session timeout is over, and the old session is gone', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    const stolen = new Map(alice.jar)
    place.tenant.clock.advance(8 * hour)
    const page = await alice.open('/app')

    expect(page.title).toBe('Your session has ended')
    expect(page.text).toContain('Your session has expired.')
    for (const [name, cookie] of stolen) alice.jar.set(name, cookie)
    expect((await alice.open('/app')).isSignedOut).toBe(true)
    expect((await alice.open(page.link('sign-in'))).title).toBe('Hello, Alice Adams')
  })

  test('is signed out by doing nothing for as long as the application allows', async () => {
    const place = await world(30)
    const { alice, page } = await aliceAt(place)
    expect(page.text).toContain('Ends if idle')
    place.tenant.clock.advance(29 * minute)
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
    place.tenant.clock.advance(29 * minute)
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
    place.tenant.clock.advance(30 * minute)

    expect((await alice.open('/app')).text).toContain('you did nothing for a while')
  })

  test('is signed out when the clock goes back to before she signed in', async () => {
    const place = await world()
    place.tenant.clock.advance(400 * 24 * hour)
    const { alice, page } = await aliceAt(place)
    expect(page.title).toBe('Hello, Alice Adams')
    place.tenant.clock.reset()

    expect((await alice.open('/app')).title).toBe('Your session has ended')
  })

  test('is trusted a year ahead, because the app goes by the tenant\'s clock', async () => {
    const place = await world()
    place.tenant.clock.advance(365 * 24 * hour)
    const { page } = await aliceAt(place)

    expect(page.title).toBe('Hello, Alice Adams')
  })
})

describe('the hourly check', () => {
  const isHourly = async (place: World) => {
    await place.tenant.directory.patchSettings({ settings: { hourlyPolicyCheck: true } })
    place.tenant.clock.advance(61 * minute)
    place.state.asked.length = 0
  }

  test('is off as shipped', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    place.tenant.clock.advance(3 * hour)
    place.state.asked.length = 0
    await alice.open('/app')

    expect(place.state.asked).toEqual([])
  })

  test('asks the provider silently, once an hour, and leaves the session timeout alone', async () => {
    const place = await world()
    const { alice, page } = await aliceAt(place)
    const ends = /Ends ([\d: -]+) UTC/.exec(page.text)?.[1]
    await isHourly(place)
    const checked = await alice.open('/app')
    await alice.open('/app')

    expect(place.state.asked.map(({ searchParams }) => [searchParams.get('prompt'), searchParams.get('login_hint')])).toEqual([['none', 'alice@contoso.example']])
    expect(checked.title).toBe('Hello, Alice Adams')
    expect(checked.text).toContain(`Ends ${ends} UTC`)
  })

  test('ends the session of somebody the provider does not let in any more', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    await isHourly(place)
    for (const name of alice.jar.keys()) if (name.startsWith('_')) alice.jar.delete(name)
    const page = await alice.open('/app')

    expect([page.status, page.title]).toEqual([403, 'You have to sign in again'])
    expect(page.text).toContain('login_required')
    expect((await alice.open('/app')).isSignedOut).toBe(true)
  })

  test('leaves everybody in peace while the provider cannot be reached', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)
    await isHourly(place)
    place.state.isUp = false

    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
  })

  test('tells somebody who asked for it herself, and leaves her session too', async () => {
    const place = await world()
    const { alice, page } = await aliceAt(place)
    place.state.isUp = false
    const failed = await alice.open(page.link('refresh'))

    expect([failed.status, failed.title]).toEqual([502, 'Sign-in did not work'])
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
  })
})

describe('somebody whom the provider does not let in', () => {
  const correlationId = '0f0f0f0f-1111-4222-8333-444444444444'
  const doors: Record<string, { door: Door; status?: number; title: string; says: RegExp }> = {
    'hears that access was denied': {
      door: { error: 'access_denied', error_description: 'The user said no.' },
      title: 'You were not let in',
      says: /The user said no\..*access_denied/,
    },
    'reads Entra\'s code and sentence, without its traces': {
      door: { error: 'interaction_required', error_description: `AADSTS50158: External security challenge not satisfied. Trace ID: 1 Correlation ID: ${correlationId} Timestamp: 2` },
      title: 'You have to sign in again',
      says: /External security challenge not satisfied\. Try again Error code AADSTS50158 (?!Trace)/,
    },
    'sees markup as text': {
      door: { error: 'server_error', error_description: '<script>alert(1)</script>' },
      status: 502,
      title: 'Sign-in did not work',
      says: /<script>alert\(1\)<\/script>/,
    },
  }

  test.each(Object.entries(doors))('%s', async (_, { door, status = 403, title, says }) => {
    const place = await world()
    place.state.door = door
    const { page } = await aliceAt(place)

    expect([page.status, page.title]).toEqual([status, title])
    expect(page.text.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toMatch(says)
    expect(page.link('sign-in')).toMatch(/\/app\/sign-in$/)
  })

  test('reads which policy it was, as the sign-in log knows it', async () => {
    const place = await world()
    place.tenant.log.append({
      id: '1',
      createdDateTime: '',
      correlationId,
      appliedConditionalAccessPolicies: [
        { displayName: 'Sales Hub only from trusted locations', result: 'failure' },
        { displayName: 'Sales Hub session', result: 'success' },
      ],
    })
    place.state.door = { error: 'access_denied', error_description: `AADSTS53003: Access has been blocked. Trace ID: 1 Correlation ID: ${correlationId} Timestamp: 2` }
    const { page } = await aliceAt(place)

    expect(page.text).toContain('Sales Hub only from trusted locations')
    expect(page.text).not.toContain('Sales Hub session')
  })

  test('hears that the provider cannot be reached, and can try again', async () => {
    const place = await world()
    place.state.isUp = false
    const visitor = browser(place.base)
    const page = await visitor.open('/app/sign-in')
    expect([page.status, page.title]).toEqual([502, 'Sign-in did not work'])
    place.state.isUp = true

    expect((await visitor.open(page.link('sign-in'))).title).toBe('Hello, Alice Adams')
  })
})

describe('an answer', () => {
  /** The answer of a sign-in that was begun, as the browser would bring it. */
  async function answer(place: World, visitor: ReturnType<typeof browser>): Promise<URL> {
    let url = new URL('/app/sign-in', place.base)
    while (url.pathname !== '/app/callback') url = new URL((await visitor.send(url)).headers.get('location')!, url)
    return url
  }

  test('is taken once', async () => {
    const place = await world()
    const alice = browser(place.base)
    const url = await answer(place, alice)

    expect((await alice.open(url.href)).title).toBe('Hello, Alice Adams')
    const again = await alice.open(url.href)
    expect([again.status, again.title]).toEqual([400, 'Sign-in did not work'])
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
  })

  test('is not taken in another browser, so that nobody signs you in as somebody else', async () => {
    const place = await world()
    const url = await answer(place, browser(place.base))
    const victim = browser(place.base)
    await victim.send(new URL('/app/sign-in', place.base))

    expect((await victim.open(url.href)).status).toBe(400)
    expect((await victim.open('/app')).isSignedOut).toBe(true)
  })

  const forged: Record<string, (url: URL) => void> = {
    'with another state': ({ searchParams }) => searchParams.set('state', 'forged'),
    'without a state': ({ searchParams }) => searchParams.delete('state'),
    'with another code': ({ searchParams }) => searchParams.set('code', 'forged'),
    'of another issuer': ({ searchParams }) => searchParams.set('iss', 'https://evil.example'),
  }

  test.each(Object.entries(forged))('%s begins no session', async (_, forge) => {
    const place = await world()
    const alice = browser(place.base)
    const url = await answer(place, alice)
    forge(url)
    const page = await alice.open(url.href)

    expect([400, 403, 502]).toContain(page.status)
    expect((await alice.open('/app')).isSignedOut).toBe(true)
    expect(place.mistakes).toEqual([])
  })

  test('can be waited for in two tabs at once', async () => {
    const place = await world()
    const alice = browser(place.base)
    const [one, other] = [await answer(place, alice), await answer(place, alice)]

    expect((await alice.open(one.href)).title).toBe('Hello, Alice Adams')
    expect((await alice.open(other.href)).title).toBe('Hello, Alice Adams')
  })
})

describe('signing out', () => {
  test('ends the session here and at the provider, and leads back', async () => {
    const place = await world()
    const { alice, page } = await aliceAt(place)
    const out = await alice.send(new URL(page.link('sign-out')))
    const location = new URL(out.headers.get('location')!)

    expect(location.pathname).toBe('/op/session/end')
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      id_token_hint: expect.stringMatching(/^ey/),
      post_logout_redirect_uri: `${place.base}/app`,
    })
    expect((await alice.open('/app')).isSignedOut).toBe(true)
  })

  test('is not for links of other sites', async () => {
    const place = await world()
    const { alice } = await aliceAt(place)

    for (const address of ['/app/sign-out', '/app/sign-out?csrf=forged']) {
      expect((await alice.send(new URL(address, place.base))).status).toBe(403)
      expect((await alice.send(new URL(address, place.base), { method: 'POST' })).status).toBe(403)
    }
    expect((await alice.open('/app')).title).toBe('Hello, Alice Adams')
  })

  test('is possible for somebody who is not signed in', async () => {
    const page = await browser((await world()).base).open('/app/sign-out', 'POST')

    expect([page.status, page.isSignedOut]).toEqual([200, true])
  })
})

test('another tenant is at its own address', async () => {
  const place = await world()
  const alice = browser(place.base)
  const start = await alice.open('/app/contoso.example')
  expect(start.link('sign-in')).toMatch(/\/app\/contoso\.example\/sign-in$/)
  const page = await alice.open(start.link('sign-in'))

  expect(page.url.pathname).toBe('/app/contoso.example')
  expect(page.title).toBe('Hello, Alice Adams')
})

test('a tenant without a web application has no sample app', async () => {
  const place = await world()
  for (const { id } of place.tenant.directory.list('applications')) await place.tenant.directory.remove('applications', id)
  const page = await browser(place.base).open('/app/sign-in')

  expect([page.status, page.title]).toEqual([404, 'The app is not registered here'])
})

test.each(['/app/nowhere.example', '/app/contoso.example/else', '/app/contoso.example/callback'])('%s is nowhere', async (path) => {
  expect((await (await world()).fetch(path)).status).toBe(404)
})

test('signals that mean nothing are refused in a sentence', async () => {
  const place = await world()
  const { alice } = await aliceAt(place)
  alice.headers = { 'x-mock-signals': 'ipAddress=here' }
  const page = await alice.open('/app')

  expect(page.status).toBe(400)
  expect(page.text).toContain('ipAddress')
  expect(place.mistakes).toEqual([])
})

test('the app is read with GET', async () => {
  const response = await (await world()).fetch('/app', { method: 'DELETE' })

  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})
