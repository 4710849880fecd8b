import { expect } from 'vitest'
import { graphAt } from '../../graph/ask.ts'
import type { Graph } from '../../graph/ask.ts'
import { people } from '../../support/mock.ts'
import type { Story } from '../../support/mock.ts'
import { json } from './world.ts'
import type { Line } from './world.ts'

const scopes = 'Directory.ReadWrite.All User.ReadWrite.All Group.ReadWrite.All Policy.Read.All Policy.ReadWrite.ConditionalAccess Application.ReadWrite.All'

/** Graph as Carol asks it, with a token that says she may. */
async function carol(story: Story): Promise<Graph> {
  const { body } = await story.control('POST', '/tokens', { claims: { aud: 'https://graph.microsoft.com', oid: people.carol, scp: scopes } })

  return graphAt(story.mock.http ?? '', { authorization: `Bearer ${String(body.token)}` })
}

const policy = {
  '@odata.type': '#microsoft.graph.conditionalAccessPolicy',
  'displayName': 'Written by Terraform',
  'state': 'disabled',
  'conditions': {
    applications: { includeApplications: ['All'], excludeApplications: [] },
    users: {
      includeUsers: ['All'],
      includeGuestsOrExternalUsers: null,
      excludeGuestsOrExternalUsers: {
        guestOrExternalUserTypes: 'internalGuest,b2bCollaborationGuest',
        externalTenants: { '@odata.type': '#microsoft.graph.conditionalAccessEnumeratedExternalTenants', 'membershipKind': 'enumerated', 'members': ['11111111-2222-4333-8444-555555555555'] },
      },
    },
    clientAppTypes: ['mobileAppsAndDesktopClients', 'browser'],
    platforms: null,
    locations: null,
    devices: null,
    clientApplications: null,
    authenticationFlows: { transferMethods: 'deviceCodeFlow,authenticationTransfer' },
  },
  'grantControls': { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'], customAuthenticationFactors: [], termsOfUse: [] },
  'sessionControls': null,
}
const ranges = [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '192.0.2.0/24' }, { '@odata.type': '#microsoft.graph.iPv6CidrRange', 'cidrAddress': '2001:db8:7::/48' }, { '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '10.0.0.0/8' }]
const location = { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Depots', 'isTrusted': true, 'ipRanges': ranges }
const [policies, locations] = ['/identity/conditionalAccess/policies', '/identity/conditionalAccess/namedLocations']

/** Graph as Terraform and its SDKs ask it (wire 14, C80–C85). */
export const graph: Record<string, Line> = {
  'C80 both versions of Graph at this origin, in JSON, with pages at whole addresses and errors of Graph\'s': async (story) => {
    const as = await carol(story)
    for (const version of ['/v1.0', '/beta']) {
      const { status, headers, body } = await as.get(`${version}/users?$top=2`)
      expect([status, headers.get('content-type'), (body.value as unknown[]).length]).toEqual([200, expect.stringMatching(/^application\/json/), 2])
      expect(body['@odata.nextLink']).toMatch(new RegExp(`^${story.mock.http}${version}/users\\?`))
      expect((await as.get(body['@odata.nextLink'] as string)).body.value).not.toEqual(body.value)
    }
    expect(await as.get(`/users/${story.tenantId}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound', message: expect.any(String) as string, innerError: { 'date': expect.any(String) as string, 'request-id': expect.any(String) as string, 'client-request-id': expect.any(String) as string } } },
    })
  },
  'C81 the cloud as Terraform asks for it: one object, every address at this origin': async ({ mock }) => {
    const { status, body } = await json(`${mock.https}/metadata/endpoints?api-version=2022-09-01`)
    expect([status, body]).toEqual([200, expect.objectContaining({ name: expect.stringMatching(/./) as string, resourceManager: `${mock.https}/`, microsoftGraphResourceId: `${mock.https}/` })])
    expect(body.authentication).toMatchObject({ loginEndpoint: mock.https })
  },
  'C82 policies and locations are read as they were written, at once, nulls and order included': async (story) => {
    const as = await carol(story)
    const made = await as.post(policies, policy)
    expect([made.status, made.body.id]).toEqual([201, expect.stringMatching(/^[0-9a-f-]{36}$/)])
    const { '@odata.type': _type, ...sent } = policy
    expect((await as.get(`${policies}/${made.body.id as string}`)).body).toMatchObject(sent)
    expect((await as.patch(`${policies}/${made.body.id as string}`, { displayName: 'Renamed' })).status).toBe(204)
    expect((await as.get(`${policies}/${made.body.id as string}`)).body).toMatchObject({ ...sent, displayName: 'Renamed' })

    const { body: place } = await as.post(locations, location)
    expect((await as.get(`${locations}/${place.id as string}`)).body).toMatchObject(location)
    for (const { '@odata.type': type } of (await as.get(locations)).body.value as Record<string, string>[]) expect(type).toMatch(/^#microsoft\.graph\.(ip|countryNamed|ipNamed)/)
  },
  'C83 what is deleted is gone at once, a trusted location only once it is no longer, and null clears': async (story) => {
    const as = await carol(story)
    const { body: { id } } = await as.post(policies, policy)
    expect((await as.patch(`${policies}/${id as string}`, { grantControls: null, sessionControls: { signInFrequency: { isEnabled: true, type: 'hours', value: 4, authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'timeBased' } } })).status).toBe(204)
    expect((await as.get(`${policies}/${id as string}`)).body).toMatchObject({ grantControls: null, sessionControls: { signInFrequency: { value: 4 } } })
    expect([(await as.delete(`${policies}/${id as string}`)).status, (await as.get(`${policies}/${id as string}`)).status]).toEqual([204, 404])

    const { body: { id: place } } = await as.post(locations, location)
    const at = `${locations}/${place as string}`
    expect((await as.delete(at)).status).toBe(400)
    expect((await as.patch(at, { '@odata.type': location['@odata.type'], 'isTrusted': false })).status).toBe(204)
    expect([(await as.get(at)).body.isTrusted, (await as.delete(at)).status, (await as.get(at)).status]).toEqual([false, 204, 404])
  },
  'C84 filters with doubled quotes, selections, references by any host, users by name, me': async (story) => {
    const as = await carol(story)
    const { status, body: made } = await as.post('/users', { accountEnabled: true, displayName: 'Pat O\'Neill', mailNickname: 'pat', userPrincipalName: 'pat@contoso.example', passwordProfile: { password: 'Portcullis1!' } })
    expect(status).toBe(201)
    const found = async (filter: string) => ((await as.get(`/users?${new URLSearchParams({ $filter: filter, $select: 'displayName' })}`)).body.value as { displayName: string }[]).map(({ displayName }) => displayName)
    expect(await found('displayName eq \'Pat O\'\'Neill\'')).toEqual(['Pat O\'Neill'])
    expect(await found('startsWith(displayName,\'Pat O\'\'\')')).toEqual(['Pat O\'Neill'])
    expect(Object.keys((await as.get('/users/alice@contoso.example?$select=displayName')).body).filter((name) => !name.startsWith('@'))).toEqual(['displayName'])
    expect((await as.get('/me')).body).toMatchObject({ id: people.carol, userPrincipalName: 'carol@contoso.example' })

    const group = '/groups/c0ffee00-0000-4000-8000-0000000000c2'
    for (const [index, host] of ['https://graph.microsoft.com/v1.0', `${story.mock.http}/beta`].entries()) {
      const member = [made.id as string, people.dave][index]
      expect((await as.post(`${group}/members/$ref`, { '@odata.id': `${host}/directoryObjects/${member}` })).status).toBe(204)
    }
    expect(((await as.get(`${group}/members`)).body.value as { id: string }[]).map(({ id }) => id).toSorted()).toEqual([made.id as string, people.dave].toSorted())
    expect((await as.delete(`${group}/members/${people.dave}/$ref`)).status).toBe(204)
  },
  'C85 no ConsistencyLevel for what Terraform sends; headers that nobody reads do no harm': async (story) => {
    const as = await carol(story)
    const headers = { 'prefer': 'odata.maxpagesize=2', 'client-request-id': '5f2d1c3a-0000-4000-8000-000000000001', 'sdkversion': 'go-azure-sdk' }
    for (const filter of ['displayName eq \'Sales\'', 'startsWith(displayName,\'Sa\')', 'id eq \'c0ffee00-0000-4000-8000-0000000000c1\'']) {
      const { status, body, headers: told } = await as.get(`/beta/groups?${new URLSearchParams({ $filter: filter })}`, headers)
      expect([status, (body.value as { displayName: string }[]).map(({ displayName }) => displayName), told.get('client-request-id')], filter).toEqual([200, ['Sales'], headers['client-request-id']])
    }
    for (const [list, filter] of [['users', 'userPrincipalName eq \'alice@contoso.example\''], ['users', 'mailNickname eq \'alice\''], ['servicePrincipals', 'displayName eq \'Sales API\'']] as const) {
      expect((await as.get(`/${list}?${new URLSearchParams({ $filter: filter })}`)).status, filter).toBe(200)
    }
  },
}
