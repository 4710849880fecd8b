import { describe, expect, test } from 'vitest'
import { applyPersistence, isKmsiDue } from '../../../src/sign-in/challenges/stay-signed-in.ts'
import { decide } from '../../../src/sign-in/decide.ts'
import { newSession } from '../../../src/sign-in/session.ts'
import type { AccountSession } from '../../../src/sign-in/session.ts'
import type { Signals } from '../../../src/sign-in/signals.ts'
import { application, authorize, emptyTenant, morning, policy, tenantOf, user } from '../tenant.ts'

const alice = user('alice')
const erin = user('erin', { userType: 'Guest', externalType: 'internalGuest' })
const hub = application('Sales Hub', { secrets: ['secret'] })
const fresh = newSession(alice.id, { method: 'password', at: morning }, morning)
const persistentBrowser = (mode: 'always' | 'never') => policy(`Stay: ${mode}`, {
  sessionControls: {
    applicationEnforcedRestrictions: null,
    cloudAppSecurity: null,
    signInFrequency: null,
    persistentBrowser: { isEnabled: true, mode },
    disableResilienceDefaults: null,
    secureSignInSession: null,
    continuousAccessEvaluation: null,
  },
})

type Case = { who?: typeof alice; session?: AccountSession; mode?: 'always' | 'never'; prompts?: boolean; signals?: Signals; isDue: boolean }

describe('"Stay signed in?" is asked', () => {
  const cases: Record<string, Case> = {
    'after a sign-in': { isDue: true },
    'once': { session: applyPersistence(fresh, false), isDue: false },
    'of no guest': { who: erin, isDue: false },
    'not where a policy answers always': { mode: 'always', isDue: false },
    'not where a policy answers never': { mode: 'never', isDue: false },
    'not in a tenant that switched it off': { prompts: false, isDue: false },
    'not at high risk': { signals: { signInRiskLevel: 'high' }, isDue: false },
    'at medium risk': { signals: { signInRiskLevel: 'medium' }, isDue: true },
  }
  test.each(Object.entries(cases))('%s', (_fact, { who = alice, session = fresh, mode, prompts = true, signals, isDue }) => {
    const tenant = tenantOf({
      ...emptyTenant,
      settings: { ...emptyTenant.settings, kmsiPromptEnabled: prompts },
      users: [alice, erin],
      applications: [hub],
      conditionalAccessPolicies: mode ? [persistentBrowser(mode)] : [],
    })
    if (signals) tenant.signals.tenant = signals
    const { decision, signIn } = decide(authorize(who, hub, { session }), tenant)
    expect(isKmsiDue(tenant, session, decision, who, signIn)).toBe(isDue)
  })
})

describe('the session stays', () => {
  const decisionOf = (mode: 'always' | 'never') => {
    const tenant = tenantOf({ ...emptyTenant, users: [alice], applications: [hub], conditionalAccessPolicies: [persistentBrowser(mode)] })

    return decide(authorize(alice, hub), tenant).decision
  }

  test('when the user says yes', () => {
    expect(applyPersistence(fresh, true)).toMatchObject({ isPersistent: true, isKmsiAnswered: true })
  })

  test('not when the user says no', () => {
    expect(applyPersistence(fresh, false)).toMatchObject({ isPersistent: false, isKmsiAnswered: true })
  })

  test('when a policy says always', () => {
    expect(applyPersistence(fresh, decisionOf('always')).isPersistent).toBe(true)
  })

  test('not when a policy says never, whatever the user said', () => {
    expect(applyPersistence(applyPersistence(fresh, true), decisionOf('never')).isPersistent).toBe(false)
  })

  test('as it is where nobody says anything', () => {
    expect(applyPersistence(fresh, null)).toBe(fresh)
  })
})
