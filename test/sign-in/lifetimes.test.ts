import { describe, expect, test } from 'vitest'
import type { Licence } from '../../src/policy/policy-set.ts'
import type { TokenLifetimePolicy } from '../../src/directory/types.ts'
import { timeSpanSeconds, tokenLifetimeSeconds } from '../../src/sign-in/lifetimes.ts'
import { application, emptyTenant, idOf, tenantOf } from './tenant.ts'

const policy = (name: string, lifetime: unknown, isOrganizationDefault = false): TokenLifetimePolicy => ({
  id: idOf(name),
  displayName: name,
  definition: [JSON.stringify({ TokenLifetimePolicy: { Version: 1, AccessTokenLifetime: lifetime } })],
  isOrganizationDefault,
})
const two = policy('two hours', '02:00:00')
const four = policy('four hours', '4:00:00')
const organisation = policy('organisation', '00:30:00', true)
const hub = application('Sales Hub')
const api = application('Sales API')

type Case = {
  policies?: readonly TokenLifetimePolicy[]
  client?: Partial<typeof hub>
  resource?: Partial<typeof api> | null
  licence?: Licence
  limits?: Record<string, unknown>
  random?: number
  minutes: [access: number, id: number]
}

describe('how long tokens live', () => {
  const cases: Record<string, Case> = {
    'an access token between 60 and 90 minutes at random, an ID token an hour': { random: 0.5, minutes: [75, 60] },
    'at least 60 minutes': { random: 0, minutes: [60, 60] },
    'at most 90 minutes': { random: 1, minutes: [90, 60] },
    'as long as the application\'s session timeout': { client: { sessionTimeoutInMinutes: 480 }, policies: [organisation], minutes: [480, 480] },
    'as long as the application\'s session timeout, without a licence too': { client: { sessionTimeoutInMinutes: 10 }, licence: 'none', minutes: [10, 10] },
    'as the organisation\'s policy says': { policies: [organisation], minutes: [30, 30] },
    'as the organisation\'s policy says, whatever the application\'s says': { policies: [two, organisation], client: { tokenLifetimePolicy: two.id }, minutes: [30, 30] },
    'as the application\'s policy says where the organisation has none': { policies: [two], client: { tokenLifetimePolicy: two.id }, minutes: [120, 120] },
    'as the resource\'s policy says, the access token alone': { policies: [two], resource: { tokenLifetimePolicy: two.id }, minutes: [120, 60] },
    'as the client\'s rather than the resource\'s policy says': { policies: [two, four], client: { tokenLifetimePolicy: four.id }, resource: { tokenLifetimePolicy: two.id }, minutes: [240, 240] },
    'as a policy says in a tenant whose licence lapsed': { policies: [organisation], licence: 'lapsed', minutes: [30, 30] },
    'as ever in a tenant that never had a licence': { policies: [organisation], licence: 'none', minutes: [60, 60] },
    'as ever where a policy says nothing of it': { policies: [{ ...organisation, definition: ['{"TokenLifetimePolicy":{"Version":1,"MaxInactiveTime":"1.00:00:00"}}'] }], minutes: [60, 60] },
    'as ever where a policy cannot be read': { policies: [{ ...organisation, definition: ['{'] }, { ...two, definition: ['null'] }], minutes: [60, 60] },
    'ten minutes at least, whatever a policy says': { policies: [policy('short', '00:01:00', true)], minutes: [10, 10] },
    'a day at most, whatever a policy says': { policies: [policy('long', '5.00:00:00', true)], minutes: [1440, 1440] },
    'as the tenant\'s limits say': { limits: { tokens: { accessMinutesMin: 5, accessMinutesMax: 5, idTokenMinutes: 7 } }, minutes: [5, 7] },
    'as the tenant\'s limits say, where only one of a pair is given': { limits: { tokens: { accessMinutesMin: 120 } }, minutes: [120, 60] },
  }
  test.each(Object.entries(cases))('%s', (_fact, { policies = [], client, resource = null, licence = 'P1', limits = {}, random = 0, minutes }) => {
    const tenant = tenantOf({ ...emptyTenant, licence, settings: { ...emptyTenant.settings, limits }, tokenLifetimePolicies: policies })
    const { accessToken, idToken } = tokenLifetimeSeconds(tenant, { ...hub, ...client }, resource && { ...api, ...resource }, { random: () => random })
    expect([accessToken / 60, idToken / 60]).toEqual(minutes)
  })
})

test.each([
  ['8:00:00', 28800], ['00:90:00', 5400], ['1.00:00:00', 86400], ['0.00:10:00', 600], ['00:00:30', 30],
  ['8 hours', null], ['', null], ['until-revoked', null],
])('%j is so many seconds', (text, seconds) => {
  expect(timeSpanSeconds(text)).toBe(seconds)
})
