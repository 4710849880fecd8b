import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf, graphAs } from './admin.ts'
import type { Json } from './ask.ts'

const server = useMock()

describe('what was deleted', () => {
  test('is listed by kind, and restored to where it was', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    await graph.delete(`/users/${people.alice}`)
    expect(await sandbox.signIn({ user: 'bob', client: 'Sales SPA' })).toMatchObject({ outcome: expect.any(String) })
    expect((await graph.get('/directory/deletedItems/microsoft.graph.user?$select=displayName,deletedDateTime')).body.value).toMatchObject([{ displayName: 'Alice Adams', deletedDateTime: expect.stringMatching(/Z$/) }])
    expect((await graph.get('/directory/deletedItems/microsoft.graph.group')).body.value).toEqual([])
    expect((await graph.get(`/directory/deletedItems/${people.alice}`)).body).toMatchObject({ displayName: 'Alice Adams' })

    expect(await graph.post(`/directory/deletedItems/${people.alice}/restore`)).toMatchObject({ status: 200, body: { '@odata.type': '#microsoft.graph.user', 'displayName': 'Alice Adams' } })
    expect((await graph.get(`/users/${people.alice}/memberOf`)).body.value).toMatchObject([{ displayName: 'Sales' }])
    expect((await sandbox.signIn({ user: 'alice', client: 'Sales Hub', password: 'Portcullis1!', signals: { ipAddress: '198.51.100.7' } })).outcome).toBe('granted')
    expect((await graph.get(`/directory/deletedItems/${people.alice}`)).status).toBe(404)
  })

  test('is gone for good when it is deleted again, and after thirty days', async () => {
    const { graph, sandbox } = await adminOf(server.mock)
    await graph.delete(`/users/${people.bob}`)
    await graph.delete(`/users/${people.dave}`)
    expect((await graph.delete(`/directory/deletedItems/${people.bob}`)).status).toBe(204)
    expect((await graph.post(`/directory/deletedItems/${people.bob}/restore`)).status).toBe(404)
    sandbox.clock.advance('P31D')
    const admin = await graphAs(server.mock, sandbox, { oid: people.carol, scp: 'Directory.AccessAsUser.All' })

    expect((await admin.post(`/directory/deletedItems/${people.dave}/restore`)).status).toBe(404)
  })

  test('comes back without those who are gone meanwhile', async () => {
    const { graph } = await adminOf(server.mock)
    const sales = 'c0ffee00-0000-4000-8000-0000000000c1'
    const api = 'c0ffee00-0000-4000-8000-0000000000a5'
    await graph.post(`/applications/${api}/owners/$ref`, { '@odata.id': `x/${people.alice}` })
    for (const path of [`/groups/${sales}`, `/applications/${api}`, `/users/${people.alice}`, `/directory/deletedItems/${people.alice}`, '/applications/c0ffee00-0000-4000-8000-0000000000a4']) {
      expect([path, (await graph.delete(path)).status]).toEqual([path, 204])
    }
    for (const id of [sales, api]) expect((await graph.post(`/directory/deletedItems/${id}/restore`)).status).toBe(200)

    expect((await graph.get(`/groups/${sales}/members`)).body.value.map(({ displayName }: Json) => displayName)).toEqual(['Bob Baker', 'Fiona Frey'])
    expect((await graph.get(`/applications/${api}/owners`)).body.value).toEqual([])
  })

  test('does not come back under a name that is taken meanwhile', async () => {
    const { graph } = await adminOf(server.mock)
    await graph.delete(`/users/${people.bob}`)
    await graph.post('/users', { accountEnabled: true, displayName: 'Bob', mailNickname: 'bob', userPrincipalName: 'bob@contoso.example', passwordProfile: { password: 'Brand-New-1!' } })

    expect(await graph.post(`/directory/deletedItems/${people.bob}/restore`)).toMatchObject({ status: 400, body: { error: { details: [{ code: 'ObjectConflict' }] } } })
  })
})
