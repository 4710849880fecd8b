import { describe, expect, test } from 'vitest'
import { people, useMock } from '../support/mock.ts'
import { adminOf } from './admin.ts'
import type { Json } from './ask.ts'

const server = useMock()

describe('anything by its id', () => {
  const sales = 'c0ffee00-0000-4000-8000-0000000000c1'
  const job = 'c0ffee00-0000-4000-8000-0000000000f4'

  test('is found alone and many at once, each of its type', async () => {
    const { graph } = await adminOf(server.mock)
    expect((await graph.get(`/directoryObjects/${sales}`)).body).toMatchObject({ '@odata.type': '#microsoft.graph.group', 'displayName': 'Sales' })
    expect((await graph.get(`/directoryObjects/${job}?$select=displayName,appId`)).body).toMatchObject({ '@odata.type': '#microsoft.graph.servicePrincipal', 'displayName': 'Nightly Job' })
    const { value } = (await graph.post('/directoryObjects/getByIds', { ids: [people.alice, sales, job, crypto.randomUUID()] })).body
    expect(value.map((one: Json) => one['@odata.type'])).toEqual(['#microsoft.graph.user', '#microsoft.graph.group', '#microsoft.graph.servicePrincipal'])
    expect((await graph.post('/directoryObjects/getByIds', { ids: [people.alice, sales, job], types: ['group'] })).body.value).toHaveLength(1)
  })

  test('is not found where there is nothing, nor asked for without a list', async () => {
    const { graph } = await adminOf(server.mock)
    expect((await graph.get(`/directoryObjects/${crypto.randomUUID()}`)).status).toBe(404)
    expect((await graph.post('/directoryObjects/getByIds', {})).status).toBe(400)
    expect(await graph.post('/directoryObjects/getByIds', { ids: [sales], types: ['robot'] })).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('robot') } } })
  })
})
