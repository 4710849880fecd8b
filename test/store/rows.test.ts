import { appendFile, mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createFileRows, type Bound } from '../../src/store/rows/files.ts'
import type { RowLog } from '../../src/store/rows/log.ts'
import { createMemoryRows } from '../../src/store/rows/memory.ts'
import type { PageQuery, RowFilter } from '../../src/store/rows/page.ts'
import type { Shape, Value } from '../../src/store/rows/shape.ts'
import { emptyFolder } from '../support/folder.ts'

type Visit = { readonly id: string; readonly at: number; readonly who: string; readonly tags: readonly string[]; readonly parts: readonly { readonly name: string }[] }

const shape: Shape<Visit> = {
  name: 'visits',
  instantOf: ({ at }) => at,
  columns: { who: ({ who }) => who, tags: ({ tags }) => tags },
  unique: { id: ({ id }) => id },
  shared: 'parts',
}
const block = { name: 'Block from "outside"\nand Zürich' }
const mfa = { name: 'MFA' }
const people = ['alice', 'bob', 'carol']
const visit = (n: number, changes: Partial<Visit> = {}): Visit => ({
  id: `id-${n}`, at: 1000 + n, who: people[n % 3] as string, tags: n % 2 === 0 ? ['even', 'any'] : ['odd', 'any'], parts: n % 5 === 0 ? [block, mfa] : [mfa], ...changes,
})
const visits = (count: number) => Array.from({ length: count }, (_, n) => visit(n))
const by = (who: string): RowFilter => ({ kind: 'value', column: 'who', holds: (value) => value === who })
const of = (who: string): RowFilter => ({ kind: 'equal', column: 'who', to: who })
const tagged = (tag: string): RowFilter => ({ kind: 'value', column: 'tags', holds: (value: Value) => (value as readonly string[]).includes(tag) })

function onDisk(folder: string, bound: Partial<Bound> = {}, realNow = () => Date.now()): RowLog<Visit> {
  const log = createFileRows(shape, { folder, realNow, bound: { rows: 1_000_000, days: 30, segmentRows: 100, ...bound } })
  onTestFinished(() => log.close())

  return log
}

async function everyPage(log: RowLog<Visit>, query: Omit<PageQuery, 'limit' | 'after'>, limit: number): Promise<string[]> {
  const ids: string[] = []
  for (let after: PageQuery['after'] = null, page = 0; page === 0 || after; page++) {
    const { rows, next } = await log.page({ ...query, limit, after })
    expect(rows.length).toBeLessThanOrEqual(limit)
    ids.push(...rows.map(({ id }) => id))
    after = next
  }

  return ids
}

const kinds: Record<string, () => Promise<RowLog<Visit>>> = {
  'in memory': async () => createMemoryRows(shape),
  'on disk': async () => onDisk(await emptyFolder()),
}

describe.each(Object.entries(kinds))('a log %s', (_, made) => {
  test('gives each row its position, and reads on from one', async () => {
    const log = await made()
    const placed = visits(250).map((row) => log.append(row))
    const read = await log.after(120, 50)

    expect(placed.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 250 }, (__, index) => index + 1))
    expect(read).toEqual(placed.slice(120, 170))
    expect((await log.after(0, Infinity)).map(({ id }) => id)).toEqual(visits(250).map(({ id }) => id))
    expect(await log.after(250, 10)).toEqual([])
    expect(log.last).toBe(250)
  })

  const cases: Record<string, [filter: RowFilter | undefined, isMeant: (row: Visit) => boolean]> = {
    'every row': [undefined, () => true],
    'by one value': [by('bob'), ({ who }) => who === 'bob'],
    'by a value as it stands': [of('bob'), ({ who }) => who === 'bob'],
    'by a value that none has': [of('zoe'), () => false],
    'by either of three': [{ kind: 'or', of: [of('carol'), tagged('even'), { kind: 'unique', column: 'id', equals: 'id-1' }] }, ({ who, id, tags }) => who === 'carol' || tags.includes('even') || id === 'id-1'],
    'by neither': [{ kind: 'not', of: { kind: 'or', of: [of('carol'), of('bob')] } }, ({ who }) => who === 'alice'],
    'by an element of a list': [tagged('odd'), ({ tags }) => tags.includes('odd')],
    'by what every row has': [tagged('any'), () => true],
    'by what none has': [by('zoe'), () => false],
    'by an id': [{ kind: 'unique', column: 'id', equals: 'id-137' }, ({ id }) => id === 'id-137'],
    'between two instants': [{ kind: 'time', from: 1099, to: 1201 }, ({ at }) => at >= 1099 && at <= 1201],
    'by both': [{ kind: 'and', of: [by('carol'), tagged('even')] }, ({ who, tags }) => who === 'carol' && tags.includes('even')],
    'by nothing that is asked': [{ kind: 'and', of: [] }, () => true],
    'by three': [{ kind: 'and', of: [by('carol'), tagged('even'), { kind: 'time', from: 1050, to: 1100 }] }, ({ who, tags, at }) => who === 'carol' && tags.includes('even') && at >= 1050 && at <= 1100],
    'by either': [{ kind: 'or', of: [by('carol'), { kind: 'unique', column: 'id', equals: 'id-1' }] }, ({ who, id }) => who === 'carol' || id === 'id-1'],
    'by what it is not': [{ kind: 'not', of: by('alice') }, ({ who }) => who !== 'alice'],
  }
  test.each(Object.entries(cases))('finds %s, in pages, newest and oldest first', async (__, [filter, isMeant]) => {
    const log = await made()
    const rows = visits(330)
    for (const row of rows) log.append(row)
    const expected = rows.filter(isMeant).map(({ id }) => id)
    const query = filter ? { filter } : {}

    expect(await everyPage(log, query, 37)).toEqual(expected.toReversed())
    expect(await everyPage(log, { ...query, isOldestFirst: true }, 37)).toEqual(expected)
  })

  test('orders by time where the clock was set back, and by position where it stood still', async () => {
    const log = await made()
    const times = Array.from({ length: 260 }, (__, n) => (n * 7919) % 61)
    const rows = times.map((at, n) => visit(n, { at }))
    for (const row of rows) log.append(row)
    const expected = rows.toSorted((a, b) => a.at - b.at || rows.indexOf(a) - rows.indexOf(b)).map(({ id }) => id)

    expect(await everyPage(log, { isOldestFirst: true }, 41)).toEqual(expected)
    expect(await everyPage(log, {}, 41)).toEqual(expected.toReversed())
  })

  test('a page goes on where it ended although rows came meanwhile', async () => {
    const log = await made()
    for (const row of visits(50)) log.append(row)
    const { next } = await log.page({ limit: 10 })
    for (let n = 50; n < 90; n++) log.append(visit(n))
    const { rows } = await log.page({ limit: 3, after: next })

    expect(rows.map(({ id }) => id)).toEqual(['id-39', 'id-38', 'id-37'])
  })

  test('a reset empties it, and positions go on rising', async () => {
    const log = await made()
    for (const row of visits(150)) log.append(row)
    log.reset()

    expect(await log.after(0, 10)).toEqual([])
    expect(await log.page({ limit: 10 })).toEqual({ rows: [], next: null })
    expect(log.recent).toEqual([])
    expect(log.append(visit(1)).sequence).toBe(151)
    expect((await log.page({ limit: 10 })).rows).toHaveLength(1)
  })
})

test('a log in memory keeps the newest rows, and finds no others', async () => {
  const log = createMemoryRows(shape, { bound: 10 })
  for (const row of visits(18)) log.append(row)

  expect(log.recent.map(({ id }) => id)).toEqual(visits(18).slice(8).map(({ id }) => id))
  expect(await everyPage(log, { isOldestFirst: true }, 4)).toEqual(visits(18).slice(8).map(({ id }) => id))
})

describe('a log on disk', () => {
  test('is there again in the next process, every row and every position', async () => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(250)) first.append(row)
    await first.close()
    const second = onDisk(folder)

    expect(await second.after(0, 1000)).toEqual(visits(250).map((row, n) => ({ ...row, sequence: n + 1 })))
    expect(second.append(visit(250)).sequence).toBe(251)
    expect((await second.page({ filter: by('bob'), limit: 2 })).rows.map(({ id }) => id)).toEqual(['id-250', 'id-247'].filter((id) => people[Number(id.slice(3)) % 3] === 'bob').concat('id-244').slice(0, 2))
  })

  test('has the newest rows at hand, also those of the process before', async () => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(40)) first.append(row)
    await first.close()
    const second = onDisk(folder)
    second.append(visit(40))

    expect(second.recent.map(({ id }) => id)).toEqual(visits(41).map(({ id }) => id))
    expect(second.recent).toEqual(second.recent)
  })

  test('writes an element that rows share once a file', async () => {
    const folder = await emptyFolder()
    const log = onDisk(folder)
    for (const row of visits(90)) log.append(row)
    const [name = ''] = await readdir(folder)
    const text = await readFile(join(folder, name), 'utf8')

    expect(text.match(/"MFA"/g)).toHaveLength(1)
    expect((await log.page({ limit: 1, filter: { kind: 'unique', column: 'id', equals: 'id-85' } })).rows).toEqual([{ ...visit(85), sequence: 86 }])
  })

  const crashes: Record<string, (file: string) => Promise<void>> = {
    'a line torn off': async (file) => truncate(file, (await stat(file)).size - 20),
    'half a line more': (file) => appendFile(file, '{"id":"torn","at":'),
    'zeroes at its end': (file) => appendFile(file, Buffer.alloc(100)),
    'lines that are no rows': (file) => appendFile(file, '"nothing"\nnull\n{"who":"nobody"}\n{"id":"no-instant"}\n'),
  }
  test.each(Object.entries(crashes))('loads with %s, and goes on', async (_, crash) => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(50)) first.append(row)
    await crash(join(folder, 'visits.1.jsonl'))
    const second = onDisk(folder)
    const kept = (await second.after(0, 100)).map(({ id }) => id)

    expect([49, 50]).toContain(kept.length)
    expect(kept).toEqual(visits(50).slice(0, kept.length).map(({ id }) => id))
    second.append(visit(77))
    await second.close()
    expect((await onDisk(folder).after(0, 100)).map(({ id }) => id)).toEqual([...kept, 'id-77'])
  })

  const damages: Record<string, (columns: string) => Promise<void>> = {
    'are missing': (columns) => rm(columns),
    'are damaged': async (columns) => {
      const content = await readFile(columns)
      content[content.length - 3] = (content[content.length - 3] ?? 0) ^ 0xff
      await writeFile(columns, content)
    },
    'are cut': (columns) => truncate(columns, 30),
    'are empty': (columns) => truncate(columns, 0),
  }
  test.each(Object.entries(damages))('is read again where its columns %s', async (_, damage) => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(250)) first.append(row)
    await first.close()
    await damage(join(folder, 'visits.1.jsonl.columns'))
    const second = onDisk(folder)

    expect(await everyPage(second, { filter: by('bob'), isOldestFirst: true }, 20)).toEqual(visits(250).filter(({ who }) => who === 'bob').map(({ id }) => id))
    await second.close()
    expect((await stat(join(folder, 'visits.1.jsonl.columns'))).size).toBeGreaterThan(100)
  })

  test('passes over a file that cannot be read', async () => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(150)) first.append(row)
    await first.close()
    for (const name of ['visits.1.jsonl', 'visits.101.jsonl']) {
      await rm(join(folder, name))
      await mkdir(join(folder, name))
    }
    const second = onDisk(folder)

    expect((await second.page({ limit: 10 })).rows).toEqual([])
    expect(second.append(visit(0)).sequence).toBeGreaterThan(150)
    expect((await second.page({ limit: 10 })).rows.map(({ id }) => id)).toEqual(['id-0'])
  })

  test('keeps no more rows than its bound, whole files at a time', async () => {
    const folder = await emptyFolder()
    const log = onDisk(folder, { rows: 250 })
    for (const row of visits(700)) log.append(row)
    await log.close()
    const kept = (await onDisk(folder).after(0, 1000)).map(({ id }) => id)

    expect(kept.length).toBeGreaterThanOrEqual(250)
    expect(kept.length).toBeLessThanOrEqual(350)
    expect(kept.at(-1)).toBe('id-699')
  })

  test('keeps no file for longer than its days', async () => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(250)) first.append(row)
    await first.close()
    const longAgo = new Date(Date.now() - 31 * 86_400_000)
    await utimes(join(folder, 'visits.1.jsonl'), longAgo, longAgo)
    const second = onDisk(folder)
    for (const row of visits(100)) second.append(row)
    await second.close()

    expect((await readdir(folder)).filter((name) => name.startsWith('visits.1.'))).toEqual([])
    expect((await onDisk(folder).after(0, 1000))[0]?.sequence).toBe(101)
  })

  test('begins a new file where the last one is long to read, and counts on', async () => {
    const folder = await emptyFolder()
    const big = 'x'.repeat(1_000_000)
    const first = onDisk(folder)
    for (let n = 0; n < 9; n++) first.append(visit(n, { parts: [{ name: `${big}${n}` }] }))
    await first.close()
    const second = onDisk(folder)
    const { sequence } = second.append(visit(9))
    const rows = await second.after(0, 100)

    expect(sequence).toBeGreaterThan(9)
    expect(rows.map(({ id }) => id)).toEqual(visits(10).map(({ id }) => id))
    expect(rows[8]?.parts[0]?.name.length).toBe(1_000_001)
  })

  test('that cannot be written keeps rows at hand, says so once, and writes again when it can', async () => {
    const folder = join(await emptyFolder(), 'a-file')
    await writeFile(folder, '')
    const warnings: string[] = []
    const listen = ({ message }: Error) => void warnings.push(message)
    process.on('warning', listen)
    onTestFinished(() => void process.off('warning', listen))
    const log = onDisk(folder)
    for (const row of visits(3)) log.append(row)
    await new Promise(setImmediate)

    expect(log.recent.map(({ id }) => id)).toEqual(['id-0', 'id-1', 'id-2'])
    expect(warnings.filter((text) => text.includes(folder))).toHaveLength(1)
    await rm(folder)
    expect(log.append(visit(3)).sequence).toBe(4)
    expect((await log.page({ limit: 10 })).rows).toEqual([{ ...visit(3), sequence: 4 }])
    expect(await log.after(0, 10)).toHaveLength(4)
  })

  test('answers while it is emptied', async () => {
    const folder = await emptyFolder()
    const first = onDisk(folder)
    for (const row of visits(950)) first.append(row)
    await first.close()
    for (const name of await readdir(folder)) if (name.endsWith('.columns')) await rm(join(folder, name))
    const second = onDisk(folder)
    const asked = [second.page({ limit: 10 }), second.after(0, 1000), second.page({ filter: by('bob'), limit: 10 })]
    second.reset()

    for (const answer of await Promise.allSettled(asked)) expect(answer.status).toBe('fulfilled')
    expect((await second.page({ limit: 10 })).rows).toEqual([])
  })
})
