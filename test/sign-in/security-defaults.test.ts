import { describe, expect, test } from 'vitest'
import type { Attempt } from '../../src/sign-in/attempt.ts'
import { decide } from '../../src/sign-in/decide.ts'
import { newSession, withMethod } from '../../src/sign-in/session.ts'
import type { AccountSession } from '../../src/sign-in/session.ts'
import { application, authenticator, authorize, cafe, emptyTenant, from, morning, office, tenantOf, user } from './tenant.ts'

const day = 24 * 60 * 60 * 1000
const alice = user('alice', { authenticationMethods: [authenticator] })
const bob = user('bob')
const hub = application('Sales Hub', { secrets: ['secret'] })

function defaults() {
  const tenant = tenantOf({ ...emptyTenant, licence: 'none', securityDefaults: true, users: [alice, bob], applications: [hub] })
  const signedIn = (who: typeof alice): AccountSession => newSession(who.id, { method: 'password', at: tenant.clock.now() }, tenant.clock.now())
  const ask = (who: typeof alice, change: Partial<Attempt> = {}) => decide(authorize(who, hub, { session: signedIn(who), ...change }), tenant)

  return { tenant, ask, signedIn }
}

describe('under security defaults, a user without a second factor', () => {
  test('has fourteen days to register one, from the first sign-in', () => {
    const { tenant, ask } = defaults()
    expect(ask(bob)).toMatchObject({ outcome: 'interrupted', next: 'registerSkippable', refusal: { code: 50072 }, decision: { challenges: [{ daysLeft: 14 }] } })
    tenant.clock.advance(13 * day)
    expect(ask(bob)).toMatchObject({ next: 'registerSkippable', decision: { challenges: [{ daysLeft: 1 }] } })
    tenant.clock.advance(day)
    expect(ask(bob)).toMatchObject({ next: 'register', refusal: { code: 50072 } })
  })

  test('may skip it meanwhile', () => {
    expect(defaults().ask(bob, { isRegistrationSkipped: true }).outcome).toBe('granted')
  })

  test('may not skip it when the days are over', () => {
    const { tenant, ask } = defaults()
    ask(bob)
    tenant.clock.advance(14 * day)
    expect(ask(bob, { isRegistrationSkipped: true })).toMatchObject({ next: 'register' })
  })

  test('is not counted down by what happens without a person', () => {
    const { tenant, ask } = defaults()
    ask(bob, { isInteractive: false })
    tenant.clock.advance(14 * day)
    expect(ask(bob)).toMatchObject({ next: 'registerSkippable' })
  })

  test('has the days anew when defaults were switched off in between', async () => {
    const { tenant, ask } = defaults()
    ask(bob)
    tenant.clock.advance(14 * day)
    await tenant.directory.patchSettings({ securityDefaults: false })
    ask(bob)
    await tenant.directory.patchSettings({ securityDefaults: true })
    expect(ask(bob)).toMatchObject({ next: 'registerSkippable' })
  })
})

describe('under security defaults, a user with a second factor', () => {
  test('is asked for it where something is new since it was last shown', () => {
    const { ask, signedIn } = defaults()
    ask(alice, { session: withMethod(signedIn(alice), { method: 'softwareOath', at: morning }) })
    expect(ask(alice).outcome).toBe('granted')
    expect(ask(alice, { observation: from('198.51.100.200') }).outcome).toBe('granted')
    expect(ask(alice, { observation: from(cafe) })).toMatchObject({ next: 'oneTimeCode', refusal: { code: 50074 } })
    expect(ask(alice, { observation: { ...from(office), header: { device: { deviceId: 'new' } } } })).toMatchObject({ next: 'oneTimeCode' })
  })

  test('is known at the new place once it was shown there', () => {
    const { tenant, ask, signedIn } = defaults()
    ask(alice, { session: withMethod(signedIn(alice), { method: 'softwareOath', at: morning }) })
    tenant.clock.advance(day)
    ask(alice, { observation: from(cafe), session: withMethod(signedIn(alice), { method: 'softwareOath', at: morning + day }) })
    expect(ask(alice, { observation: from(cafe) }).outcome).toBe('granted')
    expect(ask(alice)).toMatchObject({ next: 'oneTimeCode' })
  })
})
