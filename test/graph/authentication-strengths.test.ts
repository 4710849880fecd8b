import { describe, expect, test } from 'vitest'
import { useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'
import type { Json } from './ask.ts'

const server = useMock()
const path = '/policies/authenticationStrengthPolicies'
const keys = { displayName: 'Keys only', description: 'Passkeys and Hello', allowedCombinations: ['fido2', 'windowsHelloForBusiness'] }

describe('an authentication strength', () => {
  test('is made, read, changed and removed, at both its addresses', async () => {
    const { graph } = await graphOf(server.mock)
    const made = await graph.post(path, keys)
    expect(made).toMatchObject({ status: 201, body: { ...keys, policyType: 'custom', requirementsSatisfied: 'mfa', combinationConfigurations: [], createdDateTime: expect.any(String) } })
    const other = `/identity/conditionalAccess/authenticationStrength/policies/${made.body.id}`
    expect((await graph.get(other)).body).toEqual(made.body)

    expect((await graph.patch(other, { displayName: 'Keys', description: null })).status).toBe(204)
    expect((await graph.get(`${path}/${made.body.id}`)).body).toMatchObject({ displayName: 'Keys', description: '', allowedCombinations: keys.allowedCombinations })
    expect((await graph.delete(other)).status).toBe(204)
    expect((await graph.get(other)).status).toBe(404)
  })

  test('is one of the built-in three, or the tenant\'s own', async () => {
    const { graph } = await graphOf(server.mock)
    await graph.post(path, keys)

    expect((await graph.get(path)).body.value.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['Multifactor authentication', 'Passwordless MFA', 'Phishing resistant MFA', 'Keys only'])
    expect((await graph.get(`${path}?$filter=policyType eq 'custom'`)).body.value).toHaveLength(1)
    expect((await graph.get(`${path}/00000000-0000-0000-0000-000000000002?$expand=combinationConfigurations`)).body).toMatchObject({ policyType: 'builtIn', combinationConfigurations: [] })
    for (const change of [graph.patch(`${path}/00000000-0000-0000-0000-000000000003`, { displayName: 'Mine' }), graph.delete(`${path}/00000000-0000-0000-0000-000000000003`)]) {
      expect(await change).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/built in/) } } })
    }
  })

  test('gets other combinations by an action, and says which policies ask for it', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, keys)).body
    const policy = { displayName: 'Keys for all', state: 'disabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', authenticationStrength: { id } } }
    const policyId = (await graph.post('/identity/conditionalAccess/policies', policy)).body.id

    expect(await graph.post(`${path}/${id}/updateAllowedCombinations`, { allowedCombinations: ['SoftwareOath, Password', 'fido2'] })).toMatchObject({
      status: 200, body: { previousCombinations: keys.allowedCombinations, currentCombinations: ['password,softwareOath', 'fido2'], conditionalAccessReferences: [policyId] },
    })
    expect((await graph.get(`/identity/conditionalAccess/policies/${policyId}`)).body.grantControls.authenticationStrength).toMatchObject({ id, allowedCombinations: ['password,softwareOath', 'fido2'] })
    expect((await graph.get(`${path}/${id}/usage`)).body).toMatchObject({ none: [], mfa: [{ id: policyId }] })
    expect(await graph.delete(`${path}/${id}`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/Keys for all/) } } })

    await graph.post(`${path}/${id}/microsoft.graph.updateAllowedCombinations`, { allowedCombinations: ['password'] })
    expect((await graph.get(`${path}/${id}`)).body).toMatchObject({ requirementsSatisfied: 'none' })
  })

  test('has configurations of its combinations', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, keys)).body
    const address = `${path}/${id}/combinationConfigurations`
    const keysOfOneMaker = { '@odata.type': '#microsoft.graph.fido2CombinationConfiguration', 'appliesToCombinations': ['fido2'], 'allowedAAGUIDs': ['de1e552d-db1d-4423-a619-566b625cdc84'] }
    const made = await graph.post(address, keysOfOneMaker)
    expect(made).toMatchObject({ status: 201, body: keysOfOneMaker })
    expect((await graph.get(address)).body.value).toMatchObject([keysOfOneMaker])
    for (const query of ['', '?$expand=combinationConfigurations']) expect((await graph.get(`${path}/${id}${query}`)).body.combinationConfigurations, query).toMatchObject([{ id: made.body.id, ...keysOfOneMaker }])
    expect((await graph.get(`${address}/${made.body.id}?$select=allowedAAGUIDs`)).body).toMatchObject({ allowedAAGUIDs: keysOfOneMaker.allowedAAGUIDs })

    expect((await graph.patch(`${address}/${made.body.id}`, { ...keysOfOneMaker, allowedAAGUIDs: [] })).status).toBe(204)
    expect((await graph.get(`${address}/${made.body.id}`)).body).toMatchObject({ allowedAAGUIDs: [] })
    expect(await graph.post(address, keysOfOneMaker)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/already/) } } })
    expect(await graph.post(address, { ...keysOfOneMaker, appliesToCombinations: ['password,sms'] })).toMatchObject({ status: 400, body: { error: { target: 'appliesToCombinations' } } })
    expect(await graph.post(address, { ...keysOfOneMaker, '@odata.type': '#microsoft.graph.x' })).toMatchObject({ status: 400, body: { error: { target: '@odata.type' } } })
    expect((await graph.delete(`${address}/${made.body.id}`)).status).toBe(204)
    expect((await graph.get(`${address}/${made.body.id}`)).status).toBe(404)
  })

  const refused: Record<string, { body: object; says: RegExp }> = {
    'without a name': { body: { ...keys, displayName: null }, says: /displayName/ },
    'without combinations': { body: { ...keys, allowedCombinations: [] }, says: /allowedCombinations/ },
    'with a combination there is none of': { body: { ...keys, allowedCombinations: ['fido2', 'password,fax'] }, says: /allowedCombinations\[1\].*"password,fax"/ },
    'with a text for a list': { body: { ...keys, allowedCombinations: 'fido2' }, says: /allowedCombinations.*a list/ },
    'with a member nobody knows': { body: { ...keys, combos: [] }, says: /combos/ },
  }
  test.each(Object.entries(refused))('%s is refused', async (_, { body, says }) => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.post(path, body)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(says) } } })
    expect((await graph.get(`${path}/$count`)).text).toBe('3')
  })

  test('does not change its combinations by the way', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, keys)).body

    expect(await graph.patch(`${path}/${id}`, { allowedCombinations: ['fido2'] })).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/updateAllowedCombinations/) } } })
    expect((await graph.patch(`${path}/${id}`, (await graph.get(`${path}/${id}`)).body)).status).toBe(204)
  })
})

test('the built-in strengths are of one day, one made here of the day it was made, and one of a tenant file of none', async () => {
  const { graph } = await graphOf(server.mock, { authenticationStrengths: [keys] })
  await graph.post(path, { ...keys, displayName: 'Made' })
  const { value } = (await graph.get(`${path}?$select=displayName,createdDateTime,modifiedDateTime`)).body
  const days = Object.fromEntries(value.map(({ displayName, createdDateTime, modifiedDateTime }: Json) => [displayName, [createdDateTime, modifiedDateTime]]))

  expect(days).toEqual({
    'Multifactor authentication': ['2021-12-01T00:00:00Z', '2021-12-01T00:00:00Z'],
    'Passwordless MFA': ['2021-12-01T00:00:00Z', '2021-12-01T00:00:00Z'],
    'Phishing resistant MFA': ['2021-12-01T00:00:00Z', '2021-12-01T00:00:00Z'],
    'Keys only': [null, null],
    'Made': [expect.stringMatching(/^20\d\d-/), expect.stringMatching(/^20\d\d-/)],
  })
})

test('what a strength can be made of is listed', async () => {
  const { graph } = await graphOf(server.mock)
  const root = '/identity/conditionalAccess/authenticationStrength'

  expect((await graph.get(`${root}/combinations`)).body.value).toEqual(expect.arrayContaining(['password,softwareOath', 'fido2', 'qrCodePin']))
  expect((await graph.get(root)).body.combinations).toHaveLength(25)
  expect((await graph.get(`${root}/authenticationMethodModes`)).body.value).toEqual(expect.arrayContaining([{ id: 'temporaryAccessPassOneTime', displayName: 'Temporary access pass one time', authenticationMethod: 'temporaryAccessPass' }]))
})
