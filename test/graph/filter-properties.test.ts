import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bindFilter } from '../../src/graph/odata/bind.ts'
import { parseFilter } from '../../src/graph/odata/filter.ts'
import { testOf } from '../../src/graph/odata/holds.ts'
import { parseSearch, searchTest } from '../../src/graph/odata/search.ts'
import { flag, many, number, text } from '../../src/graph/odata/types.ts'
import type { EntityType } from '../../src/graph/odata/types.ts'
import { HttpRefusal } from '../../src/http/errors.ts'

type Person = { readonly name: string | null; readonly age: number; readonly isGuest: boolean; readonly tags: readonly string[] }
const person: EntityType<Person> = {
  name: 'person',
  key: ({ name }) => name ?? '',
  properties: {
    name: text({ filter: 'eq ne gt ge lt le in startswith endswith contains', isSearchable: true }),
    age: number({ filter: 'eq ne gt ge lt le in' }),
    isGuest: flag({ filter: 'eq ne' }),
    tags: many(text(), { filter: 'any all count', isSearchable: true }),
  },
}

/** A filter as it is written, and what it says, worked out without the code under test. */
type Said = { readonly text: string; readonly holds: (one: Person) => boolean }
const words = fc.constantFrom('Ann', 'bob', 'O\'Neil', 'and', 'not', 'x or y', '(', 'null', '')
const quoted = (word: string) => `'${word.replaceAll('\'', '\'\'')}'`
const same = (one: string | null, other: string) => one?.toLowerCase() === other.toLowerCase()

const atoms: fc.Arbitrary<Said> = fc.oneof(
  words.map((word): Said => ({ text: `name eq ${quoted(word)}`, holds: ({ name }) => same(name, word) })),
  words.map((word): Said => ({ text: `name NE ${quoted(word)}`, holds: ({ name }) => !same(name, word) })),
  words.map((word): Said => ({ text: `startsWith( name ,${quoted(word)})`, holds: ({ name }) => name?.toLowerCase().startsWith(word.toLowerCase()) ?? false })),
  fc.array(words, { minLength: 1, maxLength: 3 }).map((list): Said => ({ text: `name in (${list.map(quoted).join(', ')})`, holds: ({ name }) => list.some((word) => same(name, word)) })),
  fc.constant<Said>({ text: 'name eq null', holds: ({ name }) => name === null }),
  fc.tuple(fc.constantFrom('ge', 'lt'), fc.integer({ min: 0, max: 3 })).map(([operator, limit]): Said => ({ text: `Age ${operator} ${limit}`, holds: ({ age }) => (operator === 'ge' ? age >= limit : age < limit) })),
  fc.constant<Said>({ text: 'isGuest', holds: ({ isGuest }) => isGuest }),
  words.map((word): Said => ({ text: `tags/any(t:t eq ${quoted(word)})`, holds: ({ tags }) => tags.some((tag) => same(tag, word)) })),
  words.map((word): Said => ({ text: `tags/all(t: t ne ${quoted(word)} )`, holds: ({ tags }) => tags.every((tag) => !same(tag, word)) })),
  fc.integer({ min: 0, max: 2 }).map((size): Said => ({ text: `tags/$count eq ${size}`, holds: ({ tags }) => tags.length === size })),
)

const { filter: filters } = fc.letrec<{ filter: Said }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atoms,
    fc.tuple(tie('filter'), tie('filter')).map(([left, right]): Said => ({ text: `(${left.text}) and (${right.text})`, holds: (one) => left.holds(one) && right.holds(one) })),
    fc.tuple(tie('filter'), tie('filter')).map(([left, right]): Said => ({ text: `(${left.text})  or (${right.text})`, holds: (one) => left.holds(one) || right.holds(one) })),
    tie('filter').map(({ text: inside, holds }): Said => ({ text: `not (${inside})`, holds: (one) => !holds(one) })),
    // Without brackets "and" binds closer than "or".
    fc.tuple(atoms, atoms, atoms).map(([one, two, three]): Said => ({ text: `${one.text} or ${two.text} and ${three.text}`, holds: (it) => one.holds(it) || (two.holds(it) && three.holds(it)) })),
  ),
}))
const persons = fc.record({ name: fc.option(words), age: fc.integer({ min: 0, max: 3 }), isGuest: fc.boolean(), tags: fc.array(words, { maxLength: 2 }) })

describe('a filter', () => {
  test('finds exactly those it speaks of, however it is put together', () => {
    fc.assert(fc.property(filters, fc.array(persons, { minLength: 1, maxLength: 5 }), ({ text: written, holds }, everybody) => {
      const isWanted = testOf<Person>(bindFilter(parseFilter(written), person), person, {} as never)

      expect(everybody.filter(isWanted)).toEqual(everybody.filter(holds))
    }), { numRuns: 500 })
  })

  test('that is anything at all is understood or refused, never a mistake', () => {
    const scraps = fc.array(fc.constantFrom('name', 'age', 'eq', 'in', 'not', 'and', 'or', '(', ')', ',', '/', ':', '\'', '\'x\'', '1', 'null', 'any', 'tags/any(', 't', 'startswith(', '$count', ' ', '2026-01-01', '\u0000', '😀'), { maxLength: 14 }).map((parts) => parts.join(' '))
    fc.assert(fc.property(fc.oneof(scraps, fc.string({ maxLength: 40 })), (written) => {
      try {
        bindFilter(parseFilter(written), person)
      } catch (error) {
        expect(error).toBeInstanceOf(HttpRefusal)
      }
    }), { numRuns: 1000 })
  })
})

describe('a search', () => {
  const ann: Person = { name: 'Ann-Marie Oak', age: 1, isGuest: false, tags: ['head office'] }
  const bob: Person = { name: 'Bob Oakley', age: 2, isGuest: false, tags: [] }
  const found = (written: string) => [ann, bob].filter(searchTest(parseSearch(written, person), person, {} as never)).map(({ name }) => name!.slice(0, 3))

  const searches: Record<string, string[]> = {
    '"name:oak"': ['Ann', 'Bob'],
    '"name:marie"': ['Ann'],
    '"name:oak marie"': ['Ann'],
    '"name:kley"': [],
    '"NAME:bob" OR "tags:office"': ['Ann', 'Bob'],
    '"name:oak" AND "tags:office"': ['Ann'],
    '("name:bob" OR "name:ann") AND "tags:head"': ['Ann'],
    '"office"': ['Ann'],
  }
  test.each(Object.entries(searches))('finds by %s', (written, names) => expect(found(written)).toEqual(names))

  const wrong: Record<string, RegExp> = {
    'oak': /not in double quotes/,
    '"nam:oak"': /Did you mean 'name'/,
    '"age:1"': /'age' of type 'person' cannot be searched/,
    '("name:oak"': /bracket is open/,
    '"name:oak" AND': /clause is missing/,
    '"name:oak")': /too many/,
  }
  test.each(Object.entries(wrong))('refuses %s', (written, says) => expect(() => found(written)).toThrow(says))
})
