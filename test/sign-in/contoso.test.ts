import { beforeEach, describe, expect, test } from 'vitest'
import type { Attempt, Verdict } from '../../src/sign-in/attempt.ts'
import { decide } from '../../src/sign-in/decide.ts'
import { newSession } from '../../src/sign-in/session.ts'
import { contoso } from '../support/contoso.ts'
import { authorize, cafe, from, morning, office, tenantOf } from './tenant.ts'
import type { TestTenant } from './tenant.ts'

const minute = 60_000
const shipped = await contoso()

let tenant: TestTenant
beforeEach(() => {
  tenant = tenantOf(shipped)
})

function at(place: string, who: string, app: string, change: Partial<Attempt> = {}): Verdict {
  const user = tenant.directory.named('users', who)
  const client = tenant.directory.named('applications', app)
  if (!user || !client) throw new Error(`There is no ${user ? app : who}.`)

  return decide(authorize(user, client, { observation: from(place), session: newSession(user.id, { method: 'password', at: morning }, morning), ...change }), tenant)
}

const told = ({ outcome, next, refusal }: Verdict) => [outcome, next ?? refusal?.code ?? null]

describe('the shipped Contoso', () => {
  const cases: Record<string, [place: string, who: string, app: string, answer: [string, string | number | null]]> = {
    'alice at the office signs in to Sales Hub with a password alone': [office, 'alice', 'Sales Hub', ['granted', null]],
    'alice in the café is refused there': [cafe, 'alice', 'Sales Hub', ['blocked', 53003]],
    'alice in the café is asked for a code elsewhere': [cafe, 'alice', 'Sales SPA', ['interrupted', 'oneTimeCode']],
    'bob in the café is refused at Sales Hub': [cafe, 'bob', 'Sales Hub', ['blocked', 53003]],
    'bob in the café must register an authenticator elsewhere': [cafe, 'bob', 'Sales SPA', ['interrupted', 'register']],
    'dave in the café is asked for a code, at Sales Hub too': [cafe, 'dave', 'Sales Hub', ['interrupted', 'oneTimeCode']],
    'carol is asked for a code at the office': [office, 'carol', 'Sales Hub', ['interrupted', 'oneTimeCode']],
    'carol is asked for a code in the café': [cafe, 'carol', 'Sales SPA', ['interrupted', 'oneTimeCode']],
    'break glass is never asked': [cafe, 'breakglass', 'Sales Hub', ['granted', null]],
    'fiona of the federated domain is judged like alice': [cafe, 'fiona', 'Sales Hub', ['blocked', 53003]],
  }
  test.each(Object.entries(cases))('%s', (_fact, [place, who, app, answer]) => {
    expect(told(at(place, who, app))).toEqual(answer)
  })

  test('alice may sign in for eight hours at Sales Hub, then she is asked again', () => {
    tenant.clock.advance(8 * 60 * minute)
    expect(told(at(office, 'alice', 'Sales Hub'))).toEqual(['granted', null])
    tenant.clock.advance(minute)
    expect(told(at(office, 'alice', 'Sales Hub'))).toEqual(['interrupted', 'reauthenticate'])
  })

  test('the daemon is granted everywhere', () => {
    const daemon = tenant.directory.named('applications', 'Nightly Job')
    expect(at(cafe, 'alice', 'Nightly Job', { event: 'clientCredentials', user: null, session: null, isInteractive: false, ...(daemon ? { resources: [daemon] } : {}) }).outcome).toBe('granted')
  })

  test('the policy that refused alice is named', () => {
    const { refusal, decision } = at(cafe, 'alice', 'Sales Hub')
    const names = decision?.policies.filter(({ id }) => refusal?.policyIds?.includes(id)).map(({ displayName }) => displayName)
    expect(names).toEqual(['Sales Hub only from trusted locations'])
  })

  test('without the licence alice is let in from the café', async () => {
    await tenant.directory.patchSettings({ licence: 'none' })
    expect(told(at(cafe, 'alice', 'Sales Hub'))).toEqual(['granted', null])
  })

  test('a licence that lapsed leaves the policies in force', async () => {
    await tenant.directory.patchSettings({ licence: 'lapsed' })
    expect(told(at(cafe, 'alice', 'Sales Hub'))).toEqual(['blocked', 53003])
  })
})
