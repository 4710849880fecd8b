import { CryptoProvider, InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-node'
import type { AccountInfo } from '@azure/msal-node'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import type { Sandbox } from '../../src/index.ts'
import { matchers } from '../../src/testing/matchers.ts'
import { createTerminal } from '../cli/world.ts'
import { emptyFolder } from '../support/folder.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { authorizeRequest, visitor } from '../support/visitor.ts'

/** Each of these is a recipe of docs/recipes.md, under the same name. */
const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const scopes = ['api://sales-api/Orders.Read']
const redirectUri = 'http://localhost:3999/callback'

describe('Force InteractionRequiredAuthError in an MSAL app', () => {
  test('with a fault, once, whatever the policies say', async () => {
    const { sandbox, client, account } = await signedInWithMsal('alice')
    await sandbox.faults.add({ on: 'token', error: { code: 50076 }, times: 1, where: { grant: 'refresh_token' } })
    const renew = () => client.acquireTokenSilent({ account, scopes, forceRefresh: true })

    await expect(renew()).rejects.toBeInstanceOf(InteractionRequiredAuthError)
    expect((await renew()).accessToken).toMatch(/^ey/)
  })

  test('with a policy, by a walk to the café', async () => {
    const { sandbox, client, account } = await signedInWithMsal('dave')
    sandbox.signals('dave', { ipAddress: places.cafe })

    await expect(client.acquireTokenSilent({ account, scopes, forceRefresh: true })).rejects.toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action', claims: expect.stringContaining('capolids') as string })
  })
})

test('A refresh token that dies of age, in milliseconds', async () => {
  const sandbox = await atTheOffice('alice')
  const { refresh_token: token = '' } = await tokensOfSpa(sandbox, 'alice')
  sandbox.clock.advance('PT24H1M')
  const { body } = await redeem(sandbox, { grant_type: 'refresh_token', refresh_token: token, client_id: apps.salesSpa })

  expect(body).toMatchObject({ error: 'invalid_grant', error_codes: [700084], error_description: expect.stringContaining('AADSTS700084') as string })
})

test('MFA end to end without a phone, in parallel workers with the same user', async () => {
  const sandbox = await server.mock.sandbox()
  const workers = Array.from({ length: 8 }, async () => {
    const browser = visitor(server.mock, { signals: `ipAddress=${places.cafe}` })
    await browser.open(authorizeRequest(httpIssuer(sandbox), apps.salesSpa).url)
    await browser.signIn('dave@contoso.example')
    expect(browser.page.step).toBe('one-time-code')
    await browser.signIn('dave@contoso.example', { code: sandbox.oneTimeCode('dave') ?? '' })

    return browser.page.answer.code
  })

  expect(await Promise.all(workers)).toEqual(Array(8).fill(expect.any(String)))
})

test('A blocked sign-in in CI, with the policy\'s name in the failure', async () => {
  const sandbox = await server.mock.sandbox()
  const signIn = await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } })

  expect(matchers.toBeBlockedBy(signIn, 'Sales Hub only from trusted locations').pass).toBe(true)
  expect(matchers.toBeGranted(signIn).message()).toContain('✗ Sales Hub only from trusted locations: failure.')
})

test('A claims challenge answered', async () => {
  const { sandbox, client, account } = await signedInWithMsal('dave')
  sandbox.signals('dave', { ipAddress: places.cafe })
  const refused = (await client.acquireTokenSilent({ account, scopes, forceRefresh: true }).catch((error: unknown) => error)) as InteractionRequiredAuthError
  const answered = await signInWithMsal(sandbox, client, 'dave', refused.claims)

  expect(refused.claims).toContain('capolids')
  expect(answered.accessToken).toMatch(/^ey/)
  expect(sandbox.signIns().at(-1)).toMatchObject({ authenticationRequirement: 'multiFactorAuthentication', status: { errorCode: 0 } })
})

test('A session that ends at your API at once', async () => {
  const sandbox = await server.mock.sandbox()
  const token = await sandbox.token({ claims: { aud: apps.salesApi, oid: people.dave, scp: 'Orders.Read', xms_cc: ['cp1'] } } as never)
  expect(await sandbox.standingOf(token, places.office)).toMatchObject({ active: true })
  sandbox.clock.advance('PT1M')
  await sandbox.revoke('dave')

  expect(await sandbox.standingOf(token, places.office)).toMatchObject({ active: false, wwwAuthenticate: expect.stringMatching(/error="insufficient_claims", claims="/) })
})

describe('A real tenant\'s policies, tried before they go live', () => {
  const policy = {
    displayName: 'Only from HQ', state: 'enabledForReportingButNotEnforced', grantControls: { operator: 'OR', builtInControls: ['block'] },
    conditions: { users: { includeUsers: ['All'], excludeGroups: ['<BreakGlass>'] }, applications: { includeApplications: ['All'] }, locations: { includeLocations: ['All'], excludeLocations: ['NAME:HQ'] }, clientAppTypes: ['all'] },
  }
  const exports = {
    'policy.json': policy,
    'hq.json': { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'HQ', 'isTrusted': true, 'ipRanges': [{ cidrAddress: '198.51.100.0/24' }] },
    'alice.json': { userPrincipalName: 'alice@fabrikam.example' },
    'portal.json': { displayName: 'Portal', appId: '6c96716b-b32b-40b8-9009-49748bb6fcd5', signInAudience: 'AzureADMyOrg' },
  }

  test('by the words of the page', async () => {
    const folder = await emptyFolder()
    await mkdir(join(folder, 'exports'))
    for (const [name, content] of Object.entries(exports)) await writeFile(join(folder, 'exports', name), JSON.stringify(content))
    const page = await readFile(new URL('../../docs/recipes.md', import.meta.url), 'utf8')
    await writeFile(join(folder, 'story.yaml'), /```yaml\n([^]*?)```/.exec(page)![1]!)
    const commands = [...page.matchAll(/^portcullis (import|what-if) .*$/gm)].map(([line]) => line.split(' ').slice(1))
    const type = async (words: readonly string[]) => {
      const { world, printed, complaints } = createTerminal({ workingFolder: folder })

      return { code: await runCommandLine(words, world), printed: printed.join('\n'), complaints: complaints.join('\n') }
    }

    expect(commands.map(([name]) => name)).toEqual(['import', 'what-if'])
    expect(await type(commands[0]!)).toMatchObject({ code: 0, printed: expect.stringContaining('group "BreakGlass"') })
    expect(await type(commands[1]!)).toMatchObject({ code: 0, printed: expect.stringMatching(/^granted\n[^]*reportOnlyFailure +Only from HQ/) })
    expect(await type(['test', '--tenant', 'tenant.json', 'story.yaml'])).toMatchObject({ code: 0, complaints: '', printed: expect.stringContaining('2 cases, all as expected') })
  })
})

test('A client that Graph throttles', async () => {
  const sandbox = await server.mock.sandbox()
  const token = await sandbox.token({ claims: { aud: 'https://graph.microsoft.com', oid: people.alice, scp: 'User.Read' } } as never)
  await sandbox.faults.add({ on: 'graph', error: { status: 429 }, times: 2 })
  const ask = async () => {
    const { status, headers } = await fetch(`${server.mock.http}/v1.0/me`, { headers: { authorization: `Bearer ${token}` } })

    return [status, headers.get('retry-after')]
  }

  expect([await ask(), await ask(), await ask()]).toEqual([[429, '1'], [429, '1'], [200, null]])
})

test('each recipe of the page has its test here, under the same name', async () => {
  const [page, tests] = await Promise.all(['../../docs/recipes.md', 'recipes.test.ts'].map((file) => readFile(new URL(file, import.meta.url), 'utf8')))
  const titles = [...(tests ?? '').matchAll(/(?:describe|test)\('((?:[^'\\]|\\.)*)'/g)].map(([, title = '']) => title.replaceAll('\\', ''))
  const recipes = [...(page ?? '').matchAll(/^## (.*)$/gm)].map(([, title]) => title)

  expect(recipes.length).toBeGreaterThan(6)
  expect(recipes.filter((recipe) => !titles.includes(recipe!))).toEqual([])
})

const httpIssuer = ({ id }: Sandbox) => `${server.mock.http}/${id}/v2.0`

async function atTheOffice(user: string): Promise<Sandbox> {
  const sandbox = await server.mock.sandbox()
  sandbox.signals(user, { ipAddress: places.office })

  return sandbox
}

async function redeem(sandbox: Sandbox, form: Record<string, string>) {
  const response = await fetch(`${server.mock.http}/${sandbox.id}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form), headers: { origin: 'http://localhost:3999' } })

  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

async function tokensOfSpa(sandbox: Sandbox, user: string): Promise<{ refresh_token?: string }> {
  const browser = visitor(server.mock)
  const request = authorizeRequest(httpIssuer(sandbox), apps.salesSpa)
  await browser.open(request.url)
  await browser.signIn(`${user}@contoso.example`)
  const { body } = await redeem(sandbox, { grant_type: 'authorization_code', client_id: apps.salesSpa, code: browser.page.answer.code ?? '', redirect_uri: request.redirectUri, code_verifier: request.verifier })

  return body
}

async function signedInWithMsal(user: string) {
  const sandbox = await atTheOffice(user)
  const { host } = new URL(server.mock.https ?? '')
  const client = new PublicClientApplication({ auth: { clientId: apps.salesMobile, authority: `${server.mock.https}/${sandbox.id}`, knownAuthorities: [host] } })
  const { account } = await signInWithMsal(sandbox, client, user)

  return { sandbox, client, account: account as AccountInfo }
}

async function signInWithMsal(sandbox: Sandbox, client: PublicClientApplication, user: string, claims?: string) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const url = await client.getAuthCodeUrl({ scopes, redirectUri, responseMode: 'form_post', codeChallenge: challenge, codeChallengeMethod: 'S256', ...(claims ? { claims } : {}) })
  const browser = visitor({ http: server.mock.https })
  await browser.open(url)
  await browser.signIn(`${user}@contoso.example`)
  if (browser.page.step === 'one-time-code') await browser.signIn(`${user}@contoso.example`, { code: sandbox.oneTimeCode(user) ?? '' })

  return client.acquireTokenByCode({ code: browser.page.answer.code ?? '', scopes, redirectUri, codeVerifier: verifier })
}
