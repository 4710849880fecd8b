import { beforeEach, describe, expect, test } from 'vitest'
import { checkPassword, findUser } from '../../../src/sign-in/challenges/password.ts'
import { cafe, emptyTenant, from, office, password, tenantOf, user } from '../tenant.ts'
import type { TestTenant } from '../tenant.ts'

const alice = user('alice')
const fiona = user('fiona', { userPrincipalName: 'fiona@fed.contoso.example' })
const twin = user('twin')
const otherTwin = user('other-twin', { userPrincipalName: 'twin@fed.contoso.example' })
const people = [alice, fiona, twin, otherTwin]

let tenant: TestTenant
beforeEach(() => {
  tenant = tenantOf({ ...emptyTenant, users: people })
})

const code = (answer: object) => (answer as { refusal?: { code: number } }).refusal?.code ?? 'right'
const attempt = async (plain: string, address = office, who = alice) => code(await checkPassword(tenant, who, plain, from(address)))
const fail = async (times: number, address = office, word = 'wrong') => {
  for (let index = 1; index <= times; index += 1) await attempt(`${word} ${index}`, address)
}

describe('whom a user name means', () => {
  const cases: Record<string, [typed: string, found: string | number]> = {
    'a user principal name': ['alice@contoso.example', 'alice@contoso.example'],
    'in any case, with spaces around': [' ALICE@Contoso.Example ', 'alice@contoso.example'],
    'the part before the @ alone': ['alice', 'alice@contoso.example'],
    'of a federated domain too': ['fiona', 'fiona@fed.contoso.example'],
    'a part that two users share means nobody': ['twin', 50034],
    'a stranger': ['mallory@contoso.example', 50034],
    'somebody of another domain': ['alice@fabrikam.example', 50034],
    'nothing': ['', 50034],
    'a name of every object': ['__proto__', 50034],
  }
  test.each(Object.entries(cases))('%s', (_fact, [typed, expected]) => {
    const found = findUser(tenant, typed)
    expect('user' in found ? found.user.userPrincipalName : found.refusal.code).toBe(expected)
  })
})

describe('a password', () => {
  test('that is right is a proof of this moment', async () => {
    expect(await checkPassword(tenant, alice, password, from(office))).toEqual({ used: { method: 'password', at: tenant.clock.now() } })
  })

  test('of a federated user is the home provider\'s word', async () => {
    expect(await checkPassword(tenant, fiona, password, from(office))).toMatchObject({ used: { method: 'federatedSingleFactor' } })
  })

  test('that is wrong is refused', async () => {
    expect(await attempt('wrong')).toBe(50126)
  })

  test('of a stranger is refused like a wrong one', async () => {
    expect(code(await checkPassword(tenant, null, password, from(office)))).toBe(50126)
  })

  test('that does not exist is refused', async () => {
    expect(await attempt('', office, { ...alice, passwordHash: null })).toBe(50056)
  })

  test('of a disabled user is told to be disabled only if it is right', async () => {
    const disabled = { ...alice, accountEnabled: false }
    expect(await attempt('wrong', office, disabled)).toBe(50126)
    expect(await attempt(password, office, disabled)).toBe(50057)
  })

  test('that must be changed is told so only if it is right', async () => {
    const stale = { ...alice, forceChangePasswordNextSignIn: true }
    expect(await attempt('wrong', office, stale)).toBe(50126)
    expect(await attempt(password, office, stale)).toBe(50055)
  })
})

describe('smart lockout', () => {
  test('ten wrong passwords lock the account, the right one included', async () => {
    await fail(9)
    expect(await attempt('wrong 10')).toBe(50126)
    expect(await attempt(password)).toBe(50053)
  })

  test('nine do not', async () => {
    await fail(9)
    expect(await attempt(password)).toBe('right')
  })

  test('a lock says for how long', async () => {
    await fail(10)
    expect(await checkPassword(tenant, alice, password, from(office))).toEqual({ refusal: { code: 50053, values: { seconds: 60 } } })
  })

  test('the lock opens after a minute', async () => {
    await fail(10)
    tenant.clock.advance(59_000)
    expect(await attempt(password)).toBe(50053)
    tenant.clock.advance(1000)
    expect(await attempt(password)).toBe('right')
  })

  test('one more wrong password after a lock locks again, for longer', async () => {
    await fail(10)
    tenant.clock.advance(60_000)
    expect(await attempt('wrong again')).toBe(50126)
    tenant.clock.advance(60_000)
    expect(await attempt(password)).toBe(50053)
    tenant.clock.advance(60_000)
    expect(await attempt(password)).toBe('right')
  })

  test('a right password forgives the wrong ones', async () => {
    await fail(9)
    await attempt(password)
    await fail(9, office, 'other')
    expect(await attempt(password)).toBe('right')
  })

  test('a wrong password sent over and over counts once', async () => {
    for (let index = 0; index < 30; index += 1) expect(await attempt('saved long ago')).toBe(50126)
    expect(await attempt(password)).toBe('right')
  })

  test('each of three wrong passwords sent in turns counts once', async () => {
    for (let index = 0; index < 30; index += 1) await attempt(`device ${index % 3}`)
    expect(await attempt(password)).toBe('right')
  })

  test('a fourth one in turn makes them count again', async () => {
    for (let index = 0; index < 10; index += 1) await attempt(`device ${index % 4}`)
    expect(await attempt(password)).toBe(50053)
  })

  test('whoever guesses from elsewhere does not lock the user out of the usual place', async () => {
    await attempt(password, office)
    await fail(10, cafe)
    expect(await attempt(password, cafe)).toBe(50053)
    expect(await attempt(password, office)).toBe('right')
  })

  test('and the usual place is where simulated signals say it is', async () => {
    tenant.signals.setUser(alice.id, { ipAddress: cafe })
    await fail(10, office)
    expect(await attempt(password, cafe)).toBe(50053)
  })

  test('one account\'s lock is not another\'s', async () => {
    await fail(10)
    expect(await attempt(password, office, twin)).toBe('right')
  })

  test('guesses sent side by side hear of the lock that one of them brings', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => attempt(`guess ${index}`)))
    expect(answers.filter((answer) => answer === 50126)).toHaveLength(10)
    expect(answers.filter((answer) => answer === 50053)).toHaveLength(30)
  })

  test('the tenant sets how many and how long', async () => {
    await tenant.directory.patchSettings({ settings: { smartLockout: { threshold: 3, seconds: 300 } } })
    await fail(3)
    tenant.clock.advance(299_000)
    expect(await attempt(password)).toBe(50053)
    tenant.clock.advance(1000)
    expect(await attempt(password)).toBe('right')
  })

  test('a reset of the clock forgets locks', async () => {
    await fail(10)
    tenant.memory.reset()
    expect(await attempt(password)).toBe('right')
  })

  test('no wrong password is kept as it was typed', async () => {
    await attempt('my bank password')
    expect(JSON.stringify([...tenant.memory.failures])).not.toContain('bank')
  })
})
