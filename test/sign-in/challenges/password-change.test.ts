import { beforeEach, describe, expect, test } from 'vitest'
import { changePassword } from '../../../src/sign-in/challenges/password-change.ts'
import { checkPassword } from '../../../src/sign-in/challenges/password.ts'
import { decide } from '../../../src/sign-in/decide.ts'
import { newSession, withMethod } from '../../../src/sign-in/session.ts'
import { application, authenticator, authorize, emptyTenant, from, morning, office, password, tenantOf, user } from '../tenant.ts'
import type { TestTenant } from '../tenant.ts'

const alice = user('alice', { authenticationMethods: [authenticator] })
const fiona = user('fiona', { userPrincipalName: 'fiona@fed.contoso.example' })
const hub = application('Sales Hub', { secrets: ['secret'] })
const good = 'Another-one-2'

let tenant: TestTenant
beforeEach(() => {
  tenant = tenantOf({ ...emptyTenant, users: [alice, fiona], applications: [hub] })
  tenant.clock.advance(60_000)
})

const session = withMethod(newSession(alice.id, { method: 'password', at: morning }, morning), { method: 'softwareOath', at: morning })
const present = () => tenant.directory.get('users', alice.id) ?? alice
const change = (current: string, wanted: string, who = alice) => changePassword(tenant, who, session, current, wanted)

describe('a new password', () => {
  const cases: Record<string, [current: string, wanted: string, code: number]> = {
    'needs the old one': ['wrong', good, 120000],
    'is another one': [password, password, 120002],
    'has eight characters': [password, 'Short-1', 120002],
    'has three kinds of characters': [password, 'onlysmallletters1', 120002],
    'does not contain the user\'s name': [password, 'Hello-Alice-1', 120003],
  }
  test.each(Object.entries(cases))('%s', async (_fact, [current, wanted, code]) => {
    expect(await change(current, wanted)).toMatchObject({ refusal: { code } })
    expect(present().passwordHash).toBe(alice.passwordHash)
  })

  test('takes the old one\'s place, and need not be changed again', async () => {
    await tenant.directory.put('users', { ...alice, forceChangePasswordNextSignIn: true })
    expect(await change(password, good)).toHaveProperty('session')
    expect(await checkPassword(tenant, present(), good, from(office))).toHaveProperty('used')
    expect(await checkPassword(tenant, present(), password, from(office))).toMatchObject({ refusal: { code: 50126 } })
  })

  test('of a federated user is changed at home', async () => {
    expect(await change(password, good, fiona)).toMatchObject({ refusal: { code: 120012 } })
  })

  test('begins a session where there was none', async () => {
    expect(await changePassword(tenant, alice, null, password, good)).toMatchObject({ session: { userId: alice.id, methods: [{ method: 'password' }] } })
  })
})

describe('after a change of the password', () => {
  test('the session it happened in goes on, its second factor included', async () => {
    const answer = await change(password, good)
    const going = 'session' in answer ? answer.session : null
    const verdict = decide(authorize(present(), hub, { session: going }), tenant)
    expect(verdict.outcome).toBe('granted')
    expect(verdict.signIn?.session.methods.map(({ method }) => method)).toEqual(['password', 'softwareOath'])
  })

  test('another one that began with the old password ends', async () => {
    await change(password, good)
    expect(decide(authorize(present(), hub, { session }), tenant)).toMatchObject({ outcome: 'interrupted', next: 'signIn', refusal: { code: 50133 } })
  })
})
