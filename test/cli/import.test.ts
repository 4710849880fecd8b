import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { about, from, groupId, policy, useImports } from './importing.ts'
import type { Imported, Json, Report } from './importing.ts'

const imports = useImports()
const { imported, typed, write } = imports

type Case = [policy: Json, expected: Partial<Report['unresolved'][number]>, more?: { flags?: string[]; makes?: [of: (data: NonNullable<Imported['data']>) => unknown, what: unknown] }]

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

  test('a link is followed, and one that leads nowhere is told', async () => {
    await write({ 'elsewhere.json': policy() })
    await mkdir(join(imports.folder, 'in'))
    await symlink(join(imports.folder, 'elsewhere.json'), join(imports.folder, 'in/link.json'))
    await symlink(join(imports.folder, 'nowhere.json'), join(imports.folder, 'in/broken.json'))
    const { code, report, data } = await imported({})

    expect([code, data?.conditionalAccessPolicies.length]).toEqual([1, 1])
    expect(report.leftOut).toEqual([{ from: 'in/broken.json', what: 'the file', why: ['It cannot be read (ENOENT).'] }])
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

  test('stays the tenant it is, whatever organization was exported', async () => {
    await write({ 'own.json': own })
    const { data } = await imported({ 'organization.json': { id: '11111111-1111-4111-8111-111111111111', displayName: 'Another', verifiedDomains: [{ name: 'more.example' }] } }, '--tenant', 'own.json')

    expect([data?.id, data?.domains.map(({ id }) => id)]).toEqual([own.tenants[0]!.id, ['fabrikam.example', 'more.example']])
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
    expect(complaints).toMatch(/^1 policy, 1 group\n\nNot to be found \(1\):\n/)
  })

  test('as YAML where the name says so', async () => {
    await write({ 'in/policy.json': policy() })
    expect(await typed('import', 'in', '--out', 'tenant.yaml')).toMatchObject({ code: 0 })

    expect(await typed('check', 'tenant.yaml')).toMatchObject({ code: 0, printed: 'imported.example: 0 users, 0 applications, 1 policy' })
  })

  test('over nothing that is there, unless told to', async () => {
    await write({ 'in/policy.json': policy(), 'tenant.json': 'mine' })

    expect(await typed('import', 'in', '--out', 'tenant.json')).toMatchObject({ code: 2, complaints: expect.stringContaining('it stays as it is') })
    expect(await readFile(join(imports.folder, 'tenant.json'), 'utf8')).toBe('mine')
    expect(await typed('import', 'in', '--out', 'tenant.json', '--force')).toMatchObject({ code: 0 })
  })
})

const badUse: Record<string, [words: string[], message: string | RegExp]> = {
  'nothing named': [[], /^Name a folder of exports/],
  'what is not there': [['nowhere'], /^There is no .*nowhere\.$/],
  'a tenant file that is not there': [['in', '--tenant', 'nowhere.json'], /^There is no .*nowhere\.json\.$/],
  'a tenant file that is none': [['in', '--tenant', 'in/policy.json'], /^in\/policy\.json is no tenant file: it has no "tenants"\./],
  'a folder to write into that is not there': [['in', '--out', 'no/tenant.json'], 'There is no folder to write no/tenant.json into. Make it first.'],
  'a folder in the place of a file': [['in', '--out', 'in', '--force'], 'in is a folder. Give the name of a file in it.'],
  'a file on the way to the file': [['in', '--out', 'in/policy.json/tenant.json'], 'in/policy.json/tenant.json cannot be: something on the way is a file.'],
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
  const run = (...words: string[]) => promisify(execFile)(process.execPath, [main, ...words], { cwd: imports.folder, env: { PATH: process.env.PATH } })

  expect((await run('import', 'exports', '--out', 'tenant.json')).stdout).toMatch(/^1 policy, 1 named location, 1 user, 1 application\n\nWrote tenant\.json\. Next: /)
  expect((await run('what-if', '--tenant', 'tenant.json', '--user', 'alice', '--app', 'Portal', '--from', '203.0.113.9')).stdout).toMatch(/^blocked \(AADSTS53003\)/)
  expect((await run('test', '--tenant', 'tenant.json', 'story.yaml')).stdout).toMatch(/2 cases, all as expected\n$/)
})
