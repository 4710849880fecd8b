import { expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import type { Json } from './ask.ts'

const server = useMock()

test('a manager is set, found from both sides, and taken away', async () => {
  const { graph } = await adminOf(server.mock)
  const ref = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${people.carol}` }
  expect((await graph.get(`/users/${people.bob}/manager`)).status).toBe(404)
  expect((await graph.put(`/users/${people.bob}/manager/$ref`, ref)).status).toBe(204)
  expect((await graph.get(`/users/${people.bob}/manager`)).body).toMatchObject({ displayName: 'Carol Clark' })
  expect((await graph.get('/me/directReports')).body.value).toMatchObject([{ displayName: 'Bob Baker' }])
  expect((await graph.get(`/users/${people.bob}?$expand=manager($select=displayName)&$select=id`)).body).toMatchObject({ id: people.bob, manager: { displayName: 'Carol Clark' } })
  expect((await graph.put(`/users/${people.carol}/manager/$ref`, ref)).status).toBe(400)
  expect((await graph.delete(`/users/${people.bob}/manager/$ref`)).status).toBe(204)
  expect((await graph.get('/me/directReports')).body.value).toEqual([])
})

test('what somebody looks after is listed: groups, applications, service principals', async () => {
  const { graph } = await adminOf(server.mock)
  expect((await graph.get('/me/ownedObjects')).body.value).toEqual([])
  await graph.post('/groups', { displayName: 'Mine', mailEnabled: false, mailNickname: 'mine', securityEnabled: true })
  const { body: { appId } } = await graph.post('/applications', { displayName: 'Mine too' })
  await graph.post('/servicePrincipals', { appId })

  expect((await graph.get('/me/ownedObjects')).body.value.map((object: Json) => object['@odata.type'])).toEqual(['#microsoft.graph.group', '#microsoft.graph.application', '#microsoft.graph.servicePrincipal'])
  expect((await graph.get(`/users/${people.carol}/ownedObjects/microsoft.graph.group`)).body.value).toMatchObject([{ displayName: 'Mine' }])
  expect((await graph.get('/users/nobody@contoso.example/ownedObjects')).status).toBe(404)
})

test('who has the roles of an application is shown where it is asked for', async () => {
  const { graph } = await adminOf(server.mock)
  const { value } = (await graph.get("/servicePrincipals?$filter=displayName eq 'Sales API'&$expand=appRoleAssignedTo")).body

  expect(value[0].appRoleAssignedTo).toMatchObject([{ principalDisplayName: 'Nightly Job', resourceDisplayName: 'Sales API' }])
  expect((await graph.get("/servicePrincipals?$filter=displayName eq 'Sales API'&$expand=nobody")).status).toBe(400)
})

test('nobody has a photo, and applications that look for one hear so', async () => {
  const { graph } = await adminOf(server.mock)

  expect(await graph.get('/me/photo/$value')).toMatchObject({ status: 404, body: { error: { code: 'ImageNotFound' } } })
})
