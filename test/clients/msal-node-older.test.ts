import * as msal2 from 'msal-node-2'
import * as msal3 from 'msal-node-3'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, places, useMock } from '../support/mock.ts'
import { blocksDaemonOutside, clientTenant } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const redirectUri = 'http://localhost:3999/callback'
const scopes = ['api://sales-api/Orders.Read']

describe.each([['3', msal3], ['2', msal2 as unknown as typeof msal3]])('@azure/msal-node %s, unmodified, over HTTPS', (_version, msal) => {
  test('signs in with a code, renews silently, and is refused once Alice has left the office', async () => {
    const tenant = await clientTenant(server.mock)
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const client = new msal.ConfidentialClientApplication({
      auth: { clientId: apps.salesHub, clientSecret: 'sales-hub-secret', authority: tenant.authority, knownAuthorities: [tenant.host] },
    })
    const { verifier, challenge } = await new msal.CryptoProvider().generatePkceCodes()
    const url = await client.getAuthCodeUrl({ scopes, redirectUri, codeChallenge: challenge, codeChallengeMethod: 'S256' })
    const { answer } = await tenant.signIn(url, 'alice@contoso.example')
    const result = await client.acquireTokenByCode({ code: answer.code ?? '', scopes, redirectUri, codeVerifier: verifier })
    const account = result.account ?? undefined
    if (!account) throw new Error('An account comes with every sign-in.')
    expect(account).toMatchObject({ username: 'alice@contoso.example', tenantId: tenant.sandbox.id })

    const renewed = await client.acquireTokenSilent({ account, scopes, forceRefresh: true })
    expect(renewed.accessToken).not.toBe(result.accessToken)

    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    const refused = await client.acquireTokenSilent({ account, scopes, forceRefresh: true }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'message_only', errorMessage: expect.stringContaining('AADSTS53003') as string })

    tenant.sandbox.signals('alice', { ipAddress: places.office })
    expect((await client.acquireTokenSilent({ account, scopes, forceRefresh: true })).fromCache).toBe(false)
  })

  test('gets a token for a daemon at the office, hears that it is refused elsewhere, and gets on once it is back', async () => {
    const sandbox = await server.mock.sandbox({ conditionalAccessPolicies: [blocksDaemonOutside('c0ffee00-0000-4000-8000-0000000000f4')] })
    const authority = new URL(`${server.mock.https}/${sandbox.id}`)
    const client = new msal.ConfidentialClientApplication({
      auth: { clientId: apps.nightlyJob, clientSecret: 'nightly-job-secret', authority: authority.href, knownAuthorities: [authority.host] },
    })

    const token = () => client.acquireTokenByClientCredential({ scopes: ['api://sales-api/.default'], skipCache: true })
    sandbox.signals(null, { ipAddress: places.office })
    expect((await token())?.tokenType).toBe('Bearer')

    sandbox.signals(null, { ipAddress: places.cafe })
    expect(await token().catch((error: unknown) => error)).toMatchObject({ errorCode: 'invalid_grant', errorMessage: expect.stringContaining('AADSTS53003') as string })
    sandbox.signals(null, { ipAddress: places.office })
    expect((await token())?.fromCache).toBe(false)
  })
})
