import { expect, test } from 'vitest'
import type { CapturedRequest } from '../../src/index.ts'
import { apps, newStory, places, useMock } from '../support/mock.ts'
import type { Story } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

const server = useMock()
const requestsTo = async (story: Story) => (await story.control('GET', '/requests')).body as { entries: CapturedRequest[]; next: number }

test('a token request is there with its parameters, and nothing in it can be used again', async () => {
  const story = await newStory(server.mock)
  await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' })
  const { entries: [entry] } = await requestsTo(story)

  expect(entry).toMatchObject({
    sequence: 1,
    method: 'POST',
    path: `/${story.tenantId}/oauth2/v2.0/token`,
    parameters: { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: '***', scope: 'api://sales-api/.default' },
    status: 200,
    correlationId: expect.stringMatching(/^[\da-f-]{36}$/) as string,
  })
})

test.each(['entra', 'standard'])('a whole sign-in in a browser leaves no password, code, token or secret behind (%s)', async (profile) => {
  const story = await newStory(server.mock, { profile })
  const dave = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
  const request = authorizeRequest(story.issuer, apps.salesHub)
  await dave.open(request.url)
  const oneTimeCode = await story.code('dave')
  await dave.signIn('dave@contoso.example', { code: oneTimeCode })
  const { code = '' } = dave.page.answer
  const basic = Buffer.from(`${apps.salesHub}:sales-hub-secret`).toString('base64')
  const { body } = await story.token({ grant_type: 'authorization_code', code, redirect_uri: request.redirectUri, code_verifier: request.verifier }, { authorization: `Basic ${basic}` })
  await story.token({ grant_type: 'refresh_token', refresh_token: String(body.refresh_token), client_id: apps.salesHub, client_secret: 'sales-hub-secret' })

  const { entries } = await requestsTo(story)
  const text = JSON.stringify(entries)
  const secrets = ['Portcullis1!', oneTimeCode, code, request.verifier, 'sales-hub-secret', basic, String(body.refresh_token), String(body.access_token)]
  expect(body.access_token).toBeTypeOf('string')
  expect(secrets.filter((secret) => text.includes(`"${secret}"`) || (secret.length > 6 && text.includes(secret)))).toEqual([])
  expect(entries.map(({ authorization }) => authorization)).toContain('Basic')
  expect(entries.find(({ path }) => path.endsWith('/authorize'))?.parameters).toMatchObject({ client_id: apps.salesHub, code_challenge_method: 'S256', state: 's' })
  expect(entries.filter(({ path, parameters }) => path.endsWith('/token') && parameters.grant_type === 'authorization_code')).toMatchObject([{ parameters: { code: '***' } }])
})

test('requests are the tenant\'s own, read on from a number, and forgotten when asked', async () => {
  const [one, other] = [await newStory(server.mock), await newStory(server.mock)]
  await fetch(`${one.issuer}/.well-known/openid-configuration`)
  await one.token({ grant_type: 'nonsense' })

  expect((await requestsTo(other)).entries).toEqual([])
  expect((await one.control('GET', '/requests?after=1')).body).toMatchObject({ entries: [{ sequence: 2, status: 400 }], next: 2 })
  await one.control('DELETE', '/requests')
  expect((await requestsTo(one)).entries).toEqual([])
})

test('a connection that was dropped has no status', async () => {
  const story = await newStory(server.mock)
  await story.control('POST', '/faults', { on: 'token', drop: true })
  await story.token({ grant_type: 'client_credentials' }).catch(() => {})

  expect((await requestsTo(story)).entries).toMatchObject([{ status: null }])
})

test('however many come, the newest 500 are kept', async () => {
  const story = await newStory(server.mock)
  for (let batch = 0; batch < 15; batch += 1) await Promise.all(Array.from({ length: 40 }, () => fetch(`${story.issuer.replace('v2.0', 'discovery/v2.0/keys')}`).then((response) => response.text())))
  const { entries } = await requestsTo(story)

  expect([entries.length, entries.at(-1)?.sequence]).toEqual([500, 600])
})
