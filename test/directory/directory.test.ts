import { describe, expect, test } from 'vitest'
import { completeApplication, completeDevice, completeGroup, completeUser, createDirectory, DirectoryRefusal } from '../../src/directory/index.ts'
import type { Change, Directory, Group, TenantData, User } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

const seed = await contoso()
const tenantId = seed.id
const id = (last: string) => `c0ffee00-0000-4000-8000-${last.padStart(12, '0')}`
const alice = id('b1')
const bob = id('b2')
const sales = id('c1')
const finance = id('c2')
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

describe('a directory is asked', () => {
  const directory = createDirectory(seed)

  const named: Record<string, [Parameters<Directory['named']>[0], string, string | undefined]> = {
    'a user by id': ['users', alice, alice],
    'a user by id in capitals': ['users', alice.toUpperCase(), alice],
    'a user by user principal name': ['users', 'Alice@Contoso.Example', alice],
    'a user by local part': ['users', 'alice', alice],
    'a user by display name': ['users', 'Alice Adams', alice],
    'nobody by a name nobody has': ['users', 'zoe', undefined],
    'a group by name': ['groups', 'sales', sales],
    'an application by app id': ['applications', id('a1'), id('a1')],
    'an application by service principal': ['applications', id('f1'), id('a1')],
    'an application by identifier URI': ['applications', 'api://sales-api/', id('a5')],
    'an application by name': ['applications', 'Sales Hub', id('a1')],
    'a policy by name': ['conditionalAccessPolicies', 'Sales Hub session', id('e4')],
    'a location by name': ['namedLocations', 'Head office', id('d1')],
    'a domain by name': ['domains', 'FED.contoso.example', 'fed.contoso.example'],
  }
  test.each(Object.entries(named))('for %s', (_, [collection, name, expected]) => {
    expect(directory.named(collection, name)?.id).toBe(expected)
  })

  test('for a name that two have, and tells none of them', async () => {
    const twin = createDirectory(seed)
    await twin.put('users', person('alice2', { displayName: 'Alice Adams' }))

    expect(twin.named('users', 'Alice Adams')).toBeUndefined()
    expect(twin.named('users', 'alice2')?.displayName).toBe('Alice Adams')
  })

  const resources: Record<string, [string, string | undefined]> = {
    'Graph by app id': ['00000003-0000-0000-c000-000000000000', 'Microsoft Graph'],
    'Graph by address': ['https://graph.microsoft.com', 'Microsoft Graph'],
    'Graph by address with a slash': ['https://graph.microsoft.com/', 'Microsoft Graph'],
    'Graph by name': ['microsoft graph', 'Microsoft Graph'],
    'Dataverse by app id': ['00000007-0000-0000-c000-000000000000', 'Dataverse'],
    "the tenant's own by identifier URI": ['api://sales-api', 'Sales API'],
    "the tenant's own by app id": [id('a5'), 'Sales API'],
    "the tenant's own by name": ['Sales API', 'Sales API'],
    'none by a name nobody has': ['api://nobody', undefined],
  }
  test.each(Object.entries(resources))('for the resource %s', (_, [name, expected]) => {
    expect(directory.resource(name)?.displayName).toBe(expected)
  })

  test("for Graph's scopes, those of the shipped tenant among them", () => {
    const scopes = directory.resource('https://graph.microsoft.com')?.api.oauth2PermissionScopes.map(({ value }) => value)

    expect(scopes).toEqual(expect.arrayContaining([
      'openid', 'profile', 'email', 'offline_access', 'User.Read', 'Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess',
      'Application.Read.All', 'AuditLog.Read.All', 'Directory.ReadWrite.All', 'User.ReadWrite.All',
    ]))
  })

  test("for Microsoft's own as clients: its tools are in every tenant, unless it registers one itself; the rest nobody signs in to here", () => {
    const [graph, azurePortal, azureCli] = ['00000003-0000-0000-c000-000000000000', 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c', '04b07795-8ddb-461a-bbee-02f9e1bf7b46'] as const
    expect([graph, azurePortal, 'Microsoft Azure CLI'].map((name) => directory.application(name))).toEqual([undefined, undefined, undefined])
    expect(directory.application(azureCli.toUpperCase())).toMatchObject({ displayName: 'Microsoft Azure CLI', isFallbackPublicClient: true, secrets: [] })
    expect(directory.list('applications').some(({ appId }) => appId === azureCli)).toBe(false)

    const own = completeApplication(tenantId, { appId: azureCli, displayName: 'Our own CLI' })
    expect(createDirectory({ ...seed, applications: [...seed.applications, own] }).application(azureCli)?.displayName).toBe('Our own CLI')
  })

  test('for the domain of a user', () => {
    expect(directory.domainOf('fiona@FED.contoso.example')?.authenticationType).toBe('Federated')
    expect(directory.domainOf('zoe@elsewhere.example')).toBeUndefined()
  })

  test('for the country of an address: the longest range wins', async () => {
    const nested = createDirectory({ ...seed, countries: { '203.0.113.0/24': 'DE', '203.0.113.128/25': 'AT', '203.0.113.200/32': 'CH', '0.0.0.0/0': 'SE' } })

    expect(['203.0.113.1', '203.0.113.129', '203.0.113.200', '8.8.8.8', '2001:db8::1'].map((address) => nested.countryOf(address)))
      .toEqual(['DE', 'AT', 'CH', 'SE', null])
  })
})

describe('membership', () => {
  test('goes through nested groups', async () => {
    const directory = createDirectory(seed)
    await directory.put('groups', team('Europe', { members: [sales] }))
    await directory.put('groups', team('World', { members: [idOf(directory, 'Europe')] }))

    expect(namesOf(directory, alice)).toEqual(['Europe', 'Sales', 'World'])
  })

  test('ends where a circle began', async () => {
    const directory = createDirectory(seed)
    await directory.put('groups', team('Europe', { members: [sales] }))
    await directory.put('groups', { ...get(directory, sales), members: [alice, idOf(directory, 'Europe')] })

    expect(namesOf(directory, alice)).toEqual(['Europe', 'Sales'])
  })

  test('follows a change at once, both ways', async () => {
    const directory = createDirectory(seed)
    expect(namesOf(directory, alice)).toEqual(['Sales'])
    await directory.put('groups', { ...get(directory, finance), members: [alice] })
    expect(namesOf(directory, alice)).toEqual(['Finance', 'Sales'])
    await directory.put('groups', { ...get(directory, sales), members: [bob] })
    expect(namesOf(directory, alice)).toEqual(['Finance'])
    await directory.remove('groups', finance)
    expect(namesOf(directory, alice)).toEqual([])
  })

  test('follows the rule of a dynamic group', async () => {
    const directory = createDirectory(seed)
    await directory.put('groups', team('Engineers', { membershipRule: 'user.department -eq "Engineering" -and user.accountEnabled -eq true' }))
    await directory.put('groups', team('Staff', { members: [idOf(directory, 'Engineers')] }))
    await directory.put('users', { ...getUser(directory, alice), department: 'engineering' })
    expect(namesOf(directory, alice)).toEqual(['Engineers', 'Sales', 'Staff'])
    await directory.put('users', { ...getUser(directory, alice), accountEnabled: false })
    expect(namesOf(directory, alice)).toEqual(['Sales'])
  })

  test('takes devices in too', async () => {
    const directory = createDirectory(seed)
    await directory.put('devices', completeDevice(tenantId, { displayName: 'Laptop', operatingSystem: 'Windows' }))
    await directory.put('groups', team('Windows', { membershipRule: 'device.operatingSystem -startsWith "Win"' }))

    expect(namesOf(directory, directory.named('devices', 'Laptop')?.id ?? '')).toEqual(['Windows'])
    expect(namesOf(directory, alice)).toEqual(['Sales'])
  })

  test('gives roles through a role-assignable group, directly only', async () => {
    const directory = createDirectory(seed)
    await directory.put('groups', team('Admins', { members: [bob], isAssignableToRole: true, roles: [globalAdministrator] }))

    expect(directory.roleTemplateIdsOf(bob)).toEqual([globalAdministrator])
    expect(directory.roleTemplateIdsOf(alice)).toEqual([])
    await directory.put('groups', { ...get(directory, idOf(directory, 'Admins')), members: [] })
    expect(directory.roleTemplateIdsOf(bob)).toEqual([])
  })
})

describe('a change', () => {
  test('is heard of, with what changed, and raises the version', async () => {
    const directory = createDirectory(seed)
    const heard: Change[] = []
    const stop = directory.onChange((change) => heard.push(change))
    await directory.put('users', person('zoe'))
    await directory.remove('users', idOfUser(directory, 'zoe'))
    stop()
    await directory.patchSettings({ displayName: 'Contoso Ltd' })

    expect(heard.map(({ kind }) => kind)).toEqual(['put', 'remove'])
    expect(directory.version).toBe(3)
  })

  test('leaves nothing behind of who was removed', async () => {
    const directory = createDirectory(seed)
    await directory.put('groups', { ...get(directory, sales), owners: [alice] })
    await directory.put('devices', completeDevice(tenantId, { displayName: 'Laptop', registeredOwners: [alice] }))
    await directory.put('applications', { ...application(directory, 'Sales API'), assignments: [{ principal: alice, role: null }, { principal: bob, role: null }] })
    await directory.remove('users', alice)

    expect(get(directory, sales)).toMatchObject({ members: [bob, id('b7')], owners: [] })
    expect(directory.named('devices', 'Laptop')?.registeredOwners).toEqual([])
    expect(application(directory, 'Sales API').assignments).toEqual([{ principal: bob, role: null }])
  })

  test('leaves no consent to an application that was removed', async () => {
    const directory = createDirectory(seed)
    await directory.remove('applications', id('a5'))
    await directory.put('applications', { ...application(directory, 'Sales Hub'), displayName: 'Hub' })

    expect(application(directory, 'Hub').consents.map(({ resource }) => resource)).toEqual(['00000003-0000-0000-c000-000000000000'])
  })

  test('may name roles', async () => {
    const directory = createDirectory(seed)
    await directory.put('users', person('zoe', { roles: ['global administrator'] }))

    expect(directory.roleTemplateIdsOf(idOfUser(directory, 'zoe'))).toEqual([globalAdministrator])
  })

  test('may give away the app roles of Graph, without saying what Graph offers', async () => {
    const directory = createDirectory(seed)
    const role = directory.resource('Microsoft Graph')?.appRoles.find(({ value }) => value === 'Policy.Read.All')?.id ?? null
    const job = application(directory, 'Nightly Job').servicePrincipalId
    await directory.put('applications', { displayName: 'Microsoft Graph', appId: '00000003-0000-0000-c000-000000000000', assignments: [{ principal: job, role }] } as never)
    const graph = directory.resource('https://graph.microsoft.com')

    expect(graph?.assignments).toEqual([{ principal: job, role }])
    expect(graph?.api.oauth2PermissionScopes).toEqual(createDirectory(seed).resource('https://graph.microsoft.com')?.api.oauth2PermissionScopes)
  })

  test('of settings keeps what it does not name', async () => {
    const directory = createDirectory(seed)
    await directory.patchSettings({ settings: { hourlyPolicyCheck: true }, mfaServiceSettings: { rememberMfaDays: 14 }, countries: { '192.0.2.0/24': 'NO' } })

    expect(directory.settings).toMatchObject({ licence: 'P2', settings: { hourlyPolicyCheck: true, kmsiPromptEnabled: true }, mfaServiceSettings: { rememberMfaDays: 14, trustedIps: ['192.0.2.0/25'] } })
    expect(directory.countryOf('192.0.2.1')).toBe('NO')
  })

  test('of the default domain takes it from the one that was', async () => {
    const directory = createDirectory(seed)
    await directory.put('domains', { id: 'New.Example', isDefault: true, authenticationType: 'Managed', federation: null })

    expect(directory.list('domains').filter(({ isDefault }) => isDefault).map((domain) => domain.id)).toEqual(['new.example'])
  })

  test('of everything keeps the id of the tenant', async () => {
    const directory = createDirectory(seed)
    await directory.put('users', person('zoe'))
    await directory.replace({ ...seed, id: 'another' })

    expect(directory.settings.id).toBe(tenantId)
    expect(directory.named('users', 'zoe')).toBeUndefined()
  })

  test('is in the next snapshot, and what was not changed is the very same', async () => {
    const directory = createDirectory(seed)
    await directory.put('users', person('zoe'))
    const snapshot = directory.snapshot()

    expect(snapshot.users).toHaveLength(8)
    expect(snapshot.groups).toBe(seed.groups)
    expect(seed.users).toHaveLength(7)
  })

  test('in one copy of a tenant is not seen in another', async () => {
    const [one, other] = [createDirectory(seed), createDirectory({ ...seed, id: 'c0ffee00-0000-4000-8000-000000000002' })]
    await one.put('users', person('zoe'))
    await one.put('groups', { ...get(one, sales), members: [] })
    await one.remove('users', bob)

    expect(other.named('users', 'zoe')).toBeUndefined()
    expect(other.get('users', bob)).toBeDefined()
    expect(namesOf(other, alice)).toEqual(['Sales'])
    expect(one.groupIdsOf(alice)).toEqual([])
  })

  test('that the disk does not take is undone, and so is what came after it', async () => {
    let isFull = true
    const directory = createDirectory(seed, async () => {
      if (isFull) throw new Error('no space left')
    })
    const before = directory.snapshot()
    const heard: Change[] = []
    directory.onChange((change) => heard.push(change))
    const results = await Promise.allSettled([
      directory.put('users', person('zoe')),
      directory.put('users', { ...getUser(directory, alice), displayName: 'Alice Changed' }),
      directory.remove('users', bob),
      directory.patchSettings({ licence: 'none' }),
      directory.put('domains', { id: 'new.example', isDefault: true, authenticationType: 'Managed', federation: null }),
    ])

    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    expect(directory.snapshot()).toEqual(before)
    expect(namesOf(directory, bob)).toEqual(['Sales'])
    expect(heard.length).toBeGreaterThan(5)
    isFull = false
    await directory.put('users', person('zoe'))
    expect(directory.named('users', 'zoe')).toBeDefined()
  })
})

describe('a change is refused, and changes nothing', () => {
  const federatedWithoutMfa = { ...seed, domains: seed.domains.map((domain) => (domain.federation ? { ...domain, federation: { ...domain.federation, mfaEnabled: false } } : domain)) }
  const policy = seed.conditionalAccessPolicies[1] as TenantData['conditionalAccessPolicies'][number]
  const riskPolicy = { ...policy, conditions: { ...policy.conditions, signInRiskLevels: ['high' as const] } }

  type Case = { change: (directory: Directory) => Promise<void>; says: string; at?: string; status?: number; code?: string; in?: TenantData }
  const cases: Record<string, Case> = {
    'a second user of one name': {
      change: (directory) => directory.put('users', person('ALICE', { id: id('99') })),
      says: 'Another user has the userPrincipalName "alice@contoso.example"',
      at: 'userPrincipalName',
    },
    'a user of a domain that is not here': {
      change: (directory) => directory.put('users', person('zoe', { userPrincipalName: 'zoe@contoso.exampel' })),
      says: '"contoso.exampel" is not a domain of this tenant. Did you mean "contoso.example"?',
      at: 'userPrincipalName',
    },
    'a user without a name': { change: (directory) => directory.put('users', person('zoe', { userPrincipalName: '' })), says: 'A user needs a userPrincipalName', at: 'userPrincipalName' },
    'a user with a role that is none': {
      change: (directory) => directory.put('users', person('zoe', { roles: ['Security Reeder'] })),
      says: 'There is no role "Security Reeder". Did you mean "Security Reader"?',
      at: 'roles[0]',
    },
    'a group with a member that is nobody': { change: (directory) => directory.put('groups', team('Team', { members: [alice, id('99')] })), says: 'There is no user, group, application or device', at: 'members[1]' },
    'a group in itself': { change: (directory) => directory.put('groups', { ...get(directory, sales), members: [sales] }), says: 'A group cannot be a member of itself', at: 'members[0]' },
    'a group in a role-assignable group': { change: (directory) => directory.put('groups', team('Admins', { members: [sales], isAssignableToRole: true })), says: 'has no groups in it', at: 'members[0]' },
    'roles of an ordinary group': { change: (directory) => directory.put('groups', team('Admins', { roles: [globalAdministrator] })), says: 'Only a group with isAssignableToRole can have roles', at: 'roles' },
    'a membership rule that cannot be read': { change: (directory) => directory.put('groups', team('Team', { membershipRule: 'user.department -equals "Sales"' })), says: '(column 17)', at: 'membershipRule' },
    'a group with the id of a user': { change: (directory) => directory.put('groups', team('Team', { id: alice })), says: 'A user has the id', at: 'id' },
    'a second application of one app id': { change: (directory) => directory.put('applications', completeApplication(tenantId, { displayName: 'Twin', appId: id('a1') })), says: 'Another application has the appId', at: 'appId' },
    'a second application of one identifier URI': {
      change: (directory) => directory.put('applications', completeApplication(tenantId, { displayName: 'Twin', identifierUris: ['API://sales-api/'] })),
      says: 'Another application has the identifierUri "api://sales-api"',
      at: 'identifierUris',
    },
    'a session timeout that is too long': { change: (directory) => directory.put('applications', { ...application(directory, 'Sales Hub'), sessionTimeoutInMinutes: 2000 }), says: '2000 minutes is not between 10 and 1440', at: 'sessionTimeoutInMinutes' },
    'an app role that the application has not': { change: (directory) => directory.put('applications', { ...application(directory, 'Sales Hub'), assignments: [{ principal: alice, role: id('99') }] }), says: 'has no app role', at: 'assignments[0].role' },
    'consent to what is not here': { change: (directory) => directory.put('applications', { ...application(directory, 'Sales Hub'), consents: [{ resource: id('99'), scopes: [] }] }), says: 'There is no application with the app id', at: 'consents[0].resource' },
    'a redirect URI that is none': { change: (directory) => directory.put('applications', { ...application(directory, 'Sales Hub'), web: { redirectUris: ['/callback'], logoutUrl: null } }), says: 'is not an absolute URI', at: 'web.redirectUris[0]' },
    'the default domain made an ordinary one': { change: (directory) => directory.put('domains', { id: 'contoso.example', isDefault: false, authenticationType: 'Managed', federation: null }), says: 'A tenant has one default domain', at: 'isDefault' },
    'the default domain taken away': { change: (directory) => directory.remove('domains', 'contoso.example'), says: 'is the default domain', code: 'Request_BadRequest' },
    'a domain in use taken away': { change: (directory) => directory.remove('domains', 'fed.contoso.example'), says: '"fiona@fed.contoso.example" signs in with it', code: 'Request_BadRequest' },
    'what is not there taken away': { change: (directory) => directory.remove('users', id('99')), says: 'There is no user', status: 404, code: 'Request_ResourceNotFound' },
    'IPv6 among the MFA trusted IPs': { change: (directory) => directory.patchSettings({ mfaServiceSettings: { trustedIps: ['2001:db8::/32'] } }), says: 'MFA trusted IPs are IPv4 only', at: 'mfaServiceSettings.trustedIps[0]' },
    'too many MFA trusted IPs': { change: (directory) => directory.patchSettings({ mfaServiceSettings: { trustedIps: Array.from({ length: 51 }, (_, n) => `10.0.${n}.0/24`) } }), says: 'There are 51 ranges; the service takes 50', at: 'mfaServiceSettings.trustedIps' },
    'skipping MFA on an intranet whose domain has MFA switched off': {
      in: federatedWithoutMfa,
      change: (directory) => directory.patchSettings({ mfaServiceSettings: { skipMfaForFederatedUsersOnIntranet: true } }),
      says: 'The federated domain "fed.contoso.example" has MFA switched off',
      at: 'mfaServiceSettings.skipMfaForFederatedUsersOnIntranet',
    },
    'security defaults beside enabled policies': { change: (directory) => directory.patchSettings({ securityDefaults: true }), says: 'Security defaults cannot be on beside Conditional Access', at: 'securityDefaults' },
    'a licence nobody sells': { change: (directory) => directory.patchSettings({ licence: 'P3' as 'P2' }), says: '"P3" is no licence', at: 'licence' },
    'a country that is none': { change: (directory) => directory.patchSettings({ countries: { '192.0.2.0/24': 'Norway' } }), says: '"Norway" is not a country', at: 'countries["192.0.2.0/24"]' },
    'a policy without a licence': { in: { ...seed, licence: 'none' }, change: (directory) => directory.put('conditionalAccessPolicies', policy), says: 'not licensed for this feature', status: 403, code: 'AccessDenied' },
    'a policy when the licence lapsed': { in: { ...seed, licence: 'lapsed' }, change: (directory) => directory.put('conditionalAccessPolicies', policy), says: 'not licensed for this feature', status: 403, code: 'AccessDenied' },
    'a policy with risk under P1': { in: { ...seed, licence: 'P1' }, change: (directory) => directory.put('conditionalAccessPolicies', riskPolicy), says: 'not licensed for this feature', at: 'conditions', status: 403, code: 'AccessDenied' },
    'a policy with a location that is not here': {
      change: (directory) => directory.put('conditionalAccessPolicies', { ...policy, conditions: { ...policy.conditions, locations: { includeLocations: [id('99')], excludeLocations: [] } } }),
      says: '1032: ConditionalActionPolicy validation failed due to InvalidNamedLocation',
      at: 'conditions.locations.includeLocations[0]',
      code: 'BadRequest',
    },
    'a policy without controls': { change: (directory) => directory.put('conditionalAccessPolicies', { ...policy, grantControls: null }), says: 'MissingControls', at: 'grantControls', code: 'BadRequest' },
    'a location with a range that is none': {
      change: (directory) => directory.put('namedLocations', { '@odata.type': '#microsoft.graph.ipNamedLocation', id: id('d9'), displayName: 'Café', isTrusted: false, ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.0/33' }] }),
      says: 'InvalidNamedLocation',
      at: 'ipRanges[0].cidrAddress',
      code: 'BadRequest',
    },
    'a trusted location taken away': { change: (directory) => directory.remove('namedLocations', id('d1')), says: 'TrustedLocationCannotBeDeleted', code: 'BadRequest' },
    'a built-in strength changed': { change: (directory) => directory.put('authenticationStrengths', { id: '00000000-0000-0000-0000-000000000002', displayName: 'Mine', policyType: 'custom', allowedCombinations: ['password'] }), says: 'is built in and cannot be changed' },
    'a strength of methods nobody knows': { change: (directory) => directory.put('authenticationStrengths', { id: id('99'), displayName: 'Mine', policyType: 'custom', allowedCombinations: ['password,softwareOauth'] }), says: 'Did you mean "password,softwareOath"?', at: 'allowedCombinations[0]' },
  }

  test.each(Object.entries(cases))('%s', async (_, { change, says, at = '', status = 400, code = at === '' ? 'BadRequest' : 'Request_BadRequest', in: tenant = seed }) => {
    const directory = createDirectory(tenant)
    const before = directory.snapshot()
    const refusal = await change(directory).then(() => null, (error: unknown) => error)

    expect(refusal).toBeInstanceOf(DirectoryRefusal)
    const { message, problems } = refusal as DirectoryRefusal
    expect(message).toContain(says)
    expect(refusal).toMatchObject({ status, code })
    expect(problems.map(({ path }) => path)).toContain(at)
    expect(directory.snapshot()).toBe(before)
    expect(directory.version).toBe(0)
  })

  test('all that is wrong with it is said at once', async () => {
    const refusal = await createDirectory(seed).put('users', person('alice', { id: id('99'), roles: ['Reader of minds'] })).catch((error: unknown) => error)

    expect((refusal as DirectoryRefusal).problems).toHaveLength(2)
  })

  test('a location in use stays, a location nobody names goes', async () => {
    const directory = createDirectory(seed)
    const policy = seed.conditionalAccessPolicies[1] as TenantData['conditionalAccessPolicies'][number]
    await directory.put('conditionalAccessPolicies', { ...policy, conditions: { ...policy.conditions, locations: { includeLocations: [id('d2')], excludeLocations: [] } } })

    await expect(directory.remove('namedLocations', id('d2'))).rejects.toThrow('NamedLocationInUse')
    await directory.remove('namedLocations', id('d3'))
    expect(directory.get('namedLocations', id('d3'))).toBeUndefined()
  })

  test('a policy is deleted without a licence too', async () => {
    const directory = createDirectory({ ...seed, licence: 'lapsed' })
    await directory.remove('conditionalAccessPolicies', id('e1'))

    expect(directory.list('conditionalAccessPolicies')).toHaveLength(5)
  })
})

function person(name: string, said: Partial<User> = {}): User {
  return completeUser(tenantId, { userPrincipalName: `${name}@contoso.example`, ...said })
}

function team(displayName: string, said: Partial<Group> = {}): Group {
  return completeGroup(tenantId, { displayName, ...said })
}

function get(directory: Directory, groupId: string): Group {
  return directory.get('groups', groupId) as Group
}

function getUser(directory: Directory, userId: string): User {
  return directory.get('users', userId) as User
}

function application(directory: Directory, name: string): NonNullable<ReturnType<Directory['application']>> {
  return directory.named('applications', name) as NonNullable<ReturnType<Directory['application']>>
}

function idOf(directory: Directory, group: string): string {
  return directory.named('groups', group)?.id ?? ''
}

function idOfUser(directory: Directory, user: string): string {
  return directory.named('users', user)?.id ?? ''
}

function namesOf(directory: Directory, objectId: string): readonly string[] {
  return directory.groupIdsOf(objectId).map((groupId) => get(directory, groupId).displayName).toSorted()
}
