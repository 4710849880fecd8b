import { describe, expect, test } from 'vitest'
import { apps, contosoId, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, block, claimsIn, endpoint, logOf, policy, redeem, setPolicies, standing, wait } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const [alice, dave] = ['alice@contoso.example', 'dave@contoso.example']

async function aliceSignedIn(story: Story) {
  const browser = visitor(server.mock, atTheOffice)
  await ask(story, browser, apps.salesMobile)
  await browser.signIn(alice)

  return browser
}

async function bothSignedIn(story: Story) {
  const browser = await aliceSignedIn(story)
  await ask(story, browser, apps.salesMobile, { login_hint: dave })
  await browser.signIn(dave)
  expect(standing(browser.page)).toBe('granted')

  return browser
}

describe('single sign-on', () => {
  test('whoever is signed in goes on to the next application', async () => {
    const story = await newStory(server.mock)
    const browser = await aliceSignedIn(story)

    expect(standing((await ask(story, browser, apps.salesHub)).page)).toBe('granted')
  })

  test('another browser knows nobody', async () => {
    const story = await newStory(server.mock)
    await aliceSignedIn(story)

    expect(standing((await ask(story, visitor(server.mock, atTheOffice), apps.salesHub)).page)).toBe('user-name')
  })

  test('another tenant knows nobody either', async () => {
    const [story, other] = [await newStory(server.mock), await newStory(server.mock)]
    const browser = await aliceSignedIn(story)

    expect(standing((await ask(other, browser, apps.salesHub)).page)).toBe('user-name')
  })
})

describe('an application may ask for', () => {
  test('a fresh sign-in: prompt=login', async () => {
    const story = await newStory(server.mock)
    const browser = await aliceSignedIn(story)
    await ask(story, browser, apps.salesHub, { prompt: 'login' })
    expect(browser.page.step).toBe('password')

    await browser.signIn(alice)
    expect(standing(browser.page), 'asked once, not for ever').toBe('granted')
  })

  test('a sign-in no older than that: max_age', async () => {
    const story = await newStory(server.mock)
    const browser = await aliceSignedIn(story)
    await wait(story, 'PT10M')
    expect(standing((await ask(story, browser, apps.salesHub, { max_age: '900' })).page)).toBe('granted')

    const request = await ask(story, browser, apps.salesHub, { max_age: '300' })
    expect(browser.page.step).toBe('password')
    await browser.signIn(alice)
    const { body } = await redeem(story, request, browser.page)
    const { auth_time: authTime = 0, iat = 0 } = claimsIn(body.id_token) as { auth_time?: number; iat?: number }
    expect(iat - authTime).toBeLessThan(60)
  })

  test('what it wants to know of the user, for the ID token: claims', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    const request = await ask(story, browser, apps.salesHub, { claims: JSON.stringify({ id_token: { auth_time: { essential: true }, login_hint: null } }) })
    await browser.signIn(alice)
    const { body } = await redeem(story, request, browser.page)

    expect(claimsIn(body.id_token)).toMatchObject({ auth_time: expect.any(Number), login_hint: expect.any(String) })
  })

  test('a choice: prompt=select_account, of one account or another', async () => {
    const story = await newStory(server.mock)
    const browser = await aliceSignedIn(story)
    await ask(story, browser, apps.salesHub, { prompt: 'select_account' })
    expect(browser.page.step).toBe('pick-account')
    expect(browser.page.text).toContain('Alice Adams')

    await browser.submit({ account: people.alice })
    expect(standing(browser.page)).toBe('granted')
    await ask(story, browser, apps.salesHub, { prompt: 'select_account' })
    await browser.signIn(dave)
    expect(standing(browser.page)).toBe('granted')
    expect((await logOf(story)).at(-1)).toMatchObject({ userId: people.dave })
  })

  test('a choice where nobody is signed in: the first page', async () => {
    const story = await newStory(server.mock)
    const { page } = await ask(story, visitor(server.mock, atTheOffice), apps.salesHub, { prompt: 'select_account' })

    expect(page.step).toBe('user-name')
  })
})

describe('two accounts in one browser', () => {
  test('are asked which of them is meant', async () => {
    const story = await newStory(server.mock)
    const browser = await bothSignedIn(story)
    await ask(story, browser, apps.salesHub)
    expect(browser.page.step).toBe('pick-account')
    expect(browser.page.text).toContain(alice)
    expect(browser.page.text).toContain(dave)

    await browser.submit({ account: people.alice })
    expect(standing(browser.page)).toBe('granted')
    expect((await logOf(story)).at(-1)).toMatchObject({ userId: people.alice, appDisplayName: 'Sales Hub' })
  })

  test.for([[alice, people.alice], [dave, people.dave]] as const)('are not asked where the application names %s', async ([name, id]) => {
    const story = await newStory(server.mock)
    const browser = await bothSignedIn(story)
    const request = await ask(story, browser, apps.salesHub, { login_hint: name })
    const { body } = await redeem(story, request, browser.page)

    expect(claimsIn(body.id_token)).toMatchObject({ preferred_username: name, oid: id, tid: story.tenantId })
  })

  test('are not asked where the application names the session by its sid, silently', async () => {
    const story = await newStory(server.mock)
    const browser = await bothSignedIn(story)
    const asked = { login_hint: alice, claims: JSON.stringify({ id_token: { sid: null } }) }
    const { body } = await redeem(story, await ask(story, browser, apps.salesHub, asked), browser.page)
    await ask(story, browser, apps.salesHub, { login_hint: dave })
    const request = await ask(story, browser, apps.salesHub, { sid: String(claimsIn(body.id_token).sid), prompt: 'none' })
    const silent = await redeem(story, request, browser.page)

    expect(claimsIn(silent.body.id_token)).toMatchObject({ preferred_username: alice })
  })

  test('an account that is nobody\'s here is not taken', async () => {
    const story = await newStory(server.mock)
    const browser = await bothSignedIn(story)
    await ask(story, browser, apps.salesHub)
    await browser.submit({ account: people.carol })

    expect(browser.page.step).toBe('user-name')
  })
})

describe('cancel', () => {
  test('sends the user back to the application with access_denied, 65004', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await ask(story, browser, apps.salesMobile, { login_hint: dave })
    browser.signals(`ipAddress=${places.cafe}`)
    await browser.signIn(dave)
    expect(browser.page.step).toBe('one-time-code')
    const cancel = browser.page.root.querySelectorAll('main button[formaction]').map((button) => button.getAttribute('formaction') ?? '').find((action) => action.endsWith('/cancel')) ?? ''
    browser.page.root.querySelector('main form')?.setAttribute('action', cancel)
    await browser.submit({})

    expect(browser.page.answer).toMatchObject({ error: 'access_denied', error_subcode: 'cancel', state: 's', error_description: expect.stringMatching(/^AADSTS65004: /) })
  })
})

describe('permissions nobody granted yet', () => {
  test('are asked for once, and remembered', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    const mail = { scope: 'openid https://graph.microsoft.com/Mail.Read' }
    const request = await ask(story, browser, apps.salesMobile, mail)
    await browser.signIn(alice)
    expect(browser.page.step).toBe('consent')
    expect(browser.page.text).toContain('Mail.Read')
    await browser.submit({})
    expect(standing(browser.page)).toBe('granted')
    const { body } = await redeem(story, request, browser.page)
    expect(claimsIn(body.access_token).scp).toContain('Mail.Read')

    expect(standing((await ask(story, browser, apps.salesMobile, mail)).page), 'she said yes already').toBe('granted')
    const stranger = visitor(server.mock, atTheOffice)
    await ask(story, stranger, apps.salesMobile, mail)
    await stranger.signIn(dave)
    expect(stranger.page.step, 'for herself only').toBe('consent')
  })

  test('declined, the application hears access_denied', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await ask(story, browser, apps.salesMobile, { scope: 'openid https://graph.microsoft.com/Mail.Read' })
    await browser.signIn(alice)
    const cancel = browser.page.root.querySelectorAll('main button[formaction]').map((button) => button.getAttribute('formaction') ?? '').find((action) => action.endsWith('/cancel')) ?? ''
    browser.page.root.querySelector('main form')?.setAttribute('action', cancel)
    await browser.submit({})

    expect(browser.page.answer).toMatchObject({ error: 'access_denied', error_subcode: 'cancel' })
  })
})

test('a domain_hint on common leads to the tenant that has the domain', async () => {
  const browser = visitor(server.mock, atTheOffice)
  const domain = `hint-${Date.now()}.example`
  const story = await newStory(server.mock, { domain })
  await ask({ ...story, issuer: `${server.mock.http}/common/v2.0` }, browser, apps.salesMobile, { domain_hint: domain })
  expect(browser.page.url).toContain(story.tenantId)

  await ask({ ...story, issuer: `${server.mock.http}/common/v2.0` }, browser, apps.salesMobile)
  expect(browser.page.url).toContain(contosoId)
})

describe('who types a user name of another tenant of this server', () => {
  const strange = `elsewhere-${Date.now()}.example`

  test('on common goes on there, and the application is none the wiser', async () => {
    const browser = visitor(server.mock, atTheOffice)
    const story = await newStory(server.mock, { domain: strange })
    const request = await ask({ ...story, issuer: `${server.mock.http}/common/v2.0` }, browser, apps.salesMobile, { state: 'kept' })
    expect(browser.page.url).toContain(contosoId)
    await browser.signIn(`alice@${strange}`)
    expect(browser.page.answer, browser.page.url + browser.page.text).toMatchObject({ state: 'kept', code: expect.any(String) as string })

    const { body } = await redeem(story, request, browser.page)
    expect(claimsIn(body.id_token)).toMatchObject({ tid: story.tenantId, preferred_username: `alice@${strange}` })
  })

  test('at a tenant that is named is nobody there', async () => {
    const browser = visitor(server.mock, atTheOffice)
    await newStory(server.mock, { domain: `named-${strange}` })
    await ask(await newStory(server.mock), browser, apps.salesMobile)
    await browser.submit({ username: `alice@named-${strange}` })

    expect([browser.page.step, browser.page.text]).toEqual(['user-name', expect.stringContaining('50034')])
  })
})

describe('on common, a browser that is signed in to another tenant than the first', () => {
  async function signedIn() {
    const story = await newStory(server.mock)
    const common = { ...story, issuer: `${server.mock.http}/common/v2.0` }
    const browser = visitor(server.mock, atTheOffice)
    const request = await ask(story, browser, apps.salesMobile, { claims: '{"id_token":{"login_hint":null}}' })
    await browser.signIn('alice@contoso.example')
    const { body } = await redeem(story, request, browser.page)
    const idToken = body.id_token ?? ''

    return { common, browser, idToken, hint: String(claimsIn(idToken).login_hint) }
  }

  test('is let in silently, with a hint or without', async () => {
    const { common, browser, hint } = await signedIn()

    const hints: Record<string, string>[] = [{}, { login_hint: hint }]
    for (const more of hints) expect(standing((await ask(common, browser, apps.salesMobile, { prompt: 'none', ...more })).page)).toBe('granted')
  })

  const ways: Record<string, (held: { hint: string; idToken: string }) => Record<string, string>> = {
    'by its hint': ({ hint }) => ({ logout_hint: hint }),
    'by its ID token': ({ idToken }) => ({ id_token_hint: idToken }),
    'without a word': () => ({}),
  }
  test.each(Object.entries(ways))('is signed out %s', async (_way, way) => {
    const { common, browser, ...held } = await signedIn()
    await browser.open(`${endpoint(common, '/oauth2/v2.0/logout')}?${new URLSearchParams(way(held))}`)
    if (browser.page.step !== null) await browser.submit({})

    expect(browser.page.title).toContain('Signed out')
    expect(standing((await ask(common, browser, apps.salesMobile, { prompt: 'none' })).page)).toBe('50058')
  })
})

test('starting over at the v1 endpoint is a request of v1 again', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('Nobody', { grantControls: block }))
  const browser = visitor(server.mock, atTheOffice)
  await browser.open(`${endpoint(story, '/oauth2/authorize')}?${new URLSearchParams({ client_id: apps.salesMobile, response_type: 'code', redirect_uri: 'http://localhost:3999/callback', resource: 'https://graph.microsoft.com' })}`)
  await browser.signIn('alice@contoso.example')
  const again = browser.page.root.querySelector('main a')?.getAttribute('href') ?? ''

  expect(again).toMatch(/\/oauth2\/authorize\?.*resource=/)
  expect((await browser.open(again)).step).toBe('pick-account')
})
