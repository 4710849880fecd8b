import { describe, expect, test } from 'vitest'
import { completeGroup, completeUser, createDirectory } from '../../src/directory/index.ts'
import type { TenantData } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

const many = 100_000
const seed = await contoso()
const users = [...seed.users, ...Array.from({ length: many }, (_, n) => completeUser(seed.id, { id: `user-${n}`, userPrincipalName: `user${n}@contoso.example` }))]
const everybody = completeGroup(seed.id, { displayName: 'Everybody', members: users.map(({ id }) => id) })
const large: TenantData = { ...seed, users, groups: [...seed.groups, everybody] }

/** Milliseconds that something takes, the best of a few: the machine is shared. */
async function cost(work: () => unknown, times = 7): Promise<number> {
  let best = Infinity
  for (let n = 0; n < times; n++) {
    const start = performance.now()
    await work()
    best = Math.min(best, performance.now() - start)
  }

  return best
}

describe(`a tenant of ${many} users`, async () => {
  const directory = createDirectory(large)
  // The indexes are made when first asked for.
  directory.named('users', 'nobody')
  directory.groupIdsOf('user-1')

  test('is copied in no time', async () => {
    expect(await cost(() => createDirectory({ ...large, id: 'c0ffee00-0000-4000-8000-000000000002' }).named('users', 'user7'))).toBeLessThan(5)
  })

  test('changes a user for the price of the user', async () => {
    let n = 0
    expect(await cost(() => directory.put('users', completeUser(seed.id, { id: `user-${++n}`, userPrincipalName: `user${n}@contoso.example`, displayName: 'Changed' })))).toBeLessThan(1)
    expect(directory.get('users', 'user-1')?.displayName).toBe('Changed')
  })

  test('is listed, in order too, right after a change, without being gone through', async () => {
    directory.list('users')
    directory.sorted('users', 'displayName')
    let n = 100
    const cheapest = await cost(async () => {
      await directory.put('users', completeUser(seed.id, { id: `user-${++n}`, userPrincipalName: `user${n}@contoso.example`, displayName: `Aaron ${n}` }))
      directory.list('users')
      directory.sorted('users', 'displayName')
    })

    expect(cheapest).toBeLessThan(10)
    expect(directory.sorted('users', 'displayName')[0]?.displayName).toMatch(/^Aaron/)
  })

  test('answers who somebody is, and what groups they are in, in no time', async () => {
    const ask = () => {
      for (let n = 0; n < 1000; n++) {
        directory.user(`user${n}@contoso.example`)
        directory.groupIdsOf(`user-${n}`)
        directory.roleTemplateIdsOf(`user-${n}`)
      }
    }

    expect(await cost(ask)).toBeLessThan(10)
  })

  test('takes one more into a group of everybody without going through all who are there', async () => {
    await directory.put('users', completeUser(seed.id, { id: 'newcomer', userPrincipalName: 'newcomer@contoso.example' }))
    const group = directory.get('groups', everybody.id)
    await directory.put('groups', { ...everybody, members: [...(group?.members ?? []), 'newcomer'] })

    expect(directory.groupIdsOf('newcomer')).toEqual([everybody.id])
    expect(directory.groupIdsOf('user-1')).toEqual([everybody.id])
  })
})

test('a thousand copies of the shipped tenant take a few milliseconds each at most, and share what they have', async () => {
  const copies = await cost(() => Array.from({ length: 1000 }, (_, n) => createDirectory({ ...seed, id: `copy-${n}` })), 3)

  expect(copies / 1000).toBeLessThan(0.5)
})
