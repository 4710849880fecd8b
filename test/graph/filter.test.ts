import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/graph/odata/filter.ts'
import { bindFilter } from '../../src/graph/odata/bind.ts'
import { testOf } from '../../src/graph/odata/holds.ts'
import { complex, flag, instant, many, number, text, words } from '../../src/graph/odata/types.ts'
import type { EntityType } from '../../src/graph/odata/types.ts'

type Person = { readonly name: string; readonly [member: string]: unknown }
const comparisons = 'eq ne gt ge lt le in'
const person: EntityType<Person> = {
  name: 'person',
  key: ({ name }) => name,
  typeOf: ({ kind }) => (kind === 'guest' ? '#microsoft.graph.guest' : '#microsoft.graph.person'),
  properties: {
    name: text({ filter: `${comparisons} startswith endswith contains` }),
    city: text({ filter: comparisons }),
    age: number({ filter: comparisons }),
    isTrusted: flag({ filter: 'eq ne' }),
    since: instant({ filter: comparisons }),
    risk: words(['low', 'high'], { filter: 'eq ne in' }),
    status: complex({ errorCode: number() }, { filter: 'eq' }),
    tags: many(text(), { filter: 'any all count' }),
    devices: many(complex({ os: text(), isCompliant: flag() }), { filter: 'any all' }),
    secret: text(),
  },
}
const alice: Person = { name: 'Alice O\'Neil', city: 'Bern', age: 30, isTrusted: true, since: '2026-01-01T08:00:00.123Z', risk: 'low', status: { errorCode: 50126 }, tags: ['red', 'blue'], devices: [{ os: 'iOS', isCompliant: true }] }
const bob: Person = { name: 'Bob', age: 17, isTrusted: false, since: '2025-06-01T00:00:00Z', risk: 'high', status: { errorCode: 0 }, tags: [], devices: [], kind: 'guest' }

const found = (filter: string) => {
  const test = testOf<Person>(bindFilter(parseFilter(filter), person), person, {} as never)

  return [alice, bob].filter(test).map(({ name }) => name.slice(0, 5))
}

describe('a filter finds', () => {
  const filters: Record<string, string[]> = {
    'name eq \'bob\'': ['Bob'],
    'name eq \'ALICE O\'\'NEIL\'': ['Alice'],
    'NAME EQ \'bob\'': ['Bob'],
    'name ne \'bob\'': ['Alice'],
    'age ge 18': ['Alice'],
    'age gt 17 and age le 30': ['Alice'],
    'age lt 18 or name eq \'x\'': ['Bob'],
    'not (age lt 18)': ['Alice'],
    'not(isTrusted eq true)': ['Bob'],
    'isTrusted': ['Alice'],
    'city eq null': ['Bob'],
    'city ne null': ['Alice'],
    'city gt \'a\'': ['Alice'],
    'startsWith(name,\'ali\')': ['Alice'],
    'startswith(name, \'ali\') eq true': ['Alice'],
    'endswith(name,\'ob\')': ['Bob'],
    'contains(name,\'neil\')': ['Alice'],
    'name in (\'bob\',\'eve\')': ['Bob'],
    'since ge 2026-01-01T08:00:00Z': ['Alice'],
    'since lt 2026-01-01': ['Bob'],
    'since ge 2026-01-01T10:00:00.000+02:00': ['Alice'],
    'risk eq \'HIGH\'': ['Bob'],
    'risk eq microsoft.graph.riskLevel\'high\'': ['Bob'],
    'status/errorCode eq 50126': ['Alice'],
    'Status/ErrorCode eq 0': ['Bob'],
    'tags/any(t:t eq \'RED\')': ['Alice'],
    'tags/any(t:startswith(t,\'bl\'))': ['Alice'],
    'tags/any()': ['Alice'],
    'not tags/any()': ['Bob'],
    'tags/all(t:t ne \'red\')': ['Bob'],
    'tags/$count eq 0': ['Bob'],
    'devices/any(d:d/os eq \'ios\' and d/isCompliant eq true)': ['Alice'],
    'isof(\'microsoft.graph.guest\')': ['Bob'],
    'name eq \'Bob\' or name eq \'x\' and age eq 99': ['Bob'],
    '(name eq \'Bob\' or name eq \'x\') and age eq 99': [],
  }
  test.each(Object.entries(filters))('%s', (filter, names) => expect(found(filter)).toEqual(names))
})

describe('a filter that makes no sense is refused, and the refusal points', () => {
  const wrong: Record<string, RegExp> = {
    '': /position 0 .*A condition is missing/,
    'name': /'name' at position 0 is not true or false by itself/,
    'name eq': /position 7 .*A value is missing/,
    'name eq bob': /position 8 .*"bob" is no value. A text is written in single quotes/,
    'name = \'bob\'': /position 5 .*"=" is nothing a filter is made of/,
    'name eq \'bob': /position 8 .*no closing quote/,
    'name is \'bob\'': /position 5 .*"is" is no operator. There are eq, ne/,
    'name eq \'a\' xor age eq 1': /position 12 .*"xor" after the end/,
    '(name eq \'a\'': /position 12 .*should be "\)" here, but the filter ends/,
    'name eq \'a\')': /position 11 .*"\)" after the end/,
    'nam eq \'a\'': /Could not find a property named 'nam' on type 'microsoft.graph.person'. It is at position 0 of the filter. Did you mean 'name'\?/,
    'age eq \'old\'': /'age' at position 7 is compared with old, which is not a number/,
    'isTrusted eq 1': /not true or false/,
    'since ge \'yesterday\'': /not an instant/,
    'risk eq \'huge\'': /not one of low, high/,
    'length(name) eq 3': /position 0 .*There is no function length/,
    'tags eq \'red\'': /'tags' of resource 'person': eq. It can be filtered with any, all, count/,
    'name/any(x:x eq 1)': /'name' of resource 'person': any/,
    'tags/any(t:u eq \'red\')': /'u' at position 11 is not "t"/,
    'tags/any(t\'red\')': /any names each one/,
    'secret eq \'x\'': /Unsupported or invalid query filter clause specified for property 'secret' of resource 'person': eq. It cannot be filtered/,
    'status/nothing eq 1': /property named 'nothing'/,
    'startswith(name)': /position 15 .*There should be "," here/,
    [`${'('.repeat(200)}age eq 1${')'.repeat(200)}`]: /nested too deeply/,
    [`${'not '.repeat(200)}age eq 1`]: /nested too deeply/,
    [`name eq '${'a'.repeat(30_000)}'`]: /at most 20000 characters/,
  }
  test.each(Object.entries(wrong).map(([filter, says]) => [filter.slice(0, 60), filter, says] as const))('%s', (_, filter, says) => expect(() => found(filter)).toThrow(says))
})
