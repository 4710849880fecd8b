import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, policy, standing, wait } from './telling.ts'

const server = useMock()
const termsFirst = policy('Terms first', { grantControls: { operator: 'OR', termsOfUse: ['House rules'] } })

const aStory = (agreement: Record<string, unknown> = {}) =>
  newStory(server.mock, { agreements: [{ displayName: 'House rules', ...agreement }], conditionalAccessPolicies: [termsFirst] })

async function signIn(story: Story, device?: string) {
  const alice = visitor(server.mock, { signals: JSON.stringify({ ipAddress: places.office, ...(device ? { device: { deviceId: device } } : {}) }) })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  return alice
}

async function accept(story: Story, device?: string) {
  const alice = await signIn(story, device)
  expect(alice.page.step).toBe('terms-of-use')
  await alice.submit({ accept: 'yes' })
  await alice.signIn('alice@contoso.example')
  expect(standing(alice.page)).toBe('granted')
}

test('the page, the log and the reason call an agreement by its name', async () => {
  const story = await aStory()
  const alice = await signIn(story)
  expect(alice.page.text).toContain('House rules')

  const row = (await logOf(story)).at(-1)
  expect(row?.status.errorCode).toBe(50158)
  expect(row?.appliedConditionalAccessPolicies[0]).toMatchObject({ result: 'failure', enforcedGrantControls: ['House rules'] })
  const { body } = await story.control('POST', '/sign-ins', { user: 'alice', client: apps.salesHub, signals: { ipAddress: places.office } })
  expect(JSON.stringify(body.why)).toContain('terms of use \\"House rules\\"')
})

test('a policy that names an agreement which is not there is refused when it is written', async () => {
  const story = await aStory()
  const { status, body } = await story.control('PATCH', '/tenant', {
    conditionalAccessPolicies: [policy('Terms first', { grantControls: { operator: 'OR', termsOfUse: ['Hous rules'] } })],
  })

  expect(status).toBe(400)
  expect(JSON.stringify(body)).toContain('agreement')
  expect(JSON.stringify(body)).toContain('House rules')
})

test('a period in months is refused when it is written', async () => {
  const story = await aStory()
  const { status, body } = await story.control('PATCH', '/tenant', { agreements: [{ displayName: 'House rules', userReacceptRequiredFrequency: 'P3M' }] })

  expect(status).toBe(400)
  expect(JSON.stringify(body)).toContain('P90D')
})

test('an acceptance lasts as long as the agreement says, and is then asked for again', async () => {
  const story = await aStory({ userReacceptRequiredFrequency: 'P30D' })
  await accept(story)
  await wait(story, 'P29D')
  expect(standing((await signIn(story)).page)).toBe('granted')

  await wait(story, 'P2D')
  expect((await signIn(story)).page.step).toBe('terms-of-use')
})

test('everybody accepts again when the terms expire', async () => {
  const story = await aStory({ termsExpiration: { startDateTime: '2098-01-01T00:00:00Z', frequency: 'P90D' } })
  await accept(story)
  expect((await story.control('POST', '/clock', { now: '2098-01-02T00:00:00Z' })).status).toBe(200)
  await accept(story)
  await wait(story, 'P88D')
  expect(standing((await signIn(story)).page)).toBe('granted')

  await wait(story, 'P2D')
  expect((await signIn(story)).page.step).toBe('terms-of-use')
})

test('where each device asks, another device asks again', async () => {
  const story = await aStory({ isPerDeviceAcceptanceRequired: true })
  await accept(story, 'laptop')
  expect(standing((await signIn(story, 'laptop')).page)).toBe('granted')

  await accept(story, 'phone')
  expect(standing((await signIn(story, 'laptop')).page)).toBe('granted')
})
