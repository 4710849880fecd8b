import { beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock/clock.ts'
import type { ProtocolState } from '../../src/store/protocol-state.ts'

/** A place to keep it, the tenant's clock, and a way to let real time pass. */
type Place = { readonly state: ProtocolState; readonly clock: Clock; waitFor(milliseconds: number): void }

/** What every place that keeps protocol state must do, whatever it is made of. Answers may be promises. */
export function keepsProtocolState(name: string, make: () => Place): void {
  describe(`protocol state ${name}`, () => {
    let place: Place
    beforeEach(() => {
      place = make()
    })

    test('what was put in is found by model and id', async () => {
      await place.state.upsert('Session', 's1', { accountId: 'alice' }, 60)

      expect(await place.state.find('Session', 's1')).toEqual({ accountId: 'alice' })
      expect(await place.state.find('Grant', 's1')).toBeUndefined()
      expect(await place.state.find('Session', 's2')).toBeUndefined()
    })

    test('a second upsert replaces the first, its indexes too', async () => {
      await place.state.upsert('Session', 's1', { uid: 'u1' }, 60)
      await place.state.upsert('Session', 's1', { uid: 'u2' }, 60)

      expect(await place.state.findByUid('Session', 'u1')).toBeUndefined()
      expect(await place.state.findByUid('Session', 'u2')).toEqual({ uid: 'u2' })
      expect(await place.state.size).toBe(1)
    })

    test('a session is found by its uid, a device code by its user code', async () => {
      await place.state.upsert('Session', 's1', { uid: 'u1' }, 60)
      await place.state.upsert('DeviceCode', 'd1', { userCode: 'ABCD' }, 60)

      expect(await place.state.findByUid('Session', 'u1')).toEqual({ uid: 'u1' })
      expect(await place.state.findByUserCode('DeviceCode', 'ABCD')).toEqual({ userCode: 'ABCD' })
      expect(await place.state.findByUid('DeviceCode', 'u1')).toBeUndefined()
      expect(await place.state.findByUserCode('DeviceCode', 'WXYZ')).toBeUndefined()
    })

    test('a uid that moved on to another id stays there when the old one goes', async () => {
      await place.state.upsert('Session', 'old', { uid: 'u1' }, 60)
      await place.state.upsert('Session', 'new', { uid: 'u1' }, 60)
      await place.state.destroy('Session', 'old')

      expect(await place.state.findByUid('Session', 'u1')).toEqual({ uid: 'u1' })
    })

    test('a code is consumed once, however many try', async () => {
      await place.state.upsert('AuthorizationCode', 'c1', { grantId: 'g1' }, 60)
      const answers = await Promise.all(Array.from({ length: 8 }, async () => place.state.consume('AuthorizationCode', 'c1')))

      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await place.state.find('AuthorizationCode', 'c1')).toEqual({ grantId: 'g1', consumed: place.clock.epochSeconds() })
    })

    test('what is not there cannot be consumed', async () => {
      expect(await place.state.consume('AuthorizationCode', 'none')).toBe(false)
    })

    test('revoking a grant ends its codes and tokens, and nothing else', async () => {
      await place.state.upsert('AuthorizationCode', 'c1', { grantId: 'g1' }, 60)
      await place.state.upsert('RefreshToken', 'r1', { grantId: 'g1' }, 60)
      await place.state.upsert('RefreshToken', 'r2', { grantId: 'g2' }, 60)
      await place.state.upsert('Interaction', 'i1', { grantId: 'g1' }, 60)
      await place.state.revokeByGrantId('g1')

      expect(await place.state.find('AuthorizationCode', 'c1')).toBeUndefined()
      expect(await place.state.find('RefreshToken', 'r1')).toBeUndefined()
      expect(await place.state.find('RefreshToken', 'r2')).toEqual({ grantId: 'g2' })
      expect(await place.state.find('Interaction', 'i1')).toEqual({ grantId: 'g1' })
    })

    test('a revoked grant of which nothing is there is no mistake', async () => {
      await place.state.revokeByGrantId('unknown')

      expect(await place.state.size).toBe(0)
    })

    test('what is destroyed is gone', async () => {
      await place.state.upsert('Session', 's1', { uid: 'u1' }, 60)
      await place.state.destroy('Session', 's1')
      await place.state.destroy('Session', 's1')

      expect(await place.state.find('Session', 's1')).toBeUndefined()
      expect(await place.state.findByUid('Session', 'u1')).toBeUndefined()
      expect(await place.state.size).toBe(0)
    })

    test('all of one kind can be walked through, and destroyed on the way', async () => {
      for (const id of ['a', 'b', 'c']) await place.state.upsert('RefreshToken', id, { accountId: id === 'b' ? 'bob' : 'alice' }, 60)
      await place.state.upsert('Session', 's', { accountId: 'alice' }, 60)
      for await (const [id, payload] of place.state.all('RefreshToken')) if (payload.accountId === 'alice') await place.state.destroy('RefreshToken', id)
      const left = []
      for await (const entry of place.state.all('RefreshToken')) left.push(entry)

      expect(left).toEqual([['b', { accountId: 'bob' }]])
      expect(await place.state.size).toBe(2)
    })

    test('what is done to a payload outside changes nothing inside', async () => {
      const given = { authorizations: { app: { scopes: ['openid'] } } }
      await place.state.upsert('Session', 's1', given, 60)
      given.authorizations.app.scopes.push('stolen')
      const found = (await place.state.find('Session', 's1')) as typeof given
      found.authorizations.app.scopes.push('stolen')

      expect(await place.state.find('Session', 's1')).toEqual({ authorizations: { app: { scopes: ['openid'] } } })
    })

    test('what expired by one clock only can still be found, so that it can be said that it expired', async () => {
      await place.state.upsert('RefreshToken', 'moved', { n: 1 }, 60)
      place.clock.advance(3_600_000)
      for (let n = 0; n < 20; n++) await place.state.upsert('Session', `s${n}`, {}, 60)

      expect(await place.state.find('RefreshToken', 'moved')).toEqual({ n: 1 })
    })

    test('nothing goes while the tenant stands still', async () => {
      await place.state.upsert('RefreshToken', 'kept', { n: 1 }, 60)
      place.clock.freeze(true)
      place.waitFor(3_600_000)
      for (let n = 0; n < 20; n++) await place.state.upsert('Session', `s${n}`, {}, 60)

      expect(await place.state.find('RefreshToken', 'kept')).toEqual({ n: 1 })
    })

    test('what expired by both clocks goes, without being asked for', async () => {
      for (let n = 0; n < 100; n++) await place.state.upsert('RefreshToken', `r${n}`, { grantId: `g${n}`, uid: `u${n}` }, 60)
      place.waitFor(61_000)
      for (let n = 0; n < 60; n++) await place.state.upsert('Session', `s${n}`, {}, 60)

      expect(await place.state.size).toBe(60)
      expect(await place.state.find('RefreshToken', 'r0')).toBeUndefined()
    })

    test('what was given no time stays', async () => {
      await place.state.upsert('Consent', 'c', { scopes: [] })
      place.waitFor(1e12)
      for (let n = 0; n < 10; n++) await place.state.upsert('Session', `s${n}`, {}, 60)

      expect(await place.state.find('Consent', 'c')).toEqual({ scopes: [] })
    })

    test('clearing forgets everything', async () => {
      await place.state.upsert('Session', 's1', { uid: 'u1' }, 60)
      await place.state.upsert('RefreshToken', 'r1', { grantId: 'g1' }, 60)
      await place.state.clear()

      expect(await place.state.size).toBe(0)
      expect(await place.state.find('Session', 's1')).toBeUndefined()
      expect(await place.state.findByUid('Session', 'u1')).toBeUndefined()
    })
  })
}
