import { expect, test } from 'vitest'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

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
