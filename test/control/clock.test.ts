import { expect, test } from 'vitest'
import { driven } from './driven.ts'

const hour = 3_600_000

test('a clock nobody touched tells real time', async () => {
  const { call } = await driven()
  const { status, json } = await call('GET /_mock/clock')

  expect(status).toBe(200)
  expect(json).toEqual({ now: expect.stringMatching(/^\d{4}-.*Z$/), offset: 0, frozen: false, tokens: 'virtual' })
  expect(Math.abs(Date.parse(json.now) - Date.now())).toBeLessThan(5000)
})

test('an advanced clock is ahead by as much', async () => {
  const { call, tenant } = await driven()
  const { json } = await call('POST /_mock/clock', { advance: 'PT8H' })

  expect(json).toMatchObject({ offset: 8 * hour, frozen: false })
  expect(tenant.clock.now() - Date.now()).toBeGreaterThan(7.9 * hour)
})

test('a clock can be set, frozen, and told to stamp tokens with real time', async () => {
  const { call } = await driven()

  expect((await call('POST /_mock/clock', { frozen: true })).json.frozen).toBe(true)
  expect((await call('POST /_mock/clock', { now: '2099-01-01T08:00:00Z' })).json.now).toBe('2099-01-01T08:00:00.000Z')
  expect((await call('POST /_mock/clock', { tokens: 'wire' })).json.tokens).toBe('wire')
  expect((await call('POST /_mock/clock', { frozen: false })).json.frozen).toBe(false)
})

test('a reset goes back to real time and forgets used codes and lockouts', async () => {
  const { call, tenant } = await driven()
  await call('POST /_mock/clock', { advance: 'P400D' })
  tenant.memory.usedSteps.set('authenticator', new Set([1]))
  const { json } = await call('POST /_mock/clock', { reset: true })

  expect(json.offset).toBe(0)
  expect(tenant.memory.usedSteps.size).toBe(0)
})

const refused: Record<string, { body: unknown; code: string; says: RegExp }> = {
  'backwards': { body: { now: '2001-01-01T00:00:00Z' }, code: 'clock_goes_forward_only', says: /forward only/ },
  'a month, which has no length': { body: { advance: 'P1M' }, code: 'not_a_duration', says: /days/ },
  'a negative duration': { body: { advance: '-PT1H' }, code: 'not_a_duration', says: /PT8H/ },
  'nothing': { body: {}, code: 'invalid_body', says: /advance, now, frozen, reset or tokens/ },
  'two things at once': { body: { advance: 'PT1H', frozen: true }, code: 'invalid_body', says: /one of/ },
  'an instant without a zone': { body: { now: '2099-01-01' }, code: 'invalid_body', says: /"now".*2026-01-01T08:00:00Z/ },
  'no instant at all': { body: { now: 'yesterday' }, code: 'invalid_body', says: /"now".*2026-01-01T08:00:00Z/ },
  'a day that no calendar has': { body: { now: '2099-02-30T08:00:00Z' }, code: 'invalid_body', says: /"now".*2026-01-01T08:00:00Z/ },
  'a reset that is false': { body: { reset: false }, code: 'invalid_body', says: /"reset".*true/ },
  'another kind of token': { body: { tokens: 'real' }, code: 'invalid_body', says: /"tokens" is "real"; it can be wire or virtual/ },
  'a slip of the pen': { body: { advanced: 'PT1H' }, code: 'invalid_body', says: /"advanced" is not known here\. Did you mean "advance"\?/ },
}

test.each(Object.entries(refused))('%s is refused, and the clock stands where it stood', async (_, { body, code, says }) => {
  const { call, tenant } = await driven()
  const { status, json } = await call('POST /_mock/clock', body)

  expect(status).toBe(400)
  expect(json).toEqual({ error: { code, message: expect.stringMatching(says) } })
  expect(tenant.clock.offset).toBe(0)
})

test('each tenant has its own time', async () => {
  const { call } = await driven()
  const { json: { id } } = await call('POST /_mock/tenants')
  await call(`POST /_mock/tenants/${id}/clock`, { advance: 'P30D' })

  expect((await call('GET /_mock/clock')).json.offset).toBe(0)
  expect((await call(`GET /_mock/tenants/${id}/clock`)).json.offset).toBe(720 * hour)
})
