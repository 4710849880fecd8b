import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completeGroup, completeUser, createDirectory, withChanges } from '../../src/directory/index.ts'
import type { Journaled } from '../../src/directory/journaled.ts'
import type { Group, TenantData } from '../../src/directory/types.ts'
import { contoso } from '../support/contoso.ts'

const seed = await contoso()
const users = Array.from({ length: 400 }, (_, n) => completeUser(seed.id, { id: `user-${n}`, userPrincipalName: `user${n}@contoso.example` }))
const crowd = completeGroup(seed.id, { displayName: 'Crowd', members: users.slice(0, 300).map(({ id }) => id) })
const large: TenantData = { ...seed, users: [...seed.users, ...users], groups: [...seed.groups, crowd] }

function watched() {
  const kept: Journaled[] = []
  const directory = createDirectory(large, async (change) => void kept.push(change))
  const group = () => directory.get('groups', crowd.id) as Group

  return { directory, kept, group, put: (members: readonly string[], more: object = {}) => directory.put('groups', { ...group(), ...more, members }) }
}

describe('what a journal keeps of a large group', () => {
  test('is who came and who went, in a line that is no longer for all who are there', async () => {
    const { kept, group, put } = watched()
    await put([...group().members, 'user-399'])
    await put(group().members.filter((id) => id !== 'user-7'), { description: 'Many' })

    for (const change of kept) expect(JSON.stringify(change).length).toBeLessThan(700)
    expect(kept).toMatchObject([{ kind: 'members', splice: { come: ['user-399'], gone: 0 } }, { kind: 'members', entity: { description: 'Many' }, splice: { come: [], gone: 1 } }])
  })

  test('brings back what was, whatever changed and in which order, also when a line is read twice', async () => {
    const member = fc.integer({ min: 0, max: 399 }).map((n) => `user-${n}`)
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('add', 'remove', 'reverse', 'delete'), member), { minLength: 1, maxLength: 12 }), async (steps) => {
      const { directory, kept, group, put } = watched()
      for (const [step, id] of steps) {
        if (step === 'add' && directory.get('users', id)) await put([...new Set([...group().members, id])])
        if (step === 'remove') await put(group().members.filter((one) => one !== id))
        if (step === 'reverse') await put(group().members.toReversed())
        if (step === 'delete' && directory.get('users', id)) await directory.remove('users', id)
      }

      expect(withChanges(large, kept)).toEqual(directory.snapshot())
      expect(withChanges(large, kept.flatMap((change): readonly Journaled[] => (change.kind === 'members' ? [change, change] : [change])))).toEqual(directory.snapshot())
    }), { numRuns: 60 })
  })

  test('is the whole of a small group, and of one that is there for the first time', async () => {
    const { directory, kept } = watched()
    const sales = directory.get('groups', 'c0ffee00-0000-4000-8000-0000000000c1') as Group
    await directory.put('groups', { ...sales, members: [...sales.members, 'user-1'] })
    await directory.put('groups', completeGroup(seed.id, { displayName: 'Another crowd', members: crowd.members }))

    expect(kept.map(({ kind }) => kind)).toEqual(['put', 'put'])
  })
})
