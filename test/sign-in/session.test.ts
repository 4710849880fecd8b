import { describe, expect, test } from 'vitest'
import { aliveAccounts, authenticatedAt, isAlive, newSession, touch, withAccount, withMethod, withoutAccount } from '../../src/sign-in/session.ts'
import { applyPersistence } from '../../src/sign-in/challenges/stay-signed-in.ts'

const hour = 60 * 60 * 1000
const day = 24 * hour
const alice = newSession('alice', { method: 'password', at: 0 }, 0)
const persistent = applyPersistence(alice, true)

describe('how long a session rests before it ends', () => {
  const cases: Record<string, { session: typeof alice; idle: number; isAlive: boolean }> = {
    'a session lives 24 hours unused': { session: alice, idle: 24 * hour, isAlive: true },
    'it does not live a moment longer': { session: alice, idle: 24 * hour + 1, isAlive: false },
    'one whose user stays signed in lives 90 days unused': { session: persistent, idle: 90 * day, isAlive: true },
    'and not a moment longer either': { session: persistent, idle: 90 * day + 1, isAlive: false },
  }
  test.each(Object.entries(cases))('%s', (_fact, { session, idle, isAlive: expected }) => {
    expect(isAlive(session, idle)).toBe(expected)
  })

  test('every use gives it its whole rest again', () => {
    expect(isAlive(touch(alice, 23 * hour), 46 * hour)).toBe(true)
  })

  test('a proof is a use', () => {
    expect(isAlive(withMethod(alice, { method: 'softwareOath', at: 23 * hour }), 46 * hour)).toBe(true)
  })
})

describe('what a session remembers of its proofs', () => {
  test('only the latest use of a method counts', () => {
    const again = withMethod(withMethod(alice, { method: 'softwareOath', at: 5 }), { method: 'password', at: 9 })
    expect(again.methods).toEqual([{ method: 'password', at: 9 }, { method: 'softwareOath', at: 5 }])
  })

  test('an earlier use that is told late changes nothing', () => {
    const late = withMethod(withMethod(alice, { method: 'password', at: 9 }), { method: 'password', at: 5 })
    expect(late.methods).toEqual([{ method: 'password', at: 9 }])
  })

  test('a user is authenticated when the first factor was given, not the second', () => {
    expect(authenticatedAt(withMethod(alice, { method: 'softwareOath', at: 5 }))).toBe(0)
  })
})

describe('several accounts in one browser', () => {
  const bob = newSession('bob', { method: 'password', at: 1 }, 1)
  const both = withAccount(withAccount({ id: 'b', accounts: [] }, alice), bob)

  test('the account used last comes first', () => {
    expect(both.accounts.map(({ userId }) => userId)).toEqual(['bob', 'alice'])
  })

  test('a user is there once', () => {
    expect(withAccount(both, withMethod(alice, { method: 'softwareOath', at: 5 })).accounts.map(({ userId }) => userId)).toEqual(['alice', 'bob'])
  })

  test('signing one out leaves the other', () => {
    expect(withoutAccount(both, 'bob').accounts.map(({ userId }) => userId)).toEqual(['alice'])
  })

  test('signing out of the browser leaves nobody', () => {
    expect(withoutAccount(both).accounts).toEqual([])
  })

  test('an account whose session ended is not offered', () => {
    expect(aliveAccounts(withAccount(both, touch(bob, 20 * hour)), 30 * hour).map(({ userId }) => userId)).toEqual(['bob'])
  })
})
