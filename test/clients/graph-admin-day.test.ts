import { DeviceCodeCredential } from '@azure/identity'
import { BatchRequestContent, BatchResponseContent, Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/index.ts'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { apps, people, places, useMock } from '../support/mock.ts'
import { clientTenant } from '../support/oidc-clients.ts'
import { visitor } from '../support/visitor.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const shell: { sandbox?: Sandbox; graph?: Client } = {}
beforeAll(async () => void Object.assign(shell, await carolsShell()), 30_000)

const conditionalAccess = '/identity/conditionalAccess'
const dave = { user: 'dave', client: 'Sales Mobile', scope: 'api://sales-api/Orders.Read', signals: { ipAddress: places.abroad }, oneTimeCode: true } as const

describe('@microsoft/microsoft-graph-client 3 and @azure/identity 4, unmodified: an administrator\'s day', () => {
  test('lists are followed page by page, requests are sent together, and what is refused says why', async () => {
    const { graph } = shell as Required<typeof shell>
    const names: string[] = []
    const first = await graph.api(`${conditionalAccess}/policies`).select('displayName').orderby('displayName').top(2).get()
    await new PageIterator(graph, first, ({ displayName }: { displayName: string }) => names.push(displayName) > 0).iterate()
    expect(names).toEqual(['Block legacy authentication', 'Compliant device for Sales API', 'MFA for administrators', 'MFA outside trusted locations', 'Sales Hub only from trusted locations', 'Sales Hub session'])

    const together = new BatchRequestContent([
      { id: '1', request: new Request(`${server.mock.https}/me`, { method: 'GET' }) },
      { id: '2', request: new Request(`${server.mock.https}${conditionalAccess}/namedLocations?$count=true`, { method: 'GET' }) },
    ])
    const answers = new BatchResponseContent(await graph.api('/$batch').post(await together.getContent()))
    expect(await answers.getResponseById('1').json()).toMatchObject({ id: people.carol })
    expect(await answers.getResponseById('2').json()).toMatchObject({ '@odata.count': 3 })

    const refused = await graph.api(`${conditionalAccess}/policies`).post({ displayName: 'x', state: 'enabled', conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: [] }, grantControls: { operator: 'OR', builtInControls: ['mfa'] } }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(GraphError)
    expect(refused).toMatchObject({ statusCode: 400, code: 'BadRequest', message: expect.stringMatching(/^1064: 'clientAppTypes' condition does not support \[\]/), requestId: expect.stringMatching(/^[\da-f-]{36}$/) })
  })

  test('a policy is written, seen to block, found in the log, asked about, and tamed', async () => {
    const { sandbox, graph } = shell as Required<typeof shell>
    expect(await graph.api('/me').select('displayName,userPrincipalName').get()).toMatchObject({ displayName: 'Carol Clark' })

    const travel = await graph.api(`${conditionalAccess}/namedLocations`).post({ '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Abroad', 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '198.18.0.0/15' }] })
    const policy = await graph.api(`${conditionalAccess}/policies`).post({
      displayName: 'Sales API not from abroad',
      state: 'enabled',
      conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: [apps.salesApi] }, locations: { includeLocations: [travel.id] } },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    })

    expect(await sandbox.signIn(dave)).toMatchObject({ outcome: 'blocked', error: { code: 53003 } })
    const blocked = await newestSignIn(graph)
    expect(blocked).toMatchObject({ userPrincipalName: 'dave@contoso.example', ipAddress: places.abroad, conditionalAccessStatus: 'failure', status: { errorCode: 53003 } })
    expect(partOf(policy.id, blocked)).toMatchObject({ displayName: 'Sales API not from abroad', result: 'failure', enforcedGrantControls: ['Block'] })

    const question = {
      signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', 'userId': people.dave },
      signInContext: { '@odata.type': '#microsoft.graph.applicationContext', 'includeApplications': [apps.salesApi] },
      signInConditions: { ipAddress: places.abroad, clientAppType: 'mobileAppsAndDesktopClients' },
      appliedPoliciesOnly: true,
    }
    const { value: applying } = await graph.api(`${conditionalAccess}/evaluate`).version('beta').post(question)
    expect(applying.map(({ id }: { id: string }) => id)).toContain(policy.id)
    const { value: atHome } = await graph.api(`${conditionalAccess}/evaluate`).post({ ...question, appliedPoliciesOnly: false, signInConditions: { ...question.signInConditions, ipAddress: places.office } })
    expect(atHome.find(({ id }: { id: string }) => id === policy.id)).toMatchObject({ policyApplies: false, analysisReasons: 'location' })

    await graph.api(`${conditionalAccess}/policies/${policy.id}`).patch({ state: 'enabledForReportingButNotEnforced' })
    expect(await sandbox.signIn(dave)).toMatchObject({ outcome: 'granted' })
    const reported = await newestSignIn(graph)
    expect(reported).toMatchObject({ status: { errorCode: 0 } })
    expect(partOf(policy.id, reported)).toMatchObject({ result: 'reportOnlyFailure' })
  })
})

/** Carol at a shell on another machine: she signs in by device code, with her authenticator. */
async function carolsShell() {
  const { sandbox, https } = await clientTenant(server.mock)
  const credential = new DeviceCodeCredential({
    tenantId: sandbox.id,
    clientId: apps.adminShell,
    authorityHost: https,
    disableInstanceDiscovery: true,
    async userPromptCallback({ verificationUri, userCode }) {
      const carol = visitor({ http: https })
      await carol.open(verificationUri)
      await carol.submit({ user_code: userCode })
      const { step } = await carol.signIn('carol@contoso.example', { code: sandbox.oneTimeCode('carol')! })
      if (step !== null) await carol.submit({})
    },
  })
  const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes: ['https://graph.microsoft.com/.default'] })

  return { sandbox, graph: Client.initWithMiddleware({ authProvider, baseUrl: https, customHosts: new Set(['localhost']) }) }
}

type Row = { readonly appliedConditionalAccessPolicies: readonly { readonly id: string }[] }

async function newestSignIn(graph: Client): Promise<Row> {
  const { value } = await graph.api('/auditLogs/signIns').filter('userPrincipalName eq \'dave@contoso.example\' and createdDateTime ge 2020-01-01T00:00:00Z').orderby('createdDateTime desc').top(1).get()

  return value[0]
}

const partOf = (id: string, { appliedConditionalAccessPolicies }: Row) => appliedConditionalAccessPolicies.find((policy) => policy.id === id)
