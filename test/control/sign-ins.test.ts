import { describe, expect, test } from 'vitest'
import { driven } from './driven.ts'

const row = (id: string) => ({ id, createdDateTime: '2026-01-01T08:00:00.0000000Z', appliedConditionalAccessPolicies: [] })

describe('the log is read', () => {
  test('from the beginning, and then from where one stopped', async () => {
    const { call, tenant } = await driven()
    tenant.log.append(row('first'))
    tenant.log.append(row('second'))
    const { json } = await call('GET /_mock/sign-ins')

    expect(json.entries.map(({ id, sequence }: { id: string; sequence: number }) => [id, sequence])).toEqual([['first', 1], ['second', 2]])
    expect(json.next).toBe(2)
    tenant.log.append(row('third'))
    expect((await call(`GET /_mock/sign-ins?after=${json.next}`)).json).toMatchObject({ entries: [{ id: 'third' }], next: 3 })
    expect((await call('GET /_mock/sign-ins?limit=1')).json).toMatchObject({ entries: [{ id: 'first' }], next: 1 })
  })

  test('by somebody who waits, as soon as there is something', async () => {
    const { call, tenant } = await driven()
    const waiting = call('GET /_mock/sign-ins?after=0&wait=10')
    setTimeout(() => tenant.log.append(row('late')), 50)

    expect((await waiting).json.entries).toHaveLength(1)
  })

  test('by somebody who waits in vain', async () => {
    const { call } = await driven()

    expect((await call('GET /_mock/sign-ins?after=5&wait=1')).json).toEqual({ entries: [], next: 5 })
  })

  test.each(['after=-1', 'after=now', 'wait=61', 'wait=PT5S', 'limit=0'])('but not with %s', async (query) => {
    const { call } = await driven()
    const { status, json } = await call(`GET /_mock/sign-ins?${query}`)

    expect(status).toBe(400)
    expect(json.error.message).toMatch(/must be a whole number from/)
  })
})

describe('a headless sign-in', () => {
  test('is asked of the tenant as it was said, and answers 200 however it ends', async () => {
    const { call, tenant } = await driven()
    const asked = {
      user: 'alice', client: 'Sales Hub', scope: 'openid', signals: { ipAddress: '203.0.113.9' }, password: 'wrong', oneTimeCode: true,
      claims: { id_token: { acrs: { essential: true, value: 'c1' } } },
    }
    const { status, json } = await call('POST /_mock/sign-ins', asked)

    expect([status, json]).toEqual([200, { outcome: 'granted', why: null }])
    expect(tenant.asked).toEqual([asked])
  })

  const refused: Record<string, { body: unknown; says: RegExp }> = {
    'without a client': { body: { user: 'alice' }, says: /"client" is missing/ },
    'with a code of its own': { body: { user: 'alice', client: 'Sales Hub', oneTimeCode: '123456' }, says: /"oneTimeCode".*true or false/ },
    'with signals that mean nothing': { body: { client: 'Sales Hub', signals: { country: 'Germany' } }, says: /"signals".*DE/ },
    'with a member nobody knows': { body: { user: 'alice', client: 'Sales Hub', pasword: 'x' }, says: /Did you mean "password"/ },
    'with claims that are none': { body: { client: 'Sales Hub', claims: 7 }, says: /"claims"/ },
  }

  test.each(Object.entries(refused))('%s is refused', async (_, { body, says }) => {
    const { call, tenant } = await driven()
    const { status, json } = await call('POST /_mock/sign-ins', body)

    expect(status).toBe(400)
    expect(json.error.message).toMatch(says)
    expect(tenant.asked).toEqual([])
  })
})

describe('a fault', () => {
  test('is set, listed, taken back', async () => {
    const { call, tenant } = await driven()
    const asked = { on: 'token', error: { code: 50076 }, times: 2, where: { user: 'alice', client: 'Sales Hub', grant: 'refresh_token' } }
    const { status, json } = await call('POST /_mock/faults', asked)

    expect(status).toBe(201)
    expect(json).toEqual({
      ...asked,
      id: expect.any(String),
      where: { user: 'c0ffee00-0000-4000-8000-0000000000b1', client: 'c0ffee00-0000-4000-8000-0000000000a1', grant: 'refresh_token' },
    })
    expect((await call('GET /_mock/faults')).json.faults).toEqual([json])
    expect((await call(`DELETE /_mock/faults/${json.id}`)).json.faults).toEqual([])
    expect((await call(`DELETE /_mock/faults/${json.id}`)).status).toBe(404)
    await call('POST /_mock/faults', { on: 'discovery', delay: 100 })
    await call('DELETE /_mock/faults')
    expect(tenant.faults.list).toEqual([])
  })

  const refused: Record<string, { body: unknown; status?: number; says: RegExp }> = {
    'that does nothing': { body: { on: 'token' }, says: /what goes wrong/ },
    'nowhere': { body: { on: 'everywhere', drop: true }, says: /"on".*token, authorize, discovery/ },
    'of two errors': { body: { on: 'token', error: { code: 50076, status: 503 } }, says: /one of "code", "status" and "oauth"/ },
    'of no error': { body: { on: 'token', error: {} }, says: /one of/ },
    'of success': { body: { on: 'token', error: { status: 200 } }, says: /400 to 599/ },
    'never': { body: { on: 'token', drop: true, times: 0 }, says: /"times"/ },
    'for a stranger': { body: { on: 'token', drop: true, where: { user: 'mallory' } }, status: 404, says: /mallory/ },
    'for no client of ours': { body: { on: 'token', drop: true, where: { client: 'Sales Hut' } }, status: 404, says: /Did you mean "Sales Hub"/ },
  }

  test.each(Object.entries(refused))('%s is refused', async (_, { body, status = 400, says }) => {
    const { call, tenant } = await driven()
    const answer = await call('POST /_mock/faults', body)

    expect(answer.status).toBe(status)
    expect(answer.json.error.message).toMatch(says)
    expect(tenant.faults.list).toEqual([])
  })
})

describe('a token to order', () => {
  test('is not on the menu where nobody signs it', async () => {
    const { call } = await driven()

    expect((await call('POST /_mock/tokens', {})).status).toBe(404)
  })

  test('is signed as ordered', async () => {
    const orders: unknown[] = []
    const { call } = await driven({ orderToken: async (_tenant, order) => `token ${orders.push(order)}` })
    const { status, json } = await call('POST /_mock/tokens', { claims: { aud: 'wrong' }, lifetime: '-PT1H', key: 'unknown' })

    expect([status, json]).toEqual([201, { token: 'token 1' }])
    expect(orders).toEqual([{ claims: { aud: 'wrong' }, header: {}, lifetime: -3_600_000, key: 'unknown' }])
    expect((await call('POST /_mock/tokens', { lifetime: 'P1Y' })).json.error.message).toMatch(/"lifetime".*days/)
    expect((await call('POST /_mock/tokens', { key: 'lost' })).json.error.message).toMatch(/signing, unknown or none/)
  })
})
