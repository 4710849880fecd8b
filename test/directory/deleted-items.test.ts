import { describe, expect, test } from 'vitest'
import { createDirectory, withChanges } from '../../src/directory/index.ts'
import type { Journaled } from '../../src/directory/journaled.ts'
import { contoso } from '../support/contoso.ts'

const seed = await contoso()
const id = (last: string) => `c0ffee00-0000-4000-8000-${last.padStart(12, '0')}`
const alice = id('b1')
const sales = id('c1')
const nightlyJob = id('a4')
const salesApi = id('a5')
const deletedDateTime = '2026-03-01T09:00:00.000Z'

async function deleted(collection: 'users' | 'groups' | 'applications', entityId: string) {
  const changes: Journaled[] = []
  const directory = createDirectory(seed, async (change) => void changes.push(change))
  const before = directory.snapshot()
  await directory.remove(collection, entityId, { deletedDateTime })

  return { directory, changes, before }
}

describe('what is deleted to be kept', () => {
  test('is nobody any more, and is remembered with where it was', async () => {
    const { directory } = await deleted('users', alice)

    expect(directory.user('alice@contoso.example')).toBeUndefined()
    expect(directory.get('groups', sales)?.members).not.toContain(alice)
    expect(directory.get('deletedItems', alice)).toMatchObject({ collection: 'users', deletedDateTime, memberOf: [sales] })
  })

  test('is back in its groups once it is put again', async () => {
    const { directory } = await deleted('users', alice)
    const item = directory.get('deletedItems', alice)
    await directory.put('users', item?.entity as never)

    expect(directory.groupIdsOf(alice)).toEqual([sales])
    expect(directory.list('deletedItems')).toEqual([])
  })

  test('is back in its app roles once it is put again', async () => {
    const { directory, before } = await deleted('applications', nightlyJob)
    const assignments = before.applications.find(({ id: known }) => known === salesApi)?.assignments
    expect(directory.get('applications', salesApi)?.assignments).not.toEqual(assignments)
    await directory.put('applications', directory.get('deletedItems', nightlyJob)?.entity as never)

    expect(directory.get('applications', salesApi)?.assignments).toEqual(assignments)
  })

  test('costs one line of the journal, and is the same when that is read again', async () => {
    const { directory, changes } = await deleted('users', alice)
    expect(changes).toHaveLength(1)
    await directory.put('users', directory.get('deletedItems', alice)?.entity as never)

    expect(changes).toHaveLength(2)
    expect(withChanges(seed, changes)).toEqual(directory.snapshot())
  })

  test('is forgotten with the first deletion thirty days later, but not when the disk refuses that one', async () => {
    let isFull = false
    const changes: Journaled[] = []
    const directory = createDirectory(seed, async (change) => {
      if (isFull) throw new Error('full')
      changes.push(change)
    })
    const kept = () => directory.list('deletedItems').map(({ id: item }) => item)
    await directory.remove('users', alice, { deletedDateTime })
    await directory.remove('groups', sales, { deletedDateTime: '2026-03-31T08:59:59.000Z' })
    expect(kept()).toEqual([alice, sales])

    isFull = true
    await expect(directory.remove('applications', nightlyJob, { deletedDateTime: '2026-03-31T09:00:00.000Z' })).rejects.toThrow('full')
    expect(kept().toSorted()).toEqual([alice, sales])
    isFull = false
    await directory.remove('applications', nightlyJob, { deletedDateTime: '2026-03-31T09:00:00.000Z' })

    expect(kept().toSorted()).toEqual([nightlyJob, sales])
    expect(withChanges(seed, changes)).toEqual(directory.snapshot())
  })

  test('is not deleted, and not kept, when the disk refuses', async () => {
    const directory = createDirectory(seed, () => Promise.reject(new Error('full')))
    const before = directory.snapshot()
    await expect(directory.remove('users', alice, { deletedDateTime })).rejects.toThrow('full')

    expect(directory.snapshot()).toEqual(before)
  })

  test('cannot come back under a name that somebody took', async () => {
    const { directory } = await deleted('users', alice)
    const item = directory.get('deletedItems', alice)
    await directory.put('users', { ...(item?.entity as never as (typeof seed.users)[number]), id: id('b99') })

    await expect(directory.put('users', item?.entity as never)).rejects.toThrow('Another user has the userPrincipalName')
  })
})

test('what is deleted for good is not kept', async () => {
  const directory = createDirectory(seed)
  await directory.remove('users', alice)

  expect(directory.list('deletedItems')).toEqual([])
})
