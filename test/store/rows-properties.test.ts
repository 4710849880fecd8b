import * as fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFileRows } from '../../src/store/rows/files.ts'
import type { RowLog } from '../../src/store/rows/log.ts'
import { createMemoryRows } from '../../src/store/rows/memory.ts'
import type { Place, RowFilter } from '../../src/store/rows/page.ts'
import type { Shape } from '../../src/store/rows/shape.ts'

type Event = { readonly id: string; readonly at: number; readonly who: string | null; readonly code: number; readonly tags: readonly string[]; readonly parts: readonly object[] }

const shape: Shape<Event> = {
  name: 'events',
  instantOf: ({ at }) => at,
  columns: { who: ({ who }) => who, code: ({ code }) => code, tags: ({ tags }) => tags },
  unique: { id: ({ id }) => id },
  shared: 'parts',
}
const parts = [{ name: 'one' }, { name: 'zwei', deep: { list: [1, 2] } }, { name: 'троє' }]

const events = fc.array(fc.record({
  // Back as well as forward: a clock is reset now and then.
  step: fc.integer({ min: -3, max: 5 }),
  who: fc.constantFrom('alice', 'bob', 'Zoë', '', null),
  code: fc.constantFrom(0, 50_126, 53_003),
  tags: fc.subarray(['red', 'green', 'blue']),
  parts: fc.subarray(parts),
}), { maxLength: 60 }).map((list) => {
  let at = 1000

  return list.map(({ step, ...rest }, n): Event => ({ ...rest, id: `event-${n}`, at: (at += step) }))
})

/** A filter, and what it says of a row in plain words. */
type Asked = { readonly filter: RowFilter; isMeant(row: Event): boolean }

const leaf: fc.Arbitrary<Asked> = fc.oneof(
  fc.constantFrom('alice', 'Zoë', '', null, 'nobody').map((who): Asked => ({ filter: { kind: 'equal', column: 'who', to: who }, isMeant: (row) => row.who === who })),
  fc.constantFrom(0, 53_003, 1).map((code): Asked => ({ filter: { kind: 'value', column: 'code', holds: (value) => value === code }, isMeant: (row) => row.code === code })),
  fc.constantFrom('red', 'black').map((tag): Asked => ({ filter: { kind: 'value', column: 'tags', holds: (value) => (value as readonly string[]).includes(tag) }, isMeant: ({ tags }) => tags.includes(tag) })),
  fc.integer({ min: 0, max: 70 }).map((n): Asked => ({ filter: { kind: 'unique', column: 'id', equals: `event-${n}` }, isMeant: ({ id }) => id === `event-${n}` })),
  fc.tuple(fc.integer({ min: 980, max: 1200 }), fc.integer({ min: 980, max: 1200 })).map(([from, to]): Asked => ({ filter: { kind: 'time', from, to }, isMeant: ({ at }) => at >= from && at <= to })),
)
const asked = fc.letrec<{ any: Asked }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('any').map(({ filter, isMeant }): Asked => ({ filter: { kind: 'not', of: filter }, isMeant: (row) => !isMeant(row) })),
    fc.array(tie('any'), { maxLength: 3 }).map((all): Asked => ({ filter: { kind: 'and', of: all.map(({ filter }) => filter) }, isMeant: (row) => all.every(({ isMeant }) => isMeant(row)) })),
    fc.array(tie('any'), { maxLength: 3 }).map((all): Asked => ({ filter: { kind: 'or', of: all.map(({ filter }) => filter) }, isMeant: (row) => all.some(({ isMeant }) => isMeant(row)) })),
  ),
})).any
const question = fc.record({ asked, isOldestFirst: fc.boolean(), limit: fc.integer({ min: 1, max: 25 }) })

async function expectPlainAnswers(log: RowLog<Event>, rows: readonly Event[], { asked: { filter, isMeant }, isOldestFirst, limit }: { asked: Asked; isOldestFirst: boolean; limit: number }): Promise<void> {
  const sorted = rows.map((row, n) => ({ ...row, sequence: n + 1 })).filter(isMeant).toSorted((a, b) => a.at - b.at || a.sequence - b.sequence)
  const found: unknown[] = []
  for (let after: Place | null = null, isFirst = true; isFirst || after; isFirst = false) {
    const page: Awaited<ReturnType<RowLog<Event>['page']>> = await log.page({ filter, isOldestFirst, limit, after })
    expect(page.next === null || page.rows.length === limit).toBe(true)
    found.push(...page.rows)
    after = page.next
  }

  expect(found).toEqual(isOldestFirst ? sorted : sorted.toReversed())
}

test('whatever is asked of a log in memory, pages tell what reading all of it would', async () => {
  await fc.assert(fc.asyncProperty(events, fc.array(question, { minLength: 1, maxLength: 3 }), async (rows, questions) => {
    const log = createMemoryRows(shape)
    for (const row of rows) log.append(row)
    for (const one of questions) await expectPlainAnswers(log, rows, one)
  }), { numRuns: 300 })
})

test('and so they do on disk, whether the process that wrote a row is still there, ended well, or did not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'))
  let run = 0
  try {
    await fc.assert(fc.asyncProperty(events, question, fc.integer({ min: 0, max: 60 }), fc.boolean(), async (rows, one, restart, isEndedWell) => {
      const bound = { rows: 1000, days: 30, segmentRows: 7 }
      const made = () => createFileRows(shape, { folder: join(folder, String(run)), realNow: () => Date.now(), bound })
      run++
      let log = made()
      for (const [n, row] of rows.entries()) {
        if (n === restart) {
          // Who did not end well left no columns of the last file behind.
          if (isEndedWell) await log.close()
          log = made()
        }
        log.append(row)
      }
      await expectPlainAnswers(log, rows, one)
      expect((await log.after(0, 1000)).map(({ id, sequence }) => [id, sequence])).toEqual(rows.map(({ id }, n) => [id, n + 1]))
      await log.close()
    }), { numRuns: 60 })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
