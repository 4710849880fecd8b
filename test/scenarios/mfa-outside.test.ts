import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, claimsIn, logOf, patchTenant, policies, redeem, resultsIn, standing, wait } from './telling.ts'

const server = useMock()

/** Who must show a second factor, where they ask to go. */
const outside: Record<string, { user: string; app: string; secret?: string }> = {
  'Dave in the café at Sales Hub': { user: 'dave', app: apps.salesHub },
  'Dave in the café at Sales SPA': { user: 'dave', app: apps.salesSpa },
  'Dave in the café at Sales Mobile': { user: 'dave', app: apps.salesMobile },
  'Alice in the café at an app that is not Sales Hub': { user: 'alice', app: apps.salesSpa },
}

describe.for(Object.entries(outside))('%s', ([, { user, app }]) => {
  const name = `${user}@contoso.example`

  test('is asked for a code after the password, and let in with a good one', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    const request = await ask(story, browser, app)
    await browser.signIn(name)
    expect(browser.page.step).toBe('one-time-code')

    await browser.signIn(name, { code: await story.code(user) })
    expect(browser.page.answer).toHaveProperty('code')
    const origin: Record<string, string> = app === apps.salesSpa ? { origin: 'http://localhost:3999' } : {}
    const { body } = await redeem(story, request, browser.page, {}, origin)
    expect(body, JSON.stringify(body)).toHaveProperty('id_token')

    const [interrupted, granted, ...more] = await logOf(story)
    expect(more).toEqual([])
    expect(interrupted).toMatchObject({ status: { errorCode: 50074 }, conditionalAccessStatus: 'failure' })
    expect(granted).toMatchObject({ status: { errorCode: 0 }, conditionalAccessStatus: 'success', authenticationRequirement: 'multiFactorAuthentication' })
    expect(granted?.correlationId, 'one sign-in, two rows').toBe(interrupted?.correlationId)
    expect(resultsIn(interrupted)).toMatchObject({ [policies.mfaOutside]: 'failure' })
    expect(resultsIn(granted)).toMatchObject({ [policies.mfaOutside]: 'success' })
  })
})

test('a wrong code is refused on the page as 500121, and the next good one is taken', async () => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')
  const good = await story.code('dave')

  await dave.submit({ code: good === '000000' ? '000001' : '000000' })
  expect(dave.page).toMatchObject({ status: 200, step: 'one-time-code' })
  expect(dave.page.text).toContain("That code didn't work")
  expect((await logOf(story)).at(-1)).toMatchObject({ status: { errorCode: 500121 } })

  await dave.signIn('dave@contoso.example', { code: good })
  expect(dave.page.answer).toHaveProperty('code')
})

test.for(['', 'abcdef', '12345', '1234567', '💥💥💥💥💥💥', '<script>alert(1)</script>'])('%j is no code', async (code) => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')

  await dave.submit({ code })
  expect(dave.page).toMatchObject({ status: 200, step: 'one-time-code' })
})

test('a code is good once: replayed in another browser it is refused', async () => {
  const story = await newStory(server.mock)
  const code = await story.code('dave')
  const [first, second] = [visitor(server.mock, { signals: `ipAddress=${places.cafe}` }), visitor(server.mock, { signals: `ipAddress=${places.cafe}` })]
  await ask(story, first, apps.salesHub)
  await first.signIn('dave@contoso.example', { code })
  expect(first.page.answer).toHaveProperty('code')

  await ask(story, second, apps.salesHub)
  await second.signIn('dave@contoso.example', { code })
  expect(second.page.step).toBe('one-time-code')
  expect((await logOf(story)).at(-1)).toMatchObject({ status: { errorCode: 500121 } })
})

test('a version 1 token says how he proved who he is: a password alone at the office, password and code outside', async () => {
  const story = await newStory(server.mock)
  const officeDave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const request = await ask(story, officeDave, apps.salesHub, { scope: 'openid User.Read' })
  await officeDave.signIn('dave@contoso.example')
  const { body: atTheOffice } = await redeem(story, request, officeDave.page)
  expect(claimsIn(atTheOffice.access_token)).toMatchObject({ amr: ['pwd'] })

  const cafeDave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  const again = await ask(story, cafeDave, apps.salesHub, { scope: 'openid User.Read' })
  await cafeDave.signIn('dave@contoso.example', { code: await story.code('dave') })
  const { body: inTheCafe } = await redeem(story, again, cafeDave.page)
  expect(claimsIn(inTheCafe.access_token)).toMatchObject({ amr: ['pwd', 'mfa'] })
})

test('the second factor is remembered by the session: the next application asks for nothing', async () => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })

  const { page } = await ask(story, dave, apps.salesMobile)
  expect(page.answer).toHaveProperty('code')
  expect((await logOf(story)).at(-1)).toMatchObject({ status: { errorCode: 0, additionalDetails: 'MFA requirement satisfied by claim in the token' } })
})

test('whoever signed in at the office with a password is asked for the code alone outside', async () => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')
  expect(dave.page.answer).toHaveProperty('code')

  dave.signals(`ipAddress=${places.cafe}`)
  expect((await ask(story, dave, apps.salesHub)).page.step).toBe('one-time-code')
})

test('too many wrong codes lock the second factor for a while: 50053', async () => {
  const story = await newStory(server.mock)
  await patchTenant(story, { settings: { smartLockout: { threshold: 3, seconds: 60 } } })
  const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')
  for (const code of ['000000', '000001', '000002']) await dave.submit({ code })
  await dave.submit({ code: await story.code('dave') })
  expect(standing(dave.page)).toBe('one-time-code')
  expect(dave.page.html).toContain('50053')

  await wait(story, 'PT61S')
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })
  expect(standing(dave.page)).toBe('granted')
})

test('moving to the office with the panel while the code is asked settles it: nothing is owed there', async () => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock)
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')
  expect(standing(dave.page), 'from 127.0.0.1').toBe('one-time-code')

  await dave.moveTo(places.office)
  await dave.signIn('dave@contoso.example')
  expect(standing(dave.page)).toBe('granted')
  expect((await logOf(story)).map(({ status, ipAddress }) => [status.errorCode, ipAddress])).toEqual([[50074, '127.0.0.1'], [0, places.office]])
})

test('moving to the café with the panel after the password is judged from there', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock)
  await ask(story, alice, apps.salesHub)
  await alice.submit({ username: 'alice' })
  await alice.moveTo(places.office)
  expect(alice.page.step, 'the page stays').toBe('password')
  await alice.submit({ password: 'Portcullis1!' })
  expect(alice.page.step).toBe('stay-signed-in')

  await alice.moveTo(places.cafe)
  expect(standing(alice.page)).toBe('53003')
})
