import { describe, expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { visitor } from '../support/visitor.ts'
import type { Visitor } from '../support/visitor.ts'
import { ask, logOf, mfa, policy, redeem, refresh, setPolicies, tokensOf, wait } from './telling.ts'

const server = useMock()
const atTheOffice = { signals: `ipAddress=${places.office}` }

async function aliceAtSalesHub(story: Story): Promise<Visitor> {
  const alice = visitor(server.mock, atTheOffice)
  await ask(story, alice, apps.salesHub)
  await alice.signIn('alice@contoso.example', { stay: true })
  expect(alice.page.answer).toHaveProperty('code')

  return alice
}

const salesHub = { applications: { includeApplications: ['Sales Hub'] } }
const frequency = (value: number, type: string, authenticationType: string) => ({
  signInFrequency: { isEnabled: true, value, type, authenticationType, frequencyInterval: 'timeBased' },
})

describe('Sales Hub asks for the password every eight hours', () => {
  test('not a minute before', async () => {
    const story = await newStory(server.mock)
    const alice = await aliceAtSalesHub(story)
    await wait(story, 'PT7H59M')

    expect((await ask(story, alice, apps.salesHub)).page.answer).toHaveProperty('code')
  })

  test('on the page: the user is known, the password is asked, and it goes on from there', async () => {
    const story = await newStory(server.mock)
    const alice = await aliceAtSalesHub(story)
    await wait(story, 'PT8H1M')
    const { page } = await ask(story, alice, apps.salesHub)

    expect(page.step).toBe('password')
    expect(page.text).toContain('alice@contoso.example')
    await alice.submit({ password: 'Portcullis1!' })
    expect(alice.page.answer, alice.page.text).toHaveProperty('code')
    await wait(story, 'PT7H59M')
    expect((await ask(story, alice, apps.salesHub)).page.answer, 'the eight hours begin anew').toHaveProperty('code')
  })

  test('silently: interaction_required, 70044', async () => {
    const story = await newStory(server.mock)
    const alice = await aliceAtSalesHub(story)
    await wait(story, 'PT8H1M')
    const { page } = await ask(story, alice, apps.salesHub, { prompt: 'none' })

    expect(page.answer).toMatchObject({ error: 'interaction_required', error_description: expect.stringContaining('AADSTS70044: ') })
  })

  test('at the token endpoint: 70043, token_expired, with the day it was issued and how long it may live', async () => {
    const story = await newStory(server.mock)
    const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), 'alice@contoso.example', apps.salesHub)
    await wait(story, 'PT7H59M')
    expect((await refresh(story, apps.salesHub, tokens, places.office)).status).toBe(200)
    await wait(story, 'PT2M')
    const { status, body } = await refresh(story, apps.salesHub, tokens, places.office)

    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_grant', suberror: 'token_expired', error_codes: [70043] })
    expect(body.error_description).toMatch(/The token was issued on \d{4}-\d\d-\d\dT[\d:.]+Z and the maximum allowed lifetime for this request is 28800\./)
    expect(body).not.toHaveProperty('claims')
    expect((await logOf(story)).at(-1)).toMatchObject({ status: { errorCode: 70043 } })
  })

  test('a token renewed in between is no younger: the sign-in counts', async () => {
    const story = await newStory(server.mock)
    const tokens = await tokensOf(story, visitor(server.mock, atTheOffice), 'alice@contoso.example', apps.salesHub)
    await wait(story, 'PT7H')
    const { body: renewed } = await refresh(story, apps.salesHub, tokens, places.office)
    await wait(story, 'PT61M')

    expect((await refresh(story, apps.salesHub, renewed, places.office)).body).toMatchObject({ error_codes: [70043] })
  })

  test('other applications go on: it is Sales Hub\'s policy', async () => {
    const story = await newStory(server.mock)
    const alice = await aliceAtSalesHub(story)
    await wait(story, 'PT9H')

    expect((await ask(story, alice, apps.salesMobile)).page.answer).toHaveProperty('code')
  })

  test('a fresh password for another application is fresh for Sales Hub', async () => {
    const story = await newStory(server.mock)
    const alice = await aliceAtSalesHub(story)
    await wait(story, 'PT9H')
    await ask(story, alice, apps.salesMobile, { prompt: 'login' })
    expect(alice.page.step).toBe('password')
    await alice.submit({ password: 'Portcullis1!' })

    expect((await ask(story, alice, apps.salesHub)).page.answer).toHaveProperty('code')
  })
})

test('a frequency of the second factor asks for the code alone', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('A code every hour', { conditions: salesHub, grantControls: mfa, sessionControls: frequency(1, 'hours', 'secondaryAuthentication') }))
  const dave = visitor(server.mock, atTheOffice)
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })
  expect(dave.page.answer).toHaveProperty('code')

  await wait(story, 'PT59M')
  expect((await ask(story, dave, apps.salesHub)).page.answer).toHaveProperty('code')
  await wait(story, 'PT2M')
  expect((await ask(story, dave, apps.salesHub)).page.step).toBe('one-time-code')
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })
  expect(dave.page.answer).toHaveProperty('code')
})

test('a frequency of both with MFA asks for both', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('Both every day', { conditions: salesHub, grantControls: mfa, sessionControls: frequency(1, 'days', 'primaryAndSecondaryAuthentication') }))
  const dave = visitor(server.mock, atTheOffice)
  await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example', { code: await story.code('dave'), stay: true })
  await wait(story, 'P1DT1M')

  await ask(story, dave, apps.salesHub)
  expect(dave.page.step).toBe('password')
  await dave.submit({ password: 'Portcullis1!' })
  expect(dave.page.step).toBe('one-time-code')
  await dave.signIn('dave@contoso.example', { code: await story.code('dave') })
  expect(dave.page.answer).toHaveProperty('code')
})

test('every time means every time, five minutes of grace apart, and is not asked for ever', async () => {
  const story = await newStory(server.mock)
  await setPolicies(story, policy('Every time', {
    conditions: salesHub,
    sessionControls: { signInFrequency: { isEnabled: true, value: null, type: null, authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'everyTime' } },
  }))
  const dave = visitor(server.mock, atTheOffice)
  const request = await ask(story, dave, apps.salesHub)
  await dave.signIn('dave@contoso.example', { stay: true })
  expect(dave.page.answer, dave.page.text).toHaveProperty('code')
  expect((await redeem(story, request, dave.page)).status, 'the code of the sign-in is good').toBe(200)

  await wait(story, 'PT4M')
  expect((await ask(story, dave, apps.salesHub)).page.answer).toHaveProperty('code')
  await wait(story, 'PT2M')
  expect((await ask(story, dave, apps.salesHub)).page.step).toBe('password')
  await dave.submit({ password: 'Portcullis1!' })
  expect(dave.page.answer).toHaveProperty('code')
})
