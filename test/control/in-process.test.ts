import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { places, useMock } from '../support/mock.ts'

const server = useMock()
const blockEverybody = {
  displayName: 'Closed today', state: 'enabled',
  conditions: { users: { includeUsers: ['All'] }, applications: { includeApplications: ['All'] }, clientAppTypes: ['all'] },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
}

describe('a sandbox made in process', () => {
  test('is checked and completed as a tenant file is: names do for ids', async () => {
    const sandbox = await server.mock.sandbox({ conditionalAccessPolicies: [{ ...blockEverybody, conditions: { ...blockEverybody.conditions, users: { includeUsers: ['alice@contoso.example'] } } }] })

    expect(await sandbox.signIn({ user: 'alice', client: 'Sales Hub' })).toMatchObject({ outcome: 'blocked', error: { code: 53003 } })
    expect(await sandbox.signIn({ user: 'dave', client: 'Sales Hub' })).toMatchObject({ outcome: 'granted' })
  })

  const wrong: Record<string, { changes: object; says: RegExp }> = {
    'a licence there is none of': { changes: { licence: 'P3' }, says: /"licence" is "P3"; it can be none, lapsed, P1 or P2/ },
    'a member nobody knows': { changes: { licenze: 'P1' }, says: /Did you mean "licence"/ },
    'a policy about a user who is not there': { changes: { conditionalAccessPolicies: [{ ...blockEverybody, conditions: { ...blockEverybody.conditions, users: { includeUsers: ['alicia@contoso.example'] } } }] }, says: /alicia/ },
    'a model there is none of': { changes: { from: 'nowhere.example' }, says: /There is no tenant "nowhere.example"/ },
  }
  test.each(Object.entries(wrong))('%s is refused', async (_, { changes, says }) => {
    const before = server.mock.tenants.length

    await expect(server.mock.sandbox(changes)).rejects.toThrow(says)
    expect(server.mock.tenants).toHaveLength(before)
  })

  test('may be like another sandbox, under a domain of its own, and is gone when deleted, also twice', async () => {
    const sandbox = await server.mock.sandbox({ domain: 'test-7.example', licence: 'none' })
    const like = await server.mock.sandbox({ from: sandbox.id })

    expect([sandbox.domain, like.domain]).toEqual(['test-7.example', 'test-7.example'])
    expect(await like.signIn({ user: 'alice@test-7.example', client: 'Sales Hub', signals: { ipAddress: places.cafe } })).toMatchObject({ outcome: 'granted' })
    await sandbox.delete()
    await sandbox.delete()
    expect((await fetch(`${sandbox.issuer}/.well-known/openid-configuration`)).status).toBe(400)
    expect((await fetch(`${like.issuer}/.well-known/openid-configuration`)).status).toBe(200)
  })
})

test('users and the tenant are changed, sessions revoked, and a snapshot brings everything back', async () => {
  const sandbox = await server.mock.sandbox()
  sandbox.signals('alice', { ipAddress: places.office })
  const before = await sandbox.snapshot()
  const signIn = () => sandbox.signIn({ user: 'alice', client: 'Sales Hub' })

  expect(await sandbox.patchUser('alice', { accountEnabled: false })).toMatchObject({ accountEnabled: false })
  expect(await signIn()).toMatchObject({ outcome: 'failed', error: { code: 50057 } })
  await sandbox.restore(before)
  expect(await signIn()).toMatchObject({ outcome: 'granted' })
  expect(await sandbox.patch({ conditionalAccessPolicies: [blockEverybody] })).toMatchObject({ displayName: 'Contoso' })
  expect(await signIn()).toMatchObject({ outcome: 'blocked' })
  await sandbox.revoke('alice')
  await sandbox.reset()
  sandbox.signals(null, { ipAddress: places.office })
  expect(await signIn()).toMatchObject({ outcome: 'granted' })
})

const refusals: Record<string, (sandbox: Awaited<ReturnType<typeof server.mock.sandbox>>) => unknown> = {
  'a user nobody knows': (sandbox) => sandbox.revoke('mallory'),
  'a change nobody understands': (sandbox) => sandbox.patch({ licence: 'gold' as never }),
  'a fault that does nothing': (sandbox) => sandbox.faults.add({ on: 'token' }),
  'a sign-in without an application': (sandbox) => sandbox.signIn({} as never),
  'a token of no length': (sandbox) => sandbox.token({ lifetime: 'soon' }),
  'a place that is none': async (sandbox) => sandbox.signals('alice', { ipAddress: 'the moon' }),
  'a signal nobody knows': async (sandbox) => sandbox.signals(null, { ipAdress: places.cafe } as never),
  'a device that is not there': async (sandbox) => sandbox.signals(null, { device: 'toaster' }),
  'the place of somebody nobody knows': async (sandbox) => sandbox.signals('alise', { ipAddress: places.cafe }),
  'a code of somebody nobody knows': async (sandbox) => sandbox.oneTimeCode('alise'),
}
test.each(Object.entries(refusals))('%s throws what the API would answer', async (_, refused) => {
  await expect(refused(await server.mock.sandbox())).rejects.toMatchObject({ code: expect.any(String), status: expect.any(Number) })
})

test('faults happen as often as said, and are taken back', async () => {
  const sandbox = await server.mock.sandbox()
  const keys = () => fetch(sandbox.issuer.replace('v2.0', 'discovery/v2.0/keys')).then(({ status }) => status)
  await sandbox.faults.add({ on: 'keys', error: { status: 503 }, times: 1 })
  const lasting = await sandbox.faults.add({ on: 'discovery', error: { status: 500 } })

  expect([await keys(), await keys()]).toEqual([503, 200])
  expect(sandbox.faults.list).toEqual([lasting])
  expect([sandbox.faults.remove(lasting.id), sandbox.faults.remove(lasting.id)]).toEqual([true, false])
})

test('a sign-in without a browser meets the fault too', async () => {
  const sandbox = await server.mock.sandbox()
  await sandbox.faults.add({ on: 'token', error: { code: 90033 }, times: 1 })
  const signIn = () => sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.office } })

  expect(await signIn()).toMatchObject({ outcome: 'failed', error: { code: 90033 }, why: { outcome: 'granted' } })
  expect(await signIn()).toMatchObject({ outcome: 'granted' })
})

test('a token to order is in the tenant\'s time; codes are those of the authenticator; requests are noted', async () => {
  const sandbox = await server.mock.sandbox()
  sandbox.clock.advance('P400D')
  const { iat = 0, exp = 0, aud } = decodeJwt(await sandbox.token({ claims: { aud: 'api://mine' }, lifetime: '-PT1H' }))

  expect([aud, exp - iat, Math.round(iat - sandbox.clock.now.getTime() / 1000)]).toEqual(['api://mine', -3600, expect.closeTo(0, -1)])
  expect([sandbox.oneTimeCode('alice'), sandbox.oneTimeCode('bob')]).toEqual([expect.stringMatching(/^\d{6}$/), null])
  await fetch(`${sandbox.issuer}/.well-known/openid-configuration`)
  expect(sandbox.requests()).toMatchObject([{ status: 200 }])
})

describe('waiting for a sign-in', () => {
  test('gets the next one, or the one that is meant', async () => {
    const sandbox = await server.mock.sandbox()
    const next = sandbox.nextSignIn()
    const bobs = sandbox.nextSignIn({ where: ({ userPrincipalName }) => userPrincipalName === 'bob@contoso.example' })
    await sandbox.signIn({ user: 'alice', client: 'Sales Hub' })
    await sandbox.signIn({ user: 'bob', client: 'Sales Hub' })

    expect([(await next).sequence, (await bobs).sequence]).toEqual([1, 2])
    expect(await sandbox.nextSignIn({ after: 0 })).toMatchObject({ sequence: 1 })
  })

  test('in vain says what happened instead', async () => {
    const sandbox = await server.mock.sandbox()
    await expect(sandbox.nextSignIn({ timeout: 20 })).rejects.toThrow('No such sign-in within 20 ms. Nobody signed in meanwhile.')

    const wanted = sandbox.nextSignIn({ timeout: 300, where: () => false })
    await sandbox.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: places.cafe } })
    await expect(wanted).rejects.toThrow('Meanwhile: alice@contoso.example at Sales Hub: 53003.')
  })
})
