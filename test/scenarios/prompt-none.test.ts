import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, logOf, policies } from './telling.ts'

const server = useMock()

async function signedIn(story: Story, user: string, app: string = apps.salesHub): Promise<Visitor> {
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, browser, app)
  await browser.signIn(`${user}@contoso.example`)
  expect(browser.page.answer, browser.page.text).toHaveProperty('code')

  return browser
}

/** Asks silently, from somewhere; the answer is always the application's. */
async function askSilently(story: Story, browser: Visitor, at: string, more: Record<string, string> = {}, app: string = apps.salesHub) {
  browser.signals(`ipAddress=${at}`)
  const { page } = await ask(story, browser, app, { prompt: 'none', ...more })

  return page
}

test('whoever is signed in is given a code without a page', async () => {
  const story = await newStory(server.mock)
  const alice = await signedIn(story, 'alice')
  const page = await askSilently(story, alice, places.office)

  expect(page.url).toMatch(/^http:\/\/localhost:3999\/callback\?/)
  expect(page.answer).toMatchObject({ code: expect.any(String), state: 's', session_state: expect.any(String) })
  expect((await logOf(story)).at(-1)).toMatchObject({ status: { errorCode: 0 }, isInteractive: false })
})

/** Who asks silently, from where, and what the application hears. */
const refusals: Record<string, { user: string | null; at: string; more?: Record<string, string>; app?: string; error: string; code: number }> = {
  'nobody is signed in': { user: null, at: places.office, error: 'login_required', code: 50058 },
  'Alice moved to the café': { user: 'alice', at: places.cafe, error: 'interaction_required', code: 53003 },
  'Dave moved to the café': { user: 'dave', at: places.cafe, error: 'interaction_required', code: 50076 },
  'Bob moved to the café, and has no second factor': { user: 'bob', at: places.cafe, app: apps.salesSpa, error: 'interaction_required', code: 50079 },
  'somebody else is meant': { user: 'alice', at: places.office, more: { login_hint: 'dave@contoso.example' }, error: 'login_required', code: 50058 },
  'somebody is meant whom nobody knows': { user: 'alice', at: places.office, more: { login_hint: 'zoe@contoso.example' }, error: 'login_required', code: 50058 },
  'the sign-in must be newer than that': { user: 'alice', at: places.office, more: { max_age: '0' }, error: 'login_required', code: 50058 },
}

test.for(Object.entries(refusals))('%s', async ([, { user, at, more, app, error, code }]) => {
  const story = await newStory(server.mock)
  const browser = user === null ? visitor(server.mock) : await signedIn(story, user, app)
  const page = await askSilently(story, browser, at, more, app)

  expect(page.url, page.text).toMatch(/^http:\/\/localhost:3999\/callback\?/)
  expect(page.answer).toMatchObject({ error, state: 's', error_description: expect.stringContaining(`AADSTS${code}: `) })
  expect(page.answer).not.toHaveProperty('code')
})

describe('what comes with a refusal', () => {
  test('which policies to ask again, where they can be satisfied', async () => {
    const story = await newStory(server.mock)
    const dave = await signedIn(story, 'dave')
    const page = await askSilently(story, dave, places.cafe)

    expect(JSON.parse(page.answer.claims ?? '{}')).toMatchObject({ access_token: { capolids: { essential: true } } })
    expect(page.answer.error_uri).toMatch(/\/error\?code=50076$/)
  })

  test('a row of the log, with the policy in it', async () => {
    const story = await newStory(server.mock)
    const alice = await signedIn(story, 'alice')
    await askSilently(story, alice, places.cafe)

    expect((await logOf(story)).at(-1)).toMatchObject({
      status: { errorCode: 53003 },
      appliedConditionalAccessPolicies: expect.arrayContaining([expect.objectContaining({ displayName: policies.salesHubOnlyFromTrusted, result: 'failure' })]),
    })
  })

  test('in the fragment or a form, if the application asked for that', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock)
    const inFragment = await askSilently(story, browser, places.office, { response_mode: 'fragment' })
    expect(inFragment.url).toContain('#error=login_required')
    const asForm = await askSilently(story, browser, places.office, { response_mode: 'form_post' })
    expect(asForm.answer).toMatchObject({ error: 'login_required', state: 's' })
  })
})

test('after a silent refusal the session goes on where it is welcome', async () => {
  const story = await newStory(server.mock)
  const alice = await signedIn(story, 'alice')
  await askSilently(story, alice, places.cafe)

  expect((await askSilently(story, alice, places.office)).answer).toHaveProperty('code')
})

test('a permission that nobody granted is a matter of consent: consent_required, 65001', async () => {
  const story = await newStory(server.mock)
  const alice = await signedIn(story, 'alice', apps.salesSpa)
  const page = await askSilently(story, alice, places.office, { scope: 'openid Mail.Read' }, apps.salesSpa)

  expect(page.answer).toMatchObject({ error: 'consent_required', error_description: expect.stringContaining('AADSTS65001: ') })
})

test('prompt=none goes with no other', async () => {
  const story = await newStory(server.mock)
  const page = await askSilently(story, await signedIn(story, 'alice'), places.office, { prompt: 'none login' })

  expect(page.answer.error_description).toContain('AADSTS90023')
})
