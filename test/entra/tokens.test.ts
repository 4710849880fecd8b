import { describe, expect, test } from 'vitest'
import type { Application, OptionalClaims, User } from '../../src/directory/types.ts'
import { accessTokenClaims, clientInfo, clientInfoOf, idTokenClaimNames, idTokenClaims, pairwiseSubject } from '../../src/entra/tokens.ts'
import type { AccessTokenFacts, IdTokenFacts } from '../../src/entra/tokens.ts'

const tid = 'c0ffee00-0000-4000-8000-000000000001'
const base = 'https://localhost:8443'
const graphId = '00000003-0000-0000-c000-000000000000'

const alice = {
  id: 'c0ffee00-0000-4000-8000-0000000000b1', userPrincipalName: 'alice@contoso.example', displayName: 'Alice Adams', givenName: 'Alice', surname: 'Adams',
  mail: 'alice@contoso.example', userType: 'Member', externalType: null, homeTenantId: null, country: 'US',
} as unknown as User
const erin = { ...alice, id: 'e', userPrincipalName: 'erin_other#EXT#@contoso.example', userType: 'Guest', externalType: 'b2bCollaborationGuest', homeTenantId: 'c0ffee00-0000-4000-8000-000000000002', homeObjectId: 'home-erin' } as User
const client = application('a2', 'Sales SPA')
const daemon = application('a4', 'Nightly Job')
const salesApi = application('a5', 'Sales API', { identifierUris: ['api://sales-api'], version: 2 })
const oldApi = application('a5', 'Old API', { identifierUris: ['api://old-api'], version: 1 })
const graph = { ...application('a5', 'Microsoft Graph', { identifierUris: ['https://graph.microsoft.com'], version: 2 }), appId: graphId }

const facts = {
  tenant: { id: tid, displayName: 'Contoso' }, base, salt: 'salt', kid: 'key-1', now: Date.UTC(2026, 0, 1, 8), lifetime: 4000, user: alice, client,
  session: { id: 'sid-1', amr: ['pwd', 'mfa'], authenticatedAt: Date.UTC(2026, 0, 1, 7), ipAddress: '198.51.100.7' }, roles: [], random: (size: number) => Buffer.alloc(size, 7),
} satisfies Partial<AccessTokenFacts>
const start = Date.UTC(2026, 0, 1, 8) / 1000
const opaque = { rh: expect.stringMatching(/^1\.AXEA[\w-]+\.$/) as string, uti: expect.stringMatching(/^[\w-]{22}$/) as string, xms_ftd: expect.stringMatching(/^[\w-]{54}$/) as string }
const access = (more: Partial<AccessTokenFacts>) => accessTokenClaims({ ...facts, resource: salesApi, scopes: ['Orders.Read'], clientAuthentication: 'none', ...more })
const asDaemon: Partial<AccessTokenFacts> = { user: undefined, session: undefined, client: daemon, scopes: [], clientAuthentication: 'secret' }

describe('an access token', () => {
  test('for a user at a v2 API has exactly these claims', () => {
    expect(access({})).toEqual({
      header: { typ: 'JWT' },
      payload: {
        aud: salesApi.appId, iss: `${base}/${tid}/v2.0`, iat: start - 300, nbf: start - 300, exp: start + 4000, aio: expect.stringMatching(/^AXQAi\/8/), ...opaque,
        azp: client.appId, azpacr: '0', oid: alice.id, sub: pairwiseSubject('salt', alice.id, salesApi.appId), name: 'Alice Adams', preferred_username: 'alice@contoso.example',
        scp: 'Orders.Read', tid, ver: '2.0',
      },
    })
  })

  test('for a user at a v1 API says much more, and names its key twice', () => {
    expect(access({ resource: oldApi })).toEqual({
      header: { typ: 'JWT', x5t: 'key-1' },
      payload: {
        aud: 'api://old-api', iss: `${base}/${tid}/`, iat: start - 300, nbf: start - 300, exp: start + 4000, acr: '1', aio: expect.stringMatching(/^AXQAi\/8/), ...opaque,
        amr: ['pwd', 'mfa'], appid: client.appId, appidacr: '0', family_name: 'Adams', given_name: 'Alice', ipaddr: '198.51.100.7', name: 'Alice Adams', oid: alice.id,
        sub: pairwiseSubject('salt', alice.id, oldApi.appId), scp: 'Orders.Read', tid, unique_name: 'alice@contoso.example', upn: 'alice@contoso.example', ver: '1.0',
      },
    })
  })

  test('for an application alone has the claims of the captured one, and no others', () => {
    const { header, payload } = access(asDaemon)

    expect(header).toEqual({ typ: 'JWT' })
    expect(Object.keys(payload).toSorted()).toEqual(['aio', 'aud', 'azp', 'azpacr', 'exp', 'iat', 'iss', 'nbf', 'oid', 'rh', 'sub', 'tid', 'uti', 'ver', 'xms_ftd'])
    expect(payload).toMatchObject({ azp: daemon.appId, azpacr: '1', oid: daemon.servicePrincipalId, sub: daemon.servicePrincipalId, aio: expect.stringMatching(/^k2Rg/) })
  })

  test('for an application alone names its roles', () => expect(access({ ...asDaemon, roles: ['Orders.Process'] }).payload.roles).toEqual(['Orders.Process']))
  test('has no roles where there are none', () => expect(access({}).payload).not.toHaveProperty('roles'))
  test('tells a certificate from a secret', () => expect(access({ ...asDaemon, clientAuthentication: 'certificate' }).payload.azpacr).toBe('2'))
  test('of v1 names its audience as it was asked for', () => {
    expect(access({ resource: oldApi, audience: oldApi.appId }).payload.aud).toBe(oldApi.appId)
    expect(access({ resource: { ...oldApi, identifierUris: [] } }).payload.aud).toBe(oldApi.appId)
  })
  test('of v2 names its audience by the app id, however it was asked for', () => expect(access({ audience: 'api://sales-api' }).payload.aud).toBe(salesApi.appId))
  test('of v1 names it by the app id where the API wants that', () => {
    expect(access({ resource: withClaims(oldApi, { accessToken: [{ name: 'aud', additionalProperties: ['use_guid'] }] }) }).payload.aud).toBe(oldApi.appId)
  })

  test('for Graph is v1 whatever Graph\'s registration says, and lists OpenID scopes and roles', () => {
    const { payload } = access({ resource: graph, scopes: ['User.Read'], openIdScopes: ['openid', 'profile', 'offline_access'], directoryRoles: ['role-1'] })

    expect(payload).toMatchObject({ aud: 'https://graph.microsoft.com', ver: '1.0', scp: 'User.Read openid profile', idtyp: 'user', wids: ['role-1', 'b79fbf4d-3ef9-4689-8143-76b194e85509'], app_displayname: 'Sales SPA' })
    expect(payload.puid).toMatch(/^1003[0-9A-F]{12}$/)
    expect(access({ ...asDaemon, resource: graph }).payload).toMatchObject({ idtyp: 'app', wids: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'] })
  })

  test('says who acts only where the API asks', () => {
    const asks = withClaims(salesApi, { accessToken: [{ name: 'idtyp' }] })
    const asksOfBoth = withClaims(salesApi, { accessToken: [{ name: 'idtyp', additionalProperties: ['include_user_token'] }] })

    expect(access({}).payload).not.toHaveProperty('idtyp')
    expect(access({ ...asDaemon, resource: asks }).payload.idtyp).toBe('app')
    expect(access({ resource: asks }).payload).not.toHaveProperty('idtyp')
    expect(access({ resource: asksOfBoth }).payload.idtyp).toBe('user')
  })

  test('repeats what the client can do only to an API that asks, and only what is known', () => {
    const asks = withClaims(salesApi, { accessToken: [{ name: 'xms_cc' }] })

    expect(access({ resource: asks, capabilities: ['CP1', 'fly'] }).payload.xms_cc).toEqual(['CP1'])
    expect(access({ capabilities: ['cp1'] }).payload).not.toHaveProperty('xms_cc')
    expect(access({ resource: asks }).payload).not.toHaveProperty('xms_cc')
  })

  test('names the contexts that were satisfied', () => {
    expect(access({ acrs: ['c1'] }).payload.acrs).toEqual(['c1'])
    expect(access({ acrs: [] }).payload).not.toHaveProperty('acrs')
  })

  test('of a guest says who vouches', () => {
    expect(access({ user: erin }).payload.idp).toBe(`${base}/${erin.homeTenantId}/`)
    expect(access({ user: { ...erin, homeTenantId: null } as User }).payload.idp).toBe('live.com')
  })

  test('may be issued without looking back', () => expect(access({ backdate: 0 }).payload).toMatchObject({ iat: start, nbf: start }))
})

describe('groups', () => {
  const many = Array.from({ length: 201 }, (_, index) => `g${index}`)
  const asking = (groupMembershipClaims: string | null): Application => ({ ...salesApi, groupMembershipClaims, assignments: [{ principal: 'g2', role: null }] })
  const groupsOf = (groupMembershipClaims: string | null, more: Partial<AccessTokenFacts>) => access({ resource: asking(groupMembershipClaims), ...more }).payload

  test('are in the token where the API asks', () => expect(groupsOf('SecurityGroup', { groups: ['g1', 'g2'] }).groups).toEqual(['g1', 'g2']))
  test('are not where it does not', () => expect(groupsOf(null, { groups: ['g1'] })).not.toHaveProperty('groups'))
  test('are those assigned to the API where it asks for these', () => expect(groupsOf('ApplicationGroup', { groups: ['g1', 'g2'] }).groups).toEqual(['g2']))
  test('come with directory roles where it asks for all', () => {
    expect(groupsOf('All', { groups: ['g1'], directoryRoles: ['r1'] })).toMatchObject({ groups: ['g1'], wids: ['r1', 'b79fbf4d-3ef9-4689-8143-76b194e85509'] })
  })
  test('may be left out for directory roles', () => expect(groupsOf('DirectoryRole', { groups: ['g1'] })).not.toHaveProperty('groups'))
  test('fit up to two hundred', () => expect(groupsOf('SecurityGroup', { groups: many.slice(0, 200) }).groups).toHaveLength(200))
  test('above two hundred are to be read from Graph', () => {
    const payload = groupsOf('SecurityGroup', { groups: many })

    expect(payload).not.toHaveProperty('groups')
    expect(payload).toMatchObject({ _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: `${base}/v1.0/users/${alice.id}/getMemberObjects` } } })
  })
  test('do not fit into an address from six on', () => {
    expect(groupsOf('SecurityGroup', { groups: many.slice(0, 5), isFrontChannel: true }).groups).toHaveLength(5)
    expect(groupsOf('SecurityGroup', { groups: many.slice(0, 6), isFrontChannel: true })).toMatchObject({ hasgroups: true })
  })
  test('are no application\'s', () => expect(groupsOf('SecurityGroup', { ...asDaemon, groups: ['g1'] })).not.toHaveProperty('groups'))
})

const id = (more: Partial<IdTokenFacts>) => idTokenClaims({ ...facts, scopes: ['openid', 'profile'], ...more })

describe('an ID token', () => {
  test('has exactly these claims', () => {
    expect(id({ nonce: 'n' })).toEqual({
      aud: client.appId, iss: `${base}/${tid}/v2.0`, iat: start - 300, nbf: start - 300, exp: start + 4000, aio: expect.any(String), name: 'Alice Adams', nonce: 'n', oid: alice.id,
      preferred_username: 'alice@contoso.example', rh: opaque.rh, sub: pairwiseSubject('salt', alice.id, client.appId), tid, uti: opaque.uti, ver: '2.0',
    })
  })

  test('of v1 has these instead of a preferred user name', () => {
    const claims = id({ version: 1 })

    expect(claims).toMatchObject({ iss: `${base}/${tid}/`, ver: '1.0', amr: ['pwd', 'mfa'], family_name: 'Adams', given_name: 'Alice', ipaddr: '198.51.100.7', unique_name: 'alice@contoso.example', upn: 'alice@contoso.example' })
    expect(claims).not.toHaveProperty('preferred_username')
  })

  test('never invents a nonce', () => expect(id({})).not.toHaveProperty('nonce'))
  test('without profile names nobody', () => {
    const claims = id({ scopes: ['openid'] })

    for (const name of ['name', 'oid', 'preferred_username', 'tid']) expect(claims).not.toHaveProperty(name)
    expect(claims.sub).toMatch(/^[\w-]{43}$/)
  })
  test('has the address where it was asked for', () => {
    expect(id({})).not.toHaveProperty('email')
    expect(id({ scopes: ['openid', 'email'] }).email).toBe('alice@contoso.example')
    expect(id({ scopes: ['openid', 'email'], user: { ...alice, mail: null } as User })).not.toHaveProperty('email')
  })
  test('of a guest has the address and who vouches', () => expect(id({ user: erin })).toMatchObject({ email: 'alice@contoso.example', idp: `${base}/${erin.homeTenantId}/` }))
  test('names the roles at the application', () => expect(id({ roles: ['Seller'] }).roles).toEqual(['Seller']))
  test('says what the application\'s registration asks for', () => {
    const asking = withClaims(client, { idToken: [{ name: 'auth_time' }, { name: 'acct' }, { name: 'ctry' }, { name: 'upn' }, { name: 'in_corp' }, { name: 'amr' }, { name: 'constructor' }] })

    expect(id({ client: asking })).toMatchObject({ auth_time: start - 3600, acct: 0, ctry: 'US', upn: 'alice@contoso.example', amr: ['pwd', 'mfa'] })
    expect(id({ client: asking })).not.toHaveProperty('in_corp')
    expect(Object.hasOwn(id({ client: asking }), 'constructor')).toBe(false)
  })
  test('says what the request asks for', () => {
    const claims = id({ requestedClaims: ['login_hint', 'sid', 'signin_state', 'tenant_region_sub_scope'] })

    expect(claims).toMatchObject({ sid: 'sid-1', login_hint: expect.stringMatching(/^O\./) as string })
    expect(claims).not.toHaveProperty('signin_state')
    expect(id({ requestedClaims: ['signin_state'], session: { ...facts.session, signInState: ['kmsi'] } }).signin_state).toEqual(['kmsi'])
  })
  test('has no claim that the library was not told of', () => {
    const asking = withClaims(client, { idToken: idTokenClaimNames.map((name) => ({ name })) })
    const all = [id({ client: { ...asking, groupMembershipClaims: 'All' }, groups: ['g'], acrs: ['c1'], user: erin, roles: ['r'], nonce: 'n' }), id({ version: 1 })].flatMap((claims) => Object.keys(claims))

    expect(all.filter((name) => !['aud', 'iss', 'exp', ...idTokenClaimNames].includes(name))).toEqual([])
  })
})

describe('a pairwise subject', () => {
  const subject = pairwiseSubject('salt', alice.id, client.appId)

  test('is 43 characters, and the same every time', () => {
    expect(subject).toMatch(/^[\w-]{43}$/)
    expect(pairwiseSubject('salt', alice.id.toUpperCase(), client.appId)).toBe(subject)
  })
  test('differs by application, by user and by tenant key', () => {
    expect(new Set([subject, pairwiseSubject('salt', alice.id, 'other'), pairwiseSubject('salt', 'bob', client.appId), pairwiseSubject('pepper', alice.id, client.appId)]).size).toBe(4)
  })
})

describe('client_info', () => {
  test('is unpadded base64url of two ids', () => {
    expect(clientInfo('u', 't')).not.toMatch(/[=+/]/)
    expect(JSON.parse(Buffer.from(clientInfo('u', 't'), 'base64url').toString())).toEqual({ uid: 'u', utid: 't' })
  })
  test('is of the home tenant for a guest', () => {
    expect(clientInfoOf(alice, tid)).toBe(clientInfo(alice.id, tid))
    expect(clientInfoOf(erin, tid)).toBe(clientInfo('home-erin', 'c0ffee00-0000-4000-8000-000000000002'))
  })
})

function application(last: string, displayName: string, { identifierUris = [], version = null }: { identifierUris?: string[]; version?: 1 | 2 | null } = {}): Application {
  return {
    appId: `c0ffee00-0000-4000-8000-0000000000${last}`, servicePrincipalId: `5e000000-0000-4000-8000-0000000000${last}`, displayName, identifierUris,
    api: { oauth2PermissionScopes: [], requestedAccessTokenVersion: version }, assignments: [], optionalClaims: null, groupMembershipClaims: null,
  } as unknown as Application
}

function withClaims(application: Application, optionalClaims: OptionalClaims): Application {
  return { ...application, optionalClaims }
}
