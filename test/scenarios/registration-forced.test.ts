import { expect, test } from 'vitest'
import { generateSync } from 'otplib'
import { apps, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, logOf, policies, policy, resultsIn } from './telling.ts'

const server = useMock()

async function bobOutside(story: Story): Promise<Visitor> {
  const bob = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, bob, apps.salesSpa)
  await bob.signIn('bob@contoso.example')

  return bob
}

const secretOn = ({ page }: Visitor) => page.root.querySelector('.secret code')?.text.replace(/\s/g, '') ?? ''

test('Bob has no second factor: outside he sets one up, and goes on to the application', async () => {
  const story = await newStory(server.mock)
  const bob = await bobOutside(story)

  expect(bob.page).toMatchObject({ status: 200, step: 'register' })
  expect(bob.page.root.querySelector('main img')?.getAttribute('src')).toMatch(/^data:image\/png;base64,/)
  expect(bob.page.root.querySelector('main a[href^="otpauth:"]')?.getAttribute('href')).toContain(`secret=${secretOn(bob)}`)

  await bob.submit({ code: generateSync({ secret: secretOn(bob) }) })
  if (bob.page.step === 'stay-signed-in') await bob.submit({ stay: 'no' })
  expect(bob.page.answer).toHaveProperty('code')

  const rows = await logOf(story)
  expect(rows.map(({ status }) => status.errorCode)).toEqual([50072, 0])
  expect(resultsIn(rows[0])).toMatchObject({ [policies.mfaOutside]: 'failure' })
  expect(rows[1]?.correlationId).toBe(rows[0]?.correlationId)
})

test('a wrong code registers nothing, and the page keeps its secret', async () => {
  const story = await newStory(server.mock)
  const bob = await bobOutside(story)
  const secret = secretOn(bob)
  const good = generateSync({ secret })

  await bob.submit({ code: good === '000000' ? '111111' : '000000' })
  expect(bob.page).toMatchObject({ status: 200, step: 'register' })
  expect(bob.page.root.querySelector('[aria-invalid=true]')).not.toBeNull()
  expect(secretOn(bob), 'what he scanned is still good').toBe(secret)
  expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 404, body: { error: { code: 'no_authenticator' } } })

  await bob.submit({ code: generateSync({ secret }) })
  if (bob.page.step === 'stay-signed-in') await bob.submit({ stay: 'no' })
  expect(bob.page.answer).toHaveProperty('code')
})

test('from then on the authenticator is his: another browser is asked for its code', async () => {
  const story = await newStory(server.mock)
  const bob = await bobOutside(story)
  const secret = secretOn(bob)
  await bob.submit({ code: generateSync({ secret }) })
  expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 200, body: { secret } })

  const later = await bobOutside(story)
  expect(later.page.step).toBe('one-time-code')
  await later.signIn('bob@contoso.example', { code: await story.code('bob') })
  expect(later.page.answer).toHaveProperty('code')
})

test('at the office Bob is asked for nothing', async () => {
  const story = await newStory(server.mock)
  const bob = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await ask(story, bob, apps.salesSpa)
  await bob.signIn('bob@contoso.example')

  expect(bob.page.answer).toHaveProperty('code')
})

test('at Sales Hub Bob is refused outside, not asked to register', async () => {
  const story = await newStory(server.mock)
  const bob = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, bob, apps.salesHub)
  await bob.signIn('bob@contoso.example')

  expect(bob.page.text).toContain('53003')
  expect(bob.page.step).toBeNull()
})

test('a policy on registering security information refuses it where it applies: 53010, with its name', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, policy('Register at the office only', {
    conditions: {
      applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] },
    },
    grantControls: block,
  }))
  const bob = await bobOutside(story)

  expect(bob.page.status).toBe(400)
  expect(bob.page.step).toBeNull()
  expect(bob.page.text).toContain('53010')
  expect(bob.page.text).toContain('Register at the office only')
  expect((await logOf(story)).at(-1)).toMatchObject({ userId: people.bob, status: { errorCode: 53010 }, conditionalAccessStatus: 'failure' })
  expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 404 })
})

test('a form that was shown before the policy came registers nothing either', async () => {
  const story = await newStory(server.mock)
  const bob = await bobOutside(story)
  const secret = secretOn(bob)
  await addPolicies(story, policy('Register nowhere', { conditions: { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }, grantControls: block }))

  await bob.submit({ code: generateSync({ secret }) })
  expect(bob.page.text).toContain('53010')
  expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 404 })
})
