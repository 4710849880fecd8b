import { beforeEach, describe, expect, test } from 'vitest'
import { generateSync } from 'otplib'
import { checkCode } from '../../../src/sign-in/challenges/one-time-code.ts'
import { beginRegistration, finishRegistration, qrCodeOf } from '../../../src/sign-in/challenges/registration.ts'
import { authenticator, emptyTenant, tenantOf, user } from '../tenant.ts'
import type { TestTenant } from '../tenant.ts'

const bob = user('bob')

let tenant: TestTenant
beforeEach(() => {
  tenant = tenantOf({ ...emptyTenant, users: [bob] })
})

const phone = (secret: string, seconds = 0) => generateSync({ secret, epoch: tenant.clock.epochSeconds() + seconds })
const registered = () => tenant.directory.get('users', bob.id)?.authenticationMethods ?? []

describe('setting up an authenticator', () => {
  test('begins with a new secret each time, which nobody keeps', () => {
    const one = beginRegistration(tenant, bob)
    const other = beginRegistration(tenant, bob)
    expect(one.secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(one.secret).not.toBe(other.secret)
    expect(one.otpauth).toBe(`otpauth://totp/Contoso:bob%40contoso.example?secret=${one.secret}&issuer=Contoso`)
    expect(registered()).toEqual([])
  })

  test('ends with one right code, which proves the user and is used up', async () => {
    const { secret } = beginRegistration(tenant, bob)
    expect(await finishRegistration(tenant, bob, secret, phone(secret))).toEqual({ used: { method: 'softwareOath', at: tenant.clock.now() } })

    const withPhone = tenant.directory.get('users', bob.id) ?? bob
    expect(withPhone.authenticationMethods).toMatchObject([{ type: 'softwareOath', secret }])
    expect(checkCode(tenant, withPhone, phone(secret))).toMatchObject({ refusal: { code: 500121 } })
    expect(checkCode(tenant, withPhone, phone(secret, 30))).toHaveProperty('used')
  })

  test('does not end with a wrong code', async () => {
    const { secret } = beginRegistration(tenant, bob)
    expect(await finishRegistration(tenant, bob, secret, '000')).toMatchObject({ refusal: { code: 500121 } })
    expect(registered()).toEqual([])
  })

  test('does not end with a secret that is none', async () => {
    expect(await finishRegistration(tenant, bob, 'no secret!', '000000')).toMatchObject({ refusal: { code: 500121 } })
  })

  test('keeps the methods the user has got meanwhile', async () => {
    await tenant.directory.put('users', { ...bob, authenticationMethods: [authenticator] })
    const { secret } = beginRegistration(tenant, bob)
    await finishRegistration(tenant, bob, secret, phone(secret))
    expect(registered()).toHaveLength(2)
  })

  test('is refused a sixth time', async () => {
    const five = [1, 2, 3, 4, 5].map((number) => ({ ...authenticator, id: `c0ffee00-0000-4000-8000-00000000a00${number}` }))
    await tenant.directory.put('users', { ...bob, authenticationMethods: five })
    const { secret } = beginRegistration(tenant, bob)
    expect(await finishRegistration(tenant, bob, secret, phone(secret))).toHaveProperty('refusal')
    expect(registered()).toHaveLength(5)
  })

  test('of a user who has left is refused', async () => {
    const { secret } = beginRegistration(tenant, bob)
    await tenant.directory.remove('users', bob.id)
    expect(await finishRegistration(tenant, bob, secret, phone(secret))).toMatchObject({ refusal: { code: 50034 } })
  })

  test('shows a picture to scan', async () => {
    expect(await qrCodeOf(beginRegistration(tenant, bob).otpauth)).toMatch(/^data:image\/png;base64,iVBOR/)
  })
})
