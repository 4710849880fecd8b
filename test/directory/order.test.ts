import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyed } from '../../src/directory/keyed.ts'

type Thing = { readonly id: string; readonly name: string }

const keys = { name: ({ name }: Thing) => [name.toLowerCase()] }
const thing = fc.record({ id: fc.stringMatching(/^[a-f]$/), name: fc.stringMatching(/^[A-Ca-c]{1,2}$/) })
const changes = fc.array(fc.oneof(thing.map((entity) => ({ put: entity })), fc.stringMatching(/^[a-f]$/).map((id) => ({ remove: id }))), { maxLength: 12 })

/** The order of names, by the definition. */
const inOrder = (one: Thing, other: Thing) => (compare(one.name.toLowerCase(), other.name.toLowerCase()) || compare(one.id, other.id))
const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

describe('whatever changes, and whenever somebody looks', () => {
  test('the list is the one that is made from nothing, and the sorted one is in order', () => {
    fc.assert(fc.property(fc.uniqueArray(thing, { selector: ({ id }) => id }), changes, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (start, made, looks) => {
      const watched = keyed(start, keys)
      const fresh = keyed(start, keys)
      made.forEach((change, index) => {
        for (const collection of [watched, fresh]) {
          if ('put' in change) collection.put(change.put)
          else collection.remove(change.remove)
        }
        if (looks[index]) {
          watched.list()
          watched.sorted('name')
        }
      })

      expect(new Set(watched.list())).toEqual(new Set(fresh.list()))
      expect(watched.list()).toHaveLength(watched.size)
      expect(watched.sorted('name')).toEqual(fresh.list().toSorted(inOrder))
    }), { numRuns: 500 })
  })

  test('a list that was handed out stays as it was', () => {
    const things = keyed([{ id: 'a', name: 'Anna' }, { id: 'b', name: 'Ben' }], keys)
    const list = things.list()
    const sorted = things.sorted('name')
    things.put({ id: 'a', name: 'Zoe' })
    things.list()

    expect(list.map(({ name }) => name)).toEqual(['Anna', 'Ben'])
    expect(sorted.map(({ name }) => name)).toEqual(['Anna', 'Ben'])
    expect(things.sorted('name').map(({ name }) => name)).toEqual(['Ben', 'Zoe'])
  })
})
