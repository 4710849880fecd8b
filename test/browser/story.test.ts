import { generate } from 'otplib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { TestContext } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { Portcullis } from '../../src/index.ts'
import { contoso } from '../support/contoso.ts'
import { testCertificates, testKeys } from '../support/keys.ts'
import { apps, newStory, places } from '../support/mock.ts'
import { authorizeRequest } from '../support/visitor.ts'
import { violationsOf } from './axe.ts'
import { openBrowser } from './chromium.ts'
import type { OpenBrowser } from './chromium.ts'
import { newPerson } from './person.ts'
import type { Person } from './person.ts'
import { openReceiver } from './receiver.ts'
import type { Receiver } from './receiver.ts'
import { shoot } from './shoot.ts'

let opened: OpenBrowser
let mock: Portcullis
let receiver: Receiver
beforeAll(async () => {
  [opened, mock, receiver] = await Promise.all([
    openBrowser(),
    startPortcullis({ port: 0, httpsPort: 0, keys: testKeys(), certificates: testCertificates() }),
    openReceiver(),
  ])
})
afterAll(async () => {
  await Promise.all([opened?.close(), mock?.stop(), receiver?.close()])
})

const alice = 'alice@contoso.example'
const bob = 'bob@contoso.example'
const dave = 'dave@contoso.example'
const breakGlass = 'breakglass@contoso.example'

type Way = { readonly scheme?: 'http' | 'https'; readonly javaScriptEnabled?: boolean }

/** A person with a browser of their own; what it complained about is asked at the end of the test. */
async function somebody({ expect, onTestFinished }: TestContext, { javaScriptEnabled = true }: Way = {}): Promise<Person> {
  const origins = [mock.http, mock.https, receiver.origin].flatMap((origin) => origin ?? [])
  const person = await newPerson({ browser: opened.browser, origins }, { javaScriptEnabled })
  onTestFinished(async () => {
    await person.leave()
    expect(person.complaints).toEqual([])
  })

  return person
}

const seen = new Set<string>()

/** Each page of the real flow is looked at once: no violation of axe-core's rules, and a picture where pictures are wanted. */
async function look({ expect }: TestContext, { page, hasScript }: Person, name: string): Promise<void> {
  // Axe is a script, too.
  if (!hasScript || seen.has(name)) return
  seen.add(name)
  expect(await violationsOf(page), name).toEqual([])
  await shoot(page, `real ${name}`)
}

/** The page that comes up; how soon is the browser's to say. */
const expectHeading = (person: Person, text: string) => person.heading(text)

const textOf = (page: Page) => page.locator('main').innerText()

/** An authorize request of another application, answered at the receiver. */
const another = (tenantId: string, more: Record<string, string> = {}) => (
  authorizeRequest(`${mock.https}/${tenantId}/v2.0`, apps.salesSpa, { redirect_uri: receiver.redirectUri, scope: 'openid profile', state: tenantId, ...more }).url
)

/** What the receiver was told last about a tenant's user: each test has a tenant of its own, and `state` says which. */
const answerTo = (tenantId: string) => receiver.answers.get(tenantId)

const ways: Readonly<Record<string, Way>> = {
  'over HTTPS': { scheme: 'https', javaScriptEnabled: true },
  'over HTTPS, without script': { scheme: 'https', javaScriptEnabled: false },
  'over HTTP': { scheme: 'http', javaScriptEnabled: true },
}

describe.concurrent('in a real browser', { timeout: 60_000 }, () => {
  for (const [how, way] of Object.entries(ways)) {
    test(`${how}, Alice is let in at the office, refused in the café, and let in again once she is back`, async (t) => {
      const { expect } = t
      const app = `${mock[way.scheme ?? 'https']}/app`
      const inTheOffice = await somebody(t, way)
      await inTheOffice.page.goto(app)
      await look(t, inTheOffice, 'app, signed out')
      await inTheOffice.page.getByRole('link', { name: 'Sign in' }).click()
      await look(t, inTheOffice, 'user name')
      await inTheOffice.be('Head office')
      await inTheOffice.name(alice)
      await look(t, inTheOffice, 'password')
      await inTheOffice.password()
      await look(t, inTheOffice, 'stay signed in')
      await inTheOffice.press('No')
      await expectHeading(inTheOffice, 'Hello, Alice Adams')
      await look(t, inTheOffice, 'app')
      const said = await textOf(inTheOffice.page)
      expect(said).toMatch(/Signed in since\s+\d{4}-\d\d-\d\d \d\d:\d\d UTC\s+Ends\s+\d{4}-\d\d-\d\d \d\d:\d\d UTC/)
      expect(said).toMatch(/Signed in from\s+Head office\s+198\.51\.100\.7/)

      const inTheCafe = await somebody(t, way)
      await inTheCafe.page.goto(`${app}/sign-in`)
      await inTheCafe.be('Branch')
      await inTheCafe.name(alice)
      await inTheCafe.password()
      await expectHeading(inTheCafe, 'You cannot access this right now')
      expect(await textOf(inTheCafe.page)).toContain('Sales Hub only from trusted locations')
      await look(t, inTheCafe, 'blocked')
      await inTheCafe.page.getByText('More details').click()
      expect(await textOf(inTheCafe.page)).toMatch(/53003[\s\S]*203\.0\.113\.7/)

      await inTheCafe.page.getByRole('link', { name: 'from somewhere else' }).click()
      await expectHeading(inTheCafe, 'Pick an account')
      await inTheCafe.be('Head office')
      await inTheCafe.pick(alice)
      await inTheCafe.press('No')
      await expectHeading(inTheCafe, 'Hello, Alice Adams')
    })
  }

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script'

    test(`${how}, Dave is asked for a code outside: a wrong one is refused beside the input, the right one goes on`, async (t) => {
      const { expect } = t
      const story = await newStory(mock)
      const person = await somebody(t, { javaScriptEnabled })
      await person.page.goto(another(story.tenantId))
      await person.be('Somewhere else')
      await person.name(dave)
      await person.password()
      await expectHeading(person, 'Enter code')
      await look(t, person, 'code')
      const right = await story.code('dave')
      await person.code(right === '000000' ? '000001' : '000000')
      await person.page.getByRole('alert').waitFor()
      expect(await person.page.getByRole('alert').innerText()).toContain('500121')
      await look(t, person, 'code, wrong')
      await person.code(right)
      await person.press('No')
      await expectHeading(person, 'Arrived')

      expect(answerTo(story.tenantId)?.fields).toHaveProperty('code')
    })

    test(`${how}, Bob sets up an authenticator from what the page shows, and gets on to another app`, async (t) => {
      const { expect } = t
      const story = await newStory(mock)
      const person = await somebody(t, { javaScriptEnabled })
      await person.page.goto(another(story.tenantId))
      await person.be('Branch')
      await person.name(bob)
      await person.password()
      await expectHeading(person, 'Set up an authenticator')
      await look(t, person, 'register')
      const secret = (await person.page.locator('.secret code').innerText()).replace(/\s/g, '')
      await person.code(await generate({ secret }))
      await person.press('No')
      await expectHeading(person, 'Arrived')

      expect(answerTo(story.tenantId)?.fields).toHaveProperty('code')
      expect((await story.control('GET', '/users/bob/one-time-code')).body).toMatchObject({ secret })
    })

    test(`${how}, an answer by form_post reaches the application ${javaScriptEnabled ? 'by itself' : 'at the press of a button'}`, async (t) => {
      const { expect } = t
      const story = await newStory(mock)
      const person = await somebody(t, { javaScriptEnabled })
      await person.page.goto(another(story.tenantId, { response_mode: 'form_post' }))
      await person.be('Head office')
      await person.name(dave)
      await person.password()
      await person.press('No')
      if (!javaScriptEnabled) {
        await expectHeading(person, 'Back to the application')
        await shoot(person.page, 'real form post')
        await person.press('Continue')
      }
      await expectHeading(person, 'Arrived')

      expect(answerTo(story.tenantId)).toMatchObject({ method: 'POST', fields: { code: expect.any(String), state: story.tenantId } })
    })
  }

  test('who stays signed in is not asked again after closing the browser, who does not is', async (t) => {
    const { expect } = t
    const story = await newStory(mock)
    for (const [answer, heading] of [['Yes', 'Arrived'], ['No', 'Sign in']] as const) {
      const person = await somebody(t)
      await person.page.goto(another(story.tenantId))
      await person.be('Head office')
      await person.name(breakGlass)
      await person.password()
      await person.press(answer)
      await expectHeading(person, 'Arrived')

      const later = await person.reopened()
      await later.page.goto(another(story.tenantId))
      await expectHeading(later, heading)
      await later.leave()
      expect(later.complaints).toEqual([])
    }
  })

  test('with two accounts signed in, one is picked; who wants another one can come back to those there are', async (t) => {
    const story = await newStory(mock)
    const person = await somebody(t)
    await person.page.goto(another(story.tenantId))
    await person.be('Head office')
    await person.name(alice)
    await person.password()
    await person.press('No')
    await expectHeading(person, 'Arrived')

    await person.page.goto(another(story.tenantId, { prompt: 'select_account' }))
    await person.press('Use another account')
    await person.press('Back')
    await expectHeading(person, 'Pick an account')
    await person.press('Use another account')
    await person.name(dave)
    await person.press('Use another account')
    await person.name(dave)
    await person.password()
    await person.press('No')
    await expectHeading(person, 'Arrived')

    await person.page.goto(another(story.tenantId))
    await expectHeading(person, 'Pick an account')
    await look(t, person, 'pick account')
    await person.pick(alice)
    await expectHeading(person, 'Arrived')
  })

  test('what an application wants for the first time is asked, and accepted or declined', async (t) => {
    const { expect } = t
    const story = await newStory(mock)
    const person = await somebody(t)
    const request = another(story.tenantId, { scope: 'openid Mail.Read' })
    await person.page.goto(request)
    await person.be('Head office')
    await person.name(alice)
    await person.password()
    await expectHeading(person, 'Permissions requested')
    expect(await textOf(person.page)).toContain('Read your mail')
    await look(t, person, 'consent')
    await person.press('Cancel')
    await expectHeading(person, 'Arrived')
    expect(answerTo(story.tenantId)?.fields).toMatchObject({ error: 'access_denied', error_description: expect.stringContaining('65004') })

    await person.page.goto(request)
    await person.press('Accept')
    await expectHeading(person, 'Arrived')
    expect(answerTo(story.tenantId)?.fields).toHaveProperty('code')
  })

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'with script' : 'without script'

    test(`${how}, signing out in the app signs out of the tenant; signing out of the tenant asks first`, async (t) => {
      const story = await newStory(mock)
      const person = await somebody(t, { javaScriptEnabled })
      const app = `${mock.https}/app/${story.tenantId}`
      const signIn = async () => {
        await person.page.goto(`${app}/sign-in`)
        await person.name(breakGlass)
        await person.password()
        await person.press('No')
        await expectHeading(person, 'Hello, Break Glass')
      }
      await signIn()
      await person.page.getByRole('link', { name: 'Sign out' }).click()
      await expectHeading(person, 'Your sales, in one place')
      await person.page.goto(`${app}/sign-in`)
      await expectHeading(person, 'Sign in')

      await signIn()
      await person.page.goto(`${mock.https}/${story.tenantId}/oauth2/v2.0/logout`)
      await expectHeading(person, 'Do you want to sign out?')
      await look(t, person, 'sign out')
      await person.press('Sign out')
      await expectHeading(person, 'You are signed out')
      await look(t, person, 'signed out')
    })
  }

  test('when the session timeout ends, the café is refused', async (t) => {
    const { expect } = t
    const story = await newStory(mock)
    const person = await somebody(t)
    const app = `${mock.https}/app/${story.tenantId}`
    await story.control('PUT', '/signals/alice', { ipAddress: places.office })
    await person.page.goto(`${app}/sign-in`)
    await person.name(alice)
    await person.password()
    await person.press('No')
    await expectHeading(person, 'Hello, Alice Adams')

    await story.control('PUT', '/signals/alice', { ipAddress: places.cafe })
    await story.control('POST', '/clock', { advance: 'PT7H50M' })
    await person.page.goto(app)
    await expectHeading(person, 'Hello, Alice Adams')
    expect(await textOf(person.page)).toMatch(/198\.51\.100\.7 at sign-in, 203\.0\.113\.9 now/)
    expect(await person.page.getByRole('status').innerText()).toContain('Your session ends in 10 minutes.')
    await look(t, person, 'app, ending')

    await story.control('POST', '/clock', { advance: 'PT11M' })
    await person.page.goto(app)
    await expectHeading(person, 'Your session has ended')
    await look(t, person, 'app, expired')
    await person.page.getByRole('link', { name: 'Sign in again' }).click()
    await expectHeading(person, 'You cannot access this right now')
    expect(await textOf(person.page)).toContain('Sales Hub only from trusted locations')
  })

  test('an app with an inactivity timeout lets nobody in who did nothing for so long', async (t) => {
    const { expect } = t
    const { applications } = await contoso()
    const story = await newStory(mock, { applications: applications.map((each) => (each.appId === apps.salesHub ? { ...each, inactivityTimeoutInMinutes: 30 } : each)) })
    const person = await somebody(t)
    const app = `${mock.https}/app/${story.tenantId}`
    await person.page.goto(`${app}/sign-in`)
    await person.name(breakGlass)
    await person.password()
    await person.press('No')
    for (const minutes of [29, 29]) {
      await expectHeading(person, 'Hello, Break Glass')
      expect(await textOf(person.page)).toContain('Ends if idle')
      await story.control('POST', '/clock', { advance: `PT${minutes}M` })
      await person.page.goto(app)
    }
    await expectHeading(person, 'Hello, Break Glass')

    await story.control('POST', '/clock', { advance: 'PT31M' })
    await person.page.goto(app)
    await expectHeading(person, 'Your session has ended')
    expect(await textOf(person.page)).toContain('you did nothing for a while')
  })

  test('an address that is none is told in a sentence, and the sign-in goes on from there', async (t) => {
    const { expect } = t
    const story = await newStory(mock)
    const person = await somebody(t)
    await person.page.goto(another(story.tenantId))
    await person.page.getByText('Where are you?').click()
    await look(t, person, 'where are you')
    await person.page.getByLabel('IP address').fill('the café')
    await person.press('Pretend to be there')
    await expectHeading(person, 'This request was not taken')
    expect(await textOf(person.page)).toContain('the café')
    await look(t, person, 'no address')
    await person.page.goBack()
    await person.be('Head office')
    await person.name(alice)
    await expectHeading(person, 'Enter password')
  })

  test('the home page leads to the sample app, and tells three sign-ins that come out as it says', async (t) => {
    const { expect } = t
    const person = await somebody(t)
    await person.page.goto(`${mock.https}/`)
    await look(t, person, 'home')
    expect(await person.page.locator('.tries li').allInnerTexts()).toEqual([
      expect.stringMatching(/allowed\s+alice@contoso\.example\s+from Head office/i),
      expect.stringMatching(/refused\s+alice@contoso\.example\s+from Branch/i),
      expect.stringMatching(/challenged\s+dave@contoso\.example\s+from Branch/i),
    ])
    await person.page.getByRole('link', { name: 'Open the sample app' }).click()
    await person.page.getByRole('link', { name: 'Sign in' }).click()
    await person.be('Branch')
    await person.name(dave)
    await person.password('Portcullis1!')
    await expectHeading(person, 'Enter code')
  })

  test('where nothing is served there is a page that leads home', async (t) => {
    const person = await somebody(t)
    await person.page.goto(`${mock.https}/app/x/y/z`)
    await expectHeading(person, 'There is nothing here')
    await look(t, person, 'nothing here')
    await person.page.getByRole('link', { name: 'Go to the home page' }).click()
    await expectHeading(person, 'A tenant to sign in to')
  })
})
