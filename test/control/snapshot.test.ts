import { describe, expect, test } from 'vitest'
import { people } from '../support/mock.ts'
import { driven } from './driven.ts'

const id = (suffix: string) => `c0ffee00-0000-4000-8000-0000000000${suffix}`
const deletedDateTime = new Date().toISOString()

/** Contoso after somebody has deleted one of each kind that can come back, and made Sales Hub a secret of three months. */
async function changedByGraph() {
  const world = await driven()
  const { directory } = world.tenant
  const salesHub = directory.get('applications', id('a1'))!
  await directory.put('applications', {
    ...salesHub,
    secrets: [...salesHub.secrets, 'made-over-graph'],
    passwordCredentials: [{ keyId: id('55'), displayName: 'CI', startDateTime: deletedDateTime, endDateTime: '2031-01-01T00:00:00.000Z', secretText: 'made-over-graph' }],
  })
  for (const [collection, suffix] of [['users', 'b2'], ['groups', 'c2'], ['applications', 'a3'], ['conditionalAccessPolicies', 'e6'], ['namedLocations', 'd2']] as const) {
    await directory.remove(collection, id(suffix), { deletedDateTime })
  }

  return world
}

describe('what a tenant file has no word for', () => {
  test('is in a snapshot, and comes back with it', async () => {
    const { call, tenant } = await changedByGraph()
    const before = tenant.directory.snapshot()
    const { json: snapshot } = await call('GET /_mock/snapshot')
    await call('POST /_mock/reset')
    const { status } = await call('PUT /_mock/snapshot', snapshot)

    expect(status).toBe(200)
    expect(before.deletedItems.map(({ collection }) => collection)).toEqual(['users', 'groups', 'applications', 'conditionalAccessPolicies', 'namedLocations'])
    expect(tenant.directory.snapshot()).toEqual(before)
  })

  test('what was deleted before the snapshot can be restored after it, to where it was', async () => {
    const { call, tenant: { directory } } = await changedByGraph()
    const { json: snapshot } = await call('GET /_mock/snapshot')
    await call('PUT /_mock/snapshot', snapshot)
    const bob = directory.get('deletedItems', people.bob)!
    await directory.put('users', bob.entity as never)

    expect(directory.get('groups', id('c1'))?.members).toContain(people.bob)
    expect(directory.get('deletedItems', people.bob)).toBeUndefined()
  })

  test('outlives a list that somebody changes', async () => {
    const { call, tenant: { directory } } = await changedByGraph()
    const { deletedItems } = directory.snapshot()
    const { status } = await call('PATCH /_mock/tenant', { namedLocations: [], conditionalAccessPolicies: [] })

    expect(status).toBe(200)
    expect(directory.snapshot().deletedItems).toEqual(deletedItems)
    expect(directory.get('applications', id('a1'))?.passwordCredentials).toMatchObject([{ displayName: 'CI' }])
  })

  test('what is there again is not deleted', async () => {
    const { call, tenant: { directory } } = await changedByGraph()
    const { json: { deletedItems } } = await call('GET /_mock/snapshot')
    await call('POST /_mock/reset')
    const { json: whole } = await call('GET /_mock/snapshot')
    await call('PUT /_mock/snapshot', { ...whole, deletedItems })

    expect(directory.snapshot().deletedItems).toEqual([])
    expect(directory.get('users', people.bob)).toBeDefined()
  })
})

const bob = { id: people.bob, collection: 'users', deletedDateTime, memberOf: [], ownerOf: [], assignedTo: [], entity: { id: people.bob, displayName: 'Bob', userPrincipalName: 'bob@contoso.example', roles: [], authenticationMethods: [] } }
const refused: Record<string, { deletedItems: unknown; says: RegExp }> = {
  'no list': { deletedItems: 7, says: /"deletedItems" / },
  'something of a kind that does not come back': { deletedItems: [{ ...bob, collection: 'devices' }], says: /"deletedItems\.0\.collection" is "devices"; it can be users, groups/ },
  'a user who is none': { deletedItems: [{ ...bob, entity: { id: people.bob, displayName: 'Bob', roles: 'many' } }], says: /"deletedItems\.0" is not one of the users as they are kept\. Send it as GET/ },
  'somebody under another id': { deletedItems: [{ ...bob, id: people.dave }], says: /"deletedItems\.0" is not one of the users/ },
  'a time that is none': { deletedItems: [{ ...bob, deletedDateTime: 'yesterday' }], says: /"deletedItems\.0\.deletedDateTime" is not an instant/ },
  'a member nobody knows': { deletedItems: [{ ...bob, memberOff: [] }], says: /"deletedItems\.0\.memberOff" .*Did you mean "memberOf"/ },
}
test.each(Object.entries(refused))('deleted items that are %s are refused, and nothing changes', async (_, { deletedItems, says }) => {
  const { call, tenant } = await driven()
  const { json: snapshot } = await call('GET /_mock/snapshot')
  const before = tenant.directory.snapshot()
  const { status, json } = await call('PUT /_mock/snapshot', { ...snapshot, deletedItems })

  expect([status, json.error.code]).toEqual([400, 'invalid_body'])
  expect(json.error.message).toMatch(says)
  expect(tenant.directory.snapshot()).toEqual(before)
})
