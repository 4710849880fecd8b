import { Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client'
import { beforeAll, describe, expect, test } from 'vitest'
import { trustTestCa } from '../support/https.ts'
import { testCertificates } from '../support/keys.ts'
import { people, useMock } from '../support/mock.ts'
import { tokenOf } from '../graph/ask.ts'

const server = useMock({ httpsPort: 0, certificates: testCertificates() })
beforeAll(trustTestCa)

const sales = 'c0ffee00-0000-4000-8000-0000000000c1'
const newcomers = Array.from({ length: 230 }, (_, n) => `newcomer${String(n).padStart(3, '0')}@contoso.example`)

/** The SDK as Carol uses it, in a tenant of her own with many newcomers. */
async function carols() {
  const sandbox = await server.mock.sandbox()
  const token = await tokenOf(sandbox)
  const graph = Client.init({ baseUrl: server.mock.https!, customHosts: new Set(['localhost']), authProvider: (done) => done(null, token) })
  const made = []
  for (const userPrincipalName of newcomers) {
    const mailNickname = userPrincipalName.split('@')[0]
    made.push(await graph.api('/users').post({ accountEnabled: true, displayName: mailNickname, mailNickname, userPrincipalName, passwordProfile: { password: 'Brand-New-1!' } }))
  }

  return { graph, sandbox, ids: made.map(({ id }: { id: string }) => id) }
}

describe('@microsoft/microsoft-graph-client 3, unmodified, in a tenant of many users', () => {
  test('walks users and members to the last page, each once, and what it adds to a group acts on sign-ins', async () => {
    const { graph, sandbox, ids } = await carols()
    for (const [order, walk] of Object.entries({ 'as they come': graph.api('/users').top(50), 'by name': graph.api('/users').top(50).orderby('displayName'), 'filtered': graph.api('/users').top(50).filter("startswith(displayName,'newcomer')") })) {
      const seen: string[] = []
      await new PageIterator(graph, await walk.get(), ({ displayName }: { displayName: string }) => seen.push(displayName) > 0).iterate()
      const expected = order === 'filtered' ? 230 : 237
      expect([order, seen.length, new Set(seen).size]).toEqual([order, expected, expected])
      if (order === 'by name') expect(seen).toEqual(seen.toSorted((one, other) => one.toLowerCase().localeCompare(other.toLowerCase(), 'en')))
    }

    for (let from = 0; from < ids.length; from += 20) {
      await graph.api(`/groups/${sales}`).patch({ 'members@odata.bind': ids.slice(from, from + 20).map((id) => `https://graph.microsoft.com/v1.0/directoryObjects/${id}`) })
    }
    const members: string[] = []
    const first = await graph.api(`/groups/${sales}/members`).top(99).get()
    await new PageIterator(graph, first, ({ id }: { id: string }) => members.push(id) > 0).iterate()
    expect(members).toHaveLength(233)
    expect(await graph.api(`/groups/${sales}/members/$count`).header('ConsistencyLevel', 'eventual').get()).toBe('233')
    expect(await sandbox.signIn({ user: 'newcomer007', client: 'Sales Hub', signals: { ipAddress: '203.0.113.9' } })).toMatchObject({ outcome: 'blocked' })
  }, 60_000)

  test('walks groups, reads itself, asks what it is in, and is refused in its own words', async () => {
    const sandbox = await server.mock.sandbox()
    const token = await tokenOf(sandbox)
    const graph = Client.init({ baseUrl: server.mock.https!, customHosts: new Set(['localhost']), authProvider: (done) => done(null, token) })
    const names: string[] = []
    await new PageIterator(graph, await graph.api('/groups').top(1).orderby('displayName').get(), ({ displayName }: { displayName: string }) => names.push(displayName) > 0).iterate()
    expect(names).toEqual(['Break glass', 'Finance', 'Sales'])
    expect((await graph.api('/me').select('id,userType').get())).toMatchObject({ id: people.carol, userType: 'Member' })
    expect((await graph.api(`/users/${people.alice}/checkMemberGroups`).post({ groupIds: [sales] })).value).toEqual([sales])

    const refused = await graph.api(`/groups/${sales}/members/$ref`).post({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${people.alice}` }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(GraphError)
    expect(refused).toMatchObject({ statusCode: 400, code: 'Request_BadRequest', message: expect.stringContaining('already exist') })
    expect(await graph.api('/users/nobody@contoso.example').get().catch((error: unknown) => error)).toMatchObject({ statusCode: 404, code: 'Request_ResourceNotFound' })
  })
})
