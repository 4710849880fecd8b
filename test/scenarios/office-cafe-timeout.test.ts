import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'
import { ask, refresh, standing, tokensOf, wait } from './telling.ts'

const server = useMock()

test('Alice signs in at the office, keeps working in the café, and is refused there when her session times out', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock)
  const signInToSalesHub = () => alice.open(authorizeRequest(story.issuer, apps.salesHub).url)

  alice.signals(`ipAddress=${places.office}`)
  const request = authorizeRequest(story.issuer, apps.salesHub)
  await alice.open(request.url)
  await alice.signIn('alice@contoso.example')
  const { code = '' } = alice.page.answer
  const { body: tokens } = await story.token({
    grant_type: 'authorization_code', client_id: apps.salesHub, client_secret: 'sales-hub-secret', code, redirect_uri: request.redirectUri, code_verifier: request.verifier,
  })
  expect(tokens, 'the ID token lives for the session timeout of Sales Hub').toMatchObject({ expires_in: 8 * 60 * 60 })

  alice.signals(`ipAddress=${places.cafe}`)
  await story.control('POST', '/clock', { advance: 'PT7H59M' })
  const { body: log } = await story.control('GET', '/sign-ins')
  expect((log.entries as unknown[]).length, 'nobody asked where she is while her session lasted').toBe(1)

  await story.control('POST', '/clock', { advance: 'PT2M' })
  await signInToSalesHub()

  expect(alice.page.status).toBe(400)
  expect(alice.page.text).toContain('53003')
  expect(alice.page.text).toContain('Sales Hub only from trusted locations')
  expect(alice.page.step).toBeNull()
})

test('back at the office Alice goes on without a word', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  await alice.signIn('alice@contoso.example')

  alice.signals(`ipAddress=${places.cafe}`)
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  expect(alice.page.text).toContain('53003')

  alice.signals(`ipAddress=${places.office}`)
  await alice.open(authorizeRequest(story.issuer, apps.salesHub).url)
  expect(alice.page.answer).toHaveProperty('code')
})

test('an application that renews tokens in the background notices the café at once, and loses nothing by it', async () => {
  const story = await newStory(server.mock)
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const tokens = await tokensOf(story, alice, 'alice@contoso.example', apps.salesHub)

  await wait(story, 'PT1H')
  expect((await refresh(story, apps.salesHub, tokens, places.cafe)).body).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
  const { body: renewed } = await refresh(story, apps.salesHub, tokens, places.office)
  expect(renewed, 'back at the office').toMatchObject({ expires_in: 8 * 60 * 60 })

  await wait(story, 'PT7H1M')
  expect((await refresh(story, apps.salesHub, renewed, places.office)).body, 'the eight hours are over at the office too').toMatchObject({ error_codes: [70043] })
  await ask(story, alice, apps.salesHub)
  expect(standing(alice.page)).toBe('password')
  await alice.signIn('alice@contoso.example')
  expect(standing(alice.page)).toBe('granted')
})

test('without the licence the café is as good as the office, before the timeout and after', async () => {
  const story = await newStory(server.mock, { licence: 'none' })
  const alice = visitor(server.mock, { signals: `ipAddress=${places.office}` })
  const tokens = await tokensOf(story, alice, 'alice@contoso.example', apps.salesHub)
  expect((await refresh(story, apps.salesHub, tokens, places.cafe)).status).toBe(200)

  alice.signals(`ipAddress=${places.cafe}`)
  await wait(story, 'PT8H1M')
  expect(standing((await ask(story, alice, apps.salesHub)).page)).toBe('granted')
})
