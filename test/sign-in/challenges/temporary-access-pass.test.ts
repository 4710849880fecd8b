import { beforeEach, describe, expect, test } from 'vitest'
import type { RegisteredMethod, User } from '../../../src/directory/types.ts'
import { checkSecondFactor } from '../../../src/sign-in/challenges/one-time-code.ts'
import { checkPassword } from '../../../src/sign-in/challenges/password.ts'
import { emptyTenant, morning, passwordHash, tenantOf, user } from '../tenant.ts'
import type { TestTenant } from '../tenant.ts'

const minute = 60_000
const at = (minutes: number) => new Date(morning + minutes * minute).toISOString()
const pass = (change: Partial<RegisteredMethod> = {}): RegisteredMethod => (
  { id: 'pass', type: 'temporaryAccessPassMultiUse', temporaryAccessPass: 'Te5t-pas', startDateTime: at(0), lifetimeInMinutes: 60, createdDateTime: at(0), ...change }
)
const withPass = (change: Partial<RegisteredMethod> = {}, more: Partial<User> = {}) => user('bob', { passwordHash, authenticationMethods: [pass(change)], ...more })
const once = { type: 'temporaryAccessPassOneTime' } as const

let tenant: TestTenant
const here = { ipAddress: '192.0.2.1' } as never
beforeEach(() => {
  tenant = tenantOf({ ...emptyTenant, users: [withPass()] })
})

async function typed(bob: User, text: string): Promise<string | number> {
  tenant = tenantOf({ ...emptyTenant, users: [bob] })
  const answer = await checkPassword(tenant, bob, text, here)

  return 'used' in answer ? answer.used.method : answer.refusal.code
}

describe('a temporary access pass typed in the place of the password', () => {
  const cases: Record<string, [bob: User, text: string, answer: string | number]> = {
    'is multifactor authentication in itself': [withPass(), 'Te5t-pas', 'temporaryAccessPassMultiUse'],
    'may be copied with a space': [withPass(), ' Te5t-pas ', 'temporaryAccessPassMultiUse'],
    'that is usable once is that': [withPass(once), 'Te5t-pas', 'temporaryAccessPassOneTime'],
    'that is wrong is a wrong password': [withPass(), 'te5t-pas', 50126],
    'that is over is a wrong password': [withPass({ startDateTime: at(-61) }), 'Te5t-pas', 50126],
    'whose time has not come is a wrong password': [withPass({ startDateTime: at(1) }), 'Te5t-pas', 50126],
    'of a disabled user is a wrong password': [withPass({}, { accountEnabled: false }), 'Te5t-pas', 50126],
    'lets in who has to change the password': [withPass({}, { forceChangePasswordNextSignIn: true }), 'Te5t-pas', 'temporaryAccessPassMultiUse'],
  }
  test.each(Object.entries(cases))('%s', async (_, [bob, text, answer]) => {
    expect(await typed(bob, text)).toBe(answer)
  })

  test('that is usable once lets in once, also when it is typed twice at the same time', async () => {
    const bob = withPass(once)
    tenant = tenantOf({ ...emptyTenant, users: [bob] })
    const answers = await Promise.all([checkPassword(tenant, bob, 'Te5t-pas', here), checkPassword(tenant, bob, 'Te5t-pas', here)])

    expect(answers.filter((answer) => 'used' in answer)).toHaveLength(1)
    expect(tenant.directory.get('users', bob.id)?.authenticationMethods).toEqual([])
  })
})

describe('a temporary access pass typed where a code is asked for', () => {
  test('will do, and a wrong one is a wrong code', async () => {
    const bob = withPass()
    tenant = tenantOf({ ...emptyTenant, users: [bob] })

    expect(await checkSecondFactor(tenant, bob, 'Te5t-pas')).toMatchObject({ used: { method: 'temporaryAccessPassMultiUse' } })
    expect(await checkSecondFactor(tenant, bob, '123456')).toMatchObject({ refusal: { code: 500121 } })
  })

  test('is not looked at while the account is locked', async () => {
    const bob = withPass()
    tenant = tenantOf({ ...emptyTenant, users: [bob] })
    for (let n = 0; n < 10; n++) await checkSecondFactor(tenant, bob, '000000')

    expect(await checkSecondFactor(tenant, bob, 'Te5t-pas')).toMatchObject({ refusal: { code: 50053 } })
  })
})
