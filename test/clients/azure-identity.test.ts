import type { EnvironmentCredentialOptions, OnBehalfOfCredentialSecretOptions } from '@azure/identity'
import { ClientCertificateCredential, ClientSecretCredential, DeviceCodeCredential, EnvironmentCredential, OnBehalfOfCredential, UsernamePasswordCredential, WorkloadIdentityCredential } from '@azure/identity'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { newCertificate } from '../support/certificate.ts'
import { emptyFolder } from '../support/folder.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, contosoId, password, people, places, useMock } from '../support/mock.ts'
import { approveDevice, blocksDaemonOutside, claimsIn, clientTenant, mfaFor } from '../support/oidc-clients.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

describe('@azure/identity 4, unmodified, over HTTPS', () => {
  test('gets a daemon its token by secret, and hears of a wrong one', async () => {
    const { https, sandbox } = await clientTenant(server.mock)
    const options = { authorityHost: https, disableInstanceDiscovery: true }
    const token = await new ClientSecretCredential(sandbox.id, apps.nightlyJob, 'nightly-job-secret', options).getToken('api://sales-api/.default')
    expect(claimsIn(token.token)).toMatchObject({ roles: ['Orders.Process'] })

    const graph = await new ClientSecretCredential(sandbox.id, apps.nightlyJob, 'nightly-job-secret', options).getToken(`${https}/.default`)
    expect(claimsIn(graph.token)).toMatchObject({ aud: 'https://graph.microsoft.com' })

    const refused = await new ClientSecretCredential(sandbox.id, apps.nightlyJob, 'wrong', options).getToken('api://sales-api/.default').catch((error: unknown) => error)
    expect(String(refused)).toContain('AADSTS7000215')
  })

  test('gets no token for a daemon where a policy for workloads blocks it, and one again elsewhere', async () => {
    const { https, sandbox } = await clientTenant(server.mock)
    await sandbox.patch({ conditionalAccessPolicies: [blocksDaemonOutside('c0ffee00-0000-4000-8000-0000000000f4')] })
    const token = (ipAddress: string) => {
      sandbox.signals(null, { ipAddress })
      return new ClientSecretCredential(sandbox.id, apps.nightlyJob, 'nightly-job-secret', { authorityHost: https, disableInstanceDiscovery: true }).getToken('api://sales-api/.default')
    }
    expect(await token(places.cafe).catch(({ name, message }: Error) => [name, message])).toEqual(['AuthenticationRequiredError', expect.stringContaining('AADSTS53003')])
    expect(claimsIn((await token(places.office)).token)).toMatchObject({ roles: ['Orders.Process'] })
  })

  test('gets one by certificate', async () => {
    const certificate = newCertificate('Nightly Job')
    const { https, sandbox } = await clientTenant(server.mock, { [apps.nightlyJob]: { secrets: [], certificates: [certificate.pem] } })
    const file = join(await emptyFolder(), 'job.pem')
    await writeFile(file, `${certificate.privatePem}${certificate.pem}`)
    const token = await new ClientCertificateCredential(sandbox.id, apps.nightlyJob, file, { authorityHost: https, disableInstanceDiscovery: true }).getToken('api://sales-api/.default')

    expect(claimsIn(token.token)).toMatchObject({ azpacr: '2' })
  })

  test('signs in a device and renews; in the café a person is wanted, at the office not', async () => {
    const { https, sandbox } = await clientTenant(server.mock)
    sandbox.signals('dave', { ipAddress: places.office })
    const credential = new DeviceCodeCredential({
      tenantId: sandbox.id,
      clientId: apps.salesMobile,
      authorityHost: https,
      disableInstanceDiscovery: true,
      disableAutomaticAuthentication: true,
      userPromptCallback: (device) => void approveDevice(https, device, 'dave@contoso.example'),
    })
    expect(await credential.authenticate('api://sales-api/Orders.Read')).toMatchObject({ username: 'dave@contoso.example', tenantId: sandbox.id })
    expect(claimsIn((await credential.getToken('api://sales-api/Orders.Read')).token)).toMatchObject({ oid: people.dave, scp: 'Orders.Read' })

    sandbox.signals('dave', { ipAddress: places.cafe })
    expect(await credential.getToken('User.Read').catch((error: Error) => error.name)).toBe('AuthenticationRequiredError')
    expect(sandbox.signIns().at(-1)).toMatchObject({ status: { errorCode: 50076 }, ipAddress: places.cafe })
    sandbox.signals('dave', { ipAddress: places.office })
    expect(claimsIn((await credential.getToken('User.Read')).token)).toMatchObject({ oid: people.dave })
  }, 20_000)

  test('signs in with user name and password at the office, and hears in the café that a code is wanted', async () => {
    const { https, sandbox } = await clientTenant(server.mock)
    const token = (ipAddress: string) => {
      sandbox.signals('dave', { ipAddress })
      return new UsernamePasswordCredential(sandbox.id, apps.salesMobile, 'dave@contoso.example', password, { authorityHost: https, disableInstanceDiscovery: true }).getToken('api://sales-api/Orders.Read')
    }
    expect(await token(places.cafe).catch(({ name, message }: Error) => [name, message])).toEqual(['AuthenticationRequiredError', expect.stringContaining('AADSTS50076')])
    expect(claimsIn((await token(places.office)).token)).toMatchObject({ oid: people.dave, scp: 'Orders.Read' })
  })

  test('signs in as Azure CLI, in the first tenant, where neither client nor tenant is named; the café is refused there too', async () => {
    const { https, mock } = { https: server.mock.https ?? '', mock: server.mock }
    const token = (ipAddress: string) => {
      mock.signals('dave', { ipAddress })
      return new Promise<string>((resolve) => {
        const credential = new DeviceCodeCredential({
          authorityHost: https,
          disableInstanceDiscovery: true,
          userPromptCallback: (device) => void approveDevice(https, device, 'dave@contoso.example').then(({ text, step }) => (step === 'one-time-code' ? resolve(text) : undefined)),
        })
        void credential.getToken('https://graph.microsoft.com/.default').then((answer) => resolve(answer.token), (error: Error) => resolve(error.message))
      })
    }
    expect(claimsIn(await token(places.office))).toMatchObject({ appid: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', oid: people.dave, tid: contosoId, scp: expect.stringContaining('User.Read') as string })
    expect(await token(places.cafe)).toContain('Enter code')
  }, 20_000)

  test('takes a token of the place it runs at for a secret, where the application trusts that place', async () => {
    const cluster = await clientTenant(server.mock)
    const credential = { name: 'the cluster', issuer: cluster.issuer, subject: 'system:serviceaccount:jobs:nightly', audiences: ['api://AzureADTokenExchange'] }
    const { https, sandbox } = await clientTenant(server.mock, { [apps.nightlyJob]: { secrets: [], federatedIdentityCredentials: [credential] } })
    const tokenFor = async (sub: string) => {
      const tokenFilePath = join(await emptyFolder(), 'token')
      await writeFile(tokenFilePath, await cluster.sandbox.token({ claims: { iss: cluster.issuer, sub, aud: 'api://AzureADTokenExchange' } }))
      return new WorkloadIdentityCredential({ tenantId: sandbox.id, clientId: apps.nightlyJob, tokenFilePath, authorityHost: https, disableInstanceDiscovery: true }).getToken('api://sales-api/.default')
    }
    expect(claimsIn((await tokenFor(credential.subject)).token)).toMatchObject({ azpacr: '2', roles: ['Orders.Process'] })
    expect(await tokenFor('system:serviceaccount:jobs:another').catch(({ message }: Error) => message)).toContain('AADSTS700213')
  })

  test('is told by the environment which client it is', async () => {
    const { https, sandbox } = await clientTenant(server.mock)
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('AZURE_AUTHORITY_HOST', https).stubEnv('AZURE_TENANT_ID', sandbox.id).stubEnv('AZURE_CLIENT_ID', apps.nightlyJob).stubEnv('AZURE_CLIENT_SECRET', 'nightly-job-secret')
    const token = await new EnvironmentCredential({ disableInstanceDiscovery: true } as EnvironmentCredentialOptions).getToken('api://sales-api/.default')

    expect(claimsIn(token.token)).toMatchObject({ roles: ['Orders.Process'], tid: sandbox.id })
  })

  test('acts on behalf of a user, until a policy wants more of her', async () => {
    const { https, sandbox, authority } = await clientTenant(server.mock, { [apps.salesApi]: { secrets: ['api-secret'] } })
    sandbox.signals('alice', { ipAddress: places.office })
    const response = await fetch(`${authority}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: apps.salesMobile, username: 'alice@contoso.example', password, scope: 'api://sales-api/Orders.Read' }),
    })
    const { access_token: userAssertionToken } = (await response.json()) as { access_token: string }
    const onBehalf = () => new OnBehalfOfCredential({ tenantId: sandbox.id, clientId: apps.salesApi, clientSecret: 'api-secret', userAssertionToken, authorityHost: https, disableInstanceDiscovery: true } as OnBehalfOfCredentialSecretOptions).getToken('User.Read')
    expect(claimsIn((await onBehalf()).token)).toMatchObject({ oid: people.alice })

    await sandbox.patch({ conditionalAccessPolicies: [mfaFor('Microsoft Graph')] })
    expect(await onBehalf().catch(({ name, message }: Error) => [name, message])).toEqual(['AuthenticationRequiredError', expect.stringContaining('AADSTS50076')])
    await sandbox.patch({ conditionalAccessPolicies: [] })
    expect(claimsIn((await onBehalf()).token)).toMatchObject({ oid: people.alice })
  })
})
