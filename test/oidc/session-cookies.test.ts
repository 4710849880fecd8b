import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

const server = useMock()

test('somebody signs in however far the clock was moved, with a browser that lives in real time', async () => {
  const story = await newStory(server.mock)
  await story.control('POST', '/clock', { advance: 'P400D' })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  expect(alice.page.step).toBe('user-name')
  await alice.signIn('alice@contoso.example', { stay: true })

  expect(alice.page.answer).toHaveProperty('code')
  const [, session] = [...alice.cookies].find(([name]) => name.startsWith('session_')) ?? []
  const expires = Date.parse(/expires=([^;]+)/.exec(session?.attributes ?? '')?.[1] ?? '')
  expect(expires - Date.now()).toBeLessThan(91 * 86_400_000)
})
