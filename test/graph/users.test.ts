import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import { graphAt, graphOf, tokenOf, type Json } from './ask.ts'

const server = useMock()
const zoe = {
  accountEnabled: true, displayName: 'Zoe Zimmer', mailNickname: 'zoe', userPrincipalName: 'zoe@contoso.example', department: 'Sales', otherMails: ['zoe@home.example'],
  passwordProfile: { password: 'Brand-New-1!', forceChangePasswordNextSignIn: false },
}
const eventual = { consistencylevel: 'eventual' }

describe('a user', () => {
  test('is made, read by id and by name, changed, and deleted', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    const made = await graph.post('/users', zoe)
    expect(made).toMatchObject({ status: 201, body: { 'displayName': 'Zoe Zimmer', '@odata.context': `${server.mock.http}/v1.0/$metadata#users/$entity`, 'mail': null } })
    expect(made.headers.get('location')).toBe(`${server.mock.http}/v1.0/users/${made.body.id}`)
    expect(made.text).not.toContain('Brand-New')
    expect((await sandbox.signIn({ user: 'zoe', client: 'Sales SPA', password: 'Brand-New-1!', signals: { ipAddress: '198.51.100.7' } })).outcome).toBe('granted')

    const query = '$select=id,department,otherMails,passwordProfile,createdDateTime,userType,mailNickname,creationType'
    expect((await graph.get(`/users/ZOE@contoso.example?${query}`)).body).toMatchObject({
      id: made.body.id, department: 'Sales', otherMails: ['zoe@home.example'], userType: 'Member', mailNickname: 'zoe', creationType: null,
      passwordProfile: { password: null, forceChangePasswordNextSignIn: false }, createdDateTime: expect.stringMatching(/Z$/),
    })

    expect(await graph.patch(`/users/${made.body.id}`, { JobTitle: 'Manager', department: null })).toMatchObject({ status: 204, text: '' })
    expect((await graph.get(`/users('${made.body.id}')?$select=jobTitle,department,displayName`)).body).toMatchObject({ jobTitle: 'Manager', department: null, displayName: 'Zoe Zimmer' })

    expect((await graph.delete(`/users/${made.body.id}`)).status).toBe(204)
    expect(await graph.get(`/users/${made.body.id}`)).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound', message: expect.stringContaining(`Resource '${made.body.id}' does not exist`) } } })
  })

  test('shows eleven properties unasked, as Graph does, and a hash never', async () => {
    const { graph } = await graphOf(server.mock)
    const { body, text } = await graph.get('/users')

    expect(Object.keys(body.value[0])).toEqual(['businessPhones', 'displayName', 'givenName', 'jobTitle', 'mail', 'mobilePhone', 'officeLocation', 'preferredLanguage', 'surname', 'userPrincipalName', 'id'])
    expect(text).not.toMatch(/scrypt|JBSWY3D/)
    expect((await graph.get('/users/alice@contoso.example?$select=passwordHash')).status).toBe(400)
  })

  const found: Record<string, [query: string, names: readonly string[], headers?: Record<string, string>]> = {
    'by name': ["$filter=userPrincipalName eq 'Alice@contoso.example'", ['Alice Adams']],
    'by id': [`$filter=id eq '${people.bob}'`, ['Bob Baker']],
    'by the beginning of a name': ["$filter=startswith(displayName,'b')", ['Bob Baker', 'Break Glass']],
    'by type': ["$filter=userType eq 'guest'", ['Erin Evans']],
    'among several': ["$filter=surname in ('Doyle','Frey')", ['Dave Doyle', 'Fiona Frey']],
    'by two conditions': ["$filter=accountEnabled eq true and givenName eq 'Carol'", ['Carol Clark']],
    'by what they are not': ["$filter=userType ne 'Member'&$count=true", ['Erin Evans'], eventual],
    'by the end of a name': ["$filter=endswith(userPrincipalName,'@fed.contoso.example')&$count=true", ['Fiona Frey'], eventual],
    'by a search': ['$search="displayName:adams" OR "displayName:dave"', ['Alice Adams', 'Dave Doyle'], eventual],
    'in the order of names': ['$orderby=displayName&$top=3', ['Alice Adams', 'Bob Baker', 'Break Glass']],
    'in the other order': ['$orderby=displayName desc&$top=2', ['Fiona Frey', 'Erin Evans']],
    'in order, with a filter': ["$filter=startswith(displayName,'b')&$orderby=displayName desc&$count=true", ['Break Glass', 'Bob Baker'], eventual],
    'nobody': ["$filter=displayName eq 'Zoe'", []],
  }
  test.each(Object.entries(found))('is found %s', async (_, [query, names, headers = {}]) => {
    const { graph } = await graphOf(server.mock)

    expect((await graph.get(`/users?${query}`, headers)).body.value.map(({ displayName }: Json) => displayName)).toEqual(names)
  })

  const refusedQueries: Record<string, [path: string, code: string, message: RegExp]> = {
    'ne without ConsistencyLevel': ["/users?$filter=userType ne 'Member'", 'Request_UnsupportedQuery', /ConsistencyLevel: eventual/],
    'a search without ConsistencyLevel': ['/users?$search="displayName:a"', 'Request_UnsupportedQuery', /ConsistencyLevel/],
    'a count without ConsistencyLevel': ['/users/$count', 'Request_UnsupportedQuery', /ConsistencyLevel/],
    'the order of what has none': ['/users?$orderby=jobTitle', 'Request_UnsupportedQuery', /Sorting not supported for property 'jobTitle'/],
    'a filter of a property that is none': ["/users?$filter=shoeSize eq '42'", 'BadRequest', /shoeSize/],
    'a page that is too long': ['/users?$top=1000', 'Request_UnsupportedQuery', /Invalid page size/],
    '$skip': ['/users?$skip=1', 'BadRequest', /\$skip/],
  }
  test.each(Object.entries(refusedQueries))('is not asked for with %s', async (_, [path, code, message]) => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.get(path)).toMatchObject({ status: 400, body: { error: { code, message: expect.stringMatching(message) } } })
  })

  test('is counted, and paged by the link, in order too', async () => {
    const { graph } = await graphOf(server.mock)
    expect(await graph.get('/users/$count', eventual)).toMatchObject({ status: 200, text: '7' })
    expect((await graph.get('/users?$count=true&$top=1', eventual)).body['@odata.count']).toBe(7)
    expect((await graph.get('/users?$count=true&$top=1')).body).not.toHaveProperty('@odata.count')
    for (const query of ['$top=2', '$top=3&$orderby=displayName desc', "$top=1&$filter=startswith(displayName,'B')"]) {
      const names: string[] = []
      for (let next: string | undefined = `/users?${query}`; next !== undefined;) {
        const { body }: Json = await graph.get(next)
        names.push(...body.value.map(({ displayName }: Json) => displayName))
        next = body['@odata.nextLink']
      }
      expect(new Set(names).size).toBe(names.length)
      expect(names).toHaveLength(query.includes('filter') ? 2 : 7)
    }
  })

  const wrong: Record<string, [change: Json, target: string, message: RegExp, code?: string]> = {
    'without a name': [{ displayName: undefined }, 'displayName', /A value is required for property 'displayName'/],
    'without a password': [{ passwordProfile: undefined }, 'passwordProfile', /A value is required for property 'passwordProfile'/],
    'with a weak password': [{ passwordProfile: { password: 'zoezoezoe' } }, 'passwordProfile', /does not comply with password complexity/],
    'in a domain of somebody else': [{ userPrincipalName: 'zoe@fabrikam.example' }, 'userPrincipalName', /"fabrikam.example" is not a domain of this tenant/],
    'with a name that is taken': [{ userPrincipalName: 'ALICE@contoso.example' }, 'userPrincipalName', /Another object with the same value for property userPrincipalName already exists/, 'ObjectConflict'],
    'with a property that is none': [{ shoeSize: 42 }, 'shoeSize', /Invalid property 'shoeSize'/],
    'with a property that is read-only': [{ id: crypto.randomUUID() }, 'id', /read-only/],
    'with a property of another type': [{ accountEnabled: 'yes' }, 'accountEnabled', /true or false/],
    'with a hash for a password': [{ passwordHash: 'scrypt$x' }, 'passwordHash', /Invalid property/],
    'with roles, which are not given so': [{ roles: ['Global Administrator'] }, 'roles', /Invalid property/],
  }
  test.each(Object.entries(wrong))('is not made %s', async (_, [change, target, message, code = 'Request_BadRequest']) => {
    const { graph } = await graphOf(server.mock)
    const said = await graph.post('/users', { ...zoe, ...change })

    expect(said).toMatchObject({ status: 400, body: { error: { code: 'Request_BadRequest', message: expect.stringMatching(message), details: [{ target, code }] } } })
    expect(await graph.get('/users/$count', eventual)).toMatchObject({ text: '7' })
  })

  test('is not left without a name, nor given somebody else\'s', async () => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.patch(`/users/${people.bob}`, { displayName: null })).toMatchObject({ status: 400, body: { error: { target: 'displayName' } } })
    expect(await graph.patch(`/users/${people.bob}`, { userPrincipalName: 'alice@contoso.example' })).toMatchObject({ status: 400, body: { error: { details: [{ code: 'ObjectConflict' }] } } })
    expect(await graph.patch('/users/nobody@contoso.example', { displayName: 'X' })).toMatchObject({ status: 404 })
  })

  test('two changes at once both count', async () => {
    const { graph } = await graphOf(server.mock)
    await Promise.all([graph.patch(`/users/${people.bob}`, { jobTitle: 'Seller' }), graph.patch(`/users/${people.bob}`, { department: 'Sales' }), graph.patch(`/users/${people.bob}`, { passwordProfile: { password: 'Brand-New-1!' } })])

    expect((await graph.get(`/users/${people.bob}?$select=jobTitle,department`)).body).toMatchObject({ jobTitle: 'Seller', department: 'Sales' })
  })
})

test('who is deleted while a password is being changed is gone, and nobody else comes of it', async () => {
  const { graph } = await graphOf(server.mock)
  for (let n = 0; n < 5; n++) {
    const { body: { id } } = await graph.post('/users', { ...zoe, userPrincipalName: `zoe${n}@contoso.example` })
    const [changed, deleted] = await Promise.all([graph.patch(`/users/${id}`, { passwordProfile: { password: `Brand-New-${n}!` } }), graph.delete(`/users/${id}`)])

    expect(deleted.status).toBe(204)
    expect([204, 404]).toContain(changed.status)
    expect((await graph.get(`/users/${id}`)).status).toBe(404)
  }
  expect((await graph.get('/users/$count', eventual)).text).toBe('7')
})

describe('what Graph changes of a user acts on the next sign-in', () => {
  const office = { ipAddress: '198.51.100.7' }
  const attempt = { user: 'bob', client: 'Sales SPA', password: 'Portcullis1!', signals: office }
  const changes: Record<string, [change: Json, code: number]> = {
    'disabled': [{ accountEnabled: false }, 50057],
    'with another password': [{ passwordProfile: { password: 'Brand-New-1!' } }, 50126],
    'with a password to be changed': [{ passwordProfile: { forceChangePasswordNextSignIn: true } }, 50055],
  }
  test.each(Object.entries(changes))('%s', async (_, [change, code]) => {
    const { graph, sandbox } = await graphOf(server.mock)
    expect((await sandbox.signIn(attempt)).outcome).toBe('granted')
    expect((await graph.patch(`/users/${people.bob}`, change)).status).toBe(204)

    expect(await sandbox.signIn(attempt)).toMatchObject({ error: { code } })
  })

  test('signed out of everything', async () => {
    const { graph, sandbox } = await graphOf(server.mock)
    expect((await graph.post(`/users/${people.bob}/revokeSignInSessions`)).status).toBe(204)

    expect((await sandbox.snapshot() as Json).users.find(({ id }: Json) => id === people.bob).signInSessionsValidFromDateTime).toMatch(/Z$/)
    expect((await graph.get(`/users/${people.bob}?$select=signInSessionsValidFromDateTime`)).body.signInSessionsValidFromDateTime).toMatch(/Z$/)
    expect((await graph.post('/users/nobody/revokeSignInSessions')).status).toBe(404)
  })
})

describe('who may', () => {
  const as = async (sandbox: Parameters<typeof tokenOf>[0], user: string) => graphAt(server.mock.http!, { authorization: `Bearer ${await tokenOf(sandbox, user)}` })

  test('a user without a role reads the others and changes little of himself', async () => {
    const { sandbox } = await graphOf(server.mock)
    const dave = await as(sandbox, 'dave')
    expect((await dave.get('/users')).body.value).toHaveLength(7)
    expect((await dave.patch('/me', { mobilePhone: '+1 555 0100', otherMails: ['dave@home.example'] })).status).toBe(204)
    expect((await dave.get('/me?$select=mobilePhone')).body).toMatchObject({ mobilePhone: '+1 555 0100' })

    for (const refused of [
      await dave.patch('/me', { accountEnabled: false }),
      await dave.patch('/me', { userPrincipalName: 'boss@contoso.example' }),
      await dave.patch(`/users/${people.alice}`, { jobTitle: 'Clown' }),
      await dave.post('/users', zoe),
      await dave.delete(`/users/${people.alice}`),
      await dave.post(`/users/${people.alice}/revokeSignInSessions`),
    ]) expect(refused).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied', message: expect.stringMatching(/^Insufficient privileges to complete the operation\./) } } })
  })

  test('a help desk helps users, not administrators', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    await graph.post('/roleManagement/directory/roleAssignments', { roleDefinitionId: '729827e3-9c14-49f7-bb1b-9608f156bbb8', principalId: people.dave, directoryScopeId: '/' })
    const dave = await as(sandbox, 'dave')
    const newPassword = { passwordProfile: { password: 'Brand-New-1!' } }
    expect((await dave.patch(`/users/${people.bob}`, newPassword)).status).toBe(204)
    expect(await dave.patch(`/users/${people.breakglass}`, newPassword)).toMatchObject({ status: 403, body: { error: { message: expect.stringContaining('The user is Global Administrator') } } })
    expect((await dave.patch(`/users/${people.breakglass}`, { accountEnabled: false })).status).toBe(403)
    expect((await graph.patch(`/users/${people.breakglass}`, newPassword)).status).toBe(204)
  })

  test('a token for oneself says nothing of others', async () => {
    const sandbox = await server.mock.sandbox()
    const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', oid: people.carol, scp: 'User.Read' } } as never)
    const graph = graphAt(server.mock.http!, { authorization: `Bearer ${token}` })

    expect((await graph.get('/me')).status).toBe(200)
    expect((await graph.get(`/users/${people.carol}`)).status).toBe(200)
    expect((await graph.get(`/users/${people.alice}`)).status).toBe(403)
    expect((await graph.get('/users')).status).toBe(403)
  })

  test('a user changes the password who knows the old one', async () => {
    const { sandbox } = await graphOf(server.mock)
    const dave = await as(sandbox, 'dave')
    expect((await dave.post('/me/changePassword', { currentPassword: 'wrong', newPassword: 'Brand-New-1!' })).status).toBe(400)
    expect((await dave.post('/me/changePassword', { currentPassword: 'Portcullis1!', newPassword: 'weak' })).status).toBe(400)
    expect((await dave.post('/me/changePassword', { currentPassword: 'Portcullis1!', newPassword: 'Brand-New-1!' })).status).toBe(204)

    expect((await sandbox.signIn({ user: 'dave', client: 'Sales SPA', password: 'Brand-New-1!', signals: { ipAddress: '198.51.100.7' } })).outcome).toBe('granted')
  })
})

test('when somebody signed in last is told, and who did not for long is found', async () => {
  const { graph, sandbox } = await graphOf(server.mock)
  await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: 'wrong' })
  await sandbox.signIn({ user: 'bob', client: 'Sales SPA', password: 'Portcullis1!', signals: { ipAddress: '198.51.100.7' } })
  const activity = (await graph.get(`/users/${people.bob}?$select=signInActivity`)).body.signInActivity
  expect(activity).toMatchObject({ lastSignInDateTime: expect.stringMatching(/Z$/), lastSuccessfulSignInRequestId: expect.any(String) })
  expect((await graph.get(`/users/${people.dave}?$select=signInActivity`)).body.signInActivity).toBeNull()
  expect((await graph.get('/users?$filter=signInActivity/lastSignInDateTime ge 2020-01-01T00:00:00Z')).body.value.map(({ displayName }: Json) => displayName)).toContain('Bob Baker')

  const free = await adminOf(server.mock, { licence: 'none' })
  expect(await free.graph.get('/users?$select=signInActivity')).toMatchObject({ status: 403, body: { error: { code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant' } } })
})

test('what tools select and a tenant here has nothing of is null or empty, not refused', async () => {
  const { graph } = await graphOf(server.mock)

  expect((await graph.get(`/users/${people.bob}?$select=imAddresses,legalAgeGroupClassification,assignedPlans`)).body).toMatchObject({ imAddresses: [], legalAgeGroupClassification: null, assignedPlans: [] })
  expect(await graph.patch(`/users/${people.bob}`, { imAddresses: ['sip:bob'] })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('read-only') } } })
})

test('a guest is invited, is pending, and is a guest to policies', async () => {
  const { graph } = await graphOf(server.mock)
  const invited = await graph.post('/invitations', { invitedUserEmailAddress: 'gina@partner.example', inviteRedirectUrl: 'https://localhost/app' })
  expect(invited).toMatchObject({ status: 201, body: { status: 'PendingAcceptance' } })

  expect((await graph.get(`/users/${invited.body.invitedUser.id}?$select=userType,externalUserState,creationType,userPrincipalName,mail`)).body).toMatchObject({
    userType: 'Guest', externalUserState: 'PendingAcceptance', creationType: 'Invitation', userPrincipalName: 'gina_partner.example#EXT#@contoso.example', mail: 'gina@partner.example',
  })
  expect((await graph.post('/invitations', { invitedUserEmailAddress: 'nobody', inviteRedirectUrl: 'https://localhost' })).status).toBe(400)
})
