import { describe, expect, test } from 'vitest'
import { apps, people, useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'
import { graphWith } from './ask-as.ts'

const server = useMock()

describe('the policy for authentication methods', () => {
  const path = '/policies/authenticationMethodsPolicy'

  test('says what the sign-in pages ask for, whole and method by method', async () => {
    const { graph } = await graphOf(server.mock)
    const { status, body } = await graph.get(path)
    expect(status).toBe(200)
    expect(body).toMatchObject({ '@odata.context': `${server.mock.http}/v1.0/$metadata#policies/authenticationMethodsPolicy`, 'id': 'authenticationMethodsPolicy', 'policyMigrationState': 'migrationComplete' })
    const enabled = (body.authenticationMethodConfigurations as { id: string; state: string }[]).filter(({ state }) => state === 'enabled').map(({ id }) => id)
    expect(enabled).toEqual(['TemporaryAccessPass', 'SoftwareOath'])

    expect((await graph.get(`${path}/authenticationMethodConfigurations?$filter=state eq 'enabled'&$select=id`)).body.value.map(({ id }: { id: string }) => id)).toEqual(enabled)
    const pass = await graph.get(`${path}/authenticationMethodConfigurations/temporaryaccesspass`)
    expect(pass.body).toMatchObject({ '@odata.type': '#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration', 'id': 'TemporaryAccessPass', 'defaultLifetimeInMinutes': 60 })
    expect((await graph.get(`${path}?$select=id&$expand=authenticationMethodConfigurations($select=id)`)).body.authenticationMethodConfigurations).toHaveLength(8)
    expect(await graph.get(`${path}/authenticationMethodConfigurations/CarrierPigeon`)).toMatchObject({ status: 404, body: { error: { code: 'NotFound', message: expect.stringMatching(/There are Fido2, /) } } })
  })

  test('is read by who may, and changed by nobody', async () => {
    const sandbox = await server.mock.sandbox()
    const writer = await graphWith(server.mock, sandbox, 'Policy.ReadWrite.AuthenticationMethod')

    expect(await (await graphWith(server.mock, sandbox, 'Policy.Read.All', people.alice)).get(path)).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied' } } })
    expect((await writer.get(path)).status).toBe(200)
    expect(await writer.patch(`${path}/authenticationMethodConfigurations/Fido2`, { state: 'enabled' })).toMatchObject({ status: 501, body: { error: { code: 'NotImplemented', message: expect.stringMatching(/authentication strength/) } } })
    expect((await writer.patch(path, {})).status).toBe(501)
  })
})

const empty = ['/policies/homeRealmDiscoveryPolicies', `/applications(appId='${apps.salesHub}')/homeRealmDiscoveryPolicies`, `/servicePrincipals(appId='${apps.salesHub}')/homeRealmDiscoveryPolicies`]
test.each(empty)('%s is an empty list', async (path) => {
  const { graph } = await graphOf(server.mock)

  expect(await graph.get(path)).toMatchObject({ status: 200, body: { value: [] } })
})

test.each(['/users/delta', '/groups/delta()', '/servicePrincipals/microsoft.graph.delta()'])('%s is refused as what is not answered, not as an object that is missing', async (path) => {
  const { graph } = await graphOf(server.mock)

  expect(await graph.get(path)).toMatchObject({ status: 501, body: { error: { code: 'NotImplemented', message: expect.stringMatching(/List the collection again/) } } })
})
