import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import { graphAt, graphOf, tokenOf, type Graph, type Json } from './ask.ts'

const server = useMock()
const group = (last: string) => `c0ffee00-0000-4000-8000-0000000000${last}`
const sales = group('c1')
const finance = group('c2')
const eventual = { consistencylevel: 'eventual' }
const team = { displayName: 'Team', mailEnabled: false, mailNickname: 'team', securityEnabled: true }
const ref = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` })
const names = ({ body }: { readonly body: Json }): readonly string[] => body.value.map(({ displayName }: Json) => displayName)

/** A group of one's own making. */
async function made(graph: Graph, change: Json = {}): Promise<string> {
  const { status, body } = await graph.post('/groups', { ...team, ...change })
  expect(status).toBe(201)

  return body.id
}

describe('a group', () => {
  test('is made, read, changed and deleted', async () => {
    const { graph } = await graphOf(server.mock)
    const { status, body, headers } = await graph.post('/groups', { ...team, 'description': 'Us', 'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${people.bob}`], 'owners@odata.bind': [ref(people.alice)['@odata.id']] })
    expect({ status, body }).toMatchObject({ status: 201, body: { displayName: 'Team', description: 'Us', groupTypes: [], mailEnabled: false, securityEnabled: true, isAssignableToRole: null, membershipRule: null, securityIdentifier: expect.stringMatching(/^S-1-12-1-\d+-\d+-\d+-\d+$/) } })
    expect(headers.get('location')).toBe(`${server.mock.http}/v1.0/groups/${body.id}`)
    expect(names(await graph.get(`/groups/${body.id}/members`))).toEqual(['Bob Baker'])
    expect(names(await graph.get(`/groups/${body.id}/owners`))).toEqual(['Carol Clark', 'Alice Adams'])

    expect(await graph.patch(`/groups/${body.id}`, { description: null, displayName: 'The team' })).toMatchObject({ status: 204, text: '' })
    expect((await graph.get(`/groups/${body.id}`)).body).toMatchObject({ displayName: 'The team', description: null })
    expect((await graph.delete(`/groups/${body.id}`)).status).toBe(204)
    expect(await graph.get(`/groups/${body.id}`)).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } })
  })

  const premium: Record<string, Json> = { 'a dynamic one': { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"' }, 'one for roles': { isAssignableToRole: true } }
  test.each(Object.entries(premium))('wants the licence where it is %s', async (_, change) => {
    for (const licence of ['none', 'lapsed'] as const) {
      const { graph } = await adminOf(server.mock, { licence })
      expect(await graph.post('/groups', { ...team, ...change })).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied', message: expect.stringMatching(/^Your tenant is not licensed for this feature\./) } } })
      const plain = await made(graph)
      expect((await graph.patch(`/groups/${plain}`, change)).status).toBe('membershipRule' in change ? 403 : 400)
    }
  })

  const lists: Record<string, [query: string, names: readonly string[], headers?: Record<string, string>]> = {
    'all': ['', ['Sales', 'Finance', 'Break glass']],
    'in the order of names': ['?$orderby=displayName', ['Break glass', 'Finance', 'Sales']],
    'by name': ["?$filter=displayName eq 'sales'", ['Sales']],
    'those that give access': ['?$filter=securityEnabled eq true and mailEnabled eq false', ['Sales', 'Finance', 'Break glass']],
    'the Microsoft 365 ones': ["?$filter=groupTypes/any(c:c eq 'Unified')", []],
    'by a search': ['?$search="displayName:glass"', ['Break glass'], eventual],
  }
  test.each(Object.entries(lists))('is listed: %s', async (_, [query, expected, headers = {}]) => {
    const { graph } = await graphOf(server.mock)

    expect(names(await graph.get(`/groups${query}`, headers))).toEqual(expected)
  })

  const wrong: Record<string, [change: Json, target: string, message: RegExp]> = {
    'without a name': [{ displayName: undefined }, 'displayName', /A value is required for property 'displayName'/],
    'without a nickname': [{ mailNickname: undefined }, 'mailNickname', /A value is required/],
    'that gets mail and is none of Microsoft 365': [{ mailEnabled: true }, 'mailEnabled', /mail-enabled security groups/],
    'that is for nothing': [{ securityEnabled: false }, 'securityEnabled', /mail-enabled or security-enabled/],
    'with a rule and no kind': [{ membershipRule: 'user.department -eq "Sales"' }, 'groupTypes', /DynamicMembership/],
    'with a rule nobody can read': [{ groupTypes: ['DynamicMembership'], membershipRule: 'user.department -is "Sales"' }, 'membershipRule', /The rule cannot be read/],
    'with roles and a rule': [{ groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"', isAssignableToRole: true }, 'membershipRule', /assigned members only/],
    'with more than twenty at once': [{ 'members@odata.bind': Array.from({ length: 21 }, () => people.alice) }, 'members@odata.bind', /21; a request adds 20 at most/],
    'owned by a group': [{ 'owners@odata.bind': [sales] }, 'owners', /cannot be an owner/],
    'with something else bound': [{ 'friends@odata.bind': [people.alice] }, 'friends', /cannot be bound/],
  }
  test.each(Object.entries(wrong))('is not made %s', async (_, [change, target, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await graph.post('/groups', { ...team, ...change })).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest', target, message: expect.stringMatching(message) } } })
    expect((await graph.get('/groups')).body.value).toHaveLength(3)
  })
})

describe('who is in a group', () => {
  test('is added by reference and taken out again', async () => {
    const { graph } = await graphOf(server.mock)
    expect(await graph.post(`/groups/${finance}/members/$ref`, ref(people.dave))).toMatchObject({ status: 204, text: '' })
    expect(names(await graph.get(`/groups/${finance}/members`))).toContain('Dave Doyle')
    expect((await graph.get(`/groups/${finance}/members/$ref`)).body.value).toContainEqual({ '@odata.id': `${server.mock.http}/v1.0/directoryObjects/${people.dave}` })
    expect((await graph.get(`/groups/${finance}/members/$count`, eventual)).text).toBe('1')

    expect((await graph.delete(`/groups/${finance}/members/${people.dave}/$ref`)).status).toBe(204)
    expect(names(await graph.get(`/groups/${finance}/members`))).toEqual([])
  })

  test('is added, many at once, by PATCH, beside those who are there', async () => {
    const { graph } = await graphOf(server.mock)
    expect((await graph.patch(`/groups/${finance}`, { 'members@odata.bind': [people.dave, people.erin].map((id) => ref(id)['@odata.id']) })).status).toBe(204)
    expect((await graph.patch(`/groups/${finance}`, { 'members@odata.bind': [ref(people.alice)['@odata.id']] })).status).toBe(204)

    expect(names(await graph.get(`/groups/${finance}/members`))).toEqual(['Dave Doyle', 'Erin Evans', 'Alice Adams'])
  })

  test('says of what kind each is, with what is its own', async () => {
    const { graph } = await graphOf(server.mock)
    const outer = await made(graph, { 'members@odata.bind': [sales, people.dave] })
    const { value } = (await graph.get(`/groups/${outer}/members`)).body

    expect(value.map((one: Json) => one['@odata.type'])).toEqual(['#microsoft.graph.group', '#microsoft.graph.user'])
    expect(value[0]).toMatchObject({ displayName: 'Sales', securityEnabled: true })
    expect(value[1]).toMatchObject({ displayName: 'Dave Doyle', userPrincipalName: 'dave@contoso.example' })
    expect(value[1]).not.toHaveProperty('securityEnabled')
    expect((await graph.get(`/groups/${outer}/members/microsoft.graph.user?$select=userPrincipalName`)).body.value).toEqual([{ userPrincipalName: 'dave@contoso.example' }])
    expect((await graph.get(`/groups/${outer}/members?$select=displayName,userPrincipalName`)).body.value).toEqual([
      { '@odata.type': '#microsoft.graph.group', 'displayName': 'Sales' },
      { '@odata.type': '#microsoft.graph.user', 'displayName': 'Dave Doyle', 'userPrincipalName': 'dave@contoso.example' },
    ])
    expect(names(await graph.get(`/groups/${outer}/transitiveMembers/microsoft.graph.user?$orderby=displayName`))).toEqual(['Alice Adams', 'Bob Baker', 'Dave Doyle', 'Fiona Frey'])
    expect((await graph.get(`/groups/${outer}?$expand=members($select=displayName)`)).body.members.map(({ displayName }: Json) => displayName)).toEqual(['Sales', 'Dave Doyle'])
  })

  const refused: Record<string, [ask: (graph: Graph) => ReturnType<Graph['get']>, status: number, message: RegExp]> = {
    'twice': [(graph) => graph.post(`/groups/${sales}/members/$ref`, ref(people.alice)), 400, /One or more added object references already exist for the following modified properties: 'members'\./],
    'that is nobody': [(graph) => graph.post(`/groups/${sales}/members/$ref`, ref(crypto.randomUUID())), 404, /does not exist/],
    'that is no reference': [(graph) => graph.post(`/groups/${sales}/members/$ref`, { id: people.dave }), 400, /Send \{ "@odata.id"/],
    'to a group that is none': [(graph) => graph.post(`/groups/${crypto.randomUUID()}/members/$ref`, ref(people.dave)), 404, /does not exist/],
    'to itself': [(graph) => graph.post(`/groups/${sales}/members/$ref`, ref(sales)), 400, /cannot be a member of itself/],
    'out that is not in': [(graph) => graph.delete(`/groups/${sales}/members/${people.dave}/$ref`), 404, /does not exist/],
    'to a role-assignable group, as a group': [async (graph) => graph.post(`/groups/${await made(graph, { isAssignableToRole: true })}/members/$ref`, ref(sales)), 400, /A role-assignable group has no groups in it/],
    'to a dynamic group': [async (graph) => graph.post(`/groups/${await made(graph, { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"' })}/members/$ref`, ref(people.dave)), 400, /dynamic group/],
  }
  test.each(Object.entries(refused))('is not one put %s', async (_, [ask, status, message]) => {
    const { graph } = await adminOf(server.mock)

    expect(await ask(graph)).toMatchObject({ status, body: { error: { message: expect.stringMatching(message) } } })
  })

  test('is found by a rule, and again when a user changes', async () => {
    const { graph } = await graphOf(server.mock)
    const dynamic = await made(graph, { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Sales"', membershipRuleProcessingState: 'On' })
    expect((await graph.get(`/groups/${dynamic}`)).body).toMatchObject({ groupTypes: ['DynamicMembership'], membershipRuleProcessingState: 'On' })
    expect(names(await graph.get(`/groups/${dynamic}/members`))).toEqual([])
    await graph.patch(`/users/${people.dave}`, { department: 'Sales' })

    expect(names(await graph.get(`/groups/${dynamic}/members`))).toEqual(['Dave Doyle'])
    expect(names(await graph.get(`/users/${people.dave}/memberOf`))).toEqual(['Team'])
  })
})

describe('what somebody is in', () => {
  test('is listed, nested groups and roles included', async () => {
    const { graph } = await graphOf(server.mock)
    const outer = await made(graph, { 'members@odata.bind': [sales] })

    expect(names(await graph.get(`/users/${people.alice}/memberOf`))).toEqual(['Sales'])
    expect(names(await graph.get(`/users/${people.alice}/transitiveMemberOf`))).toEqual(['Sales', 'Team'])
    expect(names(await graph.get('/me/memberOf'))).toEqual(['Global Administrator'])
    expect((await graph.get('/me/memberOf/microsoft.graph.directoryRole')).body.value).toMatchObject([{ roleTemplateId: '62e90394-69f5-4237-9190-012177145e10' }])
    expect(names(await graph.get(`/groups/${sales}/memberOf`))).toEqual(['Team'])

    const groupIds = [sales, outer, finance]
    expect((await graph.post(`/users/${people.alice}/getMemberGroups`, { securityEnabledOnly: true })).body.value.toSorted()).toEqual([sales, outer].toSorted())
    expect(await graph.post(`/users/${people.alice}/checkMemberGroups`, { groupIds })).toMatchObject({ status: 200, body: { value: [sales, outer] } })
    expect((await graph.post('/me/getMemberObjects', { securityEnabledOnly: false })).body.value).toHaveLength(1)
    expect((await graph.post(`/directoryObjects/${people.alice}/checkMemberObjects`, { ids: groupIds })).body.value).toEqual([sales, outer])
    expect((await graph.post(`/groups/${sales}/getMemberGroups`, { securityEnabledOnly: false })).body.value).toEqual([outer])
  })

  test('is not asked of nobody, nor of too many, nor without saying of what', async () => {
    const { graph } = await graphOf(server.mock)
    expect((await graph.post(`/users/${crypto.randomUUID()}/getMemberGroups`, { securityEnabledOnly: true })).status).toBe(404)
    expect(await graph.post('/me/checkMemberGroups', { groupIds: Array.from({ length: 21 }, () => sales) })).toMatchObject({ status: 400, body: { error: { target: 'groupIds', message: expect.stringContaining('20 at most') } } })
    expect((await graph.post('/me/checkMemberGroups', {})).status).toBe(400)
    expect((await graph.post('/me/getMemberGroups', { securityEnabledOnly: 'yes' })).status).toBe(400)
  })
})

describe('who may change a group', () => {
  test('its owners and administrators, nobody else', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const dave = graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox, 'dave')}` })
    const refusal = { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }
    expect(await dave.post(`/groups/${finance}/members/$ref`, ref(people.dave))).toMatchObject(refusal)
    expect(await dave.delete(`/groups/${finance}`)).toMatchObject(refusal)
    expect(await dave.post('/groups', { ...team, isAssignableToRole: true })).toMatchObject(refusal)

    await graph.post(`/groups/${finance}/owners/$ref`, ref(people.dave))
    expect((await dave.post(`/groups/${finance}/members/$ref`, ref(people.dave))).status).toBe(204)
    const own = await made(dave)
    expect(names(await dave.get(`/groups/${own}/owners`))).toEqual(['Dave Doyle'])
    expect(await dave.delete(`/groups/${own}/owners/${people.dave}/$ref`)).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('at least one owner') } } })
  })
})

describe('what Graph changes of a group acts on the next sign-in', () => {
  const cafe = { ipAddress: '203.0.113.9' }
  const atSalesHub = { user: 'dave', client: 'Sales Hub', oneTimeCode: true, signals: cafe } as const

  test('a member added is blocked where the group is, and not when taken out', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    expect((await sandbox.signIn(atSalesHub)).outcome).toBe('granted')
    await graph.post(`/groups/${sales}/members/$ref`, ref(people.dave))
    expect(await sandbox.signIn(atSalesHub)).toMatchObject({ outcome: 'blocked', error: { code: 53003 } })

    await graph.delete(`/groups/${sales}/members/${people.dave}/$ref`)
    expect((await sandbox.signIn(atSalesHub)).outcome).toBe('granted')
  })

  test('a member of a group within the group is meant too', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const inner = await made(graph, { 'members@odata.bind': [people.dave] })
    await graph.patch(`/groups/${sales}`, { 'members@odata.bind': [inner] })

    expect(await sandbox.signIn(atSalesHub)).toMatchObject({ outcome: 'blocked' })
  })
})
