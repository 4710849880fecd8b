import { describe, expect, test } from 'vitest'
import { driven } from './driven.ts'

describe('the tenant itself is changed', () => {
  test('the licence goes, and all else stays', async () => {
    const { call, tenant } = await driven()
    const before = tenant.directory.settings
    const { status, json } = await call('PATCH /_mock/tenant', { licence: 'none' })

    expect(status).toBe(200)
    expect(json.licence).toBe('none')
    expect(tenant.directory.settings).toEqual({ ...before, licence: 'none' })
    expect((await call('GET /_mock/tenant')).json).toEqual(json)
  })

  test('settings are merged, however deep', async () => {
    const { call, tenant } = await driven()
    await call('PATCH /_mock/tenant', {
      settings: { hourlyPolicyCheck: true, smartLockout: { threshold: 3 }, inboundTrust: { mfa: true } },
      mfaServiceSettings: { rememberMfaDays: 14 },
      countries: { '192.0.2.0/24': 'CH', '233.252.0.0/24': null },
    })
    const { settings, mfaServiceSettings } = tenant.directory.settings

    expect(settings).toMatchObject({
      hourlyPolicyCheck: true,
      kmsiPromptEnabled: true,
      smartLockout: { threshold: 3, seconds: 60 },
      inboundTrust: { mfa: true, compliantDevice: false },
    })
    expect(mfaServiceSettings).toEqual({ trustedIps: ['192.0.2.0/25'], skipMfaForFederatedUsersOnIntranet: false, rememberMfaDays: 14 })
    expect(tenant.directory.countryOf('192.0.2.1')).toBe('CH')
    expect(tenant.directory.countryOf('233.252.0.1')).toBe(null)
    expect(tenant.directory.countryOf('203.0.113.9')).toBe('DE')
  })

  test('MFA is switched off in the federated domain, and the other domain stays', async () => {
    const { call, tenant } = await driven()
    const { json } = await call('PATCH /_mock/tenant', { domains: [{ id: 'fed.contoso.example', federation: { mfaEnabled: false } }] })

    expect(json.domains).toHaveLength(2)
    expect(tenant.directory.get('domains', 'fed.contoso.example')).toMatchObject({
      authenticationType: 'Federated',
      federation: { mfaEnabled: false, displayName: 'Contoso home sign-in' },
    })
  })

  test('a list of policies takes the place of the one there was, names will do for ids', async () => {
    const { call, tenant } = await driven()
    const onlyOne = {
      displayName: 'MFA for Sales',
      state: 'enabled',
      conditions: { users: { includeGroups: ['Sales'] }, applications: { includeApplications: ['Sales Hub'] }, clientAppTypes: ['all'] },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    }
    await call('PATCH /_mock/tenant', { conditionalAccessPolicies: [onlyOne] })
    const policies = tenant.directory.list('conditionalAccessPolicies')

    expect(policies.map(({ displayName }) => displayName)).toEqual(['MFA for Sales'])
    expect(policies[0]?.conditions.users.includeGroups).toEqual(['c0ffee00-0000-4000-8000-0000000000c1'])
    expect(tenant.directory.list('users')).toHaveLength(7)
    await call('PATCH /_mock/tenant', { conditionalAccessPolicies: [] })
    expect(tenant.directory.list('conditionalAccessPolicies')).toEqual([])
  })

  const refused: Record<string, { body: unknown; says: RegExp }> = {
    'a licence nobody sells': { body: { licence: 'P3' }, says: /"licence" is "P3"; it can be none, lapsed, P1 or P2/ },
    'the American spelling': { body: { license: 'P1' }, says: /Did you mean "licence"/ },
    'a setting nobody knows': { body: { settings: { kmsiPromptEnable: false } }, says: /"settings\.kmsiPromptEnable".*Did you mean "kmsiPromptEnabled"/ },
    'a range that is none': { body: { mfaServiceSettings: { trustedIps: ['office'] } }, says: /office/ },
    'a country that is none': { body: { countries: { '192.0.2.0/24': 'Germany' } }, says: /Germany/ },
    'another id': { body: { id: 'c0ffee00-0000-4000-8000-000000000002' }, says: /"id" is not known/ },
    'a policy that names a stranger': {
      body: { licence: 'P1', conditionalAccessPolicies: [{ displayName: 'x', conditions: { users: { includeGroups: ['Salez'] }, applications: { includeApplications: ['All'] } } }] },
      says: /conditionalAccessPolicies\[0\].*Salez.*Sales/,
    },
    'a lockout of a word': { body: { settings: { smartLockout: { threshold: 'three' } } }, says: /"settings\.smartLockout\.threshold" must be a whole number/ },
  }

  test.each(Object.entries(refused))('%s is refused, and nothing changes', async (_, { body, says }) => {
    const { call, tenant } = await driven()
    const before = tenant.directory.snapshot()
    const { status, json } = await call('PATCH /_mock/tenant', body)

    expect(status).toBe(400)
    expect(json.error.message).toMatch(says)
    expect(tenant.directory.snapshot()).toEqual(before)
  })
})

describe('a sandbox', () => {
  test('is a new tenant with an issuer of its own', async () => {
    const { call, base } = await driven()
    const { status, json } = await call('POST /_mock/tenants')

    expect(status).toBe(201)
    expect(json).toEqual({ id: expect.stringMatching(/^[\da-f-]{36}$/), domain: 'contoso.example', issuer: `${base}/${json.id}/v2.0` })
    expect((await call('GET /_mock')).json.tenants).toHaveLength(2)
  })

  test('differs from its model as one wishes, names will do for ids', async () => {
    const { call, tenants } = await driven()
    const { json: { id } } = await call('POST /_mock/tenants', { licence: 'P1', settings: { smartLockout: { threshold: 2 } }, users: [
      { userPrincipalName: 'zoe@contoso.example', password: 'Portcullis1!', roles: ['Global Reader'] },
    ], groups: [], conditionalAccessPolicies: [], devices: [] })
    const { directory } = tenants.find((tenant) => tenant.id === id)!

    expect(directory.settings).toMatchObject({ licence: 'P1', settings: { smartLockout: { threshold: 2, seconds: 60 } } })
    expect(directory.list('users').map(({ userPrincipalName }) => userPrincipalName)).toEqual(['zoe@contoso.example'])
    expect(directory.list('users')[0]?.roles).toEqual(['f2ef992c-3afb-46b9-b7cf-a126ee74c451'])
    expect(directory.list('applications')).toHaveLength(6)
  })

  test('does not see what happens in another', async () => {
    const { call } = await driven()
    const [one, other] = [(await call('POST /_mock/tenants')).json.id, (await call('POST /_mock/tenants')).json.id]
    await call(`PUT /_mock/tenants/${one}/signals`, { ipAddress: '203.0.113.9' })
    await call(`PATCH /_mock/tenants/${one}/users/alice`, { accountEnabled: false })
    await call(`POST /_mock/tenants/${one}/faults`, { on: 'token', error: { status: 503 } })

    expect((await call(`GET /_mock/tenants/${other}/signals`)).json).toEqual({})
    expect((await call(`PATCH /_mock/tenants/${other}/users/alice`, {})).json.accountEnabled).toBe(true)
    expect((await call(`GET /_mock/tenants/${other}/faults`)).json.faults).toEqual([])
    expect((await call('GET /_mock/signals')).json).toEqual({})
  })

  test('is found by its own domain, and gone when it is deleted', async () => {
    const { call } = await driven()
    const { json: { id } } = await call('POST /_mock/tenants', { domain: 'test-7.example' })

    expect((await call('GET /_mock/tenants/test-7.example/clock')).status).toBe(200)
    expect((await call(`DELETE /_mock/tenants/${id}`)).json).toEqual({ id, deleted: true })
    expect((await call(`GET /_mock/tenants/${id}/clock`)).status).toBe(404)
    expect((await call(`DELETE /_mock/tenants/${id}`)).status).toBe(404)
  })

  test('the first tenant is no sandbox', async () => {
    const { call } = await driven()
    const { status, json } = await call('DELETE /_mock/tenants/contoso.example')

    expect(status).toBe(409)
    expect(json.error.code).toBe('first_tenant')
    expect((await call('GET /_mock/clock')).status).toBe(200)
  })

  test('is not made from a stranger, nor at no domain', async () => {
    const { call, tenants } = await driven()

    expect((await call('POST /_mock/tenants', { from: 'fabrikam.example' })).status).toBe(404)
    expect((await call('POST /_mock/tenants', { domain: 'not a domain' })).json.error.message).toMatch(/"domain".*test-7/)
    expect((await call('POST /_mock/tenants', { domain: 7 })).status).toBe(400)
    expect((await call('POST /_mock/tenants', { polices: [] })).json.error.message).toMatch(/"polices"/)
    expect((await call('POST /_mock/tenants', { users: [{ displayName: 'Nobody' }] })).json.error.message).toMatch(/users\[0\]/)
    expect(tenants).toHaveLength(1)
  })
})

describe('a snapshot', () => {
  test('brings everything back', async () => {
    const { call, tenant } = await driven()
    await call('PUT /_mock/signals/alice', { ipAddress: '203.0.113.9' })
    const before = tenant.directory.snapshot()
    const { json: snapshot } = await call('GET /_mock/snapshot')
    await call('PATCH /_mock/users/alice', { accountEnabled: false, password: 'Drawbridge2!' })
    await call('PATCH /_mock/tenant', { licence: 'none', conditionalAccessPolicies: [] })
    await call('DELETE /_mock/signals/alice')
    const { status, json } = await call('PUT /_mock/snapshot', snapshot)

    expect([status, json]).toEqual([200, { id: tenant.id, restored: true }])
    expect(tenant.directory.snapshot()).toEqual(before)
    expect((await call('GET /_mock/signals/alice')).json).toEqual({ ipAddress: '203.0.113.9' })
  })

  test('makes another tenant like it when it names none', async () => {
    const { call } = await driven()
    await call('PATCH /_mock/users/alice', { displayName: 'Alice Ames' })
    const { json: { id: _, ...snapshot } } = await call('GET /_mock/snapshot')
    const { json: { id } } = await call('POST /_mock/tenants')

    expect((await call(`PUT /_mock/tenants/${id}/snapshot`, snapshot)).status).toBe(200)
    expect((await call(`GET /_mock/tenants/${id}/snapshot`)).json).toMatchObject({ id, users: [{ displayName: 'Alice Ames' }, {}, {}, {}, {}, {}, {}] })
  })

  const refused: Record<string, { change: object; code: string; says: RegExp }> = {
    'of another tenant': { change: { id: 'c0ffee00-0000-4000-8000-000000000009' }, code: 'other_tenant', says: /000000000009/ },
    'with a user of no domain': { change: { users: [{ userPrincipalName: 'x@nowhere.example' }] }, code: 'invalid_body', says: /users\[0\].*nowhere\.example/ },
    'with a list nobody knows': { change: { polices: [] }, code: 'invalid_body', says: /polices/ },
    'with signals that mean nothing': { change: { simulatedSignals: { tenant: { ipAddress: 'here' } } }, code: 'invalid_body', says: /ipAddress/ },
  }

  test.each(Object.entries(refused))('%s is refused, and nothing changes', async (_, { change, code, says }) => {
    const { call, tenant } = await driven()
    const { json: snapshot } = await call('GET /_mock/snapshot')
    const before = tenant.directory.snapshot()
    const { status, json } = await call('PUT /_mock/snapshot', { ...snapshot, ...change })

    expect(status).toBe(400)
    expect(json.error).toEqual({ code, message: expect.stringMatching(says) })
    expect(tenant.directory.snapshot()).toEqual(before)
  })
})

test('a reset brings back the seed, whole', async () => {
  const { call, tenant } = await driven()
  const before = tenant.directory.snapshot()
  await call('PATCH /_mock/users/alice', { accountEnabled: false })
  await call('POST /_mock/clock', { advance: 'P1D' })
  await call('PUT /_mock/signals', { country: 'FR' })
  await call('POST /_mock/faults', { on: 'keys', drop: true })
  const { status, json } = await call('POST /_mock/reset')

  expect(status).toBe(200)
  expect(json).toMatchObject({ id: tenant.id, domain: 'contoso.example' })
  expect(tenant.directory.snapshot()).toEqual(before)
  expect((await call('GET /_mock/clock')).json.offset).toBe(0)
  expect((await call('GET /_mock/signals')).json).toEqual({})
  expect((await call('GET /_mock/faults')).json.faults).toEqual([])
})
