import { describe, expect, test } from 'vitest'
import { verifyPassword } from '../../src/directory/index.ts'
import { checkCode } from '../../src/sign-in/challenges/one-time-code.ts'
import { driven } from './driven.ts'

describe('a one-time code', () => {
  test('is the one that the tenant accepts', async () => {
    const { call, tenant } = await driven()
    const { json } = await call('GET /_mock/users/alice/one-time-code')
    const alice = tenant.directory.named('users', 'alice')!

    expect(json).toEqual({
      code: expect.stringMatching(/^\d{6}$/),
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      otpauth: expect.stringMatching(/^otpauth:\/\/totp\/Contoso:/),
      expiresIn: expect.any(Number),
    })
    expect(json.expiresIn).toBeGreaterThan(0)
    expect(checkCode(tenant, alice, json.code)).toHaveProperty('used')
    expect(checkCode(tenant, alice, json.code)).toHaveProperty('refusal')
  })

  test('is another for whoever asks beside', async () => {
    const { call } = await driven()
    const codes = await Promise.all([1, 2, 3].map(async () => (await call('GET /_mock/users/alice/one-time-code')).json.code))

    expect(new Set(codes).size).toBe(3)
  })

  test('follows the tenant\'s clock', async () => {
    const { call, tenant } = await driven()
    await call('POST /_mock/clock', { advance: 'P100D' })
    const { json: { code } } = await call('GET /_mock/users/alice/one-time-code')

    expect(checkCode(tenant, tenant.directory.named('users', 'alice')!, code)).toHaveProperty('used')
  })

  test('is not there for bob, who has no authenticator yet', async () => {
    const { call } = await driven()
    const { status, json } = await call('GET /_mock/users/bob/one-time-code')

    expect(status).toBe(404)
    expect(json.error).toEqual({ code: 'no_authenticator', message: expect.stringMatching(/bob@contoso\.example.*authenticationMethods/) })
  })

  test('is there once bob was given an authenticator', async () => {
    const { call } = await driven()
    await call('PATCH /_mock/users/bob', { authenticationMethods: [{ type: 'softwareOath', secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }] })

    expect((await call('GET /_mock/users/bob/one-time-code')).json.code).toMatch(/^\d{6}$/)
  })
})

describe('a user is changed', () => {
  test('disabled and enabled again', async () => {
    const { call, tenant } = await driven()

    expect((await call('PATCH /_mock/users/alice', { accountEnabled: false })).json).toMatchObject({ displayName: 'Alice Adams', accountEnabled: false })
    expect(tenant.directory.named('users', 'alice')).toMatchObject({ accountEnabled: false, givenName: 'Alice' })
    expect((await call('PATCH /_mock/users/alice', { accountEnabled: true })).json.accountEnabled).toBe(true)
  })

  test('the new password is good, the old one not, and the change has its time', async () => {
    const { call, tenant } = await driven()
    await call('POST /_mock/clock', { now: '2099-01-01T00:00:00Z' })
    const { json } = await call('PATCH /_mock/users/alice', { password: 'Drawbridge2!' })
    const alice = tenant.directory.named('users', 'alice')!

    expect(await verifyPassword('Drawbridge2!', alice.passwordHash!)).toBe(true)
    expect(await verifyPassword('Portcullis1!', alice.passwordHash!)).toBe(false)
    expect(alice.lastPasswordChangeDateTime).toMatch(/^2099-01-01T00:00/)
    expect(JSON.stringify(json)).not.toMatch(/Drawbridge|scrypt|JBSWY/)
    expect(json.hasPassword).toBe(true)
  })

  test('roles are given by name', async () => {
    const { call, tenant } = await driven()
    await call('PATCH /_mock/users/dave', { roles: ['Security Reader'], department: 'Audit' })
    const dave = tenant.directory.named('users', 'dave')!

    expect(tenant.directory.roleTemplateIdsOf(dave.id)).toEqual(['5d6b6bb7-de71-4623-b4af-96380a352509'])
    expect(dave.department).toBe('Audit')
  })

  const refused: Record<string, { who?: string; body: unknown; status: number; says: RegExp }> = {
    'a user who is not there': { who: 'mallory', body: { accountEnabled: false }, status: 404, says: /"mallory"/ },
    'a member nobody knows': { body: { acountEnabled: false }, status: 400, says: /Did you mean "accountEnabled"/ },
    'a word for a truth': { body: { accountEnabled: 'no' }, status: 400, says: /"accountEnabled".*true or false/ },
    'a role nobody has': { body: { roles: ['Globl Administrator'] }, status: 400, says: /Did you mean "Global Administrator"/ },
    'a method nobody has': { body: { authenticationMethods: [{ type: 'pigeon' }] }, status: 400, says: /pigeon.*softwareOath/ },
    'a secret that is not BASE32': { body: { authenticationMethods: [{ type: 'softwareOath', secret: '0189!!!!' }] }, status: 400, says: /BASE32/ },
    'a name of another domain': { body: { userPrincipalName: 'alice@fabrikam.example' }, status: 400, says: /fabrikam\.example/ },
    'a name somebody else has': { body: { userPrincipalName: 'bob@contoso.example' }, status: 400, says: /bob@contoso\.example/ },
    'a department that is no text': { body: { department: 7 }, status: 400, says: /"department" is 7, not string\./ },
    'the id': { body: { id: 'c0ffee00-0000-4000-8000-0000000000b2' }, status: 400, says: /"id" is not known/ },
    'the hash itself': { body: { passwordHash: 'x' }, status: 400, says: /passwordHash/ },
  }

  test.each(Object.entries(refused))('%s is refused, and nothing changes', async (_, { who = 'alice', body, status, says }) => {
    const { call, tenant } = await driven()
    const before = tenant.directory.snapshot()
    const answer = await call(`PATCH /_mock/users/${who}`, body)

    expect(answer.status).toBe(status)
    expect(answer.json.error.message).toMatch(says)
    expect(tenant.directory.snapshot()).toEqual(before)
  })
})

test('a revoked user has to sign in again from now on', async () => {
  const { call, tenant } = await driven()
  const { status, json } = await call('POST /_mock/users/alice/revoke')

  expect(status).toBe(200)
  expect(json).toMatchObject({ userPrincipalName: 'alice@contoso.example', revoked: true })
  expect(tenant.directory.named('users', 'alice')?.signInSessionsValidFromDateTime).not.toBeNull()
  expect((await call('POST /_mock/users/nobody/revoke')).status).toBe(404)
})
