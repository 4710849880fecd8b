import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { addPolicies, ask, policy, patchTenant, setPolicies, standing, wait } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }

/** A sign-in to an application that asks for no password by itself. */
async function signIn(story: Story, user: string, stay: boolean): Promise<Visitor> {
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)
  await browser.signIn(`${user}@contoso.example`, { stay })
  expect(browser.page.answer, browser.page.text).toHaveProperty('code')

  return browser
}

const isIn = async (story: Story, browser: Visitor) => 'code' in (await ask(story, browser, apps.salesMobile)).page.answer
const sessionCookie = (browser: Visitor) => [...browser.cookies].find(([name]) => name.startsWith('sso_'))?.[1]

test('"Stay signed in?" is asked once, after the password', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, atTheOffice)
  await ask(story, alice, apps.salesMobile)
  await alice.submit({ username: 'alice@contoso.example' })
  await alice.submit({ password: 'Portcullis1!' })
  expect(alice.page.step).toBe('stay-signed-in')

  await alice.submit({ stay: 'no' })
  expect(alice.page.answer).toHaveProperty('code')
  expect(await isIn(story, alice), 'not again in the same session').toBe(true)
})

test('is not asked of whoever is asked to agree to something, nor later in that session', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, atTheOffice)
  await ask(story, alice, apps.salesMobile, { scope: 'openid Mail.Read' })
  await alice.submit({ username: 'alice@contoso.example' })
  await alice.submit({ password: 'Portcullis1!' })
  expect(alice.page.step).toBe('consent')
  await alice.submit({})

  expect(standing(alice.page)).toBe('granted')
  expect(await isIn(story, alice)).toBe(true)
})

describe('yes', () => {
  test('leaves a cookie that outlives the browser', async () => {
    const story = await newStory(server.mock)
    const alice = await signIn(story, 'alice', true)
    expect(sessionCookie(alice)).toMatchObject({ isPersistent: true, attributes: expect.stringMatching(/httponly/i) })

    alice.closeBrowser()
    expect(await isIn(story, alice)).toBe(true)
  })

  test('lasts for 90 days of rest, each use beginning them anew', async () => {
    const story = await newStory(server.mock)
    const alice = await signIn(story, 'alice', true)
    await wait(story, 'P2D')
    expect(await isIn(story, alice), 'longer than 24 hours').toBe(true)
    await wait(story, 'P89D')
    expect(await isIn(story, alice)).toBe(true)
    await wait(story, 'P89D')
    expect(await isIn(story, alice)).toBe(true)
    await wait(story, 'P91D')
    expect(await isIn(story, alice)).toBe(false)
  })
})

describe('no', () => {
  test('leaves a session cookie, which goes with the browser', async () => {
    const story = await newStory(server.mock)
    const alice = await signIn(story, 'alice', false)
    expect(sessionCookie(alice)).toMatchObject({ isPersistent: false })
    expect(sessionCookie(alice)?.attributes).not.toMatch(/expires|max-age/i)

    alice.closeBrowser()
    expect(await isIn(story, alice)).toBe(false)
  })

  test('lasts for 24 hours of rest, each use beginning them anew', async () => {
    const story = await newStory(server.mock)
    const alice = await signIn(story, 'alice', false)
    await wait(story, 'PT23H')
    expect(await isIn(story, alice)).toBe(true)
    await wait(story, 'PT23H')
    expect(await isIn(story, alice)).toBe(true)
    await wait(story, 'PT25H')
    expect(await isIn(story, alice)).toBe(false)
  })
})

describe('nobody is asked', () => {
  /** A sign-in, and whether the page comes. */
  const cases: Record<string, { user: string; change?: Record<string, unknown>; mode?: 'always' | 'never'; signals?: string; isAsked: boolean }> = {
    'except whoever signs in plainly': { user: 'alice', isAsked: true },
    'who is a guest': { user: 'erin', isAsked: false },
    'where the tenant switched it off': { user: 'alice', change: { settings: { kmsiPromptEnabled: false } }, isAsked: false },
    'where a policy says always': { user: 'alice', mode: 'always', isAsked: false },
    'where a policy says never': { user: 'alice', mode: 'never', isAsked: false },
    'whose sign-in is at high risk': { user: 'alice', signals: 'signInRiskLevel=high', isAsked: false },
  }

  test.for(Object.entries(cases))('%s', async ([, { user, change, mode, signals, isAsked }]) => {
    const story = await newStory(server.mock)
    if (change) await patchTenant(story, change)
    if (mode) await addPolicies(story, policy(mode, { sessionControls: { persistentBrowser: { isEnabled: true, mode } } }))
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}; ${signals ?? ''}` })
    await ask(story, browser, apps.salesMobile)
    await browser.submit({ username: `${user}@contoso.example` })
    await browser.submit({ password: 'Portcullis1!' })

    expect(standing(browser.page)).toBe(isAsked ? 'stay-signed-in' : 'granted')
  })
})

test('a policy answers for the user: always persists', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('Always', { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'always' } } }))
  const alice = await signIn(story, 'alice', false)
  expect(sessionCookie(alice)?.isPersistent).toBe(true)
  alice.closeBrowser()

  expect(await isIn(story, alice)).toBe(true)
})

test('never does not, and takes back a "yes" given before', async () => {
  const story = await newStory(server.mock)
  const alice = await signIn(story, 'alice', true)
  expect(sessionCookie(alice)?.isPersistent).toBe(true)
  await setPolicies(story, policy('Never', { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } }))
  await ask(story, alice, apps.salesMobile)
  expect(sessionCookie(alice)?.isPersistent).toBe(false)
  alice.closeBrowser()

  expect(await isIn(story, alice)).toBe(false)
})

test('a cookie that somebody planted before the sign-in is not the one that holds it', async () => {
  const story = await newStory(server.mock)
  const alice = await signIn(story, 'alice', false)
  const before = sessionCookie(alice)?.value
  await ask(story, alice, apps.salesMobile, { prompt: 'select_account' })
  await alice.submit({ account: '' })
  await alice.signIn('dave@contoso.example')

  expect(sessionCookie(alice)?.value).not.toBe(before)
})
