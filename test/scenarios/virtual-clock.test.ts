import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, claimsIn, from, logOf, redeem, refresh, standing, tokensOf, wait } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const inTheCafe = { signals: `ipAddress=${places.cafe}` }
const dave = 'dave@contoso.example'
/** Tokens are dated five minutes back, as Entra dates them: for clocks that run late. */
const datedBack = 300

async function now(story: Story): Promise<number> {
  const { body } = await story.control('GET', '/clock')

  return Date.parse(String(body.now)) / 1000
}

test('tokens are issued in the tenant\'s time', async () => {
  const story = await newStory(server.mock)
  await wait(story, 'P100D')
  const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), dave, apps.salesMobile)
  const { iat = 0, nbf = 0, exp = 0 } = claimsIn(tokens.id_token) as Record<string, number>
  const present = await now(story)

  expect(Math.abs(iat + datedBack - present)).toBeLessThan(5)
  expect(nbf).toBe(iat)
  expect(exp).toBe(iat + datedBack + 3600)
  expect((await logOf(story))[0]?.createdDateTime).toMatch(new Date(present * 1000).toISOString().slice(0, 10))
})

test('on the wire they carry real time where the tenant is told so', async () => {
  const story = await newStory(server.mock)
  await wait(story, 'P100D')
  await story.control('POST', '/clock', { tokens: 'wire' })
  const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), dave, apps.salesMobile)

  expect(Math.abs(Number(claimsIn(tokens.id_token).iat) + datedBack - Date.now() / 1000)).toBeLessThan(5)
})

describe('a code', () => {
  test('is good for ten minutes', async () => {
    const story = await newStory(server.mock)
    const [young, old] = [visitor(server.mock, atTheOffice), visitor(server.mock, atTheOffice)]
    const first = await ask(story, young, apps.salesMobile)
    await young.signIn(dave)
    const second = await ask(story, old, apps.salesMobile)
    await old.signIn(dave)

    await wait(story, 'PT9M')
    expect((await redeem(story, first, young.page)).status).toBe(200)
    await wait(story, 'PT2M')
    const { status, body } = await redeem(story, second, old.page)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [70008] })
  })
})

describe('a one-time code', () => {
  test('is good in its window of the tenant\'s time', async () => {
    const story = await newStory(server.mock)
    await wait(story, 'P1D')
    const browser = visitor(server.mock, inTheCafe)
    await ask(story, browser, apps.salesMobile)
    await browser.signIn(dave)
    const code = await story.code('dave')
    await wait(story, 'PT5M')
    await browser.submit({ code })
    expect(browser.page.step, 'five minutes late').toBe('one-time-code')

    await browser.signIn(dave, { code: await story.code('dave') })
    expect(standing(browser.page)).toBe('granted')
  })

  test('stands still where the clock does', async () => {
    const story = await newStory(server.mock)
    await story.control('POST', '/clock', { frozen: true })
    const browser = visitor(server.mock, inTheCafe)
    await ask(story, browser, apps.salesMobile)
    await browser.signIn(dave, { code: await story.code('dave') })

    expect(standing(browser.page)).toBe('granted')
  })
})

test('a page left open for two hours has ended, and says so', async () => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)
  await wait(story, 'PT2H')
  await browser.submit({ username: dave })

  expect(browser.page.status).toBe(400)
  expect(browser.page.text).toMatch(/start again|sign in again/i)
})

test('a browser\'s session rests for 24 hours of the tenant\'s time', async () => {
  const story = await newStory(server.mock)
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)
  await browser.signIn(dave)
  await wait(story, 'PT25H')

  expect(standing((await ask(story, browser, apps.salesMobile)).page)).toBe('user-name')
})

test('two tenants, months apart, do not disturb each other', async () => {
  const [past, future] = [await newStory(server.mock), await newStory(server.mock)]
  await wait(future, 'P180D')
  const [inThePast, inTheFuture] = [visitor(server.mock, inTheCafe), visitor(server.mock, inTheCafe)]
  await Promise.all([ask(past, inThePast, apps.salesMobile), ask(future, inTheFuture, apps.salesMobile)])
  await Promise.all([inThePast.signIn(dave, { code: await past.code('dave') }), inTheFuture.signIn(dave, { code: await future.code('dave') })])
  expect([standing(inThePast.page), standing(inTheFuture.page)]).toEqual(['granted', 'granted'])

  const [{ createdDateTime: then = '' }] = (await logOf(past)) as unknown as [{ createdDateTime?: string }]
  const [{ createdDateTime: later = '' }] = (await logOf(future)) as unknown as [{ createdDateTime?: string }]
  expect((Date.parse(later) - Date.parse(then)) / 86_400_000).toBeCloseTo(180, 1)
})

test('hundreds of sign-ins side by side each tell their own tenant\'s time', async () => {
  const stories = await Promise.all(Array.from({ length: 6 }, () => newStory(server.mock)))
  await Promise.all(stories.map((story, index) => wait(story, `P${index + 1}0D`)))
  const times = await Promise.all(stories.flatMap((story) => Array.from({ length: 8 }, async () => {
    const { body } = await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' })

    return Number(claimsIn(body.access_token).iat)
  })))

  for (const [index, iat] of times.entries()) {
    const days = Math.floor(index / 8 + 1) * 10
    expect(Math.abs(iat + datedBack - Date.now() / 1000 - days * 86_400)).toBeLessThan(15)
  }
})

test('what has expired comes back only with a reset, which takes it all back', async () => {
  const story = await newStory(server.mock)
  const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), 'alice@contoso.example', apps.salesHub)
  await wait(story, 'PT9H')
  expect((await refresh(story, apps.salesHub, tokens, places.office)).body).toMatchObject({ error_codes: [70043] })
  expect((await story.control('POST', '/clock', { now: new Date().toISOString() })).status, 'never backwards').toBe(400)

  expect((await story.control('POST', '/clock', { reset: true })).body).toMatchObject({ offset: 0, frozen: false })
  expect((await refresh(story, apps.salesHub, tokens, places.office)).status).toBe(200)
})

test('a token of another time is judged by the tenant\'s clock: from the café it is refused whatever the hour', async () => {
  const story = await newStory(server.mock)
  const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), 'alice@contoso.example', apps.salesHub)
  await wait(story, 'PT3H')
  const { body } = await story.token({
    grant_type: 'refresh_token', client_id: apps.salesHub, client_secret: 'sales-hub-secret', refresh_token: tokens.refresh_token ?? '',
  }, from(places.cafe))

  expect(body).toMatchObject({ error_codes: [53003] })
  expect(Math.abs(Date.parse(String(body.timestamp)) / 1000 - (await now(story))), 'and told in its time').toBeLessThan(5)
})
