import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import { ask, logOf, policies, resultsIn } from './telling.ts'

const server = useMock()

async function aliceInTheCafe() {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example')

  return { story, alice }
}

test('Alice is refused in the café: the page names the code and the policy, and asks for nothing more', async () => {
  const { story, alice } = await aliceInTheCafe()

  expect(alice.page.status).toBe(400)
  expect(alice.page.step, 'MFA is owed too, and not asked: a block is final').toBeNull()
  expect(alice.page.root.querySelectorAll('main input')).toEqual([])
  expect(alice.page.text).toContain('53003')
  expect(alice.page.text).toContain(policies.salesHubOnlyFromTrusted)
  expect(alice.page.text, 'a policy that did not block is not blamed').not.toContain(policies.mfaOutside)
  expect(alice.page.text).toContain(places.cafe)
  expect(alice.page.url, 'the application hears nothing').toContain(`${story.tenantId}/`)
})

test('the page gives the correlation id of the log row, which has every policy\'s part', async () => {
  const { story, alice } = await aliceInTheCafe()
  const [row, ...more] = await logOf(story)

  expect(more).toEqual([])
  expect(alice.page.text).toContain(row?.correlationId)
  expect(row).toMatchObject({
    userPrincipalName: 'alice@contoso.example',
    appDisplayName: 'Sales Hub',
    ipAddress: places.cafe,
    isInteractive: true,
    conditionalAccessStatus: 'failure',
    status: { errorCode: 53003 },
  })
  expect(resultsIn(row)).toEqual({
    [policies.salesHubOnlyFromTrusted]: 'failure',
    [policies.mfaOutside]: 'failure',
    [policies.mfaForAdministrators]: 'notApplied',
    [policies.salesHubSession]: 'success',
    [policies.compliantDevice]: 'reportOnlyNotApplied',
    [policies.noLegacy]: 'notApplied',
  })
})

test('with a wrong password Alice hears only that: nobody learns of policies without being who they say', async () => {
  const story = await newStory(server.mock)
  const stranger = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  await ask(story, stranger, apps.salesHub)
  await stranger.signIn('alice@contoso.example', { password: 'guess' })

  expect(stranger.page.step).toBe('password')
  expect(stranger.page.html).not.toContain('53003')
  expect((await logOf(story)).map(({ status }) => status.errorCode)).toEqual([50126])
})

test('the "Where are you?" panel leads from the refusal back in: sign in again from the office', async () => {
  const { alice } = await aliceInTheCafe()
  const again = alice.page.root.querySelector('main a.button')?.getAttribute('href') ?? ''

  alice.signals(null)
  await alice.open(again)
  expect(alice.page.step, alice.page.url + alice.page.text).toBe('pick-account')
  await alice.moveTo(places.office)
  const account = alice.page.root.querySelector('main button[name=account]')?.getAttribute('value') ?? ''
  await alice.submit({ account })
  if (alice.page.step === 'stay-signed-in') await alice.submit({ stay: 'no' })

  expect(alice.page.answer).toHaveProperty('code')
})

test('a country is refused by its own policy only: from Korea Dave is merely asked for a code', async () => {
  const story = await newStory(server.mock)
  const dave = visitor(server.mock, { signals: `ipAddress=${places.korea}` })
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example')

  expect(dave.page.step).toBe('one-time-code')
  expect((await logOf(story))[0]).toMatchObject({ location: { countryOrRegion: 'KP' } })
})
