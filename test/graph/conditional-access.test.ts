import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { graphWith } from './ask-as.ts'
import { graphOf } from './ask.ts'
import type { Json } from './ask.ts'
import { meaningOf } from './meaning.ts'

const server = useMock()
const root = '/identity/conditionalAccess'

describe('an authentication context', () => {
  const path = `${root}/authenticationContextClassReferences`

  test('is made by the first change of it, and stays while it is published or a policy is about it', async () => {
    const { graph } = await graphOf(server.mock)
    expect((await graph.patch(`${path}/c7`, { displayName: 'Payments', isAvailable: true })).status).toBe(204)
    expect((await graph.get(`${path}/C7`)).body).toMatchObject({ id: 'c7', displayName: 'Payments', description: null, isAvailable: true })
    expect((await graph.get(`${path}?$filter=isAvailable eq true`)).body.value).toHaveLength(1)
    expect(await graph.delete(`${path}/c7`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/published/) } } })

    await graph.patch(`${path}/c7`, { isAvailable: false })
    const policy = { displayName: 'Payments', state: 'disabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeAuthenticationContextClassReferences: ['c7'] } }, grantControls: { operator: 'OR', builtInControls: ['mfa'] } }
    const { id } = (await graph.post(`${root}/policies`, policy)).body
    expect((await graph.delete(`${path}/c7`)).status).toBe(400)
    await graph.delete(`${root}/policies/${id}`)
    expect((await graph.delete(`${path}/c7`)).status).toBe(204)
    expect((await graph.get(`${path}/c7`)).status).toBe(404)
  })

  test('is one of c1 to c99, made once', async () => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.post(path, { id: 'c1', displayName: 'One' })).toMatchObject({ status: 201, body: { id: 'c1', isAvailable: false } })
    expect(await graph.post(path, { id: 'c1', displayName: 'Another' })).toMatchObject({ status: 400, body: { error: { target: 'id' } } })
    for (const id of ['c0', 'c100', 'x']) expect(await graph.patch(`${path}/${id}`, { displayName: 'x' })).toMatchObject({ status: 400, body: { error: { target: 'id' } } })
    expect(await graph.patch(`${path}/c2`, { isAvailable: 'yes' })).toMatchObject({ status: 400, body: { error: { target: 'isAvailable' } } })
  })
})

test('every template is a policy that can be written as it is, with whoever asks excluded', async () => {
  const { graph } = await graphOf(server.mock, { conditionalAccessPolicies: [] })
  const { value } = (await graph.get(`${root}/templates`)).body
  expect(value).toHaveLength(17)
  for (const { id, name, details } of value as Json[]) {
    expect(details.conditions.users.excludeUsers, name).toContain(people.carol)
    const made = await graph.post(`${root}/policies`, { ...details, displayName: name, state: 'enabledForReportingButNotEnforced', templateId: id })
    expect(made, `${name} ${made.text}`).toMatchObject({ status: 201, body: { templateId: id } })
    expect(meaningOf(made.body)).toMatchObject(meaningOf({ ...details, state: 'enabledForReportingButNotEnforced' }))
    expect(made.headers.get('warning')).toBeNull()
  }
  expect((await graph.get(`${root}/templates/c7503427-338e-4c5e-902d-abe252abfb43`)).body).toMatchObject({ name: 'Require multifactor authentication for admins', scenarios: 'secureFoundation,zeroTrust,protectAdmins' })
  expect((await graph.get(`${root}/templates/${crypto.randomUUID()}`)).status).toBe(404)
})

describe('security defaults', () => {
  const path = '/policies/identitySecurityDefaultsEnforcementPolicy'
  const policy = { displayName: 'MFA', state: 'enabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', builtInControls: ['mfa'] } }

  test('and enabled policies exclude one another', async () => {
    const { graph } = await graphOf(server.mock)
    expect((await graph.get(path)).body).toMatchObject({ id: '00000000-0000-0000-0000-000000000005', displayName: 'Security Defaults', isEnabled: false })
    expect(await graph.patch(path, { isEnabled: true })).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/Disable or remove the enabled policies first/) } } })

    for (const { id, state } of (await graph.get(`${root}/policies`)).body.value) if (state === 'enabled') await graph.patch(`${root}/policies/${id}`, { state: 'disabled' })
    expect((await graph.patch(path, { isEnabled: true })).status).toBe(204)
    expect((await graph.get(path)).body).toMatchObject({ isEnabled: true })
    expect(await graph.post(`${root}/policies`, policy)).toMatchObject({ status: 400, body: { error: { code: 'BadRequest', message: expect.stringMatching(/^Security Defaults is enabled in the tenant\. You must disable Security defaults before enabling a Conditional Access policy\./) } } })
    expect((await graph.post(`${root}/policies`, { ...policy, state: 'disabled' })).status).toBe(201)
  })

  test('are on or off, and nothing else', async () => {
    const { graph } = await graphOf(server.mock)
    for (const body of [{}, { isEnabled: 'true' }, { isEnabled: null }]) expect(await graph.patch(path, body)).toMatchObject({ status: 400, body: { error: { target: 'isEnabled' } } })
  })
})

describe('What If', () => {
  const path = `${root}/evaluate`
  const alice = {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', 'userId': people.alice },
    signInContext: { '@odata.type': '#microsoft.graph.applicationContext', 'includeApplications': ['c0ffee00-0000-4000-8000-0000000000a1'] },
    signInConditions: { ipAddress: '203.0.113.9', clientAppType: 'browser' },
  }

  test('says of every policy whether it would apply, and the first reason why not', async () => {
    const { graph } = await graphOf(server.mock)
    const { status, body } = await graph.post(path, alice)
    const told = Object.fromEntries(body.value.map(({ displayName, policyApplies, analysisReasons }: Json) => [displayName, policyApplies || analysisReasons]))

    expect(status).toBe(200)
    expect(body['@odata.context']).toMatch(/\/v1\.0\/\$metadata#Collection\(microsoft\.graph\.whatIfAnalysisResult\)$/)
    expect(told).toEqual({
      'Sales Hub only from trusted locations': true,
      'MFA outside trusted locations': true,
      'MFA for administrators': 'users',
      'Sales Hub session': true,
      'Compliant device for Sales API': 'application',
      'Block legacy authentication': 'clientApps',
    })
    expect((await graph.post(`/beta${path}`, { ...alice, APPLIEDPOLICIESONLY: true })).body.value).toHaveLength(3)
  })

  const refused: Record<string, { body: object; status: number; says: RegExp }> = {
    'without a user': { body: { ...alice, signInIdentity: undefined }, status: 400, says: /signInIdentity/ },
    'without a target': { body: { ...alice, signInContext: null }, status: 400, says: /signInContext/ },
    'without conditions': { body: { ...alice, signInConditions: undefined }, status: 400, says: /signInConditions/ },
    'from no address': { body: { ...alice, signInConditions: { ipAddress: 'home' } }, status: 400, says: /ipAddress.*"home"/ },
    'about nobody': { body: { ...alice, signInIdentity: { userId: crypto.randomUUID() } }, status: 404, says: /does not exist/ },
  }
  test.each(Object.entries(refused))('%s is refused', async (_, { body, status, says }) => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.post(path, body)).toMatchObject({ status, body: { error: { message: expect.stringMatching(says) } } })
  })
})

describe.each(['none', 'lapsed'] as const)('with the licence %s', (licence) => {
  const strengths = '/policies/authenticationStrengthPolicies'
  const wishes: Record<string, [method: 'post' | 'patch', path: string, body: object]> = {
    'a strength': ['post', strengths, { displayName: 'x', allowedCombinations: ['fido2'] }],
    'a strength\'s combinations': ['post', `${strengths}/${crypto.randomUUID()}/updateAllowedCombinations`, { allowedCombinations: ['fido2'] }],
    'a context': ['patch', `${root}/authenticationContextClassReferences/c7`, { displayName: 'x' }],
    'a named location': ['post', `${root}/namedLocations`, { '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'x', 'countriesAndRegions': ['CH'] }],
    'a token lifetime policy': ['post', '/policies/tokenLifetimePolicies', { displayName: 'x', definition: ['{"TokenLifetimePolicy":{"Version":1}}'] }],
    'terms of use': ['post', '/identityGovernance/termsOfUse/agreements', { displayName: 'x' }],
  }
  test.each(Object.entries(wishes))('%s is not written', async (_, [method, path, body]) => {
    const sandbox = await server.mock.sandbox({ licence })
    const graph = await graphWith(server.mock, sandbox, 'Policy.Read.All Policy.ReadWrite.ConditionalAccess Application.Read.All Policy.ReadWrite.ApplicationConfiguration Agreement.ReadWrite.All')

    expect(await graph[method](path, body)).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied', message: expect.stringMatching(/^Your tenant is not licensed for this feature/) } } })
  })

  test('what is there is read and removed', async () => {
    const { graph } = await graphOf(server.mock, { licence, authenticationContextClassReferences: [{ id: 'c9', displayName: 'Old' }] })

    expect((await graph.get(`${root}/authenticationContextClassReferences`)).body.value).toHaveLength(1)
    expect((await graph.delete(`${root}/authenticationContextClassReferences/c9`)).status).toBe(204)
  })
})
