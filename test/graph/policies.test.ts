import { describe, expect, test } from 'vitest'
import { places, useMock } from '../support/mock.ts'
import { graphAt, graphOf, tokenOf } from './ask.ts'

const server = useMock()
const path = '/identity/conditionalAccess/policies'
const minimal = {
  displayName: 'MFA for everybody',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } },
  grantControls: { operator: 'AND', builtInControls: ['mfa'] },
}

describe('a policy', () => {
  test('is answered whole, with the service\'s defaults in the service\'s order', async () => {
    const { graph } = await graphOf(server.mock)
    const made = await graph.post(path, minimal)

    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`${server.mock.http}/v1.0${path}/${made.body.id}`)
    expect(made.body).toEqual({
      '@odata.context': `${server.mock.http}/v1.0/$metadata#identity/conditionalAccess/policies/$entity`,
      'id': expect.stringMatching(/^[\da-f-]{36}$/),
      'templateId': null,
      'displayName': 'MFA for everybody',
      'createdDateTime': expect.stringMatching(/^\d{4}-.*Z$/),
      'modifiedDateTime': null,
      'state': 'enabled',
      'deletedDateTime': null,
      'partialEnablementStrategy': null,
      'sessionControls': null,
      'conditions': {
        userRiskLevels: [], signInRiskLevels: [], clientAppTypes: ['all'], servicePrincipalRiskLevels: [], insiderRiskLevels: null, platforms: null, locations: null,
        times: null, deviceStates: null, devices: null, clientApplications: null, authenticationFlows: null,
        applications: { includeApplications: ['All'], excludeApplications: [], includeUserActions: [], includeAuthenticationContextClassReferences: [], applicationFilter: null },
        users: { includeUsers: ['All'], excludeUsers: [], includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [], includeGuestsOrExternalUsers: null, excludeGuestsOrExternalUsers: null },
      },
      'grantControls': {
        'operator': 'OR', 'builtInControls': ['mfa'], 'customAuthenticationFactors': [], 'termsOfUse': [],
        'authenticationStrength@odata.context': `${server.mock.http}/v1.0/$metadata#identity/conditionalAccess/policies('${made.body.id}')/grantControls/authenticationStrength/$entity`,
        'authenticationStrength': null,
      },
    })
    expect((await graph.get(`${path}/${made.body.id}`)).body).toEqual(made.body)
    expect(Object.keys(made.body)).toEqual(['@odata.context', 'id', 'templateId', 'displayName', 'createdDateTime', 'modifiedDateTime', 'state', 'deletedDateTime', 'partialEnablementStrategy', 'sessionControls', 'conditions', 'grantControls'])
  })

  test('is changed by what is said of it: absence keeps, null clears, conditions and controls are replaced whole', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, { ...minimal, conditions: { ...minimal.conditions, platforms: { includePlatforms: ['iOS'] } }, sessionControls: { signInFrequency: { isEnabled: true, value: 4, type: 'hours' } } })).body
    const now = async () => (await graph.get(`${path}/${id}`)).body

    expect(await graph.patch(`${path}/${id}`, { state: 'disabled' })).toMatchObject({ status: 204, text: '' })
    expect(await now()).toMatchObject({ state: 'disabled', modifiedDateTime: expect.any(String), displayName: minimal.displayName, conditions: { platforms: { includePlatforms: ['iOS'] } }, sessionControls: { signInFrequency: { value: 4 } } })

    await graph.patch(`${path}/${id}`, { sessionControls: null, STATE: 'EnabledForReportingButNotEnforced' })
    expect(await now()).toMatchObject({ state: 'enabledForReportingButNotEnforced', sessionControls: null, grantControls: { builtInControls: ['mfa'] } })

    await graph.patch(`${path}/${id}`, { conditions: { users: { includeUsers: ['None'] }, applications: { includeApplications: ['None'] } } })
    expect((await now()).conditions).toMatchObject({ platforms: null, users: { includeUsers: ['None'] }, clientAppTypes: ['all'] })

    expect(await graph.patch(`${path}/${id}`, { grantControls: null })).toMatchObject({ status: 400 })
    expect(await graph.patch(`${path}/${id}`, { conditions: null })).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/conditions/) } } })
    expect((await now()).grantControls).toMatchObject({ builtInControls: ['mfa'] })
  })

  test('takes what exports carry along: read-only members, annotations, capitals, the strength written out', async () => {
    const { graph } = await graphOf(server.mock)
    const strength = (await graph.post(path, { ...minimal, grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } } })).body
    expect(strength.grantControls.authenticationStrength).toMatchObject({ displayName: 'Phishing resistant MFA', allowedCombinations: ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor'] })

    const again = await graph.post(path, strength)
    expect(again).toMatchObject({ status: 201, body: { grantControls: { ...strength.grantControls, 'authenticationStrength@odata.context': expect.any(String) } } })
    expect(again.body.id).not.toBe(strength.id)
    expect((await graph.post(path, { DisplayName: 'Capitals', State: 'Disabled', Conditions: minimal.conditions, GrantControls: minimal.grantControls })).status).toBe(201)
  })

  test('shows its description to whom asks for it, as the service does', async () => {
    const { graph } = await graphOf(server.mock)
    const { body } = await graph.post(path, { ...minimal, description: 'Why' })
    expect(body).not.toHaveProperty('description')
    expect((await graph.get(`${path}/${body.id}?$select=description`)).body.description).toBe('Why')
    expect((await graph.patch(`${path}/${body.id}`, { description: null })).status).toBe(204)

    expect((await graph.get(`${path}?$select=description&$filter=id eq '${body.id}'`)).body.value).toEqual([{ description: null }])
  })

  test('is found by filter, order and page', async () => {
    const { graph } = await graphOf(server.mock)
    const names = async (query: string) => (await graph.get(`${path}?${query}`)).body.value.map(({ displayName }: { displayName: string }) => displayName)

    expect(await names('')).toHaveLength(6)
    expect(await names('$filter=state eq \'enabledForReportingButNotEnforced\'')).toEqual(['Compliant device for Sales API'])
    expect(await names('$filter=displayName eq \'mfa for administrators\'')).toEqual(['MFA for administrators'])
    expect(await names('$filter=grantControls/builtInControls/any(c:c eq \'block\')&$orderby=displayName')).toEqual(['Block legacy authentication', 'Sales Hub only from trusted locations'])
    expect(await names('$filter=conditions/users/includeUsers/any(u:u eq \'All\') and state eq \'enabled\'&$top=1&$orderby=displayName desc')).toEqual(['Sales Hub session'])
    expect((await graph.get(`${path}?$select=id,displayName,state&$count=true`)).body).toMatchObject({ '@odata.count': 6 })
    expect((await graph.get('/policies/conditionalAccessPolicies')).body.value).toHaveLength(6)
  })

  test('judges from the next sign-in on, and no more when it is gone; deleted, it can come back', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const dave = async () => (await sandbox.signIn({ user: 'dave', client: 'Sales Mobile', oneTimeCode: true, signals: { ipAddress: places.office } })).outcome
    expect(await dave()).toBe('granted')
    const { id } = (await graph.post(path, { ...minimal, conditions: { ...minimal.conditions, users: { includeUsers: [(await graph.get('/me')).body.id, 'c0ffee00-0000-4000-8000-0000000000b4'] } }, grantControls: { operator: 'OR', builtInControls: ['block'] } })).body
    expect(await dave()).toBe('blocked')
    expect((await graph.delete(`${path}/${id}`)).status).toBe(204)
    expect(await dave()).toBe('granted')
    expect((await graph.get(`${path}/${id}`)).status).toBe(404)

    const deleted = '/identity/conditionalAccess/deletedItems/policies'
    expect((await graph.get(deleted)).body.value).toMatchObject([{ id, deletedDateTime: expect.stringMatching(/Z$/) }])
    expect(await graph.post(`${deleted}/${id}/restore`)).toMatchObject({ status: 200, body: { id, displayName: minimal.displayName, deletedDateTime: null } })
    expect(await dave()).toBe('blocked')
    expect((await graph.get(deleted)).body.value).toEqual([])

    await graph.delete(`${path}/${id}`)
    expect((await graph.get(`/directory/deletedItems/${id}`)).status).toBe(404)
    expect((await graph.delete(`${deleted}/${id}`)).status).toBe(204)
    expect((await graph.post(`${deleted}/${id}/restore`)).status).toBe(404)
  })

  test('is gone for good thirty days after it was deleted', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const { id } = (await graph.post(path, minimal)).body
    await graph.delete(`${path}/${id}`)
    sandbox.clock.advance('P31D')
    const later = graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox)}` })

    expect((await later.post(`/identity/conditionalAccess/deletedItems/policies/${id}/restore`)).status).toBe(404)
  })

  test('two changes at once both count', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, minimal)).body
    await Promise.all([graph.patch(`${path}/${id}`, { displayName: 'Renamed' }), graph.patch(`${path}/${id}`, { state: 'disabled' }), graph.patch(`${path}/${id}`, { sessionControls: { persistentBrowser: { isEnabled: true, mode: 'never' } } })])

    expect((await graph.get(`${path}/${id}`)).body).toMatchObject({ displayName: 'Renamed', state: 'disabled', sessionControls: { persistentBrowser: { mode: 'never' } } })
  })

  const refused: Record<string, { body: unknown; says: RegExp; target?: string }> = {
    'without a name': { body: { ...minimal, displayName: undefined }, says: /1007.*displayName/ },
    'without a state': { body: { ...minimal, state: undefined }, says: /1007.*state/ },
    'with a state there is none of': { body: { ...minimal, state: 'on' }, says: /1007.*state.*"on"/ },
    'without conditions': { body: { ...minimal, conditions: undefined }, says: /conditions/ },
    'without applications': { body: { ...minimal, conditions: { users: { includeUsers: ['All'] } } }, says: /conditions.applications/ },
    'without a control': { body: { ...minimal, grantControls: null }, says: /1032/ },
    'with a member nobody knows': { body: { ...minimal, conditions: { ...minimal.conditions, colour: 'red' } }, says: /conditions.colour/ },
    'with a text where a list belongs': { body: { ...minimal, conditions: { ...minimal.conditions, users: { includeUsers: 'All' } } }, says: /1007.*conditions.users.includeUsers/ },
    'with no client types': { body: { ...minimal, conditions: { ...minimal.conditions, clientAppTypes: [] } }, says: /1064.*clientAppTypes/ },
    'that blocks and asks for more': { body: { ...minimal, grantControls: { operator: 'AND', builtInControls: ['block', 'mfa'] } }, says: /1032.*grantControls/ },
    'with a location that is not there': { body: { ...minimal, conditions: { ...minimal.conditions, locations: { includeLocations: [crypto.randomUUID()] } } }, says: /conditions.locations.includeLocations/ },
    'with a strength that is not there': { body: { ...minimal, grantControls: { operator: 'OR', authenticationStrength: { id: crypto.randomUUID() } } }, says: /authenticationStrength/ },
    'with a context that is not there': { body: { ...minimal, conditions: { ...minimal.conditions, applications: { includeAuthenticationContextClassReferences: ['c77'] } } }, says: /includeAuthenticationContextClassReferences/ },
  }
  test.each(Object.entries(refused))('%s is refused, and the refusal names the member', async (_, { body, says }) => {
    const { graph } = await graphOf(server.mock)
    const said = await graph.post(path, body)

    expect(said).toMatchObject({ status: 400, body: { error: { code: 'BadRequest', message: expect.stringMatching(says), details: expect.any(Array) } } })
    expect((await graph.get(`${path}/$count`)).text).toBe('6')
  })

  test('that is not there is a 404, whatever is wanted of it', async () => {
    const { graph } = await graphOf(server.mock)
    for (const id of [crypto.randomUUID(), 'x', '%27%20or%201%20eq%201', '..%2f..']) {
      expect((await graph.get(`${path}/${id}`)).status).toBe(404)
      expect((await graph.patch(`${path}/${id}`, { state: 'disabled' })).status).toBe(404)
      expect((await graph.delete(`${path}/${id}`)).status).toBe(404)
    }
  })
})

describe('a licence decides who may write', () => {
  const notLicensed = { status: 403, body: { error: { code: 'AccessDenied', message: expect.stringMatching(/not licensed for this feature/) } } }

  test('without one nothing is written, and everything can be read', async () => {
    const { graph } = await graphOf(server.mock, { licence: 'none' })

    expect(await graph.post(path, minimal)).toMatchObject(notLicensed)
    expect((await graph.get(path)).body.value).toHaveLength(6)
  })

  test('a lapsed one leaves policies in force, to be read and removed, not changed', async () => {
    const { graph, sandbox } = await graphOf(server.mock, { licence: 'lapsed' })
    const [policy] = (await graph.get(path)).body.value

    expect((await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } })).outcome).toBe('blocked')
    expect(await graph.patch(`${path}/${policy.id}`, { state: 'disabled' })).toMatchObject(notLicensed)
    expect((await graph.delete(`${path}/${policy.id}`)).status).toBe(204)
    expect((await sandbox.signIn({ user: 'alice', client: 'Sales Hub', oneTimeCode: true, signals: { ipAddress: places.cafe } })).outcome).toBe('granted')
  })

  test('P1 has no risk conditions', async () => {
    const { graph } = await graphOf(server.mock, { licence: 'P1' })

    expect((await graph.post(path, minimal)).status).toBe(201)
    expect(await graph.post(path, { ...minimal, conditions: { ...minimal.conditions, signInRiskLevels: ['high'] } })).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied' } } })
  })
})

describe('whoever writes a policy that locks every administrator out', () => {
  const block = (users: object) => ({ ...minimal, displayName: 'Nobody “at all”', conditions: { ...minimal.conditions, users }, grantControls: { operator: 'OR', builtInControls: ['block'] } })
  const warned: Record<string, { body: object; isWarned: boolean }> = {
    'everybody is blocked': { body: block({ includeUsers: ['All'] }), isWarned: true },
    'the role is blocked': { body: block({ includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] }), isWarned: true },
    'the emergency account gets in': { body: block({ includeUsers: ['All'], excludeGroups: ['c0ffee00-0000-4000-8000-0000000000c3'] }), isWarned: false },
    'a place lets them in': { body: { ...block({ includeUsers: ['All'] }), conditions: { ...block({ includeUsers: ['All'] }).conditions, locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } } }, isWarned: false },
    'it only reports': { body: { ...block({ includeUsers: ['All'] }), state: 'enabledForReportingButNotEnforced' }, isWarned: false },
    'it asks for a code': { body: minimal, isWarned: false },
  }
  test.each(Object.entries(warned))('is warned, or not: %s', async (_, { body, isWarned }) => {
    const { graph } = await graphOf(server.mock)
    const made = await graph.post(path, body)

    expect(made.status).toBe(201)
    if (isWarned) expect(made.headers.get('warning')).toMatch(/^199 - "With the policy Nobody \?at all\? every Global Administrator is blocked/)
    else expect(made.headers.get('warning')).toBeNull()
  })
})

describe('whoever writes a policy that names somebody by no id', () => {
  const about = (conditions: object) => ({ ...minimal, displayName: 'Names', conditions: { ...minimal.conditions, ...conditions } })
  const cases: Record<string, { conditions: object; warned: RegExp | null }> = {
    'a user name': { conditions: { users: { includeUsers: ['alice@contoso.example'] } }, warned: /^199 - "The policy Names names alice@contoso\.example: no ids, so that nothing goes by them\. Write the id of each object\."$/ },
    'names of groups and applications': { conditions: { users: { includeGroups: ['Sales', 'Café'] }, applications: { includeApplications: ['Sales Hub'], excludeApplications: ['A', 'B'] } }, warned: /names .*Sales.* and 2 more: no ids/ },
    'ids, whether or not something has them': { conditions: { users: { includeUsers: ['c0ffee00-0000-4000-8000-0000000000b1', 'c0ffee00-0000-4000-8000-0000000000ff'] } }, warned: null },
    'keywords': { conditions: { users: { includeUsers: ['all'], excludeUsers: ['GuestsOrExternalUsers'] }, applications: { includeApplications: ['Office365'] } }, warned: null },
  }
  test.each(Object.entries(cases))('is warned, or not: %s', async (_, { conditions, warned }) => {
    const { graph } = await graphOf(server.mock)
    const made = await graph.post(path, about(conditions))
    const changed = await graph.patch(`${path}/${made.body.id}`, { state: 'disabled' })

    expect([made.status, changed.status]).toEqual([201, 204])
    for (const { headers } of [made, changed]) {
      if (warned) expect(headers.get('warning')).toMatch(warned)
      else expect(headers.get('warning')).toBeNull()
    }
  })
})
