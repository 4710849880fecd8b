import { expect, test } from 'vitest'
import { signalsOf } from '../../src/sign-in/describe.ts'
import { driven } from './driven.ts'

const office = { ipAddress: '198.51.100.7' }
const cafe = { ipAddress: '203.0.113.9', platform: 'iOS' }
const nothingShown = { ipAddress: '127.0.0.1', userAgent: '', platform: null, header: {}, browser: {}, correlationId: '' }

test('everybody is at the café until it is taken back', async () => {
  const { call } = await driven()

  expect((await call('PUT /_mock/signals', cafe)).json).toEqual(cafe)
  expect((await call('GET /_mock/signals')).json).toEqual(cafe)
  expect((await call('DELETE /_mock/signals')).json).toEqual({})
  expect((await call('GET /_mock/signals')).json).toEqual({})
})

test('what is put takes the place of all that was said before', async () => {
  const { call } = await driven()
  await call('PUT /_mock/signals', cafe)

  expect((await call('PUT /_mock/signals', office)).json).toEqual(office)
})

const names = ['alice', 'alice@contoso.example', 'ALICE@contoso.example', 'Alice Adams', 'c0ffee00-0000-4000-8000-0000000000b1']

test.each(names)('alice alone is at the café when she is called %s', async (name) => {
  const { call, tenant } = await driven()
  await call('PUT /_mock/signals', office)
  await call(`PUT /_mock/signals/${encodeURIComponent(name)}`, cafe)
  const user = (who: string) => tenant.directory.named('users', who) ?? null

  expect(signalsOf({ observation: nothingShown, user: user('alice') }, tenant)).toEqual(cafe)
  expect(signalsOf({ observation: nothingShown, user: user('bob') }, tenant)).toEqual(office)
  expect((await call('DELETE /_mock/signals/alice')).json).toEqual({})
  expect(signalsOf({ observation: nothingShown, user: user('alice') }, tenant)).toEqual(office)
})

const refused: Record<string, { line: string; body: unknown; status: number; says: RegExp }> = {
  'an address that is none': { line: 'PUT /_mock/signals', body: { ipAddress: '203.0.113.900' }, status: 400, says: /`ipAddress` is an IPv4 or IPv6 address/ },
  'a platform nobody has': { line: 'PUT /_mock/signals', body: { platform: 'beos' }, status: 400, says: /windows, macOS/ },
  'a signal nobody knows': { line: 'PUT /_mock/signals', body: { ipAdress: '203.0.113.9' }, status: 400, says: /Did you mean `ipAddress`/ },
  'a device that is not in the tenant': { line: 'PUT /_mock/signals/alice', body: { device: 'toaster' }, status: 400, says: /toaster/ },
  'a user who is not in the tenant': { line: 'PUT /_mock/signals/alise', body: office, status: 404, says: /Did you mean "alice"/ },
}

test.each(Object.entries(refused))('%s is refused, and nobody moves', async (_, { line, body, status, says }) => {
  const { call, tenant } = await driven()
  await call('PUT /_mock/signals', office)
  const answer = await call(line, body)

  expect(answer.status).toBe(status)
  expect(answer.json.error.message).toMatch(says)
  expect(tenant.signals.tenant).toEqual(office)
  expect(tenant.signals.ofUser('c0ffee00-0000-4000-8000-0000000000b1')).toEqual({})
})
