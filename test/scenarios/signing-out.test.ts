import { describe, expect, test } from 'vitest'
import { apps, changeApplication, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story, TokenBody } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, claimsIn, endpoint, standing, tokensOf } from './telling.ts'

/** One browser, two people, and the applications they were signed in to. */
const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }
const [alice, dave] = ['alice@contoso.example', 'dave@contoso.example']
const bye = 'http://localhost:3999/bye'

const logout = (story: Story, more: Record<string, string> = {}) => `${endpoint(story, '/oauth2/v2.0/logout')}?${new URLSearchParams(more)}`
const asksForLoginHint = { claims: JSON.stringify({ id_token: { login_hint: null } }) }

async function both(story: Story): Promise<{ browser: Visitor; tokens: TokenBody }> {
  const browser = visitor(server.mock, atTheOffice)
  await tokensOf(story, browser, dave, apps.salesMobile)
  const tokens = await tokensOf(story, browser, alice, apps.salesHub, { login_hint: alice, ...asksForLoginHint })

  return { browser, tokens }
}

/** Who of the two is still signed in here. */
async function staying(story: Story, browser: Visitor): Promise<string[]> {
  const names = []
  for (const name of [alice, dave]) if (standing((await ask(story, browser, apps.salesMobile, { login_hint: name, prompt: 'none' })).page) === 'granted') names.push(name)

  return names
}

describe('signing out', () => {
  test('asks, ends the session, and returns to an address that is registered, with its state', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await tokensOf(story, browser, alice, apps.salesHub)
    await browser.open(logout(story, { post_logout_redirect_uri: bye, state: 'fare well&more' }))
    expect(await staying(story, browser), 'nothing happens by itself').toEqual([alice])
    await browser.open(logout(story, { post_logout_redirect_uri: bye, state: 'fare well&more' }))
    await browser.submit({})

    expect(browser.page.url).toBe(`${bye}?state=fare+well%26more`)
    expect(await staying(story, browser)).toEqual([])
  })

  const nowhere: Record<string, Record<string, string>> = {
    'that nobody registered': { post_logout_redirect_uri: 'https://evil.example/bye' },
    'that is a script': { post_logout_redirect_uri: 'javascript:alert(1)' },
    'of an application that is not there': { post_logout_redirect_uri: bye, client_id: 'c0ffee00-0000-4000-8000-00000000dead' },
  }
  test.each(Object.entries(nowhere))('returns to no address %s: the page says goodbye', async (_fact, more) => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    await tokensOf(story, browser, alice, apps.salesHub)
    await browser.open(logout(story, more))
    await browser.submit({})

    expect(browser.page.html).not.toMatch(/evil\.example|javascript:|3999/)
    expect(browser.page.text).toMatch(/signed out/i)
    expect(await staying(story, browser)).toEqual([])
  })

  test('of two accounts is of all of them, or of the one whose button is pressed', async () => {
    const story = await newStory(server.mock)
    const { browser } = await both(story)
    await browser.open(logout(story))
    expect(browser.page.text).toContain(alice)
    expect(browser.page.text).toContain(dave)
    await browser.submit({ account: people.alice })
    expect(await staying(story, browser)).toEqual([dave])

    await tokensOf(story, browser, alice, apps.salesHub, { login_hint: alice })
    await browser.open(logout(story))
    await browser.submit({})
    expect(await staying(story, browser)).toEqual([])
  })

  const named: Record<string, (tokens: TokenBody) => Record<string, string>> = {
    'by its ID token': ({ id_token: token = '' }) => ({ id_token_hint: token }),
    'by the login_hint that its ID token has': ({ id_token: token }) => ({ logout_hint: String(claimsIn(token).login_hint) }),
    'by its name': () => ({ logout_hint: alice }),
  }
  test.each(Object.entries(named))('of an account that the application names %s asks nothing, and leaves the other alone', async (_fact, hintOf) => {
    const story = await newStory(server.mock)
    const { browser, tokens } = await both(story)
    await browser.open(logout(story, { ...hintOf(tokens), post_logout_redirect_uri: bye, state: 'x' }))

    expect(browser.page.url).toBe(`${bye}?state=x`)
    expect(await staying(story, browser)).toEqual([dave])
  })

  test('goes by an ID token without profile too, whose subject only its application knows, and by one that has expired', async () => {
    const story = await newStory(server.mock)
    const { browser } = await both(story)
    const tokens = await tokensOf(story, browser, alice, apps.salesHub, { scope: 'openid', login_hint: alice })
    expect(claimsIn(tokens.id_token)).not.toHaveProperty('oid')
    await story.control('POST', '/clock', { advance: 'PT20H' })
    await browser.open(logout(story, { id_token_hint: tokens.id_token ?? '' }))

    expect(await staying(story, browser)).toEqual([dave])
  })

  const ignored: Record<string, (tokens: TokenBody) => Record<string, string>> = {
    'an ID token that was forged': ({ id_token: token = '' }) => ({ id_token_hint: `${token.slice(0, -6)}AAAAAA` }),
    'an ID token that is not signed': ({ id_token: token = '' }) => ({ id_token_hint: [Buffer.from('{"alg":"none"}').toString('base64url'), token.split('.')[1], ''].join('.') }),
    'what is no token': () => ({ id_token_hint: 'banana' }),
  }
  test.each(Object.entries(ignored))('does not go by %s: the user is asked', async (_fact, hintOf) => {
    const story = await newStory(server.mock)
    const { browser, tokens } = await both(story)
    await browser.open(logout(story, hintOf(tokens)))

    expect(browser.page.title).toContain('Sign out')
    expect(await staying(story, browser)).toEqual([alice, dave])
  })

  test('of somebody who is not signed in here signs nobody out', async () => {
    const story = await newStory(server.mock)
    const { browser } = await both(story)
    await browser.open(logout(story, { logout_hint: 'carol@contoso.example', post_logout_redirect_uri: bye }))

    expect(browser.page.url).toBe(bye)
    expect(await staying(story, browser)).toEqual([alice, dave])
  })

  test('is not for forms of other pages', async () => {
    const story = await newStory(server.mock)
    const { browser } = await both(story)
    await browser.open(logout(story))
    await browser.submit({ csrf: 'forged' })

    expect(browser.page.status).toBe(403)
    expect(await staying(story, browser)).toEqual([alice, dave])
  })

  test('leaves the tokens good', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock, atTheOffice)
    const tokens = await tokensOf(story, browser, alice, apps.salesMobile)
    await browser.open(logout(story, { logout_hint: alice }))
    const { status } = await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: tokens.refresh_token ?? '' }, { 'x-mock-signals': `ipAddress=${places.office}` })

    expect(status).toBe(200)
  })

  test('of nobody says so kindly, and goes back', async () => {
    const story = await newStory(server.mock)
    const browser = visitor(server.mock)
    expect((await browser.open(logout(story))).text).toMatch(/signed out/i)

    expect((await browser.open(logout(story, { post_logout_redirect_uri: bye }))).url).toBe(bye)
  })

  test('may be sent as a form, and at the v1 address', async () => {
    const story = await newStory(server.mock)
    const response = await fetch(endpoint(story, '/oauth2/logout'), { method: 'POST', body: new URLSearchParams({ post_logout_redirect_uri: bye, state: 's' }), redirect: 'manual' })

    expect([response.status, response.headers.get('location')]).toEqual([303, `${bye}?state=s`])
  })
})

describe('the applications that an account was signed in to', () => {
  async function withLogoutUrls(): Promise<Story> {
    const story = await newStory(server.mock)
    const urls = { [apps.salesHub]: 'https://hub.example/signed-out?keep=1', [apps.salesMobile]: 'https://mobile.example/signed-out', [apps.adminShell]: 'https://shell.example/never-used' }
    for (const [appId, logoutUrl] of Object.entries(urls)) await changeApplication(story, appId, { web: { redirectUris: ['http://localhost', 'https://localhost'], logoutUrl } })

    return story
  }

  test('hear of it in frames, with the session that they know, and then the browser goes back', async () => {
    const story = await withLogoutUrls()
    const { browser, tokens } = await both(story)
    await tokensOf(story, browser, alice, apps.salesMobile, { login_hint: alice })
    const request = await ask(story, browser, apps.salesHub, { login_hint: alice, claims: JSON.stringify({ id_token: { sid: null } }), response_type: 'code id_token', response_mode: 'fragment' })
    const { sid } = claimsIn(request.page.answer.id_token)
    await browser.open(logout(story, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: bye, state: 'x' }))
    const frames = browser.page.root.querySelectorAll('iframe').map((frame) => frame.getAttribute('src')?.replaceAll('&amp;', '&'))

    const told = `iss=${encodeURIComponent(story.issuer)}&sid=${String(sid)}`
    expect(frames.toSorted()).toEqual([`https://hub.example/signed-out?keep=1&${told}`, `https://mobile.example/signed-out?${told}`])
    expect(browser.page.headers.get('content-security-policy')).toMatch(/frame-src https:\/\/hub\.example https:\/\/mobile\.example|frame-src https:\/\/mobile\.example https:\/\/hub\.example/)
    expect(browser.page.root.querySelector('a[data-onward]')?.getAttribute('href')).toBe(`${bye}?state=x`)
    expect(await staying(story, browser)).toEqual([dave])
  })

  test('of both accounts hear of it when both are signed out', async () => {
    const story = await withLogoutUrls()
    const { browser } = await both(story)
    await browser.open(logout(story))
    await browser.submit({})

    expect(browser.page.root.querySelectorAll('iframe')).toHaveLength(2)
    expect(browser.page.text).toMatch(/signed out/i)
  })
})
