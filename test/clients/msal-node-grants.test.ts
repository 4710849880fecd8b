import { ConfidentialClientApplication, PublicClientApplication } from '@azure/msal-node'
import type { DeviceCodeRequest } from '@azure/msal-node'
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { newCertificate } from '../support/certificate.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, password, people, places, useMock } from '../support/mock.ts'
import { approveDevice, blocksOutside, claimsIn, clientTenant, mfaFor } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import type { Page } from '../support/visitor.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const orders = ['api://sales-api/Orders.Read']

function auth({ authority, host }: ClientTenant, clientId: string) {
  return { clientId, authority, knownAuthorities: [host] }
}

describe('@azure/msal-node 7 without a redirect', () => {
  test('gets nothing for a device that is approved where policy forbids it, and signs it in elsewhere', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const client = new PublicClientApplication({ auth: auth(tenant, apps.salesMobile) })
    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    const refused = await new Promise<Page>((resolve, reject) => {
      const request: DeviceCodeRequest = {
        scopes: orders,
        // Nobody will approve it any more: the client gives up.
        deviceCodeCallback: (device) => void approveDevice(tenant.https, device, 'alice@contoso.example').then(resolve, reject).finally(() => Object.assign(request, { cancel: true })),
      }
      client.acquireTokenByDeviceCode(request).catch(() => {})
    })
    expect(refused.text).toContain('53003')

    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const result = await client.acquireTokenByDeviceCode({ scopes: orders, deviceCodeCallback: (device) => void approveDevice(tenant.https, device, 'alice@contoso.example') })

    expect(result?.account).toMatchObject({ username: 'alice@contoso.example', homeAccountId: `${people.alice}.${tenant.sandbox.id}` })
    expect(claimsIn(result?.accessToken)).toMatchObject({ scp: 'Orders.Read' })
  }, 20_000)

  test('signs in with user name and password, and hears what is wanted as an InteractionRequiredAuthError', async () => {
    const tenant = await clientTenant(server.mock)
    tenant.sandbox.signals('dave', { ipAddress: places.office })
    const client = () => new PublicClientApplication({ auth: auth(tenant, apps.salesMobile) })
    const result = await client().acquireTokenByUsernamePassword({ scopes: orders, username: 'dave@contoso.example', password })
    expect(result?.account?.username).toBe('dave@contoso.example')

    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    const refused = await client().acquireTokenByUsernamePassword({ scopes: orders, username: 'dave@contoso.example', password }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action', errorMessage: expect.stringContaining('AADSTS50076') as string })

    tenant.sandbox.signals('dave', { ipAddress: places.office })
    expect((await client().acquireTokenByUsernamePassword({ scopes: orders, username: 'dave@contoso.example', password }))?.account?.username).toBe('dave@contoso.example')
  })

  test('acts on behalf of a user, until a policy wants more of her or her sessions are revoked', async () => {
    const tenant = await clientTenant(server.mock, { [apps.salesApi]: { secrets: ['api-secret'] } })
    tenant.sandbox.signals('alice', { ipAddress: places.office })
    const front = new PublicClientApplication({ auth: auth(tenant, apps.salesMobile) })
    const user = await front.acquireTokenByUsernamePassword({ scopes: orders, username: 'alice@contoso.example', password })
    const api = new ConfidentialClientApplication({ auth: { ...auth(tenant, apps.salesApi), clientSecret: 'api-secret' } })
    const onBehalf = () => api.acquireTokenOnBehalfOf({ oboAssertion: user?.accessToken ?? '', scopes: ['User.Read'], skipCache: true })
    expect(claimsIn((await onBehalf())?.accessToken)).toMatchObject({ oid: people.alice, appid: apps.salesApi })

    await tenant.sandbox.patch({ conditionalAccessPolicies: [mfaFor('Microsoft Graph')] })
    const challenged = await onBehalf().catch((error: unknown) => error)
    expect(challenged).toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'basic_action', errorMessage: expect.stringContaining('AADSTS50076') as string, claims: expect.stringContaining('capolids') as string })
    await tenant.sandbox.patch({ conditionalAccessPolicies: [] })
    expect(claimsIn((await onBehalf())?.accessToken)).toMatchObject({ oid: people.alice })

    await tenant.control('POST', '/users/alice/revoke')
    expect(await onBehalf().catch((error: unknown) => error)).toMatchObject({ subError: 'bad_token', errorMessage: expect.stringContaining('AADSTS50173') as string })
  })

  test('proves a daemon by its certificate', async () => {
    const certificate = newCertificate('Nightly Job')
    const tenant = await clientTenant(server.mock, { [apps.nightlyJob]: { secrets: [], certificates: [certificate.pem] } })
    const client = new ConfidentialClientApplication({
      auth: { ...auth(tenant, apps.nightlyJob), clientCertificate: { thumbprintSha256: createHash('sha256').update(certificate.der).digest('hex'), privateKey: certificate.privatePem } },
    })
    const result = await client.acquireTokenByClientCredential({ scopes: ['api://sales-api/.default'] })

    expect(claimsIn(result?.accessToken)).toMatchObject({ azpacr: '2', roles: ['Orders.Process'] })
  })
})
