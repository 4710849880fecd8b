import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { loadTenantFile } from '../../src/directory/index.ts'
import type { TenantData } from '../../src/directory/types.ts'
import { startPortcullis } from '../../src/index.ts'
import { testKeys } from '../support/keys.ts'
import { createTerminal } from './world.ts'

const corpus = process.env['PORTCULLIS_CORPUS']
const shipped = fileURLToPath(new URL('../../data/contoso.json', import.meta.url))

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'export-test-'))))
afterEach(() => rm(folder, { recursive: true }))

async function typed(...words: string[]) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder })
  const code = await runCommandLine(words, world)

  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

async function tenantIn(file: string): Promise<TenantData> {
  const path = file.startsWith('/') ? file : join(folder, file)

  return (await loadTenantFile(await readFile(path, 'utf8'), path)).tenants[0]!
}

/** A tenant, but for what cannot be the same: order, the salt of a password, and when Graph says it was made. */
function comparable(data: TenantData): unknown {
  const listed = Object.entries(data).map(([member, value]) => [member, Array.isArray(value) ? value.map(plain).toSorted(byId) : value])

  return Object.fromEntries(listed)
}

function plain(entity: object): object {
  const { createdDateTime: _created, modifiedDateTime: _modified, templateId: _template, passwordHash, ...rest } = entity as Record<string, unknown>

  return { ...rest, ...(passwordHash === undefined ? {} : { hasPassword: passwordHash !== null }) }
}

function byId(one: object, other: object): number {
  return String((one as { id?: string }).id) < String((other as { id?: string }).id) ? -1 : 1
}

describe('what is exported is imported as the same tenant', () => {
  for (const out of ['exported', 'exported.json']) {
    test(`the shipped one, by ${out}`, async () => {
      expect(await typed('export', '--out', out)).toMatchObject({ code: 0, complaints: '' })
      const { code, printed } = await typed('import', out, '--out', 'again.json', '--json')

      expect({ code, ...JSON.parse(printed) as object }).toMatchObject({ code: 0, unresolved: [], leftOut: [], skipped: [], ignoredFiles: [], notes: [] })
      expect(comparable(await tenantIn('again.json'))).toEqual(comparable(await tenantIn(shipped)))
    })
  }

  test('passwords and one-time codes still work, by what export prints', async () => {
    const { printed } = await typed('export')
    await writeFile(join(folder, 'printed.json'), printed)
    await typed('import', 'printed.json', '--out', 'again.json')
    const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), seed: join(folder, 'again.json') })
    try {
      expect(await mock.signIn({ user: 'dave', client: 'Sales Hub', password: 'Portcullis1!', oneTimeCode: true, signals: { ipAddress: '203.0.113.9' } })).toMatchObject({ outcome: 'granted' })
    } finally {
      await mock.stop()
    }
  })

  test('so is what Graph itself answers, page by page, and a snapshot', async () => {
    const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), graphPermissions: 'off' })
    const pages = [
      'identity/conditionalAccess/policies', 'identity/conditionalAccess/namedLocations', 'policies/authenticationStrengthPolicies', 'policies/identitySecurityDefaultsEnforcementPolicy', 'users?$select=id,userPrincipalName,displayName,userType,accountEnabled',
      'groups?$expand=members', 'applications', 'servicePrincipals', 'roleManagement/directory/roleAssignments', 'oauth2PermissionGrants', 'domains', 'organization', 'subscribedSkus',
    ]
    try {
      await mkdir(join(folder, 'graph'))
      for (const [number, page] of pages.entries()) {
        const response = await fetch(`${mock.http}/v1.0/${page}`)
        expect([page, response.status]).toEqual([page, 200])
        await writeFile(join(folder, 'graph', `${number}.json`), await response.text())
      }
      mock.signals('alice', { ipAddress: '203.0.113.9' })
      await writeFile(join(folder, 'snapshot.json'), await (await fetch(`${mock.http}/_mock/snapshot`)).text())
    } finally {
      await mock.stop()
    }
    const { code, printed } = await typed('import', 'graph', '--out', 'again.json', '--json')
    expect({ code, ...JSON.parse(printed) as object }).toMatchObject({ code: 0, unresolved: [], leftOut: [], skipped: [] })
    const [again, contoso] = [comparable(await tenantIn('again.json')), comparable(await tenantIn(shipped))] as Record<string, object[]>[]
    for (const what of ['id', 'displayName', 'licence', 'securityDefaults', 'conditionalAccessPolicies', 'namedLocations', 'authenticationStrengths']) expect([what, again![what]]).toEqual([what, contoso![what]])
    const people = (tenant: typeof again) => tenant!.users!.map((user) => JSON.stringify(user, ['id', 'userPrincipalName', 'displayName', 'userType', 'roles', 'accountEnabled']))
    const memberships = (tenant: typeof again) => tenant!.groups!.map((group) => JSON.stringify(group, ['id', 'displayName', 'members']))
    const consents = (tenant: typeof again) => tenant!.applications!.flatMap((app) => (app as { appId: string; consents: object[] }).consents.map((consent) => JSON.stringify([(app as { appId: string }).appId, consent]))).toSorted()
    expect([people(again), memberships(again), consents(again)]).toEqual([people(contoso), memberships(contoso), consents(contoso)])

    expect(await typed('import', 'snapshot.json', '--out', 'restored.json')).toMatchObject({ code: 0, printed: expect.stringContaining('the simulated signals of the snapshot') })
    expect(comparable(await tenantIn('restored.json'))).toEqual(comparable(await tenantIn(shipped)))
  })

  const sets = corpus === undefined ? [] : [
    'AlexFilipin__ConditionalAccess/PolicyRepository', 'AlexFilipin__ConditionalAccess/PolicySets/Bare minimum', 'AlexFilipin__ConditionalAccess/PolicySets/Category structure for AADP2',
    'Azure-Samples__azure-ad-conditional-access-apis', 'Clutch2View__nis2-conditional-access-policies', 'dferrell30__Zero-Trust-Conditional-Access-Deployment-Playbook',
  ]
  test.skipIf(corpus === undefined).each(corpus === undefined ? ['a set of real exports (skipped: PORTCULLIS_CORPUS is not set)'] : sets)('%s', async (set) => {
    const first = await typed('import', join(corpus!, 'policies', set), '--out', 'first.json', '--json')
    const { leftOut, tenant } = JSON.parse(first.printed) as { leftOut: { what: string; why: string[]; isHarmless?: true }[]; tenant: Record<string, number> }
    for (const { what, why } of leftOut) expect([what, ...why].every((text) => text.length > 10)).toBe(true)
    expect(tenant.conditionalAccessPolicies).toBeGreaterThan(leftOut.length)

    await typed('export', '--tenant', 'first.json', '--out', 'exported')
    const { code, printed } = await typed('import', 'exported', '--out', 'second.json', '--json')
    expect({ code, ...JSON.parse(printed) as object }).toMatchObject({ code: 0, leftOut: [], skipped: [] })
    expect(comparable(await tenantIn('second.json'))).toEqual(comparable(await tenantIn('first.json')))
  })
})

describe('an export', () => {
  test('of a policy is what Graph answers with, ids for names', async () => {
    await typed('export', '--out', 'exported')
    const policy = JSON.parse(await readFile(join(folder, 'exported/conditionalAccessPolicies/Sales Hub only from trusted locations.json'), 'utf8')) as object

    expect(policy).toMatchObject({
      'id': 'c0ffee00-0000-4000-8000-0000000000e1', 'state': 'enabled', 'partialEnablementStrategy': null,
      'conditions': { users: { includeGroups: ['c0ffee00-0000-4000-8000-0000000000c1'] }, times: null, insiderRiskLevels: null },
      'grantControls': { operator: 'OR', builtInControls: ['block'] },
      '@odata.type': '#microsoft.graph.conditionalAccessPolicy',
    })
  })

  test('of a group shows its members by id, and what a policy says of itself is kept', async () => {
    await writeFile(join(folder, 'tenant.json'), JSON.stringify({ tenants: [{
      domains: [{ id: 'x.example' }], users: [{ userPrincipalName: 'a@x.example', id: 'aaaaaaaa-0000-4000-8000-000000000001' }], groups: [{ displayName: 'Team', members: ['a@x.example'], owners: ['a@x.example'] }],
      conditionalAccessPolicies: [{ displayName: 'P', description: 'Why it is there', state: 'enabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] } }, grantControls: { operator: 'OR', builtInControls: ['mfa'] } }],
    }] }))
    await typed('export', '--tenant', 'tenant.json', '--out', 'exported')
    const shown = [{ '@odata.type': '#microsoft.graph.user', 'id': 'aaaaaaaa-0000-4000-8000-000000000001' }]

    expect(JSON.parse(await readFile(join(folder, 'exported/groups/Team.json'), 'utf8'))).toMatchObject({ members: shown, owners: shown })
    await typed('import', 'exported', '--out', 'again.json')
    expect((await tenantIn('again.json')).conditionalAccessPolicies).toMatchObject([{ description: 'Why it is there' }])
  })

  test('has a file for each object, named for it, and two of one name are two', async () => {
    await writeFile(join(folder, 'tenant.json'), JSON.stringify({ tenants: [{ domains: [{ id: 'x.example' }], groups: [{ displayName: 'A/B: "c"' }, { displayName: 'A/B: "c"' }] }] }))
    await typed('export', '--tenant', 'tenant.json', '--out', 'exported')

    expect((await readdir(join(folder, 'exported/groups'))).toSorted()).toEqual(['A_B_ _c_ (2).json', 'A_B_ _c_.json'])
  })

  test('of several tenants is the first, and says so; --id chooses another', async () => {
    await writeFile(join(folder, 'tenant.json'), JSON.stringify({ tenants: [{ displayName: 'One', domains: [{ id: 'one.example' }] }, { displayName: 'Two', domains: [{ id: 'two.example' }] }] }))

    expect(await typed('export', '--tenant', 'tenant.json', '--out', 'one.json')).toMatchObject({ printed: expect.stringMatching(/^Wrote One to /), complaints: 'One more tenant is there. Export another with --id ID.' })
    expect(await typed('export', '--tenant', 'tenant.json', '--id', 'two.example', '--out', 'two.json')).toMatchObject({ printed: expect.stringMatching(/^Wrote Two to /), complaints: '' })
  })

  test('of a data folder is what the running tenant became; while it runs, it is said how else to get it', async () => {
    const data = join(folder, 'data')
    const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), data })
    try {
      await fetch(`${mock.http}/_mock/users/alice`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"accountEnabled":false}' })
      expect(await typed('export', '--data', 'data')).toMatchObject({ code: 2, complaints: expect.stringContaining('GET /_mock/snapshot') })
    } finally {
      await mock.stop()
    }

    expect(await typed('export', '--data', 'data', '--out', 'exported')).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(join(folder, 'exported/users/alice@contoso.example.json'), 'utf8'))).toMatchObject({ accountEnabled: false })
  })
})

const badUse: Record<string, [words: string[], message: string | RegExp]> = {
  'a tenant file that is not there': [['--tenant', 'nowhere.json'], /^There is no .*nowhere\.json\.$/],
  'a tenant file with a mistake': [['--tenant', 'bad.json'], /^tenants\[0\]\.licence: .*P3/],
  'a data folder that is not there': [['--data', 'nowhere'], /^There is no folder .*nowhere\.$/],
  'two tenants': [['--tenant', 'bad.json', '--data', 'x'], '--tenant and --data are two tenants. Leave one of them out.'],
  'a tenant that is not in it': [['--id', 'nobody.example'], /^There is no tenant "nobody\.example"\. There is Contoso \(c0ffee00-/],
  'a folder with files in it': [['--out', '.'], '. has files in it, which an import of it would read too. Give another folder, or add --force.'],
  'a file in the place of a folder': [['--out', 'bad'], 'bad is a file. Give a folder, or a name that ends in .json.'],
  'a folder that is not there to write into': [['--out', 'no/all.json'], 'There is no folder to write no/all.json into. Make it first.'],
  'a file on the way to the folder': [['--out', 'bad/more', '--force'], /^bad\/more (cannot be: something on the way is a file\.|is a file\.)/],
  'a file that is there': [['--out', 'bad.json'], 'bad.json is there already, and it stays as it is. Give another name, or add --force.'],
}
describe('bad use exits 2 with a sentence, and writes nothing', () => {
  for (const [what, [words, message]] of Object.entries(badUse)) {
    test(what, async () => {
      await writeFile(join(folder, 'bad.json'), JSON.stringify({ tenants: [{ licence: 'P3', domains: [{ id: 'bad.example' }] }] }))
      await writeFile(join(folder, 'bad'), '')

      expect(await typed('export', ...words)).toEqual({ code: 2, printed: '', complaints: typeof message === 'string' ? message : expect.stringMatching(message) })
      expect((await readdir(folder)).toSorted()).toEqual(['bad', 'bad.json'])
    })
  }
})
