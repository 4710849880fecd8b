import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, standing } from './telling.ts'

const server = useMock({ simulation: false })

test('a header that says where one is says nothing', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  expect(standing(alice.page)).toBe('53003')
  expect((await logOf(story))[0]).toMatchObject({ ipAddress: '127.0.0.1' })
})

test('there is no panel to pretend with, and nothing behind it', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock)
  const { page } = await ask(story, alice, apps.salesHub)
  expect(page.root.querySelector('details.where')).toBeNull()
  expect(page.html).not.toContain('Where are you?')

  page.root.querySelector('main form')?.setAttribute('action', `${new URL(page.url).pathname}/where`)
  await alice.submit({ ipAddress: places.office })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')
  expect(standing(alice.page)).toBe('53003')
})

test('signals cannot be set for a user or the tenant: a sentence says why', async () => {
  const story = await newStory(server.mock)
  for (const path of ['/signals', '/signals/alice']) {
    expect(await story.control('PUT', path, { ipAddress: places.office })).toMatchObject({ status: 400, body: { error: { code: 'simulation_off' } } })
  }
  expect(() => server.mock.signals('alice', { ipAddress: places.office })).toThrow(/started with --no-simulation/)
})

test('a cookie of another day says nothing either', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock)
  await ask(story, alice, apps.salesHub)
  const suffix = [...alice.cookies.keys()].map((name) => /^interaction_(\S+)/.exec(name)?.[1]).find(Boolean)
  const value = encodeURIComponent(JSON.stringify({ ipAddress: places.office }))
  ;(alice.cookies as Map<string, unknown>).set(`where_${suffix} /`, { value, isPersistent: false, attributes: '' })
  await alice.signIn('alice@contoso.example')

  expect(standing(alice.page)).toBe('53003')
})
