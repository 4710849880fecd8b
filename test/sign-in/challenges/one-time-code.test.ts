import { beforeEach, describe, expect, test } from 'vitest'
import { generateSync } from 'otplib'
import { checkCode, currentCode } from '../../../src/sign-in/challenges/one-time-code.ts'
import { authenticator, emptyTenant, morning, tenantOf, user } from '../tenant.ts'
import type { TestTenant } from '../tenant.ts'

const secret = authenticator.secret as string
const alice = user('alice', { authenticationMethods: [authenticator] })
const bob = user('bob')
const minute = 60_000
const day = 24 * 60 * minute

let tenant: TestTenant
beforeEach(() => {
  tenant = tenantOf({ ...emptyTenant, users: [alice, bob] })
})

/** What a phone shows that many seconds from now, by this clock. */
const phone = (seconds = 0, at = tenant.clock.now()) => generateSync({ secret, epoch: Math.floor(at / 1000) + seconds })
const answer = (code: string) => {
  const checked = checkCode(tenant, alice, code)

  return 'used' in checked ? 'right' : checked.refusal.code
}

describe('a one-time code', () => {
  const cases: Record<string, [code: () => string, answer: 'right' | number]> = {
    'of this half minute is right': [() => phone(), 'right'],
    'of the one before is right': [() => phone(-30), 'right'],
    'of the next one is right': [() => phone(30), 'right'],
    'of a minute ago is wrong': [() => phone(-60), 500121],
    'of a minute ahead is wrong': [() => phone(60), 500121],
    'may be typed in two groups': [() => phone().replace(/^(...)/, '$1 '), 'right'],
    'that nobody gave is wrong': [() => '', 500121],
    'with a digit too many is wrong': [() => `${phone()}0`, 500121],
  }
  test.each(Object.entries(cases))('%s', (_fact, [code, expected]) => {
    expect(answer(code())).toBe(expected)
  })

  test('is a proof of this moment', () => {
    expect(checkCode(tenant, alice, phone())).toEqual({ used: { method: 'softwareOath', at: morning } })
  })

  test('is good once', () => {
    const code = phone()
    expect(answer(code)).toBe('right')
    expect(answer(code)).toBe(500121)
  })

  test('of a user without an authenticator is wrong', () => {
    expect(checkCode(tenant, bob, phone())).toMatchObject({ refusal: { code: 500121 } })
  })

  test('follows the tenant\'s clock', () => {
    tenant.clock.advance(30 * day)
    expect(answer(phone())).toBe('right')
  })

  test('of a real phone is right in a tenant whose clock was moved', () => {
    tenant.clock.advance(30 * day)
    expect(answer(phone(0, morning))).toBe('right')
  })

  test('used on a real phone is not good a second time in the tenant\'s time', () => {
    tenant.clock.advance(10_000)
    const code = phone(0, morning)
    expect(answer(code)).toBe('right')
    expect(answer(code)).toBe(500121)
  })

  test('guessed wrong ten times locks the account for codes', () => {
    for (let index = 0; index < 10; index += 1) expect(answer('12345')).toBe(500121)
    expect(answer(phone())).toBe(50053)
    tenant.clock.advance(minute)
    expect(answer(phone())).toBe('right')
  })
})

describe('the code that a test reads', () => {
  const read = () => currentCode(tenant, alice)

  test('is the earliest of the window, with what an authenticator app needs', () => {
    expect(read()).toEqual({
      code: phone(-30),
      secret,
      otpauth: `otpauth://totp/Contoso:alice%40contoso.example?secret=${secret}&issuer=Contoso`,
      expiresIn: 30,
    })
  })

  test('is accepted, and then another one is read', () => {
    const first = read()?.code ?? ''
    expect(answer(first)).toBe('right')
    const second = read()?.code ?? ''
    expect(second).not.toBe(first)
    expect(answer(second)).toBe('right')
  })

  test('is another one for each of several tests that ask at the same time', () => {
    const codes = [read()?.code, read()?.code, read()?.code]
    expect(new Set(codes).size).toBe(3)
    expect(codes.map((code) => answer(code ?? ''))).toEqual(['right', 'right', 'right'])
  })

  test('never runs out: once the window is used up it is one of a step to come, accepted early', () => {
    const codes = Array.from({ length: 12 }, () => {
      const code = read()?.code ?? ''
      expect(answer(code)).toBe('right')

      return code
    })
    expect(new Set(codes).size).toBe(12)
  })

  test('of a step to come is accepted of nobody who was not told it', () => {
    for (let index = 0; index < 3; index += 1) answer(read()?.code ?? '')
    expect(answer(phone(60))).toBe(500121)
    expect(read()?.code).toBe(phone(60))
    expect(answer(phone(60))).toBe('right')
  })

  test('is not one about to expire', () => {
    tenant.clock.advance(28_000)
    expect(read()).toMatchObject({ code: phone(0), expiresIn: 32 })
  })

  test('is one of their own for eight who ask at the same time and answer later', () => {
    const codes = Array.from({ length: 8 }, () => read()?.code ?? '')
    expect(new Set(codes).size).toBe(8)
    expect(new Set(codes.map((code) => answer(code)))).toEqual(new Set(['right']))
  })

  test('asked for a hundred times without being used comes round again', () => {
    const codes = Array.from({ length: 110 }, () => read()?.code)
    expect(codes.slice(-5).every((code) => codes.slice(0, 103).includes(code))).toBe(true)
  })

  test('does not exist for a user without an authenticator', () => {
    expect(currentCode(tenant, bob)).toBeNull()
  })

  test('comes of a short or untidy secret too', () => {
    const untidy = { ...alice, authenticationMethods: [{ ...authenticator, secret: 'jbsw y3dp ehpk 3pxp' }] }
    expect(currentCode(tenant, untidy)?.code).toMatch(/^\d{6}$/)
  })

  test('does not come of what is no secret', () => {
    expect(currentCode(tenant, { ...alice, authenticationMethods: [{ ...authenticator, secret: '!' }] })).toBeNull()
  })
})

describe('a code of what a mock cannot reach', () => {
  const withMethod = (name: string, type: 'sms' | 'voice' | 'microsoftAuthenticatorPush' | 'fido2') => user(name, { authenticationMethods: [{ id: 'mobile', type, createdDateTime: null }] })
  const zoe = withMethod('zoe', 'sms')

  test('is told in the place of the message, is good once, and counts as what it stands for', () => {
    const code = currentCode(tenant, zoe)?.code ?? ''

    expect(checkCode(tenant, zoe, code)).toMatchObject({ used: { method: 'sms' } })
    expect(checkCode(tenant, zoe, code)).toMatchObject({ refusal: { code: 500121 } })
  })

  test('is nobody else\'s, though both have a phone', () => {
    const yan = withMethod('yan', 'sms')

    expect(currentCode(tenant, yan)?.secret).not.toBe(currentCode(tenant, zoe)?.secret)
  })

  test('comes after that of an authenticator, and not of a key', () => {
    expect(currentCode(tenant, { ...alice, authenticationMethods: [...zoe.authenticationMethods, ...alice.authenticationMethods] })?.secret).toBe(secret)
    expect(currentCode(tenant, withMethod('xia', 'fido2'))).toBeNull()
  })
})

test('codes used long ago are forgotten', () => {
  for (let index = 0; index < 50; index += 1) {
    answer(phone())
    tenant.clock.advance(minute)
  }
  expect(tenant.memory.usedSteps.get(authenticator.id)?.size).toBeLessThan(60)
})
