import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { loadTenantFile } from '../../src/directory/index.ts'
import { createTerminal } from './world.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'import-test-'))))
afterEach(() => rm(folder, { recursive: true }))

type Json = Record<string, unknown>
type Report = {
  tenant: Record<string, number>
  unresolved: { noun: string; name: string; nearest: string | null; namedBy: string[]; advice: string }[]
  leftOut: { from: string; what: string; why: string[]; isHarmless?: true }[]
  skipped: { from: string; what: string }[]
  ignoredFiles: string[]
  notes: string[]
}

async function write(files: Record<string, unknown>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content))
  }
}

async function typed(...words: string[]) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder })
  const code = await runCommandLine(words, world)

  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

/** Imports a folder `in`, and says what became of it and what the tenant file holds. */
async function imported(files: Record<string, unknown>, ...flags: string[]) {
  await write(Object.fromEntries(Object.entries(files).map(([name, content]) => [`in/${name}`, content])))
  const { code, printed, complaints } = await typed('import', 'in', '--out', 'tenant.json', '--json', ...flags)
  const report = JSON.parse(printed) as Report
  const text = await readFile(join(folder, 'tenant.json'), 'utf8').catch(() => null)
  const data = text === null ? null : (await loadTenantFile(text, 'tenant.json')).tenants[0]!

  return { code, complaints, report, data, text }
}

const groupId = '6c96716b-b32b-40b8-9009-49748bb6fcd5'
const policy = (changes: Json = {}): Json => ({
  displayName: 'MFA for everybody',
  state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  ...changes,
})
const about = (users: Json, changes: Json = {}) => policy({ ...changes, conditions: { users, applications: { includeApplications: ['All'] } } })
const from = (locations: Json) => policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, locations } })

describe('an export is read', () => {
  const text = JSON.stringify(policy({ displayName: 'Für alle' }))
  const swapped = Buffer.from(text, 'utf16le').swap16()
  const files: Record<string, unknown> = {
    'in UTF-8': text,
    'in UTF-8 with a byte order mark': `\uFEFF${text}`,
    'in UTF-16, little end first, with a mark': Buffer.from(`\uFEFF${text}`, 'utf16le'),
    'in UTF-16, big end first, with a mark': Buffer.concat([Buffer.from([0xfe, 0xff]), swapped]),
    'in UTF-16, little end first, without a mark': Buffer.from(text, 'utf16le'),
    'in UTF-16, big end first, without a mark': swapped,
  }
  for (const [how, content] of Object.entries(files)) {
    test(how, async () => expect((await imported({ 'policy.json': content })).data?.conditionalAccessPolicies[0]?.displayName).toBe('Für alle'))
  }

  const forms: Record<string, unknown> = {
    'one object a file': policy(),
    'a list': [policy()],
    'a page of Graph\'s answer': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#identity/conditionalAccess/policies', value: [policy()] },
    'a page of one': { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#x', '@odata.nextLink': 'https://graph.microsoft.com/v1.0/x?$skiptoken=1', value: [policy()] },
    'a collection of a script': { policies: [policy()], exportedBy: 'a script' },
    'with every annotation': policy({ 'id': groupId, 'createdDateTime': '2024-01-01T00:00:00Z', 'templateId': null, '@odata.context': 'x', 'sessionControls@odata.type': '#x', '#microsoft.graph.restore': { target: 'x' } }),
    'in PowerShell\'s spelling': {
      Id: groupId, DisplayName: 'MFA for everybody', State: 'Enabled', AdditionalProperties: {}, SessionControls: { SignInFrequency: { IsEnabled: null, Value: null } },
      Conditions: { Users: { IncludeUsers: ['All'], ExcludeUsers: null }, Applications: { IncludeApplications: ['All'] }, Locations: { IncludeLocations: null, ExcludeLocations: null }, ClientAppTypes: ['All'] },
      GrantControls: { Operator: 'OR', BuiltInControls: ['Mfa'], AuthenticationStrength: { Id: null, AllowedCombinations: null } },
    },
    'with an empty list of client types': policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: [] } }),
  }
  for (const [form, content] of Object.entries(forms)) {
    test(form, async () => {
      const { code, data, report } = await imported({ 'policy.json': content })

      expect({ code, leftOut: report.leftOut }).toEqual({ code: 0, leftOut: [] })
      expect(data?.conditionalAccessPolicies).toMatchObject([{ displayName: 'MFA for everybody', state: 'enabled', conditions: { clientAppTypes: ['all'] }, grantControls: { builtInControls: ['mfa'] } }])
    })
  }

  test('named locations, as Graph and as PowerShell write them', async () => {
    const { data } = await imported({
      'locations/hq.json': { '@odata.type': '#microsoft.graph.ipNamedLocation', 'id': groupId, 'displayName': 'HQ', 'isTrusted': true, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '203.0.113.0/24' }] },
      'locations/branch.json': { Id: '7c96716b-b32b-40b8-9009-49748bb6fcd5', DisplayName: 'Branch', AdditionalProperties: { '@odata.type': '#microsoft.graph.ipNamedLocation', 'isTrusted': false, 'ipRanges': [{ cidrAddress: '198.51.100.0/24' }] } },
      'locations/more.json': { ipLocations: [{ name: 'VPN', isTrusted: true, ipRanges: ['192.0.2.0/24'] }], geoLocations: [{ name: 'Far away', countries: ['KP'], isTrusted: false }] },
    })

    expect(data?.namedLocations.map(({ displayName }) => displayName).toSorted()).toEqual(['Branch', 'Far away', 'HQ', 'VPN'])
  })

  test('groups with their members, users, roles, applications and strengths', async () => {
    const [alice, admins, appId] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000003']
    const strength = { id: 'aaaaaaaa-0000-4000-8000-000000000004', displayName: 'Keys only', policyType: 'custom', requirementsSatisfied: 'mfa', allowedCombinations: ['fido2'], combinationConfigurations: [] }
    const { code, data, report } = await imported({
      'organization.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-0000000000ff', displayName: 'Fabrikam', verifiedDomains: [{ name: 'fabrikam.example', isDefault: true }] }] },
      'groups.json': { value: [{ id: admins, displayName: 'Admins', securityEnabled: true, mailEnabled: false, groupTypes: [], members: [{ '@odata.type': '#microsoft.graph.user', 'id': alice, 'displayName': 'Alice', 'userPrincipalName': 'alice@fabrikam.example' }] }] },
      'role-assignments.json': { value: [{ '@odata.type': '#microsoft.graph.unifiedRoleAssignment', 'principalId': alice, 'roleDefinitionId': '62e90394-69f5-4237-9190-012177145e10', 'directoryScopeId': '/' }] },
      'applications.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-000000000005', appId, displayName: 'Portal', signInAudience: 'AzureADMyOrg', web: { redirectUris: ['https://portal.example/cb'], implicitGrantSettings: {} } }] },
      'service-principals.json': { value: [{ id: 'aaaaaaaa-0000-4000-8000-000000000006', appId, displayName: 'Portal', servicePrincipalType: 'Application', servicePrincipalNames: [appId, 'api://portal'] }, { id: 'aaaaaaaa-0000-4000-8000-000000000007', appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph', servicePrincipalType: 'Application' }] },
      'policy.json': about({ includeGroups: [admins] }, { grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: strength } }),
    })

    expect({ code, unresolved: report.unresolved, leftOut: report.leftOut, notes: report.notes }).toEqual({
      code: 0, unresolved: [], leftOut: [], notes: ['authenticationStrengths[*].requirementsSatisfied: read-only in Graph, left out.'],
    })
    expect(data).toMatchObject({ id: 'aaaaaaaa-0000-4000-8000-0000000000ff', displayName: 'Fabrikam', domains: [{ id: 'fabrikam.example' }] })
    expect(data?.users).toMatchObject([{ id: alice, roles: ['62e90394-69f5-4237-9190-012177145e10'] }])
    expect(data?.groups).toMatchObject([{ id: admins, members: [alice] }])
    expect(data?.applications).toMatchObject([{ appId, servicePrincipalId: 'aaaaaaaa-0000-4000-8000-000000000006', identifierUris: ['api://portal'], web: { redirectUris: ['https://portal.example/cb'] } }])
    expect(data?.authenticationStrengths.find(({ displayName }) => displayName === 'Keys only')).toMatchObject({ id: strength.id, allowedCombinations: ['fido2'] })
  })

  test('what somebody is shown as in a group does not outrank their own export', async () => {
    const id = 'aaaaaaaa-0000-4000-8000-000000000001'
    const { data } = await imported({
      'alice.json': { id, userPrincipalName: 'alice@fabrikam.example', displayName: 'Alice Adams' },
      'group.json': { displayName: 'Team', groupTypes: [], members: [{ id, userPrincipalName: 'alice@fabrikam.example', displayName: 'Alice (shown)', jobTitle: 'Clerk' }] },
    })

    expect(data?.users).toMatchObject([{ displayName: 'Alice Adams', jobTitle: 'Clerk' }])
  })

  test('references by address, as they are written to Graph', async () => {
    const { data } = await imported({
      'group.json': { 'id': groupId, 'displayName': 'Team', 'groupTypes': [], 'members@odata.bind': ['https://graph.microsoft.com/v1.0/users/aaaaaaaa-0000-4000-8000-000000000001'] },
      'user.json': { id: 'aaaaaaaa-0000-4000-8000-000000000001', userPrincipalName: 'alice@fabrikam.example' },
      'policy.json': policy({ grantControls: { 'operator': 'OR', 'authenticationStrength@odata.bind': 'https://graph.microsoft.com/v1.0/policies/authenticationStrengthPolicies(\'00000000-0000-0000-0000-000000000004\')' } }),
    })

    expect(data?.groups[0]?.members).toEqual(['aaaaaaaa-0000-4000-8000-000000000001'])
    expect(data?.conditionalAccessPolicies[0]?.grantControls?.authenticationStrength).toEqual({ id: '00000000-0000-0000-0000-000000000004' })
  })
})

type Case = [policy: Json, expected: Partial<Report['unresolved'][number]>, more?: { flags?: string[]; makes?: [of: (data: NonNullable<Awaited<ReturnType<typeof imported>>['data']>) => unknown, what: unknown] }]

const unresolved: Record<string, Case> = {
  'a placeholder for a group: an empty group stands in': [about({ includeUsers: ['All'], excludeGroups: ['<BreakGlassGroup>'] }), { noun: 'group', name: 'BreakGlassGroup' }, { makes: [({ groups }) => groups.map(({ displayName, members }) => `${displayName}: ${members.length}`), ['Sales: 0', 'BreakGlassGroup: 0']] }],
  'a placeholder in per cent signs': [about({ includeGroups: ['%Admins%'] }), { noun: 'group', name: 'Admins' }, { makes: [({ groups }) => groups[1]?.displayName, 'Admins'] }],
  'a name in the place of an id': [about({ includeGroups: ['Finance'] }), { noun: 'group', name: 'Finance' }, { makes: [({ groups }) => groups[1]?.displayName, 'Finance'] }],
  'a name that is nearly there': [about({ includeGroups: ['Salez'] }), { noun: 'group', name: 'Salez', nearest: 'Sales' }],
  'an id of a group: it stays, and matches nobody': [about({ includeGroups: [groupId] }), { noun: 'group', name: groupId, advice: expect.stringContaining('matches nobody') }, { makes: [({ groups }) => groups.length, 1] }],
  'an id of a group, to be made': [about({ includeGroups: [groupId] }), { noun: 'group', name: groupId }, { flags: ['--create-missing'], makes: [({ groups }) => [groups[1]?.id, groups[1]?.displayName], [groupId, `Group ${groupId}`]] }],
  'an id of a user, to be made': [about({ includeUsers: [groupId] }), { noun: 'user', name: groupId }, { flags: ['--create-missing'], makes: [({ users }) => users[0]?.id, groupId] }],
  'a user by name': [about({ includeUsers: ['adele@fabrikam.example'] }), { noun: 'user', name: 'adele@fabrikam.example' }, { makes: [({ users }) => users[0]?.userPrincipalName, 'adele@fabrikam.example'] }],
  'a role that is none': [about({ includeRoles: ['Global Administrater'] }), { noun: 'role', name: 'Global Administrater', nearest: 'Global Administrator' }],
  'an id of a location, which must be there: one that nobody is in stands in': [from({ includeLocations: ['All'], excludeLocations: [groupId] }), { noun: 'named location', name: groupId }, { makes: [({ namedLocations }) => namedLocations[0], expect.objectContaining({ id: groupId, isTrusted: false, ipRanges: [expect.objectContaining({ cidrAddress: '255.255.255.255/32' })] })] }],
  'a location by a script\'s name': [from({ includeLocations: ['All'], excludeLocations: ['NAME:HQ'] }), { noun: 'named location', name: 'HQ' }, { makes: [({ namedLocations }) => namedLocations[0]?.displayName, 'HQ'] }],
  'a strength that nobody spelled out': [policy({ grantControls: { operator: 'OR', authenticationStrength: { id: groupId } } }), { noun: 'authentication strength', name: groupId }, { makes: [({ authenticationStrengths }) => authenticationStrengths.find(({ id }) => id === groupId)?.displayName, `Authentication strength ${groupId}`] }],
  'a built-in strength that is nearly called so': [policy({ grantControls: { operator: 'OR', authenticationStrength: 'Phishing-resistant MFA' } }), { noun: 'authentication strength', nearest: 'Phishing resistant MFA' }],
  'terms of use': [policy({ grantControls: { operator: 'OR', termsOfUse: ['xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'] } }), { noun: 'terms of use', advice: expect.stringContaining('is a placeholder for an id') }, { makes: [({ agreements }) => agreements?.[0]?.displayName, 'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'] }],
  'an application by a name that nothing has': [policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['Payroll'] } } }), { noun: 'application', name: 'Payroll' }, { makes: [({ applications }) => applications[0]?.displayName, 'Payroll'] }],
}
describe('what is named and was not exported is listed, and the tenant file loads', () => {
  for (const [fact, [content, expected, { flags = [], makes } = {}]] of Object.entries(unresolved)) {
    test(fact, async () => {
      const { code, report, data } = await imported({ 'policy.json': content, 'group.json': { displayName: 'Sales', groupTypes: [] } }, ...flags)

      expect({ code, leftOut: report.leftOut }).toEqual({ code: 0, leftOut: [] })
      expect(report.unresolved).toEqual([expect.objectContaining({ nearest: null, namedBy: ['policy "MFA for everybody"'], ...expected })])
      expect(report.unresolved[0]?.advice).toMatch(/\.$/)
      expect(data?.conditionalAccessPolicies).toHaveLength(1)
      if (makes) expect(makes[0](data!)).toEqual(makes[1])
    })
  }

  test('once for all that name it', async () => {
    const policies = Object.fromEntries(['A', 'B', 'C', 'D', 'E'].map((displayName) => [`${displayName}.json`, { ...about({ includeGroups: ['<Admins>'] }), displayName }]))
    await write(Object.fromEntries(Object.entries(policies).map(([name, content]) => [`in/${name}`, content])))
    const { printed } = await typed('import', 'in', '--out', 'tenant.json')

    expect(printed).toContain('group "Admins", named by policy "A", policy "B", policy "C" and 2 more.\n      → An empty group stands in for it.')
  })

  test('but a keyword, a built-in role, a Microsoft application and an authentication context are there', async () => {
    const { report } = await imported({
      'a.json': { ...about({ includeUsers: ['GuestsOrExternalUsers'], includeRoles: ['62e90394-69f5-4237-9190-012177145e10'] }), displayName: 'A' },
      'b.json': policy({ displayName: 'B', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['Office365', '797f4846-ba00-4fd7-ba43-dac1f8f63013'] } } }),
      'c.json': policy({ displayName: 'C', conditions: { users: { includeUsers: ['All'] }, applications: { includeAuthenticationContextClassReferences: ['c3'] } } }),
      'd.json': { ...from({ includeLocations: ['All'], excludeLocations: ['AllTrusted', '00000000-0000-0000-0000-000000000000'] }), displayName: 'D' },
    })

    expect(report.unresolved).toEqual([])
  })

  test('a member that is nobody here is left out of the group, or made', async () => {
    const files = { 'group.json': { displayName: 'Team', groupTypes: [], members: [{ id: groupId }] } }
    const without = await imported(files)
    expect(without.data?.groups[0]?.members).toEqual([])
    expect(without.report.unresolved).toMatchObject([{ noun: 'member', name: groupId, namedBy: ['group "Team"'] }])

    expect((await imported(files, '--create-missing', '--force')).data?.groups[0]?.members).toEqual([groupId])
  })
})

describe('nothing is dropped silently', () => {
  test('a policy that cannot be read is left out with its reason, the rest is written, and the exit code is 1', async () => {
    const { code, report, data } = await imported({ 'good.json': policy(), 'bad.json': policy({ displayName: 'Bad', grantControls: { operator: 'OR', builtInControls: ['compliantNetwork'] } }) })

    expect(code).toBe(1)
    expect(report.leftOut).toEqual([{ from: 'in/bad.json', what: 'policy "Bad"', why: [expect.stringMatching(/^grantControls\.builtInControls\[0\]: "compliantNetwork" is not one of /)] }])
    expect(data?.conditionalAccessPolicies.map(({ displayName }) => displayName)).toEqual(['MFA for everybody'])
  })

  test('nor where --strict is said: then nothing is written', async () => {
    const { code, complaints, text } = await imported({ 'policy.json': about({ includeGroups: ['<Admins>'] }) }, '--strict')

    expect({ code, text }).toEqual({ code: 1, text: null })
    expect(complaints).toBe('Nothing was written.')
    expect((await imported({ 'policy.json': policy() }, '--strict')).code).toBe(0)
  })

  test('what a location is left without is told', async () => {
    const { report } = await imported({ 'hq.json': { displayName: 'HQ', ipRanges: [{ cidrAddress: '203.0.113.0/24', description: 'Main street' }], note: 'Change me' } })

    expect(report.notes).toEqual([
      'namedLocations[*].ipRanges[*].description: left out. There is no property "description" here.',
      'namedLocations[*].note: left out. There is no property "note" here.',
    ])
  })

  test('what is no part of a tenant is told by its file', async () => {
    const { report } = await imported({ 'policy.json': policy(), 'app-protection.json': { displayName: 'iOS apps', platform: 'iOS', assignments: {} }, 'README.md': 'Read me', '.git/config.json': {} })

    expect(report.skipped).toEqual([{ from: 'in/app-protection.json', what: '"iOS apps", an object with displayName, platform' }])
    expect(report.ignoredFiles).toEqual(['in/README.md'])
  })

  test('a file that is no JSON is told with its line', async () => {
    const { code, report } = await imported({ 'policy.json': policy(), 'cut.json': '{\n  "displayName": oops\n}' })

    expect(code).toBe(1)
    expect(report.leftOut).toMatchObject([{ from: 'in/cut.json', why: [expect.stringContaining('line 2')] }])
  })

  test('a file that is nested without end is told, not followed', async () => {
    const { code, report } = await imported({ 'policy.json': policy(), 'deep.json': `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}` })

    expect(code).toBe(1)
    expect(report.leftOut).toEqual([{ from: 'in/deep.json', what: 'the file', why: ['It has more than 100 levels: no export has.'] }])
  })

  test('a list that is none is told, not taken for an empty one', async () => {
    const { report, data } = await imported({ 'group.json': { displayName: 'Team', groupTypes: [], members: 'alice' } })

    expect(data?.groups).toMatchObject([{ displayName: 'Team', members: [] }])
    expect(report.notes).toEqual(['groups[*].members: left out. "alice" is not a list.'])
  })

  test('an authentication context by a name that nothing has cannot be made up: the policy is left out', async () => {
    const { code, report } = await imported({ 'policy.json': policy({ conditions: { users: { includeUsers: ['All'] }, applications: { includeAuthenticationContextClassReferences: ['Payroll'] } } }) })

    expect(code).toBe(1)
    expect(report.leftOut).toMatchObject([{ why: ['conditions.applications.includeAuthenticationContextClassReferences[0]: there is no authentication context "Payroll".'] }])
  })

  test('the same export twice is one, and nothing is lost by it', async () => {
    const { code, report, data } = await imported({ 'a.json': policy(), 'b.json': policy() })

    expect({ code, count: data?.conditionalAccessPolicies.length }).toEqual({ code: 0, count: 1 })
    expect(report.leftOut).toMatchObject([{ from: 'in/b.json', isHarmless: true }])
  })

  test('two exports of one policy that differ: the first counts, the second is told', async () => {
    const { code, report, data } = await imported({ 'a.json': policy(), 'b.json': policy({ state: 'disabled' }) })

    expect({ code, state: data?.conditionalAccessPolicies[0]?.state }).toEqual({ code: 1, state: 'enabled' })
    expect(report.leftOut).toMatchObject([{ from: 'in/b.json', what: 'policy "MFA for everybody"', why: ['in/a.json says something else of it. Import one of the two.'] }])
  })

  test('a folder in which there is nothing for a tenant is said so, with exit code 1', async () => {
    const { code, text } = await imported({ 'notes.json': { hello: 'world' } })

    expect({ code, text }).toEqual({ code: 1, text: null })
  })
})

describe('into a tenant file that is there', () => {
  const own = {
    tenants: [
      { id: 'aaaaaaaa-0000-4000-8000-0000000000ff', licence: 'P1', domains: [{ id: 'fabrikam.example', isDefault: true }], users: [{ userPrincipalName: 'alice@fabrikam.example', password: 'Secret1!' }], groups: [{ displayName: 'Admins', members: ['alice@fabrikam.example'] }], conditionalAccessPolicies: [policy({ state: 'disabled' })] },
      { id: 'aaaaaaaa-0000-4000-8000-0000000000fe', domains: [{ id: 'other.example' }] },
    ],
  }

  test('what is read outranks what is there, names find it, and the rest stays: passwords as they were written', async () => {
    await write({ 'own.json': own })
    const { code, report, data, text } = await imported({ 'policy.json': policy(), 'admins.json': { ...about({ includeGroups: ['<Admins>'] }), displayName: 'Admins' } }, '--tenant', 'own.json')

    expect({ code, unresolved: report.unresolved }).toEqual({ code: 0, unresolved: [] })
    expect(data).toMatchObject({ id: own.tenants[0]!.id, licence: 'P1' })
    expect(data?.conditionalAccessPolicies.map(({ displayName, state }) => `${displayName}: ${state}`)).toEqual(['MFA for everybody: enabled', 'Admins: enabled'])
    expect(data?.conditionalAccessPolicies[1]?.conditions.users.includeGroups).toEqual([data?.groups[0]?.id])
    expect(JSON.parse(text!)).toMatchObject({ tenants: [{ users: [{ password: 'Secret1!' }] }, own.tenants[1]] })
  })

  test('that does not load is said so', async () => {
    await write({ 'own.json': { tenants: [{ domains: [{ id: 'fabrikam.example' }], conditionalAccessPolicies: [policy({ state: 'on' })] }] }, 'in/policy.json': policy({ displayName: 'Another' }) })

    expect(await typed('import', 'in', '--tenant', 'own.json')).toMatchObject({ code: 2, complaints: expect.stringMatching(/^own\.json does not load: policy "MFA for everybody": .*state/) })
  })
})

describe('where it is written', () => {
  test('without --out the tenant file is printed, and the listing goes to whoever watches', async () => {
    await write({ 'in/policy.json': about({ includeGroups: ['<Admins>'] }) })
    const { code, printed, complaints } = await typed('import', 'in')

    expect(code).toBe(0)
    expect(JSON.parse(printed)).toMatchObject({ tenants: [{ groups: [{ displayName: 'Admins' }] }] })
    expect(complaints).toMatch(/^1 policies, 1 groups\n\nNot to be found \(1\):\n/)
  })

  test('as YAML where the name says so', async () => {
    await write({ 'in/policy.json': policy() })
    expect(await typed('import', 'in', '--out', 'tenant.yaml')).toMatchObject({ code: 0 })

    expect(await typed('check', 'tenant.yaml')).toMatchObject({ code: 0, printed: 'imported.example: 0 users, 0 applications, 1 policy' })
  })

  test('over nothing that is there, unless told to', async () => {
    await write({ 'in/policy.json': policy(), 'tenant.json': 'mine' })

    expect(await typed('import', 'in', '--out', 'tenant.json')).toMatchObject({ code: 2, complaints: expect.stringContaining('it stays as it is') })
    expect(await readFile(join(folder, 'tenant.json'), 'utf8')).toBe('mine')
    expect(await typed('import', 'in', '--out', 'tenant.json', '--force')).toMatchObject({ code: 0 })
  })
})

const badUse: Record<string, [words: string[], message: string | RegExp]> = {
  'nothing named': [[], /^Name a folder of exports/],
  'what is not there': [['nowhere'], /^There is no .*nowhere\.$/],
  'a tenant file that is not there': [['in', '--tenant', 'nowhere.json'], /^There is no .*nowhere\.json\.$/],
  'a tenant file that is none': [['in', '--tenant', 'in/policy.json'], /^in\/policy\.json is no tenant file: it has no "tenants"\./],
  'a folder to write into that is not there': [['in', '--out', 'no/tenant.json'], 'There is no folder to write no/tenant.json into. Make it first.'],
  'a flag misspelled': [['in', '--strickt'], '`portcullis import` has no flag --strickt. Did you mean --strict?'],
}
describe('bad use exits 2 with a sentence', () => {
  for (const [what, [words, message]] of Object.entries(badUse)) {
    test(what, async () => {
      await write({ 'in/policy.json': policy() })

      expect(await typed('import', ...words)).toEqual({ code: 2, printed: '', complaints: typeof message === 'string' ? message : expect.stringMatching(message) })
    })
  }
})

test('by the real process: imported, asked and tested', async () => {
  await write({
    'exports/block.json': policy({ displayName: 'Block the café', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, locations: { includeLocations: ['All'], excludeLocations: ['NAME:HQ'] } }, grantControls: { operator: 'OR', builtInControls: ['block'] } }),
    'exports/hq.json': Buffer.from(`\uFEFF${JSON.stringify({ displayName: 'HQ', isTrusted: true, ipRanges: [{ cidrAddress: '198.51.100.0/24' }] })}`, 'utf16le'),
    'exports/alice.json': { userPrincipalName: 'alice@fabrikam.example', displayName: 'Alice' },
    'exports/app.json': { displayName: 'Portal', appId: groupId, signInAudience: 'AzureADMyOrg' },
    'story.yaml': 'cases:\n  - {user: alice, app: Portal, from: HQ, outcome: granted}\n  - {user: alice, app: Portal, from: 203.0.113.9, outcome: blocked, by: Block the café}\n',
  })
  const main = join(import.meta.dirname, '../../src/main.ts')
  const run = (...words: string[]) => promisify(execFile)(process.execPath, [main, ...words], { cwd: folder, env: { PATH: process.env.PATH } })

  expect((await run('import', 'exports', '--out', 'tenant.json')).stdout).toMatch(/^1 policies, 1 named locations, 1 users, 1 applications\n\nWrote tenant\.json\. Next: /)
  expect((await run('what-if', '--tenant', 'tenant.json', '--user', 'alice', '--app', 'Portal', '--from', '203.0.113.9')).stdout).toMatch(/^blocked \(AADSTS53003\)/)
  expect((await run('test', '--tenant', 'tenant.json', 'story.yaml')).stdout).toMatch(/2 cases, all as expected\n$/)
})
