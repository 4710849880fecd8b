import { expect, test } from 'vitest'
import { generateSync } from 'otplib'
import { apps, newStory, people, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { addPolicies, ask, block, logOf, mfa, policies, policy, resultsIn, setPolicies, standing } from './telling.ts'

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

const registering = (name: string, more: Record<string, unknown>) => policy(name, { conditions: { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } }, ...more })

test('a policy that wants MFA for registering refuses who has none to show: 53010', async () => {
  const story = await newStory(server.mock)
  await addPolicies(story, registering('MFA to register', { grantControls: mfa }))
  const bob = await bobOutside(story)

  expect(bob.page).toMatchObject({ status: 400, step: null })
  expect(bob.page.text).toContain('53010')
  expect((await logOf(story)).at(-1)).toMatchObject({ userId: people.bob, status: { errorCode: 53010 } })
  expect(resultsIn((await logOf(story)).at(-1))).toMatchObject({ 'MFA to register': 'failure' })
})

test('the home that did MFA vouches for him, and he registers', async () => {
  const story = await newStory(server.mock, { settings: { inboundTrust: { mfa: false }, kmsiPromptEnabled: false } })
  await addPolicies(story, registering('MFA to register', { grantControls: mfa }))
  const fiona = visitor(server.mock, { signals: `ipAddress=${places.cafe}; mfaAtHome=true` })
  await ask(story, fiona, apps.salesSpa)
  await fiona.signIn('fiona@fed.contoso.example')

  expect(standing(fiona.page)).toBe('granted')
})

test('terms that a policy wants of a registration are accepted before it', async () => {
  const story = await newStory(server.mock, { agreements: [{ displayName: 'Terms for phones' }], settings: { kmsiPromptEnabled: false } })
  await addPolicies(story, registering('Terms to register', { grantControls: { operator: 'OR', termsOfUse: ['Terms for phones'] } }))
  const bob = await bobOutside(story)
  expect(bob.page.text).toContain('Terms for phones')
  await bob.submit({ accept: 'yes' })
  expect(bob.page.step).toBe('register')

  await bob.submit({ code: generateSync({ secret: secretOn(bob) }) })
  expect(standing(bob.page)).toBe('granted')
})

test('terms that come while the form is shown are accepted before it counts', async () => {
  const story = await newStory(server.mock, { agreements: [{ displayName: 'Terms for phones' }] })
  const bob = await bobOutside(story)
  const secret = secretOn(bob)
  await addPolicies(story, registering('Terms to register', { grantControls: { operator: 'OR', termsOfUse: ['Terms for phones'] } }))
  await bob.submit({ code: generateSync({ secret }) })

  expect(bob.page.step).toBe('terms-of-use')
  expect(await story.control('GET', '/users/bob/one-time-code')).toMatchObject({ status: 404 })
})

test('a user action alone, with no policy on resources, asks nobody to register', async () => {
  const story = await newStory(server.mock, { settings: { kmsiPromptEnabled: false } })
  await setPolicies(story, registering('MFA to register', { grantControls: mfa }))

  expect(standing((await bobOutside(story)).page)).toBe('granted')
})
