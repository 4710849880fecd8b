import { expect, test } from 'vitest'
import { apps, changeApplication, newStory, password, people, places, useMock } from '../support/mock.ts'
import { graphAt, tokenOf } from './ask.ts'
import type { Json } from './ask.ts'

const server = useMock()
const office = { 'x-mock-signals': `ipAddress=${places.office}` }
const cafe = { 'x-mock-signals': `ipAddress=${places.cafe}` }

test('every kind of sign-in is in the log: who came himself, who was signed in silently, and applications', async () => {
  const story = await newStory(server.mock)
  await changeApplication(story, apps.salesApi, { secrets: ['sales-api-secret'] })
  const signIn = async (request: object) => (await story.control('POST', '/sign-ins', request)).body

  const ropc = await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope: 'openid offline_access api://sales-api/Orders.Read' }, office)
  await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: ropc.body.refresh_token ?? '' }, office)
  await story.token({ grant_type: 'refresh_token', client_id: apps.salesMobile, refresh_token: ropc.body.refresh_token ?? '' }, cafe)
  await story.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of', client_id: apps.salesApi, client_secret: 'sales-api-secret', assertion: ropc.body.access_token ?? '', scope: 'User.Read' })
  await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password: 'wrong', scope: 'openid' }, office)
  await story.token({ grant_type: 'password', client_id: apps.salesMobile, username: 'nobody@contoso.example', password, scope: 'openid' }, office)
  await story.token({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' })
  await signIn({ user: 'dave', client: 'Sales Hub', password, signals: { ipAddress: places.cafe } })

  const graph = graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf({ signIn } as never)}` })
  const kinds = async (kind: string): Promise<Json[]> => (await graph.get(`/beta/auditLogs/signIns?$orderby=createdDateTime&$filter=signInEventTypes/any(t: t eq '${kind}')`)).body.value
  const told = ({ userPrincipalName, appDisplayName, status, authenticationProtocol, incomingTokenType, isInteractive }: Json) => [userPrincipalName, appDisplayName, status.errorCode, authenticationProtocol, incomingTokenType, isInteractive]

  expect((await kinds('nonInteractiveUser')).map(told)).toEqual([
    ['alice@contoso.example', 'Sales Mobile', 0, 'ropc', 'none', false],
    ['alice@contoso.example', 'Sales Mobile', 0, 'none', 'refreshToken', false],
    ['alice@contoso.example', 'Sales Mobile', 50076, 'none', 'refreshToken', false],
    ['alice@contoso.example', 'Sales API', 0, 'none', 'none', false],
    ['alice@contoso.example', 'Sales Mobile', 50126, 'ropc', 'none', false],
    ['', 'Sales Mobile', 50034, 'ropc', 'none', false],
  ])
  expect((await kinds('servicePrincipal')).map(told)).toEqual([['', 'Nightly Job', 0, 'none', 'none', false]])
  expect((await kinds('interactiveUser')).map(told)).toEqual([
    ['dave@contoso.example', 'Sales Hub', 50074, 'none', 'none', true],
    ['carol@contoso.example', 'Admin Shell', 0, 'none', 'none', true],
  ])
  expect((await graph.get(`/v1.0/auditLogs/signIns?$filter=userId eq '${people.alice}'`)).body.value).toEqual([])
})
