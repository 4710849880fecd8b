import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, logOf, patchTenant, redeem, refresh, standing, wait } from './telling.ts'

const server = useMock()
const [alice, bob] = ['alice@contoso.example', 'bob@contoso.example']

/** No policy asks for anything: whatever is asked, the user's own switch asks. */
const storyWith = (change: Record<string, unknown> = {}) => newStory(server.mock, { conditionalAccessPolicies: [], settings: { kmsiPromptEnabled: false }, ...change })
const at = (ipAddress: string) => visitor(server.mock, { signals: `ipAddress=${ipAddress}` })

async function setState(story: Story, user: string, perUserMfaState: string): Promise<void> {
  expect((await story.control('PATCH', `/users/${user}`, { perUserMfaState })).status).toBe(200)
}

async function signInAt(story: Story, browser: Visitor, user: string): Promise<string> {
  await ask(story, browser, apps.salesMobile)
  await browser.signIn(user)

  return standing(browser.page)
}

describe('per-user MFA', () => {
  test('asks Alice for a code at each sign-in once it is enforced, and the log says who asked', async () => {
    const story = await storyWith()
    expect(await signInAt(story, at(places.office), alice)).toBe('granted')

    await setState(story, 'alice', 'enforced')
    const browser = at(places.office)
    expect(await signInAt(story, browser, alice)).toBe('one-time-code')
    await browser.submit({ code: await story.code('alice') })
    expect(standing(browser.page)).toBe('granted')

    const [asked, granted] = (await logOf(story)).slice(-2)
    expect(asked).toMatchObject({
      status: { errorCode: 50074 }, conditionalAccessStatus: 'notApplied', appliedConditionalAccessPolicies: [],
      authenticationRequirement: 'multiFactorAuthentication', authenticationRequirementPolicies: [{ requirementProvider: 'user', detail: 'Per-user MFA' }],
    })
    expect(granted).toMatchObject({ status: { errorCode: 0 }, authenticationRequirement: 'multiFactorAuthentication' })
  })

  test('turns from enabled to enforced when Bob registers', async () => {
    const story = await storyWith()
    await setState(story, 'bob', 'enabled')
    const browser = at(places.office)
    expect(await signInAt(story, browser, bob)).toBe('register')

    const secret = browser.page.root.querySelector('[data-copy]')?.text.replace(/\s/g, '') ?? ''
    const { generateSync } = await import('otplib')
    await browser.submit({ code: generateSync({ secret }) })
    expect(standing(browser.page)).toBe('granted')
    const { body } = await story.control('GET', '/snapshot')
    expect((body.users as { userPrincipalName: string; perUserMfaState?: string }[]).find(({ userPrincipalName }) => userPrincipalName === bob)?.perUserMfaState).toBe('enforced')
  })

  test('spares an MFA trusted IP, and asks the moment it is left', async () => {
    const story = await storyWith({ mfaServiceSettings: { trustedIps: ['192.0.2.0/25'] } })
    await setState(story, 'alice', 'enforced')
    const browser = at(places.mfaTrusted)
    const request = await ask(story, browser, apps.salesMobile)
    await browser.signIn(alice)
    expect(standing(browser.page)).toBe('granted')

    const { body: tokens } = await redeem(story, request, browser.page)
    expect((await refresh(story, apps.salesMobile, tokens, places.mfaTrusted)).status).toBe(200)
    expect(await refresh(story, apps.salesMobile, tokens, places.cafe)).toMatchObject({ status: 400, body: { error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076] } })
  })

  test('takes the passwords that legacy clients send from nobody it is enforced for', async () => {
    const story = await storyWith()
    const legacy = () => story.token({ grant_type: 'password', client_id: apps.salesMobile, username: alice, password: 'Portcullis1!', scope: 'openid' }, { 'x-mock-signals': 'clientAppType=other' })
    await setState(story, 'alice', 'enabled')
    expect((await legacy()).status).toBe(200)
    await setState(story, 'alice', 'enforced')

    expect(await legacy()).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_codes: [50076] } })
  })

  test('is no state that nobody knows', async () => {
    const story = await storyWith()
    const { status, body } = await story.control('PATCH', '/users/alice', { perUserMfaState: 'on' })

    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('enforced')
  })
})

describe("a browser that was told not to ask again", () => {
  /** Alice ticks the box on the page that asks for her code. */
  async function toldNotToAsk(days = 14) {
    const story = await storyWith({ mfaServiceSettings: { rememberMfaDays: days } })
    await setState(story, 'alice', 'enforced')
    const browser = at(places.office)
    await signInAt(story, browser, alice)
    expect(browser.page.text).toContain(`Don't ask again for ${days} days`)
    await browser.submit({ code: await story.code('alice'), remember: 'yes' })
    expect(standing(browser.page)).toBe('granted')
    browser.closeBrowser()

    return { story, browser }
  }

  test('is not asked for the code in its days, and after them it is', async () => {
    const { story, browser } = await toldNotToAsk()
    await wait(story, 'P13D')
    expect(await signInAt(story, browser, alice)).toBe('granted')
    browser.closeBrowser()
    await wait(story, 'P2D')

    expect(await signInAt(story, browser, alice)).toBe('one-time-code')
  })

  test('remembers Alice, and nobody else; and another browser remembers nobody', async () => {
    const { story, browser } = await toldNotToAsk()
    await setState(story, 'dave', 'enforced')

    expect(await signInAt(story, browser, 'dave@contoso.example')).toBe('one-time-code')
    expect(await signInAt(story, at(places.office), alice)).toBe('one-time-code')
  })

  test('is asked again once her sessions are revoked, or the service offers it no more', async () => {
    const { story, browser } = await toldNotToAsk()
    await story.control('POST', '/users/alice/revoke')
    expect(await signInAt(story, browser, alice)).toBe('one-time-code')

    const { story: other, browser: another } = await toldNotToAsk()
    await patchTenant(other, { mfaServiceSettings: { rememberMfaDays: 0 } })
    expect(await signInAt(other, another, alice)).toBe('one-time-code')
    expect(another.page.text).not.toContain("Don't ask again")
  })

  test('cannot tell itself so where the service does not offer it', async () => {
    const story = await storyWith()
    await setState(story, 'alice', 'enforced')
    const browser = at(places.office)
    await signInAt(story, browser, alice)
    await browser.submit({ code: await story.code('alice'), remember: 'yes' })
    await patchTenant(story, { mfaServiceSettings: { rememberMfaDays: 14 } })
    browser.closeBrowser()

    expect(await signInAt(story, browser, alice)).toBe('one-time-code')
  })

  test('carries the proof into its tokens: a refresh is not asked for it either', async () => {
    const { story, browser } = await toldNotToAsk()
    const request = await ask(story, browser, apps.salesMobile)
    await browser.signIn(alice)
    const { body: tokens } = await redeem(story, request, browser.page)

    expect((await refresh(story, apps.salesMobile, tokens, places.cafe)).status).toBe(200)
    await wait(story, 'P15D')
    expect(await refresh(story, apps.salesMobile, tokens, places.cafe)).toMatchObject({ status: 400, body: { error_codes: [50076] } })
  })
})
