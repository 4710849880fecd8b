import { describe, expect, test } from 'vitest'
import { createSignInLog } from '../../src/sign-in/log.ts'

const row = (id: string) => ({ id, createdDateTime: '2026-01-01T08:00:00.0000000Z' })
const ids = (answer: { entries: readonly { id: string }[] }) => answer.entries.map(({ id }) => id)

describe('reading the log by position', () => {
  test('a reader gets what came after the last row it saw', async () => {
    const log = createSignInLog()
    log.append(row('one'))
    const first = await log.after(0)
    log.append(row('two'))
    expect(ids(first)).toEqual(['one'])
    expect(ids(await log.after(first.next))).toEqual(['two'])
  })

  test('a limit is kept, and the reader goes on where it ended', async () => {
    const log = createSignInLog()
    for (const id of ['one', 'two', 'three']) log.append(row(id))
    const answer = await log.after(0, { limit: 2 })
    expect(ids(answer)).toEqual(['one', 'two'])
    expect(ids(await log.after(answer.next))).toEqual(['three'])
  })

  test('a reader who has seen everything stays where it is', async () => {
    const log = createSignInLog()
    log.append(row('one'))
    expect(await log.after(1)).toEqual({ entries: [], next: 1 })
  })
})

describe('waiting for a row', () => {
  test('ends with the next row', async () => {
    const log = createSignInLog()
    const waiting = log.after(0, { waitMilliseconds: 5000 })
    log.append(row('one'))
    expect(ids(await waiting)).toEqual(['one'])
  })

  test('ends empty when the time is up', async () => {
    expect(await createSignInLog().after(0, { waitMilliseconds: 10 })).toEqual({ entries: [], next: 0 })
  })

  test('goes on past rows before the position asked for', async () => {
    const log = createSignInLog()
    const waiting = log.after(2, { waitMilliseconds: 5000 })
    for (const id of ['one', 'two', 'three']) log.append(row(id))
    expect(ids(await waiting)).toEqual(['three'])
  })

  test('several readers are all told', async () => {
    const log = createSignInLog()
    const waiting = [1, 2, 3].map(() => log.after(0, { waitMilliseconds: 5000 }))
    log.append(row('one'))
    expect((await Promise.all(waiting)).map(ids)).toEqual([['one'], ['one'], ['one']])
  })
})

describe('what the log keeps', () => {
  test('the newest rows, up to its bound', () => {
    const log = createSignInLog({ bound: 3 })
    for (let index = 1; index <= 20; index += 1) log.append(row(String(index)))
    expect(ids(log)).toEqual(['18', '19', '20'])
  })

  test('a reader who comes late gets what is left', async () => {
    const log = createSignInLog({ bound: 3 })
    for (let index = 1; index <= 7; index += 1) log.append(row(String(index)))
    expect(ids(await log.after(0))).toEqual(['5', '6', '7'])
  })

  test('a reset empties it, and positions go on rising', async () => {
    const log = createSignInLog()
    const before = log.append(row('one')).sequence
    log.reset()
    expect(log.entries).toEqual([])
    expect(log.append(row('two')).sequence).toBeGreaterThan(before)
    expect(ids(await log.after(before))).toEqual(['two'])
  })
})
