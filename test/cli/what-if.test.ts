import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { startPortcullis } from '../../src/index.ts'
import { graphAt, tokenOf } from '../graph/ask.ts'
import { testKeys } from '../support/keys.ts'
import { apps, people } from '../support/mock.ts'
import { createTerminal } from './world.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'what-if-test-'))
  await copyFile(fileURLToPath(new URL('../../data/starter.yaml', import.meta.url)), join(folder, 'tenant.yaml'))
})
afterAll(() => rm(folder, { recursive: true }))

async function typed(...words: string[]) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder })
  const code = await runCommandLine(['what-if', ...words], world)

  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

type Part = { displayName: string; result: string; policyApplies: boolean; analysisReasons: string; reason: string }
type Answer = { outcome: string; error: { code: number; message: string } | null; needs: string[]; policies: Part[]; request: { signInConditions: object }; value: Part[] }

async function answer(...words: string[]): Promise<Answer> {
  const { code, printed, complaints } = await typed(...words, '--json')
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' })

  return JSON.parse(printed) as Answer
}

const cafe = ['--from', '203.0.113.9']
const office = ['--from', 'Head office']
const salesHub = ['--app', 'Sales Hub']

const outcomes: Record<string, [words: string[], outcome: string, more?: { code?: number; needs?: string[] }]> = {
  'Alice at her desk is granted': [['--user', 'alice', ...salesHub, ...office], 'granted'],
  'Alice in the café is blocked': [['--user', 'alice', ...salesHub, ...cafe], 'blocked', { code: 53003 }],
  'Dave in the café is asked for a second factor': [['--user', 'dave', ...salesHub, ...cafe], 'interrupted', { code: 50074, needs: ['mfa'] }],
  'Dave who has shown it is granted': [['--user', 'dave', ...salesHub, ...cafe, '--with', 'one-time code'], 'granted'],
  'Bob must register first': [['--user', 'bob', '--app', 'Sales SPA', ...cafe], 'interrupted', { code: 50072, needs: ['register'] }],
  'Carol is asked everywhere, wherever she is': [['--user', 'carol', ...salesHub], 'interrupted', { code: 50074, needs: ['mfa'] }],
  'whom no policy asks where they are is granted, where nothing is said of it': [['--user', 'alice', ...salesHub], 'granted'],
  'a daemon is granted': [['--application', 'Nightly Job', '--app', 'Sales API', ...cafe], 'granted'],
  'a user by id, an application by id': [['--user', people.alice, '--app', apps.salesHub, ...cafe], 'blocked', { code: 53003 }],
  'an API for a client': [['--user', 'dave', '--client', 'Sales SPA', '--app', 'Sales API', ...cafe], 'interrupted', { needs: ['mfa'] }],
}
describe('what would come of a sign-in', () => {
  for (const [fact, [words, outcome, { code, needs } = {}]] of Object.entries(outcomes)) {
    test(fact, async () => {
      const told = await answer(...words)

      expect(told).toMatchObject({ outcome, ...(needs ? { needs } : {}) })
      expect(told.error?.code).toBe(code ?? (outcome === 'granted' ? undefined : told.error?.code))
    })
  }
})

describe('every policy has its part', () => {
  test('as Graph\'s What If words it, and as the sign-in log would', async () => {
    const { policies } = await answer('--user', 'alice', ...salesHub, ...cafe)

    expect(Object.fromEntries(policies.map(({ displayName, result, analysisReasons }) => [displayName, `${result} ${analysisReasons}`]))).toEqual({
      'Sales Hub only from trusted locations': 'failure notSet',
      'MFA outside trusted locations': 'failure notSet',
      'Sales Hub session': 'success notSet',
      'MFA for administrators': 'notApplied users',
      'Block legacy authentication': 'notApplied clientApps',
      'Compliant device for Sales API': 'reportOnlyNotApplied application',
    })
  })

  test('what was not said counts as not met, and the reason says which flag tells it', async () => {
    const { policies } = await answer('--user', 'alice', ...salesHub)

    expect(policies.find(({ displayName }) => displayName === 'MFA outside trusted locations')).toMatchObject({
      policyApplies: false, analysisReasons: 'location', reason: 'It depends on where the sign-in comes from, which was not said (--from).',
    })
  })

  test('the body it asks Graph with says what was said, and what follows from it', async () => {
    const { request } = await answer('--user', 'alice', ...salesHub, ...cafe, '--on', 'iOS', '--on', 'isCompliant=true', '--sign-in-risk', 'high', '--flow', 'deviceCode')

    expect(request.signInConditions).toEqual({
      ipAddress: '203.0.113.9', country: 'DE', devicePlatform: 'iOS', clientAppType: 'mobileAppsAndDesktopClients', signInRiskLevel: 'high',
      authenticationFlow: { transferMethod: 'deviceCodeFlow' }, deviceInfo: { isCompliant: true },
    })
  })

  test('to a person it is told line by line', async () => {
    const { printed } = await typed('--user', 'alice', ...salesHub, ...cafe)

    expect(printed).toMatch(/^blocked \(AADSTS53003\)\nAccess has been blocked by Conditional Access policies\./)
    expect(printed).toMatch(/^ {2}failure +Sales Hub only from trusted locations +"Sales Hub only from trusted locations" blocks: 203\.0\.113\.9 is in no trusted location\.$/m)
    expect(printed).toMatch(/^These would not:$/m)
  })
})

test('asked of the server, the same request has the same answer', async () => {
  const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys() })
  try {
    const graph = graphAt(mock.http!, { authorization: `Bearer ${await tokenOf(mock)}` })
    const more: Record<string, [words: string[]]> = {
      'a user action': [['--user', 'alice', '--action', 'registerSecurityInformation', ...cafe]],
      'a context': [['--user', 'alice', '--app', 'Sales Hub', '--context', 'c1', '--scope', 'openid']],
      'everything at once': [['--user', 'dave', ...salesHub, ...cafe, '--country', 'FR', '--on', 'iOS', '--on', 'isCompliant=true', '--on', 'deviceOwnership=Company', '--sign-in-risk', 'high', '--user-risk', 'low', '--insider-risk', 'minor', '--client-app-type', 'other', '--flow', 'deviceCode']],
    }
    for (const [fact, [words]] of Object.entries({ ...outcomes, ...more })) {
      const { request, value } = await answer(...words)
      const { status, body } = await graph.post('/identity/conditionalAccess/evaluate', request)

      expect([fact, status, body.value]).toEqual([fact, 200, value])
    }
  } finally {
    await mock.stop()
  }
})

test('where it is said where somebody is, what would come of it is what comes of it at the server', async () => {
  const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys() })
  const users = ['alice', 'bob', 'carol', 'dave', 'erin', 'breakglass', 'fiona']
  const sorts = users.flatMap((user) => ['Sales Hub', 'Sales SPA', 'Sales Mobile'].flatMap((client) => ['198.51.100.7', '233.252.0.10'].map((ipAddress) => ({ user, client, ipAddress }))))
  try {
    for (const { user, client, ipAddress } of sorts) {
      const { outcome, error } = await mock.signIn({ user, client, signals: { ipAddress } })
      // Consent is a matter of the page, not of the decision.
      if (error?.code === 65001) continue
      const told = await answer('--user', user, '--app', client, '--from', ipAddress)

      expect([user, client, ipAddress, told.outcome, told.error?.code]).toEqual([user, client, ipAddress, outcome, error?.code])
    }
  } finally {
    await mock.stop()
  }
})

test('a user action is judged where it is done', async () => {
  await writeFile(join(folder, 'registration.json'), JSON.stringify({
    tenants: [{
      domains: [{ id: 'fabrikam.example' }], users: [{ userPrincipalName: 'ada@fabrikam.example', password: 'Secret1!' }],
      conditionalAccessPolicies: [{
        displayName: 'Register at the office', state: 'enabled', grantControls: { operator: 'OR', builtInControls: ['block'] },
        conditions: { users: { includeUsers: ['All'] }, applications: { includeUserActions: ['urn:user:registersecurityinfo'] }, clientAppTypes: ['all'] },
      }],
    }],
  }))
  const ask = (...words: string[]) => answer('--tenant', 'registration.json', '--user', 'ada', ...words)

  expect(await ask('--action', 'RegisterSecurityInformation')).toMatchObject({ outcome: 'blocked', policies: [{ displayName: 'Register at the office', result: 'failure' }] })
  expect(await ask('--action', 'registerOrJoinDevices')).toMatchObject({ outcome: 'granted', policies: [{ analysisReasons: 'userActions' }] })
})

test('what asks beside the policies is told: security defaults, and MFA that is switched on for the user', async () => {
  await writeFile(join(folder, 'defaults.json'), JSON.stringify({ tenants: [{
    domains: [{ id: 'fabrikam.example' }], securityDefaults: true, applications: [{ displayName: 'Portal', secrets: ['secret'] }],
    users: [{ userPrincipalName: 'ada@fabrikam.example', password: 'Secret1!' }, { userPrincipalName: 'ben@fabrikam.example', password: 'Secret1!', perUserMfaState: 'enforced' }],
  }] }))
  const ask = async (user: string) => (await typed('--tenant', 'defaults.json', '--user', user, '--app', 'Portal', ...cafe)).printed

  expect(await ask('ada')).toMatch(/^interrupted \(AADSTS50072\), needs registerSkippable\nDue to a configuration change .+ to access '\S+'\.\n\nBeside the policies:\n\n {2}failure +Security Defaults +Security defaults ask /)
  expect(await ask('ben')).toMatch(/Beside the policies:\n\n {2}failure +Security Defaults .*\n {2}failure +Per-user MFA +Per-user MFA asks /)
})

test('a refusal names what it is about, in Entra\'s words', async () => {
  const { error } = await answer('--user', 'dave', ...salesHub, ...cafe)

  expect(error).toMatchObject({ code: 50074, message: 'Strong authentication is required.' })
  for (const [words] of Object.values(outcomes)) expect((await answer(...words)).error?.message ?? '').not.toMatch(/[{}]/)
})

test('another tenant file is asked with --tenant', async () => {
  expect(await answer('--tenant', 'tenant.yaml', '--user', 'ben', '--app', 'My application', ...cafe)).toMatchObject({ outcome: 'interrupted', needs: ['register'] })
})

const badUse: Record<string, [words: string[], message: string | RegExp]> = {
  'nobody': [[...salesHub], 'Say who signs in: --user NAME, or --application NAME. `portcullis what-if --help` has examples.'],
  'nothing to sign in to': [['--user', 'alice'], 'What is signed in to is missing. Name an `app`.'],
  'a user action misspelled': [['--user', 'alice', '--action', 'registerSecurityInfo'], '--action: "registerSecurityInfo" is none. Did you mean registerSecurityInformation?'],
  'an app and an action': [['--user', 'alice', ...salesHub, '--action', 'registerSecurityInformation'], 'Say --app or --action, not both: a user action has a place of its own.'],
  'a user misspelled': [['--user', 'alise', ...salesHub], /^--user: There is no user "alise" in this tenant\. Did you mean "alice"\?$/],
  'an application misspelled': [['--user', 'alice', '--app', 'Sales Hubb'], '--app: There is no application "Sales Hubb" in this tenant. Did you mean "Sales Hub"?'],
  'a place that is none': [['--user', 'alice', ...salesHub, '--from', 'Head ofice'], /^--from: "Head ofice" is neither an IP address nor a place that is known here\. Did you mean "Head office"\?$/],
  'a flow that is none': [['--user', 'alice', ...salesHub, '--flow', 'silen'], /^--flow: "silen" is not one of .* Did you mean "silent"\?$/],
  'a risk that is none': [['--user', 'alice', ...salesHub, '--sign-in-risk', 'huge'], /"huge"/],
  'a fact of a device that is none': [['--user', 'alice', ...salesHub, '--on', 'colour=red'], /^--on: .*colour/],
  'a tenant file that is not there': [['--user', 'alice', ...salesHub, '--tenant', 'nowhere.json'], /^--tenant: There is no .*nowhere\.json\.$/],
  'a tenant file with a mistake': [['--user', 'alice', ...salesHub, '--tenant', 'bad.json'], /^--tenant: tenants\[0\]\.licence: .*P3/],
  'a flag misspelled': [['--form', '203.0.113.9'], '`portcullis what-if` has no flag --form. Did you mean --from?'],
}
describe('bad use exits 2 with a sentence', () => {
  for (const [what, [words, message]] of Object.entries(badUse)) {
    test(what, async () => {
      await writeFile(join(folder, 'bad.json'), JSON.stringify({ tenants: [{ licence: 'P3', domains: [{ id: 'bad.example' }] }] }))

      expect(await typed(...words)).toEqual({ code: 2, printed: '', complaints: typeof message === 'string' ? message : expect.stringMatching(message) })
    })
  }
})

test('the examples in its help run', async () => {
  const { printed } = await typed('--help')
  const examples = printed.split('\n').filter((line) => line.startsWith('  portcullis what-if --'))

  expect(examples).toHaveLength(3)
  expect(Math.max(...printed.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120)
  for (const example of examples) {
    const words = [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!).slice(2)
    expect(await typed(...words)).toMatchObject({ code: 0, complaints: '' })
  }
})
