import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, policy, standing } from './telling.ts'

const server = useMock()
const strengthOf = (id: string, more: Record<string, unknown> = {}) =>
  newStory(server.mock, { conditionalAccessPolicies: [policy('Strong', { grantControls: { operator: 'OR', authenticationStrength: { id } } })], ...more })

async function signIn(story: Awaited<ReturnType<typeof newStory>>) {
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  return alice
}

test('a strength that a one-time code completes asks for it', async () => {
  const story = await strengthOf('Multifactor authentication')
  const alice = await signIn(story)
  expect(alice.page.step).toBe('one-time-code')

  await alice.signIn('alice@contoso.example', { code: await story.code('alice') })
  expect(standing(alice.page)).toBe('granted')
})

test('a strength that no page here can complete is refused, with the number, and not asked for in circles', async () => {
  const story = await strengthOf('Phishing resistant MFA')
  const alice = await signIn(story)

  expect(alice.page.step).toBeNull()
  expect(alice.page.status).toBe(400)
  expect(standing(alice.page)).toMatch(/^\d+$/)
  expect((await logOf(story)).at(-1)).toMatchObject({ conditionalAccessStatus: 'failure', status: { errorCode: Number(standing(alice.page)) } })
})
