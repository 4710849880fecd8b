import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, patchTenant, standing, wait } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const alice = 'alice@contoso.example'

async function someone(story: Awaited<ReturnType<typeof newStory>>) {
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)

  return browser
}

describe('the first page', () => {
  /** What is typed as a user name, and the page that follows. */
  const names: Record<string, { typed: string; leadsTo: string }> = {
    'takes the user principal name': { typed: alice, leadsTo: 'password' },
    'takes it in any case': { typed: 'ALICE@Contoso.Example', leadsTo: 'password' },
    'takes it with blanks around': { typed: `  ${alice} `, leadsTo: 'password' },
    'takes the local part alone': { typed: 'alice', leadsTo: 'password' },
    'knows no stranger': { typed: 'zoe@contoso.example', leadsTo: 'user-name' },
    'knows no other domain': { typed: 'alice@fabrikam.example', leadsTo: 'user-name' },
    'wants a name': { typed: '', leadsTo: 'user-name' },
    'takes no script': { typed: '"><script>alert(1)</script>', leadsTo: 'user-name' },
    'takes no member of an object': { typed: '__proto__', leadsTo: 'user-name' },
  }

  test.for(Object.entries(names))('%s', async ([, { typed, leadsTo }]) => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.submit({ username: typed })

    expect(browser.page).toMatchObject({ status: 200, step: leadsTo })
    expect(browser.page.html).not.toContain('<script>alert')
  })

  test('tells a stranger that there is no such account: 50034', async () => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.submit({ username: 'zoe@contoso.example' })

    expect(browser.page.text).toContain("We couldn't find an account with that user name")
    expect(browser.page.text).toContain('50034')
  })

  test('is skipped where the application says who: login_hint', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    const { page } = await ask(story, browser, apps.salesMobile, { login_hint: alice })
    expect(page.step).toBe('password')
    expect(page.text).toContain(alice)

    await browser.signIn(alice)
    expect(standing(browser.page)).toBe('granted')
  })

  test('is filled in where nobody knows the one that is meant', async () => {
    const story = await newStory(server.mock)
    const { page } = await ask(story, visitor(server.mock, atTheOffice), apps.salesMobile, { login_hint: 'zoe@contoso.example' })

    expect(page.step).toBe('user-name')
    expect(page.root.querySelector('input[name=username]')?.getAttribute('value')).toBe('zoe@contoso.example')
  })

  test('can be gone back to: another account', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await ask(story, browser, apps.salesMobile, { login_hint: alice })
    const back = browser.page.root.querySelector('button[formaction]')?.getAttribute('formaction') ?? ''
    browser.page.root.querySelector('main form')?.setAttribute('action', back)
    await browser.submit({})
    expect(browser.page.step).toBe('user-name')

    await browser.signIn('dave@contoso.example')
    expect(standing(browser.page)).toBe('granted')
    expect((await logOf(story)).at(-1)).toMatchObject({ userPrincipalName: 'dave@contoso.example' })
  })
})

describe('the password', () => {
  test('that is wrong is refused on the page: 50126, and in the log', async () => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.signIn(alice, { password: 'wrong' })

    expect(browser.page).toMatchObject({ status: 200, step: 'password' })
    expect(browser.page.text).toContain('Your account or password is incorrect')
    expect(browser.page.text).toContain('50126')
    const [row] = await logOf(story)
    expect(row).toMatchObject({ userPrincipalName: alice, status: { errorCode: 50126 }, conditionalAccessStatus: 'notApplied' })
    expect(JSON.stringify(row), 'what was typed is nowhere').not.toContain('"wrong"')

    await browser.signIn(alice)
    expect(standing(browser.page)).toBe('granted')
    expect((await logOf(story)).at(-1)?.correlationId).toBe(row?.correlationId)
  })

  test.for(['', ' ', 'portcullis1!', 'Portcullis1! ', 'x'.repeat(4000)])('%j is wrong', async (typed) => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.signIn(alice, { password: typed })

    expect(browser.page).toMatchObject({ status: 200, step: 'password' })
  })

  test('of a disabled account tells so only to whoever knows it: 50057', async () => {
    const story = await newStory(server.mock)
    await story.control('PATCH', '/users/alice', { accountEnabled: false })
    const browser = await someone(story)
    await browser.signIn(alice, { password: 'wrong' })
    expect(browser.page.text).toContain('50126')
    expect(browser.page.html).not.toContain('50057')

    await browser.signIn(alice)
    expect(browser.page.html).toContain('50057')
    expect(standing(browser.page)).not.toBe('granted')
    expect((await logOf(story)).map(({ status }) => status.errorCode)).toEqual([50126, 50057])
  })

  test('of a user who is disabled while signed in opens nothing any more', async () => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.signIn(alice)
    await story.control('PATCH', '/users/alice', { accountEnabled: false })

    const { page } = await ask(story, browser, apps.salesMobile)
    expect(page.html).toContain('50057')
    expect(standing(page)).not.toBe('granted')
  })

  test('that an administrator changed ends the sessions of the old one', async () => {
    const story = await newStory(server.mock)
    const browser = await someone(story)
    await browser.signIn(alice)
    await wait(story, 'PT1M')
    await story.control('PATCH', '/users/alice', { password: 'Another1!' })

    expect(standing((await ask(story, browser, apps.salesMobile)).page)).toBe('password')
    await browser.signIn(alice)
    expect(browser.page.text).toContain('50126')
    await browser.signIn(alice, { password: 'Another1!' })
    expect(standing(browser.page)).toBe('granted')
  })

  test('that must be changed is changed on the way in, and only the new one counts afterwards', async () => {
    const story = await newStory(server.mock)
    await story.control('PATCH', '/users/alice', { forceChangePasswordNextSignIn: true })
    const browser = await someone(story)
    await browser.signIn(alice)
    expect(browser.page.step).toBe('change-password')

    const fields = browser.page.root.querySelectorAll('main input[type=password]').map((input) => input.getAttribute('name') ?? '')
    expect(fields.length).toBeGreaterThanOrEqual(2)
    await browser.submit(Object.fromEntries(fields.map((name, index) => [name, index === 0 ? 'Portcullis1!' : 'Drawbridge2?'])))
    await browser.signIn(alice)
    expect(standing(browser.page)).toBe('granted')

    const later = await someone(story)
    await later.signIn(alice)
    expect(later.page.text).toContain('50126')
  })
})

describe('too many wrong passwords', () => {
  async function lockedOut(threshold: number) {
    const story = await newStory(server.mock)
    await patchTenant(story, { settings: { smartLockout: { threshold, seconds: 60 } } })
    const browser = await someone(story)
    for (let guess = 0; guess < threshold; guess += 1) await browser.signIn(alice, { password: `guess ${guess}` })

    return { story, browser }
  }

  test('lock the account for a minute, the right password included: 50053', async () => {
    const { story, browser } = await lockedOut(3)
    await browser.signIn(alice)
    expect(browser.page.text).toContain('temporarily locked to prevent unauthorized use')
    expect(browser.page.html).toContain('50053')

    await wait(story, 'PT61S')
    await browser.signIn(alice)
    expect(standing(browser.page)).toBe('granted')
    expect((await logOf(story)).map(({ status }) => status.errorCode)).toEqual([50126, 50126, 50126, 50053, 0])
  })

  test('that are the same one count once', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, { settings: { smartLockout: { threshold: 3, seconds: 60 } } })
    const browser = await someone(story)
    for (let guess = 0; guess < 9; guess += 1) await browser.signIn(alice, { password: 'the old one' })
    await browser.signIn(alice)

    expect(standing(browser.page)).toBe('granted')
  })

  test('from elsewhere leave Alice at her usual place alone', async () => {
    const story = await newStory(server.mock)
    await patchTenant(story, { settings: { smartLockout: { threshold: 3, seconds: 60 } } })
    const atHerDesk = await someone(story)
    await atHerDesk.signIn(alice)
    const stranger = visitor(server.mock, { signals: `ipAddress=${places.korea}` })
    await ask(story, stranger, apps.salesMobile)
    for (let guess = 0; guess < 4; guess += 1) await stranger.signIn(alice, { password: `guess ${guess}` })
    expect(stranger.page.html).toContain('50053')

    const again = await someone(story)
    await again.signIn(alice)
    expect(standing(again.page)).toBe('granted')
  })

  test('lock no other user', async () => {
    const { story } = await lockedOut(3)
    const dave = await someone(story)
    await dave.signIn('dave@contoso.example')

    expect(standing(dave.page)).toBe('granted')
  })

  test('are forgotten when the clock is set back', async () => {
    const { story, browser } = await lockedOut(3)
    await story.control('POST', '/clock', { reset: true })
    await browser.signIn(alice)

    expect(standing(browser.page)).toBe('granted')
  })
})
