import { beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/index.ts'
import { apps, password, people, places, useMock } from '../support/mock.ts'
import { graphAt, graphOf, tokenOf } from './ask.ts'
import type { Graph, Json } from './ask.ts'

const server = useMock()
const signIns = '/auditLogs/signIns'
const audits = '/auditLogs/directoryAudits'

const listed = async (graph: Graph, path: string): Promise<Json[]> => {
  const said = await graph.get(path)
  expect(said.status, said.text).toBe(200)

  return said.body.value
}

/** Carol's own sign-in to ask Graph, then: alice at the office and in the café, bob with a wrong password, a daemon. */
async function eventfulMorning(): Promise<{ graph: Graph; sandbox: Sandbox }> {
  const { graph, sandbox } = await graphOf(server.mock)
  await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.office } })
  sandbox.clock.advance('PT10M')
  await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } })
  sandbox.clock.advance('PT10M')
  await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: `not ${password}`, signals: { ipAddress: places.office } })
  await fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }),
  })

  return { graph, sandbox }
}

describe('the sign-in log over Graph', () => {
  let graph: Graph
  let sandbox: Sandbox
  beforeAll(async () => {
    ({ graph, sandbox } = await eventfulMorning())
  })

  test('has the newest first, with v1.0\'s members', async () => {
    const { body } = await graph.get(`${signIns}?$filter=userId eq '${people.alice}'`)
    expect(body['@odata.context']).toBe(`${server.mock.http}/v1.0/$metadata#auditLogs/signIns`)
    expect(body['@odata.nextLink']).toBeUndefined()
    expect(body.value.map(({ ipAddress, status }: Json) => [ipAddress, status.errorCode])).toEqual([[places.cafe, 53003], [places.office, 0]])
    expect(body.value[0]).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      createdDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
      userDisplayName: 'Alice Adams',
      userPrincipalName: 'alice@contoso.example',
      userId: people.alice,
      appId: apps.salesHub,
      appDisplayName: 'Sales Hub',
      ipAddress: places.cafe,
      clientAppUsed: 'Browser',
      correlationId: expect.any(String),
      conditionalAccessStatus: 'failure',
      isInteractive: true,
      riskDetail: 'none',
      riskLevelAggregated: 'none',
      riskLevelDuringSignIn: 'none',
      riskState: 'none',
      riskEventTypes: [],
      riskEventTypes_v2: [],
      resourceDisplayName: expect.any(String),
      resourceId: expect.any(String),
      status: { errorCode: 53003, failureReason: 'Access has been blocked by Conditional Access policies.', additionalDetails: null },
      deviceDetail: { deviceId: '', displayName: null, operatingSystem: expect.any(String), browser: expect.any(String), isCompliant: null, isManaged: null, trustType: null },
      location: { city: null, state: null, countryOrRegion: 'DE', geoCoordinates: { altitude: null, latitude: null, longitude: null } },
      authenticationAppDeviceDetails: null,
      homeTenantId: sandbox.id,
      resourceTenantId: sandbox.id,
      servicePrincipalId: '',
      servicePrincipalName: null,
      userAgent: expect.any(String),
      appliedConditionalAccessPolicies: expect.any(Array),
    })
    expect(body.value[0].appliedConditionalAccessPolicies).toHaveLength(6)
    expect(body.value[0].appliedConditionalAccessPolicies).toContainEqual({
      id: 'c0ffee00-0000-4000-8000-0000000000e1', displayName: 'Sales Hub only from trusted locations', enforcedGrantControls: ['Block'], enforcedSessionControls: [], result: 'failure',
    })
  })

  test('says more in the beta: steps, conditions, networks', async () => {
    const [row] = await listed(graph, `/beta${signIns}?$filter=status/errorCode eq 53003`)

    expect(row).toMatchObject({ signInEventTypes: ['interactiveUser'], networkLocationDetails: [{ networkType: 'namedNetwork', networkNames: ['Branch'] }], flaggedForReview: false, userType: 'member' })
    expect(row.authenticationDetails[0]).toMatchObject({ succeeded: true, authenticationStepRequirement: 'Primary authentication' })
    expect(row.appliedConditionalAccessPolicies.find(({ result }: Json) => result === 'failure')).toMatchObject({ conditionsSatisfied: 'application,users,location,ipAddressSeenByAzureAD', conditionsNotSatisfied: 'none', sessionControlsNotSatisfied: [] })
    expect(row.sequence).toBeUndefined()
  })

  test('of a test says what was shown in it, as that of a person would', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    await sandbox.signIn({ user: 'dave', client: 'Sales SPA', signals: { ipAddress: places.cafe }, oneTimeCode: true })
    const { value: [row] } = (await graph.get(`/beta${signIns}?$filter=userId eq '${people.dave}'&$top=1`)).body

    expect(row).toMatchObject({ status: { errorCode: 0, additionalDetails: 'MFA completed in Azure AD' }, authenticationMethodsUsed: ['Password', 'OATH verification code'] })
    expect(row.authenticationDetails).toMatchObject([
      { authenticationMethod: 'Password', authenticationStepResultDetail: 'Correct password', authenticationStepRequirement: 'Primary authentication' },
      { authenticationMethod: 'OATH verification code', authenticationStepResultDetail: 'MFA completed in Azure AD', authenticationStepRequirement: 'Multifactor authentication' },
    ])
  })

  const filters: Record<string, number> = {
    'userPrincipalName eq \'alice@contoso.example\'': 2,
    'UserPrincipalName eq \'alice@contoso.example\'': 2,
    // The log writes names in lower case, and a filter finds what is written.
    'userPrincipalName eq \'Alice@contoso.example\'': 0,
    'startsWith(userPrincipalName,\'ali\')': 2,
    'startswith(userDisplayName, \'Bob\')': 1,
    'userDisplayName eq \'Carol Clark\'': 1,
    [`userId eq '${people.bob}'`]: 1,
    [`appId eq '${apps.salesHub}'`]: 2,
    'appDisplayName eq \'Sales Hub\'': 2,
    'startsWith(appDisplayName,\'Sales\')': 3,
    [`ipAddress eq '${places.cafe}'`]: 1,
    'startsWith(ipAddress,\'198.51.100.\')': 3,
    'clientAppUsed eq \'Browser\'': 3,
    'conditionalAccessStatus eq \'failure\'': 1,
    'conditionalAccessStatus eq \'Failure\'': 1,
    'status/errorCode eq 50126': 1,
    'status/errorCode eq 0 and location/countryOrRegion eq \'US\'': 2,
    'location/countryOrRegion eq \'DE\'': 1,
    'riskState eq \'none\'': 4,
    'riskLevelDuringSignIn eq \'high\'': 0,
    'riskEventTypes_v2/any(t: t eq \'anonymizedIPAddress\')': 0,
    'userId eq \'nobody\' or status/errorCode eq 53003': 1,
    'createdDateTime ge 2020-01-01': 4,
    'createdDateTime le 2020-01-01T00:00:00Z': 0,
  }
  test.each(Object.entries(filters))('finds with %s', async (filter, count) => {
    expect(await listed(graph, `${signIns}?$filter=${encodeURIComponent(filter)}`)).toHaveLength(count)
  })

  test('finds one by its id, its correlation id, its instant', async () => {
    const [row] = await listed(graph, `${signIns}?$top=1`)

    expect((await graph.get(`${signIns}/${row.id}`)).body).toEqual({ '@odata.context': `${server.mock.http}/v1.0/$metadata#auditLogs/signIns/$entity`, ...row })
    for (const filter of [`id eq '${row.id}'`, `correlationId eq '${row.correlationId}'`, `createdDateTime eq ${row.createdDateTime}`]) expect(await listed(graph, `${signIns}?$filter=${filter}`)).toEqual([row])
    expect(await graph.get(`${signIns}/${crypto.randomUUID()}`)).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } })
  })

  test('is ordered and paged by its link; a page has a thousand at most', async () => {
    const all = await listed(graph, `${signIns}?$orderby=createdDateTime`)
    const seen: Json[] = []
    for (let next: string | undefined = `${signIns}?$top=1&$orderby=createdDateTime asc&$select=id,createdDateTime`; next !== undefined;) {
      const { body }: Json = await graph.get(next)
      seen.push(...body.value)
      next = body['@odata.nextLink']
    }

    expect(seen).toEqual(all.map(({ id, createdDateTime }) => ({ id, createdDateTime })))
    expect(all.map(({ id }) => id)).toEqual((await listed(graph, `${signIns}?$orderby=createdDateTime desc`)).map(({ id }) => id).toReversed())
    expect((await graph.get(`${signIns}?$top=1001`)).status).toBe(400)
  })

  test('of whoever did not sign in himself is the beta\'s, and asked for', async () => {
    const kinds = async (query: string) => [...new Set((await listed(graph, `/beta${signIns}${query}`)).map(({ signInEventTypes }) => signInEventTypes[0]))]

    expect(await kinds('')).toEqual(['interactiveUser'])
    expect(await kinds('?$filter=signInEventTypes/any(t: t eq \'servicePrincipal\')')).toEqual(['servicePrincipal'])
    expect(await kinds('?$filter=signInEventTypes/any(t: t eq \'nonInteractiveUser\')')).toEqual([])
    expect((await kinds('?$filter=signInEventTypes/any(t: t eq \'interactiveUser\' or t eq \'servicePrincipal\')')).toSorted()).toEqual(['interactiveUser', 'servicePrincipal'])
    expect(await kinds('?$filter=signInEventTypes/any(t: t ne \'interactiveUser\')')).toEqual(['servicePrincipal'])
    const [daemon] = await listed(graph, `/beta${signIns}?$filter=signInEventTypes/any(t:t eq 'servicePrincipal') and startsWith(servicePrincipalName,'Nightly')`)
    expect(daemon).toMatchObject({ servicePrincipalName: 'Nightly Job', userId: '', isInteractive: false })
    expect((await graph.get(`/beta${signIns}/${daemon.id}`)).body.id).toBe(daemon.id)
    expect((await graph.get(`${signIns}/${daemon.id}`)).status).toBe(404)
  })

  test('has daemons that could not prove who they are', async () => {
    const daemon = (secret: string, scope = 'api://sales-api/.default') => fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: secret, scope }) })
    await daemon('not-the-secret')
    await daemon('nightly-job-secret', 'api://nobody/.default')
    const rows = await listed(graph, `/beta${signIns}?$filter=signInEventTypes/any(t:t eq 'servicePrincipal')`)

    expect(rows.map(({ status, clientCredentialType }) => [status.errorCode, clientCredentialType])).toEqual([[500011, 'clientSecret'], [7000215, 'clientSecret'], [0, 'clientSecret']])
    expect(JSON.stringify(rows)).not.toContain('not-the-secret')
  })

  const wrong: Record<string, { query: string; says: RegExp }> = {
    'a property that cannot be filtered': { query: '$filter=isInteractive eq true', says: /'isInteractive'.*cannot be filtered/ },
    'an operator a property has not': { query: '$filter=startsWith(clientAppUsed,\'B\')', says: /clientAppUsed.*startswith.*with eq/ },
    'greater than': { query: '$filter=createdDateTime gt 2020-01-01', says: /createdDateTime.*gt.*eq, le, ge/ },
    'kinds of sign-in on v1.0': { query: '$filter=signInEventTypes/any(t: t eq \'servicePrincipal\')', says: /Could not find a property named 'signInEventTypes'/ },
    'a part that is not filtered': { query: '$filter=deviceDetail/isCompliant eq true', says: /deviceDetail\/isCompliant/ },
    'an order by anything else': { query: '$orderby=userDisplayName', says: /Sorting not supported for property 'userDisplayName'/ },
    'a filter that is none': { query: '$filter=userId eq', says: /position/ },
    'a number that is a text': { query: '$filter=status/errorCode eq \'x\'', says: /not a number/ },
    'a token of its own': { query: '$skiptoken=x', says: /Invalid \$skiptoken/ },
    'a search': { query: '$search="alice"', says: /'\$search' is not supported/ },
    'to skip': { query: '$skip=3', says: /'\$skip' is not supported/ },
  }
  test.each(Object.entries(wrong))('refuses %s', async (_, { query, says }) => {
    const [name = '', value = ''] = query.split(/=(.*)/s)

    expect(await graph.get(`${signIns}?${name}=${encodeURIComponent(value)}`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(says) } } })
  })
})

describe('who may read the sign-in log', () => {
  test('nobody without the scope, nor without a role', async () => {
    const sandbox = await server.mock.sandbox()
    const as = async (user: string, client?: string) => graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox, user, client)}` })

    expect(await (await as('carol', 'Sales Mobile')).get(signIns)).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } })
    expect(await (await as('dave')).get(signIns)).toMatchObject({ status: 403, body: { error: { message: expect.stringContaining('Reports Reader') } } })
    expect(await graphAt(server.mock.http!).get(signIns)).toMatchObject({ status: 401 })
  })

  test('who may not read policies is not told what they said', async () => {
    const sandbox = await server.mock.sandbox()
    await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } })
    const daemon = async (roles: string[]) => graphAt(server.mock.http!, {
      authorization: `Bearer ${await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', idtyp: 'app', appid: apps.nightlyJob, oid: 'c0ffee00-0000-4000-8000-0000000000f4', roles } })}`,
    })
    const policies = async (roles: string[]) => (await listed(await daemon(roles), signIns))[0].appliedConditionalAccessPolicies.length

    expect(await policies(['AuditLog.Read.All', 'Directory.Read.All'])).toBe(0)
    expect(await policies(['AuditLog.Read.All', 'Directory.Read.All', 'Policy.Read.All'])).toBe(6)
    expect((await (await daemon(['AuditLog.Read.All'])).get(signIns)).status).toBe(403)
    expect((await (await daemon(['AuditLog.Read.All'])).get(audits)).status).toBe(200)
  })

  test.each(['none', 'lapsed'] as const)('not a tenant whose licence is %s', async (licence) => {
    const { graph, sandbox } = await graphOf(server.mock)
    await sandbox.patch({ licence })

    expect(await graph.get(signIns)).toMatchObject({ status: 403, body: { error: { code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', message: 'Neither tenant is B2C or tenant doesn\'t have premium license' } } })
    expect((await graph.get(`/beta${signIns}/${crypto.randomUUID()}`)).status).toBe(403)
    expect((await graph.get(audits)).status).toBe(200)
  })

  test('risk is hidden without P2, also from filters', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.office, signInRiskLevel: 'high' } })
    const risky = `${signIns}?$filter=riskLevelDuringSignIn eq 'high'`
    expect(await listed(graph, risky)).toMatchObject([{ riskLevelDuringSignIn: 'high', riskState: 'atRisk' }])
    await sandbox.patch({ licence: 'P1' })

    expect(await listed(graph, risky)).toEqual([])
    expect(await listed(graph, `${signIns}?$filter=riskLevelDuringSignIn eq 'hidden' and userId eq '${people.alice}'`)).toMatchObject([{ riskLevelDuringSignIn: 'hidden', riskLevelAggregated: 'hidden', riskDetail: 'hidden', riskState: 'none' }])
  })

  test('rows are shown for thirty days of the tenant\'s time', async () => {
    const { sandbox } = await graphOf(server.mock)
    const later = async (by: string) => {
      sandbox.clock.advance(by)
      return listed(graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox)}` }), `${signIns}?$filter=appDisplayName eq 'Admin Shell'`)
    }

    expect(await later('P29D')).toHaveLength(2)
    expect(await later('P2D')).toHaveLength(2)
    expect((await fetch(`${server.mock.http}/_mock/tenants/${sandbox.id}/sign-ins`).then((response) => response.json()) as Json).entries).toHaveLength(3)
  })
})

describe('the directory audit over Graph', () => {
  const location = { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Lab', 'isTrusted': false, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '192.0.2.0/24' }] }

  test('tells a change that Graph was asked for, by whom, with the value before and after', async () => {
    const { graph } = await graphOf(server.mock)
    const { body: { id } } = await graph.post('/identity/conditionalAccess/namedLocations', location)
    await graph.patch(`/identity/conditionalAccess/namedLocations/${id}`, { '@odata.type': location['@odata.type'], 'isTrusted': true })
    const [updated, added, ...others] = await listed(graph, audits)

    expect(others).toEqual([])
    expect(added).toMatchObject({ activityDisplayName: 'Add named location', loggedByService: 'Conditional Access', category: 'Policy', operationType: 'Add', result: 'success', targetResources: [{ id, displayName: 'Lab', type: 'Policy' }] })
    expect(updated.initiatedBy).toEqual({ app: null, user: { id: people.carol, displayName: 'Carol Clark', userPrincipalName: 'carol@contoso.example', ipAddress: '127.0.0.1' } })
    expect(JSON.parse(updated.targetResources[0].modifiedProperties[0].oldValue)).toMatchObject({ isTrusted: false })
    expect(JSON.parse(updated.targetResources[0].modifiedProperties[0].newValue)).toMatchObject({ isTrusted: true })
    expect((await graph.get(`${audits}/${added.id}`)).body).toEqual({ '@odata.context': `${server.mock.http}/v1.0/$metadata#auditLogs/directoryAudits/$entity`, ...added })
    expect((await graph.get(`${audits}/nobody`)).status).toBe(404)
    expect((await listed(graph, `/beta${audits}`))[0]).toHaveProperty('userAgent', null)
  })

  test('tells what the control API did as Portcullis\'s own, and what a user did to himself as his', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    await sandbox.patchUser('dave', { accountEnabled: false })
    await sandbox.revoke('alice')
    const rows = await listed(graph, audits)

    expect(rows.map(({ activityDisplayName }) => activityDisplayName)).toEqual(['Update StsRefreshTokenValidFrom Timestamp', 'Disable account'])
    expect(rows[0].initiatedBy).toEqual({ user: null, app: { appId: null, displayName: 'Portcullis', servicePrincipalId: null, servicePrincipalName: null } })
  })

  test('is found by activity, service, instant, initiator and target', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const { body: { id } } = await graph.post('/identity/conditionalAccess/namedLocations', location)
    await sandbox.patchUser('dave', { displayName: 'Dave Doe' })
    const [updated, added] = await listed(graph, audits)
    const cases: Record<string, Json[]> = {
      'activityDisplayName eq \'Add named location\'': [added],
      'activityDisplayName eq \'ADD Named Location\'': [added],
      'startswith(activityDisplayName,\'Update\')': [updated],
      'loggedByService eq \'Core Directory\'': [updated],
      'category eq \'Policy\'': [added],
      [`initiatedBy/user/id eq '${people.carol}'`]: [added],
      'initiatedBy/user/displayName eq \'Carol Clark\'': [added],
      'startswith(initiatedBy/user/userPrincipalName,\'carol@\')': [added],
      'initiatedBy/app/displayName eq \'Portcullis\'': [updated],
      [`targetResources/any(t: t/id eq '${id}')`]: [added],
      'targetResources/any(t:t/displayName eq \'Dave Doe\')': [updated],
      'targetResources/any(x: startswith(x/displayName, \'La\'))': [added],
      [`targetResources/any(t: t/id eq '${id}' and t/displayName eq 'Dave Doe')`]: [],
      [`activityDateTime le ${added.activityDateTime}`]: updated.activityDateTime === added.activityDateTime ? [updated, added] : [added],
      'activityDateTime ge 2020-01-01T00:00:00Z and loggedByService eq \'Conditional Access\'': [added],
      [`correlationId eq '${added.correlationId}'`]: [added],
      [`id eq '${updated.id}'`]: [updated],
    }
    for (const [filter, rows] of Object.entries(cases)) expect(await listed(graph, `${audits}?$filter=${encodeURIComponent(filter)}`), filter).toEqual(rows)
    for (const filter of ['result eq \'success\'', 'initiatedBy/user/ipAddress eq \'x\'', 'startswith(loggedByService,\'C\')']) {
      expect(await graph.get(`${audits}?$filter=${encodeURIComponent(filter)}`)).toMatchObject({ status: 400, body: { error: { code: 'Request_UnsupportedQuery' } } })
    }
  })

  test('shows a week to a tenant that pays for nothing', async () => {
    const sandbox = await server.mock.sandbox({ licence: 'none' })
    await sandbox.patchUser('dave', { displayName: 'Dave Doe' })
    const rows = async () => (await listed(graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox)}` }), audits)).length
    expect(await rows()).toBe(1)
    sandbox.clock.advance('P8D')

    expect(await rows()).toBe(0)
    await sandbox.patch({ licence: 'P1' })
    expect(await rows()).toBe(2)
  })
})
