import { describe } from 'vitest'
import { addressOf, expect, portcullisTest, test } from '../../src/testing/vitest.ts'

test('Alice is let in at the office and not in the café', async ({ signIn }) => {
  expect(await signIn('alice', { to: 'Sales Hub', from: 'office' })).toBeGranted()
  expect(await signIn('alice', { to: 'Sales Hub', from: 'café' })).toBeBlockedBy('Sales Hub only from trusted locations')
  expect(await signIn('dave', { to: 'Sales Hub', from: 'café' })).toNeed('mfa')
  expect(await signIn('dave', { to: 'Sales Hub', from: 'café', mfa: true })).toBeGranted()
  expect(await signIn(null, { to: 'Nightly Job' })).toBeGranted()
})

describe('each test has a tenant of its own', () => {
  const seen: string[] = []
  test.for([1, 2, 3])('number %i', async (_, { sandbox, portcullis }) => {
    sandbox.clock.advance('P100D')

    expect(portcullis.clock.now.getTime()).toBeLessThan(sandbox.clock.now.getTime())
    expect(seen).not.toContain(sandbox.id)
    expect(portcullis.tenants.map(({ id }) => id).filter((id) => seen.includes(id))).toEqual([])
    seen.push(sandbox.id)
  })
})

const unlicensed = portcullisTest({ tenant: { licence: 'none' }, places: { beach: '233.252.0.9' } })
unlicensed('a tenant of one\'s own kind, and places of one\'s own', async ({ signIn }) => {
  expect(await signIn('alice', { to: 'Sales Hub', from: 'beach' })).toBeGranted()
})

test('a failed expectation tells the decision', async ({ signIn }) => {
  const answer = await signIn('alice', { to: 'Sales Hub', from: 'cafe' })

  expect(() => expect(answer).toBeGranted()).toThrow(/blocked, AADSTS53003[^]*✗ Sales Hub only from trusted locations: failure\. /)
  expect(() => expect(answer).not.toBeBlockedBy()).toThrow(/Expected the sign-in not to be blocked/)
})

test('a place that is nowhere is refused with those there are', () => {
  expect(() => addressOf('ofice')).toThrow('No place is called "ofice". The places are office, cafe, café, abroad; an IP address will do as well.')
  expect(addressOf('2001:db8::1')).toBe('2001:db8::1')
})
