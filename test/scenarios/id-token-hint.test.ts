import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, claimsIn, redeem, standing, tokensOf } from './telling.ts'

/** An application that remembers its user by an ID token, in a browser where several people are signed in. */
const server = useMock()
const [alice, dave] = ['alice@contoso.example', 'dave@contoso.example']

async function both(story: Story, scope: string): Promise<{ browser: Visitor; hint: string }> {
  const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const { id_token: hint = '' } = await tokensOf(story, browser, alice, apps.salesHub, { scope })
  await tokensOf(story, browser, dave, apps.salesHub, { login_hint: dave })

  return { browser, hint }
}

async function whoIs(story: Story, browser: Visitor, more: Record<string, string>): Promise<unknown> {
  const request = await ask(story, browser, apps.salesHub, { scope: 'openid profile', ...more })
  if (standing(browser.page) !== 'granted') return standing(browser.page)
  const { body } = await redeem(story, request, browser.page)

  return claimsIn(body.id_token).preferred_username
}

describe.each([['with profile', 'openid profile'], ['that only says a subject', 'openid']])('an ID token %s', (_kind, scope) => {
  test('finds its user among several, with a page or without', async () => {
    const story = await newStory(server.mock)
    const { browser, hint } = await both(story, scope)

    expect(await whoIs(story, browser, { id_token_hint: hint, prompt: 'none' })).toBe(alice)
    expect(await whoIs(story, browser, { id_token_hint: hint })).toBe(alice)
  })

  test('does so after it has expired', async () => {
    const story = await newStory(server.mock)
    const { browser, hint } = await both(story, scope)
    await story.control('POST', '/clock', { advance: 'PT9H' })

    expect(await whoIs(story, browser, { id_token_hint: hint, prompt: 'none', client_id: apps.salesHub })).toBe('70044')
    expect((await ask(story, browser, apps.salesHub, { id_token_hint: hint })).page.text).toContain(alice)
  })

  test('of somebody who is not signed in here is nobody else\'s', async () => {
    const story = await newStory(server.mock)
    const { hint } = await both(story, scope)
    const browser = visitor(server.mock, { signals: `ipAddress=${places.office}` })
    await tokensOf(story, browser, dave, apps.salesHub)

    expect(await whoIs(story, browser, { id_token_hint: hint, prompt: 'none' })).toBe('50058')
    expect(['user-name', 'password']).toContain(await whoIs(story, browser, { id_token_hint: hint }))
  })
})

test('two people and no word about which of them cannot be told apart silently', async () => {
  const story = await newStory(server.mock)
  const { browser } = await both(story, 'openid')
  const { page } = await ask(story, browser, apps.salesHub, { prompt: 'none' })

  expect(page.answer).toMatchObject({ error: 'interaction_required', error_uri: `${server.mock.http}/error?code=16000`, state: 's' })
})

test('a forged hint is refused, and nobody is signed in by it', async () => {
  const story = await newStory(server.mock)
  const { browser, hint } = await both(story, 'openid profile')
  const { page } = await ask(story, browser, apps.salesHub, { id_token_hint: `${hint.slice(0, -6)}AAAAAA`, prompt: 'none' })

  expect(page.answer).not.toHaveProperty('code')
  expect(page.answer.error).toBe('invalid_request')
})

test('prompt=create asks for a sign-in from the start: there is no sign-up here', async () => {
  const story = await newStory(server.mock)
  const { browser } = await both(story, 'openid')

  expect(['user-name', 'password']).toContain(await whoIs(story, browser, { prompt: 'create' }))
})
