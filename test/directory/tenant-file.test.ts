import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createDirectory, DirectoryRefusal, exportTenantFile, isGuid, loadTenantFile, problemText, verifyPassword } from '../../src/directory/index.ts'
import type { TenantData } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

/** A small tenant, as somebody writes it: no ids, names everywhere. */
const small = {
  displayName: 'Fabrikam',
  domains: [{ id: 'fabrikam.example' }],
  users: [
    { userPrincipalName: 'ann@fabrikam.example', displayName: 'Ann', password: 'Secret1!', roles: ['security reader'] },
    { userPrincipalName: 'ben@fabrikam.example', displayName: 'Ben' },
  ],
  groups: [{ displayName: 'Sales', members: ['Ann', 'Inner'] }, { displayName: 'Inner', members: ['ben@fabrikam.example'] }],
  applications: [{ displayName: 'Shop', appRoles: [{ value: 'Buy' }], assignments: [{ principal: 'Sales', role: 'Buy' }, { principal: 'Ann' }], consents: [{ resource: 'Microsoft Graph', scopes: ['User.Read'] }] }],
  namedLocations: [{ displayName: 'Office', isTrusted: true, ipRanges: ['192.0.2.0/24', { cidrAddress: '2001:db8::/32' }] }],
  authenticationStrengths: [{ displayName: 'Key', allowedCombinations: ['fido2'] }],
  tokenLifetimePolicies: [{ displayName: 'Short', definition: ['{}'] }],
  conditionalAccessPolicies: [{
    displayName: 'Office or key',
    state: 'enabled',
    conditions: {
      users: { includeGroups: ['Sales'], excludeUsers: ['ben@fabrikam.example'], includeRoles: ['Global Administrator'] },
      applications: { includeApplications: ['Shop', 'Microsoft Graph', '00000002-0000-0ff1-ce00-000000000000'] },
      locations: { includeLocations: ['All'], excludeLocations: ['Office', 'MFA Trusted IPs'] },
    },
    grantControls: { operator: 'OR', authenticationStrength: { id: 'Key' } },
  }],
}

describe('a tenant file', () => {
  test('may name things where Graph wants ids', async () => {
    const directory = createDirectory(await loaded(small))
    const idOf = (collection: Parameters<typeof directory.named>[0], name: string) => directory.named(collection, name)?.id
    const policy = directory.named('conditionalAccessPolicies', 'Office or key')

    expect(directory.named('groups', 'Sales')?.members).toEqual([idOf('users', 'ann'), idOf('groups', 'Inner')])
    expect(directory.named('users', 'ann')?.roles).toEqual(['5d6b6bb7-de71-4623-b4af-96380a352509'])
    expect(policy?.conditions.users).toMatchObject({
      includeGroups: [idOf('groups', 'Sales')], excludeUsers: [idOf('users', 'ben')], includeRoles: ['62e90394-69f5-4237-9190-012177145e10'],
    })
    expect(policy?.conditions.applications.includeApplications)
      .toEqual([directory.named('applications', 'Shop')?.appId, '00000003-0000-0000-c000-000000000000', '00000002-0000-0ff1-ce00-000000000000'])
    expect(policy?.conditions.locations?.excludeLocations).toEqual([idOf('namedLocations', 'Office'), '00000000-0000-0000-0000-000000000000'])
    expect(policy?.grantControls?.authenticationStrength).toEqual({ id: idOf('authenticationStrengths', 'Key') })
    expect(directory.named('applications', 'Shop')?.assignments).toEqual([
      { principal: idOf('groups', 'Sales'), role: directory.named('applications', 'Shop')?.appRoles[0]?.id },
      { principal: idOf('users', 'ann'), role: null },
    ])
  })

  test('without ids gives the same ones every time, and different ones in another tenant', async () => {
    const [one, again] = [await loaded(small), await loaded(small)]
    const other = await loaded({ ...small, domains: [{ id: 'fabrikam.example' }, { id: 'other.example', isDefault: true }] })

    expect(again).toEqual(one)
    expect([one.id, ...one.users.map(({ id }) => id), ...one.conditionalAccessPolicies.map(({ id }) => id)].every(isGuid)).toBe(true)
    expect(other.id).not.toBe(one.id)
    expect(other.users[0]?.id).not.toBe(one.users[0]?.id)
  })

  test('may hold two things of one name, which Graph allows', async () => {
    const { groups } = await loaded({ ...small, groups: [...small.groups, { displayName: 'Twin' }, { displayName: 'Twin' }] })

    expect(new Set(groups.map(({ id }) => id)).size).toBe(4)
  })

  test('may give away the app roles of Graph', async () => {
    const graph = { displayName: 'Microsoft Graph', appId: '00000003-0000-0000-c000-000000000000', assignments: [{ principal: 'Shop', role: 'Policy.Read.All' }] }
    const tenant = await loaded({ ...small, applications: [...small.applications, graph] })
    const [written] = exportTenantFile(tenant).tenants

    expect(createDirectory(tenant).resource('https://graph.microsoft.com')?.assignments).toMatchObject([{ principal: tenant.applications[0]?.servicePrincipalId }])
    expect(written).toMatchObject({ applications: [{}, { assignments: graph.assignments }] })
    expect(JSON.stringify(written)).not.toContain('oauth2PermissionScopes')
  })

  test('has domains that follow from its users, the first the default', async () => {
    const { domains } = await loaded({ displayName: 'Fabrikam', users: [{ userPrincipalName: 'ann@Fabrikam.example' }] })

    expect(domains).toEqual([{ id: 'fabrikam.example', isDefault: true, authenticationType: 'Managed', federation: null }])
  })

  test('knows the built-in authentication strengths', async () => {
    const { authenticationStrengths } = await loaded(small)

    expect(authenticationStrengths.map(({ displayName }) => displayName)).toEqual(['Multifactor authentication', 'Passwordless MFA', 'Phishing resistant MFA', 'Key'])
  })

  test('may have plain passwords; they are not kept plain', async () => {
    const { users: [ann, ben] } = await loaded(small)

    expect(ann?.passwordHash).toMatch(/^scrypt\$/)
    expect(await verifyPassword('Secret1!', ann?.passwordHash ?? '')).toBe(true)
    expect(ben?.passwordHash).toBeNull()
  })

  test('may spell a password as Graph does', async () => {
    const { users: [ann] } = await loaded({ ...small, users: [{ ...small.users[0], password: undefined, passwordProfile: { password: 'Other1!', forceChangePasswordNextSignIn: true } }, small.users[1]] })

    expect(ann).toMatchObject({ forceChangePasswordNextSignIn: true })
    expect(await verifyPassword('Other1!', ann?.passwordHash ?? '')).toBe(true)
    expect(ann).not.toHaveProperty('passwordProfile')
  })

  test('makes up the secret of an authenticator, the same every time', async () => {
    const withMethod = { ...small, users: [{ ...small.users[0], authenticationMethods: [{ type: 'softwareOath' }] }, small.users[1]] }
    const secret = (await loaded(withMethod)).users[0]?.authenticationMethods[0]?.secret

    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect((await loaded(withMethod)).users[0]?.authenticationMethods[0]?.secret).toBe(secret)
  })

  const spellings: Record<string, [string, string]> = {
    'JSON': ['fabrikam.json', JSON.stringify({ tenants: [small] })],
    'JSON with a byte order mark': ['fabrikam.json', `\uFEFF${JSON.stringify({ tenants: [small] })}`],
    'JSON with comments and trailing commas': ['fabrikam.jsonc', `// a "tenant"\n{ /* one, [ */ "tenants": [${JSON.stringify(small)},], }\n// end`],
    'JSON under a name that says nothing': ['fabrikam', `  // mine\n${JSON.stringify({ tenants: [small] })}`],
    'YAML': ['fabrikam.yaml', `# a tenant\ntenants:\n  - ${JSON.stringify(small)}\n`],
    'YAML under a name that says nothing': ['fabrikam', `tenants:\n  - ${JSON.stringify(small)}\n`],
  }
  test.each(Object.entries(spellings))('may be %s', async (_, [name, text]) => {
    const expected = await loaded(small)

    expect((await loadTenantFile(text, name)).tenants).toEqual([expected])
  })

  test('keeps a comment sign that is part of a text', async () => {
    const { tenants } = await loadTenantFile('{"tenants":[{"displayName":"a // b /* c */ ,]","domains":[{"id":"a.example"}]}]}', 'a.json')

    expect(tenants[0]?.displayName).toBe('a // b /* c */ ,]')
  })

  test('may be pasted from Graph: annotations, read-only members and nulls go, with a note', async () => {
    const { tenants, notes } = await loadedFile({
      ...small,
      users: small.users.map((user) => ({ ...user, '@odata.type': '#microsoft.graph.user', createdDateTime: '2024-01-01T00:00:00Z', assignedLicenses: [], mail: null, department: 'Sales' })),
      conditionalAccessPolicies: small.conditionalAccessPolicies.map((policy) => ({
        ...policy, '@odata.context': 'https://graph', templateId: null, createdDateTime: '2024-01-01T00:00:00Z', partialEnablementStrategy: null, sessionControls: null,
        grantControls: { ...policy.grantControls, 'authenticationStrength@odata.context': 'https://graph' },
      })),
    })

    expect(tenants[0]?.users[0]).toMatchObject({ department: 'Sales', mail: null })
    expect(tenants[0]?.users[0]).not.toHaveProperty('createdDateTime')
    expect(notes).toEqual(expect.arrayContaining([
      'tenants[*].users[*].createdDateTime: read-only in Graph, left out (in 2 places).',
      'tenants[*].users[*].@odata.type: an annotation of Graph, left out (in 2 places).',
      'tenants[*].conditionalAccessPolicies[*].@odata.context: an annotation of Graph, left out.',
    ]))
  })

  test('may hold several tenants', async () => {
    const { tenants } = await loadTenantFile(JSON.stringify({ tenants: [small, { displayName: 'Other', domains: [{ id: 'other.example' }] }] }), 'two.json')

    expect(tenants.map(({ displayName }) => displayName)).toEqual(['Fabrikam', 'Other'])
  })

  test('keeps policies that could not be written without a licence', async () => {
    const { conditionalAccessPolicies } = await loaded({ ...small, licence: 'none', securityDefaults: true })

    expect(conditionalAccessPolicies).toHaveLength(1)
  })

  test('says of an id in a policy that nobody has it', async () => {
    const { notes } = await loadedFile(withPolicy({ users: { includeGroups: ['0f000000-0000-4000-8000-000000000000'] } }))

    expect(notes).toEqual(['tenants[0].conditionalAccessPolicies[0].conditions.users.includeGroups[0]: nothing here has the id "0f000000-0000-4000-8000-000000000000"; it matches nobody.'])
  })

  test('that was written out loads to the same tenant', async () => {
    for (const tenant of [await contoso(), await loaded(small)]) {
      const { tenants } = await loadTenantFile(JSON.stringify(exportTenantFile(tenant)), 'again.json')

      expect(tenants).toEqual([tenant])
    }
  })

  test('that was written out names things, and ids where a name would not be clear', async () => {
    const tenant = await loaded({ ...small, groups: [...small.groups, { displayName: 'Outer' }] })
    const [sales, inner, outer] = tenant.groups
    const clash = { ...inner, id: 'c1a54000-0000-4000-8000-000000000000', displayName: 'Ann', members: [] } as TenantData['groups'][number]
    const groups = [sales, inner, { ...outer, members: [clash.id] }, clash] as TenantData['groups']
    const [written] = exportTenantFile({ ...tenant, groups }).tenants

    expect(written?.groups).toMatchObject([{ members: ['ann@fabrikam.example', 'Inner'] }, { members: ['ben@fabrikam.example'] }, { members: [clash.id] }, { displayName: 'Ann' }])
    expect(JSON.stringify(written)).not.toContain('Secret1!')
  })
})

describe('a tenant file is refused', () => {
  const cases: Record<string, { file: unknown; says: string }> = {
    'a group that is not there': {
      file: withPolicy({ users: { includeGroups: ['Sale'] } }),
      says: 'tenants[0].conditionalAccessPolicies[0].conditions.users.includeGroups[0]: there is no group "Sale". Did you mean "Sales"?',
    },
    'a location that is not there': {
      file: withPolicy({ locations: { includeLocations: ['Ofice'] } }),
      says: 'tenants[0].conditionalAccessPolicies[0].conditions.locations.includeLocations[0]: there is no named location "Ofice". Did you mean "Office"?',
    },
    'an application that is not there': {
      file: withPolicy({ applications: { includeApplications: ['Microsoft Graf'] } }),
      says: 'tenants[0].conditionalAccessPolicies[0].conditions.applications.includeApplications[0]: there is no application "Microsoft Graf". Did you mean "Microsoft Graph"?',
    },
    'a role that is not there': { file: smallWith('users', 0, { roles: ['Global Admin'] }), says: 'tenants[0].users[0].roles[0]: there is no role "Global Admin". Did you mean "Global Administrator"?' },
    'a member that is not there': { file: smallWith('groups', 0, { members: ['ben@fabrikam.exmaple'] }), says: 'tenants[0].groups[0].members[0]: there is no user, group, application or device "ben@fabrikam.exmaple". Did you mean "ben@fabrikam.example"?' },
    'a name that two have': { file: { ...small, users: [...small.users, { userPrincipalName: 'ann2@fabrikam.example', displayName: 'Ann' }] }, says: 'tenants[0].groups[0].members[0]: More than one user, group, application or device is called "Ann". Use the id.' },
    'a property nobody knows': { file: smallWith('users', 0, { displyName: 'Ann' }), says: 'tenants[0].users[0].displyName: There is no property "displyName" here. Did you mean "displayName"?' },
    'a property of a policy nobody knows': { file: { ...small, conditionalAccessPolicies: [{ ...small.conditionalAccessPolicies[0], grantControl: {} }] }, says: 'tenants[0].conditionalAccessPolicies[0].grantControl: ' },
    'a setting nobody knows': { file: { ...small, settings: { kmsiPrompt: true } }, says: 'tenants[0].settings.kmsiPrompt: There is no property "kmsiPrompt" here. Did you mean "kmsiPromptEnabled"?' },
    'a licence nobody sells': { file: { ...small, licence: 'P3' }, says: 'tenants[0].licence: "P3" is not one of "none", "lapsed", "P1", "P2".' },
    'a text that is a number': { file: smallWith('users', 0, { displayName: 5 }), says: 'tenants[0].users[0].displayName: 5 is not a text.' },
    'a flag that is a text': { file: smallWith('users', 0, { accountEnabled: 'yes' }), says: 'tenants[0].users[0].accountEnabled: "yes" is not true or false.' },
    'a list that is none': { file: { ...small, users: {} }, says: 'tenants[0].users: {} is not a list.' },
    'a user that is none': { file: { ...small, groups: [], applications: [], conditionalAccessPolicies: [], users: ['ann'] }, says: 'tenants[0].users[0]: "ann" is not an object.' },
    'a user without a name': { file: { ...small, users: [...small.users, { displayName: 'Zoe' }] }, says: 'tenants[0].users[2].userPrincipalName: "userPrincipalName" is missing.' },
    'a session timeout that is too short': { file: smallWith('applications', 0, { sessionTimeoutInMinutes: 5 }), says: 'tenants[0].applications[0].sessionTimeoutInMinutes: 5 is not 10 or more.' },
    'a secret that is no BASE32': { file: smallWith('users', 0, { authenticationMethods: [{ type: 'softwareOath', secret: 'secret' }] }), says: 'tenants[0].users[0].authenticationMethods[0].secret: "secret" is not BASE32 of 16 to 128 characters.' },
    'a range that is none': { file: smallWith('namedLocations', 0, { ipRanges: ['192.0.2.0/24', '192.0.2.0/40'] }), says: 'tenants[0].namedLocations[0].ipRanges[1].cidrAddress: ' },
    'a location of no kind': { file: smallWith('namedLocations', 0, { ipRanges: undefined }), says: 'tenants[0].namedLocations[0].@odata.type: say which kind of named location it is' },
    'a strength of methods nobody knows': { file: smallWith('authenticationStrengths', 0, { allowedCombinations: ['fido'] }), says: 'tenants[0].authenticationStrengths[0].allowedCombinations[0]: "fido" is not a combination that can be asked for. Did you mean "fido2"?' },
    'a strength that asks for keys where it allows none': { file: smallWith('authenticationStrengths', 0, { allowedCombinations: ['password,sms'], combinationConfigurations: [{ appliesToCombinations: ['fido2'] }] }), says: 'tenants[0].authenticationStrengths[0].combinationConfigurations[0].appliesToCombinations: "fido2" is no combination of this strength' },
    'a rule of a dynamic group that cannot be read': { file: smallWith('groups', 1, { members: [], membershipRule: 'user.department is Sales' }), says: 'tenants[0].groups[1].membershipRule: The rule cannot be read' },
    'a user of a domain that is not there': { file: { ...small, users: [...small.users, { userPrincipalName: 'zoe@fabrikam.exampel' }] }, says: 'tenants[0].users[2].userPrincipalName: "fabrikam.exampel" is not a domain of this tenant. Did you mean "fabrikam.example"?' },
    'two users of one name': { file: { ...small, groups: [], users: [...small.users, { userPrincipalName: 'ANN@fabrikam.example' }] }, says: 'tenants[0].users[2].userPrincipalName: Another user has the userPrincipalName "ann@fabrikam.example"' },
    'two things of one id': { file: { ...small, groups: [...small.groups, { id: 'g1', displayName: 'X' }, { id: 'G1', displayName: 'Y' }] }, says: 'tenants[0].groups[3].id: "g1" is the id of tenants[0].groups[2] already.' },
    'two default domains': { file: { ...small, domains: [{ id: 'fabrikam.example', isDefault: true }, { id: 'b.example', isDefault: true }] }, says: 'tenants[0].domains: A tenant has one default domain; here are "fabrikam.example" and "b.example".' },
    'no domain at all': { file: { displayName: 'Nobody' }, says: 'tenants[0].domains: A tenant needs a domain' },
    'a country that is none': { file: { ...small, countries: { '192.0.2.0/24': 'de' } }, says: 'tenants[0].countries["192.0.2.0/24"]: "de" is not a country' },
    'a prototype': { file: JSON.parse('{"displayName":"x","domains":[{"id":"a.example"}],"__proto__":{"licence":"none"}}') as unknown, says: 'There is no property "__proto__" here' },
  }
  test.each(Object.entries(cases))('for %s', async (_, { file, says }) => {
    expect(await problemsIn(JSON.stringify({ tenants: [file] }))).toEqual(expect.arrayContaining([expect.stringContaining(says)]))
  })

  test('with every problem at once, each in its place, and none that only follows from another', async () => {
    const problems = await problemsIn(JSON.stringify({
      tenants: [{
        ...small,
        users: [{ ...small.users[0], accountEnabled: 'yes', roles: ['Reeder'] }, { displayName: 'Nobody', secrte: 1 }, { ...small.users[1], licence: 1, department: 7 }],
        groups: [{ displayName: 'Sales', members: ['Ann', 5, 'Zoe'] }, ...small.groups.slice(1)],
        conditionalAccessPolicies: [{ ...small.conditionalAccessPolicies[0], state: 'on', conditions: { users: { includeGroups: ['Sale', 'Sales'] }, applications: { includeApplications: ['Shopp'] } } }],
        licence: 'P3',
      }, { ...small, id: 'no', domains: [{ id: 'not a domain' }], users: [], groups: [], applications: [], conditionalAccessPolicies: [] }],
    }))

    expect(problems.map((problem) => problem.split(': ')[0]).toSorted()).toEqual([
      'tenants[0].conditionalAccessPolicies[0].conditions.applications.includeApplications[0]',
      'tenants[0].conditionalAccessPolicies[0].conditions.users.includeGroups[0]',
      'tenants[0].conditionalAccessPolicies[0].state',
      'tenants[0].groups[0].members[1]',
      'tenants[0].groups[0].members[2]',
      'tenants[0].licence',
      'tenants[0].users[0].accountEnabled',
      'tenants[0].users[0].roles[0]',
      'tenants[0].users[1].secrte',
      'tenants[0].users[1].userPrincipalName',
      'tenants[0].users[2].department',
      'tenants[0].users[2].licence',
      'tenants[1].domains[0].id',
      'tenants[1].id',
    ])
  })

  const unreadable: Record<string, [string, string, RegExp]> = {
    'an empty file': ['a.json', ' \n', /^a\.json cannot be read: it is empty\. `portcullis init` writes one to start from\.$/],
    'a file in UTF-16': ['a.json', Buffer.from('\uFEFF{"tenants":[]}', 'utf16le').toString('utf8'), /^a\.json cannot be read: it is not UTF-8\. Save it as UTF-8\.$/],
    'a tenant by itself': ['a.json', JSON.stringify(small), /^tenants: This is a tenant by itself; a tenant file holds a list of them\. Write \{"tenants": \[ … \]\} around it\.$/],
    'broken JSON': ['a.json', '{\n  "tenants": [\n    { "displayName": }\n  ]\n}', /^a\.json cannot be read: it is not JSON: line 3, column 22: expected a value, found }\.$/],
    'broken YAML': ['a.yaml', 'tenants:\n  - displayName: "x\n', /^a\.yaml cannot be read: it is not YAML: .*line \d+/],
    'a key that is there twice, in YAML': ['a.yaml', 'tenants: []\ntenants: []\n', /Map keys must be unique/],
    'a list': ['a.json', '[]', /A list is not an object/],
    'a text': ['a.json', '"tenants"', /"tenants" is not an object/],
    'nothing but a number': ['a.json', '5', /5 is not an object/],
    'no tenant': ['a.json', '{"tenants":[]}', /tenants: \[\] is not enough: it must not be empty/],
    'no tenants': ['a.json', '{}', /tenants: "tenants" is missing/],
    'a tenant that is null': ['a.json', '{"tenants":[null]}', /tenants\[0\]: null is not an object/],
  }
  test.each(Object.entries(unreadable))('when it is %s', async (_, [name, text, says]) => {
    await expect(loadTenantFile(text, name)).rejects.toThrow(DirectoryRefusal)
    await expect(loadTenantFile(text, name)).rejects.toThrow(says)
  })
})

test('the shipped tenant file loads without a note', async () => {
  const text = await readFile(new URL('../../data/contoso.json', import.meta.url), 'utf8')

  expect((await loadTenantFile(text, 'contoso.json')).notes).toEqual([])
})

async function loadedFile(tenant: unknown): ReturnType<typeof loadTenantFile> {
  return loadTenantFile(JSON.stringify({ tenants: [tenant] }), 'fabrikam.json')
}

async function loaded(tenant: unknown): Promise<TenantData> {
  return (await loadedFile(tenant)).tenants[0] as TenantData
}

async function problemsIn(text: string): Promise<readonly string[]> {
  const refusal = await loadTenantFile(text, 'fabrikam.json').then(() => null, (error: unknown) => error)
  if (!(refusal instanceof DirectoryRefusal)) throw refusal ?? new Error('it loaded')

  return refusal.problems.map(problemText)
}

/** The small tenant with one member of one of its things as given. */
function smallWith(collection: 'users' | 'groups' | 'applications' | 'namedLocations' | 'authenticationStrengths', at: number, said: object): unknown {
  return { ...small, [collection]: small[collection].map((entity, index) => (index === at ? { ...entity, ...said } : entity)) }
}

/** The small tenant with these conditions in its policy. */
function withPolicy(conditions: object): unknown {
  const [policy] = small.conditionalAccessPolicies

  return { ...small, conditionalAccessPolicies: [{ ...policy, conditions: { ...policy?.conditions, ...conditions } }] }
}
