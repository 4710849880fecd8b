import { describe, expect, test } from 'vitest'
import { apps, people, useMock } from '../support/mock.ts'
import { graphAsApp, graphWith } from './ask-as.ts'

const server = useMock()

describe('a token lifetime policy', () => {
  const path = '/policies/tokenLifetimePolicies'
  const twoHours = { displayName: 'Two hours', definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"02:00:00"}}'], isOrganizationDefault: true }

  test('of the organisation is what tokens live by', async () => {
    const sandbox = await server.mock.sandbox()
    const graph = await graphWith(server.mock, sandbox, 'Policy.ReadWrite.ApplicationConfiguration')
    const made = await graph.post(path, twoHours)
    expect(made).toMatchObject({ status: 201, body: { ...twoHours, deletedDateTime: null } })
    const { tokens } = await sandbox.signIn({ user: 'dave', client: 'Sales SPA', scope: 'api://sales-api/Orders.Read', oneTimeCode: true })
    expect((tokens as { expires_in: number }).expires_in).toBeGreaterThan(7190)

    expect(await graph.post(path, { ...twoHours, displayName: 'Another' })).toMatchObject({ status: 400, body: { error: { target: 'isOrganizationDefault' } } })
    expect((await graph.patch(`${path}/${made.body.id}`, { isOrganizationDefault: false })).status).toBe(204)
    expect((await graph.get(`${path}?$filter=isOrganizationDefault eq false`)).body.value).toHaveLength(1)
    expect((await graph.delete(`${path}/${made.body.id}`)).status).toBe(204)
    expect(await graph.get(`${path}/${made.body.id}`)).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
  })

  test('is given to an application, whose tokens then live by it, and taken away', async () => {
    const sandbox = await server.mock.sandbox()
    const graph = await graphWith(server.mock, sandbox, 'Policy.ReadWrite.ApplicationConfiguration Application.ReadWrite.All')
    const { id } = (await graph.post(path, { ...twoHours, isOrganizationDefault: false })).body
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/policies/tokenLifetimePolicies/${id}` }
    const lifetime = async () => ((await sandbox.signIn({ user: 'dave', client: 'Sales Mobile', scope: 'api://sales-api/Orders.Read', oneTimeCode: true })).tokens as { expires_in: number }).expires_in

    expect((await graph.post(`/applications(appId='${apps.salesApi}')/tokenLifetimePolicies/$ref`, reference)).status).toBe(204)
    expect(await lifetime()).toBeGreaterThan(7190)
    expect((await graph.get(`/applications/${apps.salesApi}/tokenLifetimePolicies`)).body.value).toMatchObject([{ id }])
    expect((await graph.get(`${path}/${id}/appliesTo`)).body.value).toMatchObject([{ '@odata.type': '#microsoft.graph.application', 'displayName': 'Sales API' }])
    expect(await graph.post(`/servicePrincipals(appId='${apps.salesApi}')/tokenLifetimePolicies/$ref`, reference)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/has a token lifetime policy already: "Two hours"/) } } })
    expect(await graph.delete(`${path}/${id}`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/Sales API/) } } })

    expect((await graph.delete(`/applications/${apps.salesApi}/tokenLifetimePolicies/${id}/$ref`)).status).toBe(204)
    expect((await graph.delete(`/applications/${apps.salesApi}/tokenLifetimePolicies/${id}/$ref`)).status).toBe(404)
    expect(await lifetime()).toBeLessThan(5500)
    expect((await graph.post(`/applications/${apps.salesApi}/tokenLifetimePolicies/$ref`, { '@odata.id': `x/${crypto.randomUUID()}` })).status).toBe(404)
  })

  const refused: Record<string, { body: object; target: string }> = {
    'without a name': { body: { ...twoHours, displayName: undefined }, target: 'displayName' },
    'without a definition': { body: { ...twoHours, definition: undefined }, target: 'definition' },
    'with a definition that is no JSON': { body: { ...twoHours, definition: ['two hours'] }, target: 'definition' },
    'with a lifetime that is none': { body: { ...twoHours, definition: ['{"TokenLifetimePolicy":{"AccessTokenLifetime":"2h"}}'] }, target: 'definition' },
    'with an id of its own': { body: { ...twoHours, id: crypto.randomUUID() }, target: 'id' },
    'with a number for a name': { body: { ...twoHours, displayName: 7 }, target: 'displayName' },
  }
  test.each(Object.entries(refused))('%s is refused', async (_, { body, target }) => {
    const graph = await graphWith(server.mock, await server.mock.sandbox(), 'Policy.ReadWrite.ApplicationConfiguration')

    expect(await graph.post(path, body)).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest', target } } })
    expect((await graph.get(path)).body.value).toEqual([])
  })

  test('wants the permission', async () => {
    const graph = await graphWith(server.mock, await server.mock.sandbox(), 'Policy.Read.All')

    expect((await graph.get(path)).status).toBe(200)
    expect(await graph.post(path, twoHours)).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })
  })
})

describe('terms of use', () => {
  const path = '/identityGovernance/termsOfUse/agreements'
  const terms = { displayName: 'House rules', isViewingBeforeAcceptanceRequired: true, file: { localizations: [{ fileName: 'rules.pdf', language: 'en', isDefault: true, fileData: { data: 'JVBERi0=' } }] } }

  test('are made, asked for by a policy, accepted, and seen to be', async () => {
    const sandbox = await server.mock.sandbox({ conditionalAccessPolicies: [] })
    const graph = await graphWith(server.mock, sandbox, 'Agreement.ReadWrite.All Policy.Read.All Policy.ReadWrite.ConditionalAccess Application.Read.All')
    const made = await graph.post(path, terms)
    expect(made).toMatchObject({ status: 201, body: { displayName: 'House rules', isViewingBeforeAcceptanceRequired: true, isPerDeviceAcceptanceRequired: false, termsExpiration: null, userReacceptRequiredFrequency: null } })
    const { id } = made.body
    expect((await graph.post('/identity/conditionalAccess/policies', { displayName: 'Rules', state: 'enabled', conditions: { users: { includeUsers: [people.dave] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', termsOfUse: [id] } })).status).toBe(201)
    expect((await sandbox.signIn({ user: 'dave', client: 'Sales SPA' })).outcome).toBe('interrupted')
    expect(await graph.delete(`${path}/${id}`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/Rules/) } } })
    expect((await graph.get(`${path}/${id}/acceptances`)).body.value).toEqual([])

    expect((await graph.patch(`${path}/${id}`, { userReacceptRequiredFrequency: 'P90D' })).status).toBe(204)
    expect((await graph.get(`/agreements/${id}`)).body).toMatchObject({ userReacceptRequiredFrequency: 'P90D' })
    expect(await graph.patch(`${path}/${id}`, { userReacceptRequiredFrequency: 'sometimes' })).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/userReacceptRequiredFrequency/) } } })
  })

  test('are a matter for users', async () => {
    const sandbox = await server.mock.sandbox()

    expect(await (await graphAsApp(server.mock, sandbox, ['Agreement.Read.All'])).get(path)).toMatchObject({ status: 403, body: { error: { message: expect.stringMatching(/a user has to/) } } })
    expect((await (await graphWith(server.mock, sandbox, 'Agreement.Read.All', people.dave)).get(path)).status).toBe(403)
  })
})
