import { describe, expect, test } from 'vitest'
import { apps, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, endpoint, expectNoStack, logOf, postRaw, standing } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const cookiesOf = (browser: Visitor) => [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ')

async function begun(story: Story): Promise<Visitor> {
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)

  return browser
}

describe('cookies', () => {
  const broken: Record<string, (name: string) => string> = {
    'empty': () => '',
    'nonsense': () => 'nonsense',
    'an object': () => '%7B%22accounts%22%3A%5B%5D%7D',
    'another path': () => '../../etc/passwd',
    'a prototype': () => '__proto__',
    'very long': () => 'x'.repeat(3000),
  }

  test.for(Object.entries(broken))('that are %s count as none', async ([, valueOf]) => {
    const story = await newStory(server.mock)
    const known = await begun(story)
    await known.signIn('alice@contoso.example')
    const names = [...new Set([...known.cookies.keys()].map((key) => key.split(' ')[0] ?? ''))]
    const browser = visitor(server.mock, { ...atTheOffice, headers: {} })
    for (const name of names) (browser.cookies as Map<string, unknown>).set(`${name} /`, { value: valueOf(name), isPersistent: false, attributes: '' })
    const { page } = await ask(story, browser, apps.salesMobile)

    expect(standing(page)).toBe('user-name')
    expectNoStack(page.html)
    await browser.signIn('dave@contoso.example')
    expect(standing(browser.page), 'and the browser is usable again').toBe('granted')
  })

  test('of one tenant are nothing in another', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const alice = await begun(story)
    await alice.signIn('alice@contoso.example')
    const suffixes = [story, other].map(({ tenantId }) => tenantId)
    const smuggled = visitor(server.mock, { ...atTheOffice, headers: {} })
    for (const [key, cookie] of alice.cookies) (smuggled.cookies as Map<string, typeof cookie>).set(key.replace(suffixes[0] ?? '', suffixes[1] ?? ''), cookie)
    const { page } = await ask(other, smuggled, apps.salesMobile)

    expect(standing(page)).toBe('user-name')
  })

  test('are for no script to read, and say where they belong', async () => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    await alice.signIn('alice@contoso.example')

    for (const [name, { attributes }] of alice.cookies) expect(attributes, name).toMatch(/httponly/i)
    for (const [name, { attributes }] of alice.cookies) expect(attributes, name).toMatch(/samesite=lax/i)
  })
})

describe('a sign-in page', () => {
  test('of another browser has ended for this one', async () => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    const stranger = visitor(server.mock)
    const page = await stranger.open(alice.page.url)

    expect(page.status).toBe(400)
    expect(page.root.querySelectorAll('main input')).toEqual([])
    expect(page.text).toMatch(/start again|another browser/i)
    expectNoStack(page.html)
  })

  test('that never was is not there', async () => {
    const story = await newStory(server.mock)
    for (const uid of ['nobody', '__proto__', 'x'.repeat(500)]) {
      const response = await fetch(endpoint(story, `/sign-in/${uid}`))
      expect([400, 404]).toContain(response.status)
      expectNoStack(await response.text())
    }
  })

  test('is done once: sent again after the sign-in it has ended', async () => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    await alice.submit({ username: 'alice@contoso.example' })
    const passwordPage = alice.page
    await alice.signIn('alice@contoso.example')
    expect(standing(alice.page)).toBe('granted')

    const again = await alice.open(passwordPage.url)
    expect(again.status).toBe(400)
  })

  test('is left by going back and starting again', async () => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    await alice.submit({ username: 'alice@contoso.example' })
    await ask(story, alice, apps.salesMobile)
    expect(alice.page.step).toBe('user-name')
    await alice.signIn('dave@contoso.example')

    expect((await logOf(story)).at(-1)).toMatchObject({ userId: people.dave, status: { errorCode: 0 } })
  })

  test('in one tab does not disturb the sign-in of another browser', async () => {
    const story = await newStory(server.mock)
    const [one, other] = [await begun(story), await begun(story)]
    await one.signIn('alice@contoso.example')
    await other.signIn('dave@contoso.example')

    expect([standing(one.page), standing(other.page)]).toEqual(['granted', 'granted'])
  })

  test('is not there under another tenant\'s name, nor is its form', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const alice = await begun(story)
    const elsewhere = alice.page.url.replaceAll(story.tenantId, other.tenantId)
    const cookie = cookiesOf(alice).replaceAll(story.tenantId, other.tenantId)
    expect((await fetch(elsewhere, { headers: { cookie } })).status).toBe(400)
    const csrf = alice.page.root.querySelector('input[name=csrf]')?.getAttribute('value') ?? ''
    expect((await postRaw(`${elsewhere}/user-name`, new URLSearchParams({ username: 'alice', csrf }).toString(), { cookie })).status).toBe(400)

    await alice.signIn('alice@contoso.example')
    expect(standing(alice.page), 'and at home it goes on').toBe('granted')
  })

  test('in two tabs of one browser is answered in each', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    const [first, second] = [(await ask(story, browser, apps.salesMobile)).page, (await ask(story, browser, apps.salesHub)).page]
    await browser.open(first.url)
    await browser.signIn('alice@contoso.example')
    expect(standing(browser.page)).toBe('granted')

    await browser.open(second.url)
    await browser.signIn('alice@contoso.example')
    expect(standing(browser.page)).toBe('granted')
  })

  test('reloaded, it is the same page', async () => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    await alice.submit({ username: 'alice@contoso.example' })
    const url = alice.page.url.replace(/\/user-name$/, '')
    expect((await alice.open(url)).step).toBe('password')
    await alice.signIn('alice@contoso.example')

    expect(standing(alice.page)).toBe('granted')
  })

  /** Forms that our page did not make. */
  const forged: Record<string, { fields: Record<string, string>; path?: string; status: number }> = {
    'without a token': { fields: { username: 'alice@contoso.example' }, status: 403 },
    'with somebody\'s token': { fields: { username: 'alice@contoso.example', csrf: 'forged' }, status: 403 },
    'to another step without a token': { fields: { stay: 'yes' }, path: 'stay-signed-in', status: 403 },
    'to the panel without a token': { fields: { ipAddress: places.office }, path: 'where', status: 403 },
    'to cancel without a token': { fields: {}, path: 'cancel', status: 403 },
  }

  test.for(Object.entries(forged))('is not sent by a form %s', async ([, { fields, path = 'user-name', status }]) => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    const response = await postRaw(`${new URL(alice.page.url).origin}${new URL(alice.page.url).pathname}/${path}`, new URLSearchParams(fields).toString(), { cookie: cookiesOf(alice) })

    expect(response.status).toBe(status)
    expectNoStack(await response.text())
  })

  test('another page\'s token is not good for it', async () => {
    const story = await newStory(server.mock)
    const [alice, mallory] = [await begun(story), await begun(story)]
    const token = mallory.page.root.querySelector('input[name=csrf]')?.getAttribute('value') ?? ''
    await alice.submit({ username: 'alice@contoso.example', csrf: token })

    expect(alice.page.status).toBe(403)
  })

  test.for(['password', 'one-time-code', 'stay-signed-in', 'register', 'consent', 'pick-account'])('cannot be jumped over to %s', async (step) => {
    const story = await newStory(server.mock)
    const alice = await begun(story)
    alice.page.root.querySelector('main form')?.setAttribute('action', `${new URL(alice.page.url).pathname}/${step}`)
    await alice.submit({ password: 'Portcullis1!', code: '123456', stay: 'yes', account: people.alice })

    expect(standing(alice.page)).not.toBe('granted')
    expect(alice.page.status).toBeLessThan(500)
    expectNoStack(alice.page.html)
  })

  test('a step that is owed is owed after jumping too: no code, no entry', async () => {
    const story = await newStory(server.mock)
    const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, dave, apps.salesMobile)
    await dave.signIn('dave@contoso.example')
    expect(dave.page.step).toBe('one-time-code')
    for (const step of ['stay-signed-in', 'pick-account', 'consent', 'password', 'register']) {
      const path = new URL(dave.page.url).pathname.replace(/\/one-time-code$/, '')
      dave.page.root.querySelector('main form')?.setAttribute('action', `${path.split('/').slice(0, 4).join('/')}/${step}`)
      await dave.submit({ password: 'Portcullis1!', stay: 'yes', account: people.dave, code: '000000', skip: 'yes' })
      expect(standing(dave.page), step).not.toBe('granted')
      await ask(story, dave, apps.salesMobile)
      expect(standing(dave.page), `after ${step}`).toBe('one-time-code')
    }
  })

  test('Dave does not register a second authenticator to get around the first', async () => {
    const story = await newStory(server.mock)
    const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await ask(story, dave, apps.salesMobile)
    await dave.signIn('dave@contoso.example')
    dave.page.root.querySelector('main form')?.setAttribute('action', `${new URL(dave.page.url).pathname.split('/').slice(0, 4).join('/')}/register`)
    await dave.submit({ code: '000000' })

    expect(dave.page.html, 'a page that is not owed is not shown').not.toContain('otpauth://')
  })
})

test('a form too large for a sign-in is refused', async () => {
  const story = await newStory(server.mock)
  const alice = await begun(story)
  await alice.submit({ username: 'x'.repeat(2_000_000) })

  expect([400, 413]).toContain(alice.page.status)
  expectNoStack(alice.page.html)
})

test('resuming what nobody began is refused on a page', async () => {
  const story = await newStory(server.mock)
  const response = await fetch(endpoint(story, '/oauth2/v2.0/authorize/nobody'))

  expect([400, 404]).toContain(response.status)
  expectNoStack(await response.text())
})
