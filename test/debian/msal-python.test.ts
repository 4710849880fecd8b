import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, password, people, places, useMock } from '../support/mock.ts'
import { approveDevice, blocksDaemonOutside, blocksOutside, claimsIn, clientTenant } from '../support/oidc-clients.ts'
import type { ClientTenant } from '../support/oidc-clients.ts'
import { visitor } from '../support/visitor.ts'
import { hasPythonModule, python, withoutProxy } from './debian.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

type Told = Readonly<Record<string, unknown>>
const scopes = ['api://sales-api/Orders.Read']

/** An application in Python for the time of a test: a client object, and what its methods return. */
function pythonApplication({ authority, host }: ClientTenant) {
  const child = spawn(python, [fileURLToPath(new URL('msal_on_request.py', import.meta.url))], {
    env: { ...withoutProxy, REQUESTS_CA_BUNDLE: testCertificates().caFile },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ask = async (question: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    const { result, raised } = JSON.parse(String((await answers.next()).value)) as { result?: unknown; raised?: string }
    if (raised !== undefined) throw new Error(raised)

    return result
  }

  return {
    async client(name: 'PublicClientApplication' | 'ConfidentialClientApplication', clientId: string, options: Told = {}) {
      await ask({ new: name, port: Number(host.split(':')[1]), options: { client_id: clientId, authority, ...options } })
    },
    call: (method: string, args: readonly unknown[] = [], options: Told = {}) => ask({ call: method, args, options }) as Promise<Told>,
    async account() {
      return ((await ask({ call: 'get_accounts', args: [], options: {} })) as Told[])[0]
    },
  }
}

type Application = ReturnType<typeof pythonApplication>

async function signIn(application: Application, { https }: ClientTenant, user: string, { code = '', claims }: { code?: string; claims?: unknown } = {}): Promise<Told> {
  const flow = await application.call('initiate_auth_code_flow', [scopes], { redirect_uri: 'http://localhost:3999/callback', ...(claims === undefined ? {} : { claims_challenge: claims }) })
  const person = visitor({ http: https })
  await person.open(flow.auth_uri as string)
  const { answer, text } = await person.signIn(user, { code })

  return Object.keys(answer).length === 0 ? { page: text } : application.call('acquire_token_by_auth_code_flow', [flow, answer])
}

describe.skipIf(!hasPythonModule('msal'))('MSAL for Python (needs python3-msal)', () => {
  test('signs in with a code and renews; in the café the claims it hears get on with a second factor', async () => {
    const tenant = await clientTenant(server.mock)
    const application = pythonApplication(tenant)
    const client = () => application.client('ConfidentialClientApplication', apps.salesHub, { client_credential: 'sales-hub-secret', client_capabilities: ['cp1'] })
    await client()
    tenant.sandbox.signals('dave', { ipAddress: places.office })
    const first = await signIn(application, tenant, 'dave@contoso.example')
    expect(first).toMatchObject({ token_type: 'Bearer', id_token_claims: { oid: people.dave, tid: tenant.sandbox.id, preferred_username: 'dave@contoso.example' } })
    expect(claimsIn(first.access_token as string)).toMatchObject({ scp: 'Orders.Read' })

    const silent = async () => application.call('acquire_token_silent_with_error', [scopes], { account: await application.account(), force_refresh: true })
    expect(await application.account()).toMatchObject({ home_account_id: `${people.dave}.${tenant.sandbox.id}`, username: 'dave@contoso.example' })
    expect((await silent()).access_token).not.toBe(first.access_token)

    tenant.sandbox.signals('dave', { ipAddress: places.cafe })
    const refused = await silent()
    expect(refused).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], claims: expect.stringContaining('capolids') as string })
    const recovered = await signIn(application, tenant, 'dave@contoso.example', { claims: refused.claims, code: tenant.sandbox.oneTimeCode('dave') ?? '' })
    expect(recovered).toMatchObject({ token_type: 'Bearer', id_token_claims: { oid: people.dave } })
    await client()
    expect(await silent()).toMatchObject({ token_type: 'Bearer' })
  })

  test('is blocked by a page in the café', async () => {
    const tenant = await clientTenant(server.mock)
    const application = pythonApplication(tenant)
    await application.client('ConfidentialClientApplication', apps.salesHub, { client_credential: 'sales-hub-secret' })
    tenant.sandbox.signals('alice', { ipAddress: places.cafe })
    expect(await signIn(application, tenant, 'alice@contoso.example')).toEqual({ page: expect.stringContaining('53003') })

    tenant.sandbox.signals('alice', { ipAddress: places.office })
    expect(await signIn(application, tenant, 'alice@contoso.example')).toMatchObject({ token_type: 'Bearer' })
  })

  test('signs in a device where policy allows it', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksOutside('Sales API')] })
    const application = pythonApplication(tenant)
    await application.client('PublicClientApplication', apps.salesMobile)
    const approve = async (flow: Told, ipAddress: string) => {
      tenant.sandbox.signals('alice', { ipAddress })
      return approveDevice(tenant.https, { verificationUri: flow.verification_uri as string, userCode: flow.user_code as string }, 'alice@contoso.example')
    }
    const flow = await application.call('initiate_device_flow', [scopes])
    expect((await approve(flow, places.cafe)).text).toContain('53003')
    expect(await application.call('acquire_token_by_device_flow', [{ ...flow, expires_at: 0 }])).toMatchObject({ error: 'authorization_pending' })

    const again = await application.call('initiate_device_flow', [scopes])
    await approve(again, places.office)
    expect(await application.call('acquire_token_by_device_flow', [again])).toMatchObject({ token_type: 'Bearer', id_token_claims: { oid: people.alice } })
  })

  test('gets a daemon its token, not where a policy for workloads blocks, and again elsewhere', async () => {
    const tenant = await clientTenant(server.mock)
    await tenant.sandbox.patch({ conditionalAccessPolicies: [blocksDaemonOutside('c0ffee00-0000-4000-8000-0000000000f4')] })
    const application = pythonApplication(tenant)
    const token = async (ipAddress: string, resource = 'api://sales-api') => {
      tenant.sandbox.signals(null, { ipAddress })
      // Another object, which remembers no refusal.
      await application.client('ConfidentialClientApplication', apps.nightlyJob, { client_credential: 'nightly-job-secret' })
      return application.call('acquire_token_for_client', [[`${resource}/.default`]])
    }
    expect(await token(places.cafe)).toMatchObject({ error: 'invalid_grant', error_codes: [53003] })
    expect(claimsIn((await token(places.office)).access_token as string)).toMatchObject({ roles: ['Orders.Process'] })
    expect(claimsIn((await token(places.office, tenant.https)).access_token as string)).toMatchObject({ aud: 'https://graph.microsoft.com' })
  })

  test('signs in with user name and password, is told what is wanted in the café, and gets on at the office', async () => {
    const tenant = await clientTenant(server.mock)
    const application = pythonApplication(tenant)
    const token = async (ipAddress: string, secret = password) => {
      tenant.sandbox.signals('dave', { ipAddress })
      await application.client('PublicClientApplication', apps.salesMobile)
      return application.call('acquire_token_by_username_password', ['dave@contoso.example', secret, scopes])
    }
    expect(await token(places.cafe)).toMatchObject({ error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], claims: expect.stringContaining('capolids') as string })
    expect(await token(places.office, 'wrong')).toMatchObject({ error: 'invalid_grant', error_codes: [50126] })
    expect(await token(places.office)).toMatchObject({ token_type: 'Bearer', id_token_claims: { oid: people.dave } })
  })
})
