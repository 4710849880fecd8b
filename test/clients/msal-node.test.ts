import { ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, PublicClientApplication } from '@azure/msal-node'
import type { AccountInfo, Configuration } from '@azure/msal-node'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/server/handle.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, contosoId, people, places, useMock } from '../support/mock.ts'
import { blocksDaemonOutside } from '../support/oidc-clients.ts'
import { visitor } from '../support/visitor.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const redirectUri = 'http://localhost:3999/callback'

describe('@azure/msal-node 7, unmodified, over HTTPS', () => {
  test('signs Alice in with a code by form_post and renews silently', async () => {
    const sandbox = await tenantWithAliceAt(places.office)
    const client = confidentialClient(sandbox)

    const { result } = await signIn(client, 'alice@contoso.example', ['api://sales-api/Orders.Read'])
    expect(result.account).toMatchObject({ username: 'alice@contoso.example', tenantId: sandbox.id, homeAccountId: `${people.alice}.${sandbox.id}`, name: 'Alice Adams' })
    expect(result.scopes).toContain('api://sales-api/Orders.Read')

    const silent = await client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['api://sales-api/Orders.Read'] })
    expect(silent.fromCache).toBe(true)
    const renewed = await client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['api://sales-api/Orders.Read'], forceRefresh: true })
    expect(renewed.fromCache).toBe(false)
    expect(renewed.accessToken).not.toBe(result.accessToken)
  })

  test('gets a token for another resource with the refresh token it has', async () => {
    const sandbox = await tenantWithAliceAt(places.office)
    const client = confidentialClient(sandbox)
    const { result } = await signIn(client, 'alice@contoso.example', ['api://sales-api/Orders.Read'])

    const graph = await client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['User.Read'] })

    expect(claimsOf(graph.accessToken)).toMatchObject({ scp: expect.stringContaining('User.Read') as string })
  })

  test('signs in interactively at an address of its own, which the browser posts the answer to', async () => {
    const sandbox = await tenantWithAliceAt(places.office)
    const client = new PublicClientApplication({ auth: authOf(sandbox, apps.salesMobile) })
    const result = await client.acquireTokenInteractive({
      scopes: ['api://sales-api/Orders.Read'],
      async openBrowser(url) {
        const person = visitor({ http: server.mock.https })
        await person.open(url)
        const { root, answer } = await person.signIn('alice@contoso.example')
        await fetch(root.querySelector('main form')?.getAttribute('action') ?? '', { method: 'POST', body: new URLSearchParams(answer) })
      },
    })

    expect(result.account?.username).toBe('alice@contoso.example')
  })

  for (const word of ['common', 'organizations']) {
    test(`finds the tenant of somebody who signs in at ${word}, and renews there`, async () => {
      const { https, mock } = { https: server.mock.https ?? '', mock: server.mock }
      mock.signals('alice', { ipAddress: places.office })
      const client = new PublicClientApplication({ auth: { clientId: apps.salesMobile, authority: `${https}/${word}`, knownAuthorities: [new URL(https).host] } })
      const { result } = await signIn(client, 'alice@contoso.example', ['api://sales-api/Orders.Read'])
      expect(result.account).toMatchObject({ tenantId: contosoId, username: 'alice@contoso.example' })

      const renewed = await client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['api://sales-api/Orders.Read'], forceRefresh: true })
      expect(claimsOf(renewed.accessToken)).toMatchObject({ tid: contosoId, iss: `${https}/${contosoId}/v2.0` })
    })
  }

  const ways: Record<string, (at: { base: string; tenantId: string }) => Promise<Partial<Configuration['auth']>>> = {
    'the host with its port': async ({ base }) => ({ knownAuthorities: [new URL(base).host] }),
    'the whole address': async ({ base }) => ({ knownAuthorities: [base] }),
    'documents that it need not ask for': async ({ base, tenantId }) => ({
      cloudDiscoveryMetadata: await textOf(`${base}/common/discovery/instance?api-version=1.1&authorization_endpoint=${base}/${tenantId}/oauth2/v2.0/authorize`),
      authorityMetadata: await textOf(`${base}/${tenantId}/v2.0/.well-known/openid-configuration`),
    }),
  }
  test.each(Object.entries(ways))('is told of the authority by %s', async (_way, told) => {
    const sandbox = await server.mock.sandbox()
    const { knownAuthorities: _host, ...auth } = authOf(sandbox, apps.nightlyJob)
    const way = await told({ base: server.mock.https ?? '', tenantId: sandbox.id })
    const client = new ConfidentialClientApplication({ auth: { ...auth, ...way, clientSecret: 'nightly-job-secret' } })

    expect((await client.acquireTokenByClientCredential({ scopes: ['api://sales-api/.default'] }))?.tokenType).toBe('Bearer')
    const asked = sandbox.requests().map(({ path }) => path.slice(path.lastIndexOf('/') + 1))
    expect(asked.filter((path) => path === 'openid-configuration'), 'documents are asked for once').toHaveLength(1)
  })

  test('gets a daemon its token, not where a policy for workloads blocks, and again elsewhere', async () => {
    const sandbox = await server.mock.sandbox({ conditionalAccessPolicies: [blocksDaemonOutside('c0ffee00-0000-4000-8000-0000000000f4')] })
    sandbox.signals(null, { ipAddress: places.office })
    const client = new ConfidentialClientApplication({ auth: { ...authOf(sandbox, apps.nightlyJob), clientSecret: 'nightly-job-secret' } })
    const token = () => client.acquireTokenByClientCredential({ scopes: ['api://sales-api/.default'], skipCache: true })
    expect(claimsOf((await token())?.accessToken ?? '')).toMatchObject({ roles: ['Orders.Process'] })

    sandbox.signals(null, { ipAddress: places.cafe })
    expect(await token().catch((error: unknown) => error)).toMatchObject({ errorMessage: expect.stringContaining('AADSTS53003') as string })
    sandbox.signals(null, { ipAddress: places.office })
    expect((await token())?.tokenType).toBe('Bearer')
  })

  test('hears that more is needed as an InteractionRequiredAuthError, whose claims get on with a code', async () => {
    const sandbox = await server.mock.sandbox()
    sandbox.signals('dave', { ipAddress: places.office })
    const client = new PublicClientApplication({ auth: authOf(sandbox, apps.salesMobile) })
    const { result } = await signIn(client, 'dave@contoso.example', ['api://sales-api/Orders.Read'])

    sandbox.signals('dave', { ipAddress: places.cafe })
    const refused = await client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['api://sales-api/Orders.Read'], forceRefresh: true }).catch((error: unknown) => error)

    expect(refused).toBeInstanceOf(InteractionRequiredAuthError)
    expect(refused).toMatchObject({ errorCode: 'invalid_grant', subError: 'basic_action', errorMessage: expect.stringContaining('AADSTS50076') as string })
    expect(JSON.parse((refused as InteractionRequiredAuthError).claims)).toMatchObject({ access_token: { capolids: { essential: true, values: ['c0ffee00-0000-4000-8000-0000000000e2'] } } })

    const again = await signIn(client, 'dave@contoso.example', ['api://sales-api/Orders.Read'], { claims: (refused as InteractionRequiredAuthError).claims, code: sandbox.oneTimeCode('dave') ?? '' })
    expect(again.result.account?.username).toBe('dave@contoso.example')
  })

  test('hears of a block as an InteractionRequiredAuthError that says 53003, until Alice is back', async () => {
    const sandbox = await tenantWithAliceAt(places.office)
    const client = confidentialClient(sandbox)
    const { result } = await signIn(client, 'alice@contoso.example', ['api://sales-api/Orders.Read'])

    sandbox.signals('alice', { ipAddress: places.cafe })
    const renewed = () => client.acquireTokenSilent({ account: result.account as AccountInfo, scopes: ['api://sales-api/Orders.Read'], forceRefresh: true })
    expect(await renewed().catch((error: unknown) => error)).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'message_only', errorMessage: expect.stringContaining('AADSTS53003') as string })

    sandbox.signals('alice', { ipAddress: places.office })
    expect((await renewed()).fromCache).toBe(false)
  })
})

async function tenantWithAliceAt(ipAddress: string): Promise<Sandbox> {
  const sandbox = await server.mock.sandbox()
  sandbox.signals('alice', { ipAddress })

  return sandbox
}

function authOf(sandbox: Sandbox, clientId: string): Configuration['auth'] {
  const { host } = new URL(server.mock.https ?? '')

  return { clientId, authority: `${server.mock.https}/${sandbox.id}`, knownAuthorities: [host] }
}

function confidentialClient(sandbox: Sandbox): ConfidentialClientApplication {
  return new ConfidentialClientApplication({ auth: { ...authOf(sandbox, apps.salesHub), clientSecret: 'sales-hub-secret' } })
}

/** A person sent off with MSAL's own address, and the answer that the browser posts back. */
async function signIn(client: ConfidentialClientApplication | PublicClientApplication, user: string, scopes: string[], { claims, code: oneTimeCode = '' }: { claims?: string; code?: string } = {}) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const nonce = crypto.randomUUID()
  const url = await client.getAuthCodeUrl({ scopes, redirectUri, responseMode: 'form_post', codeChallenge: challenge, codeChallengeMethod: 'S256', nonce, state: 'here', ...(claims === undefined ? {} : { claims }) })
  const person = visitor({ http: server.mock.https })
  await person.open(url)
  await person.signIn(user, { code: oneTimeCode })
  const { code = '', state, client_info: clientInfo = '' } = person.page.answer
  expect(state).toBe('here')
  const result = await client.acquireTokenByCode({ code, scopes, redirectUri, codeVerifier: verifier, nonce, clientInfo })

  return { result }
}

const textOf = async (url: string) => (await fetch(url)).text()

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
}
