import { describe, expect, it } from 'vitest'
import { aadstsOf, type SessionControls } from '../../src/policy/index.ts'
import { alice, decisionOn, direct, frequency, job, now, policy, type PolicyInput, type SignInInput } from './contoso.ts'

const hours = (count: number) => count * 60

type Case = { readonly says: readonly Partial<SessionControls>[]; readonly session: object }

const combined: Record<string, Case> = {
  'nothing said is nothing set': { says: [], session: { signInFrequency: null, persistentBrowser: null, cloudAppSecurity: null, applicationEnforcedRestrictions: false, secureSignInSession: false, disableResilienceDefaults: false, continuousAccessEvaluation: null } },
  'the shortest frequency counts': { says: [{ signInFrequency: frequency(8) }, { signInFrequency: frequency(1) }], session: { signInFrequency: { seconds: 3_600, authenticationType: 'primaryAndSecondaryAuthentication' } } },
  'days are longer than hours': { says: [{ signInFrequency: { ...frequency(1)!, type: 'days' } }, { signInFrequency: frequency(23) }], session: { signInFrequency: { seconds: 82_800, authenticationType: 'primaryAndSecondaryAuthentication' } } },
  'every time comes before any period': { says: [{ signInFrequency: frequency(1) }, { signInFrequency: frequency('everyTime') }], session: { signInFrequency: { seconds: 'everyTime', authenticationType: 'primaryAndSecondaryAuthentication' } } },
  'one browser for both': { says: [{ persistentBrowser: { isEnabled: true, mode: 'always' } }], session: { persistentBrowser: 'always' } },
  'never wins over always': { says: [{ persistentBrowser: { isEnabled: true, mode: 'always' } }, { persistentBrowser: { isEnabled: true, mode: 'never' } }], session: { persistentBrowser: 'never' } },
  'the most restrictive cloud app control wins': {
    says: [{ cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'monitorOnly' } }, { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'blockDownloads' } }, { cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'mcasConfigured' } }],
    session: { cloudAppSecurity: 'blockDownloads' },
  },
  'strict location wins over switched off': { says: [{ continuousAccessEvaluation: { mode: 'disabled' } }, { continuousAccessEvaluation: { mode: 'strictLocation' } }], session: { continuousAccessEvaluation: 'strictLocation' } },
  'switched off where nobody is strict': { says: [{ continuousAccessEvaluation: { mode: 'disabled' } }], session: { continuousAccessEvaluation: 'disabled' } },
  'once any says so': {
    says: [{ applicationEnforcedRestrictions: { isEnabled: true } }, { secureSignInSession: { isEnabled: true } }, { disableResilienceDefaults: true }],
    session: { applicationEnforcedRestrictions: true, secureSignInSession: true, disableResilienceDefaults: true },
  },
  'what is switched off says nothing': { says: [{ persistentBrowser: { isEnabled: false, mode: 'never' } }, { signInFrequency: { ...frequency(1)!, isEnabled: false } }], session: { persistentBrowser: null, signInFrequency: null } },
}

describe('session controls of several policies', () => {
  it.for(Object.entries(combined))('%s', ([, { says, session }]) => {
    expect(decisionOn(says.map((controls, at) => policy({ id: `P${at}`, grant: null, session: controls }))).session).toMatchObject(session)
  })

  it('each policy tells its own frequency', () => {
    expect(decisionOn([policy({ id: 'A', grant: null, session: { signInFrequency: frequency(8) } }), policy({ id: 'B', grant: null, session: { signInFrequency: frequency(1, 'secondaryAuthentication') } })]).session.signInFrequencies).toEqual([
      { policyId: 'A', seconds: 28_800, authenticationType: 'primaryAndSecondaryAuthentication' },
      { policyId: 'B', seconds: 3_600, authenticationType: 'secondaryAuthentication' },
    ])
  })

  it('only policies that are enforced and apply say anything', () => {
    const silent = [
      policy({ id: 'A', state: 'enabledForReportingButNotEnforced', grant: null, session: { signInFrequency: frequency(1) } }),
      policy({ id: 'B', state: 'disabled', grant: null, session: { persistentBrowser: { isEnabled: true, mode: 'never' } } }),
      policy({ id: 'C', users: { includeUsers: ['bob'] }, grant: null, session: { disableResilienceDefaults: true } }),
    ]

    expect(decisionOn(silent, { age: hours(9) })).toMatchObject({ outcome: 'granted', session: { signInFrequency: null, persistentBrowser: null, disableResilienceDefaults: false } })
  })

  it.for([['a direct connect user', direct], ['a workload identity', job]] as const)('%s has no session to shape', ([, who]) => {
    const about: PolicyInput = who.kind === 'user' ? {} : { users: { includeUsers: ['None'] }, clientApplications: { includeServicePrincipals: ['ServicePrincipalsInMyTenant'], excludeServicePrincipals: [], servicePrincipalFilter: null } }

    expect(decisionOn([policy({ ...about, grant: null, session: { signInFrequency: frequency(1) } })], { who, age: hours(5) })).toMatchObject({ outcome: 'granted', session: { signInFrequency: null, signInFrequencies: [] } })
  })
})

type Asked = { readonly policies: readonly PolicyInput[]; readonly signIn: SignInInput; readonly asks: readonly string[]; readonly results: readonly string[]; readonly code: number | null }

const shown = (password: number, code: number | null): SignInInput => ({
  session: { methods: [{ method: 'password', at: now - password * 60_000 }, ...(code === null ? [] : [{ method: 'softwareOath' as const, at: now - code * 60_000 }])] },
})
const hourly = { session: { signInFrequency: frequency(1) } }
const secondary = { session: { signInFrequency: frequency(1, 'secondaryAuthentication') } }
const everyTime = { session: { signInFrequency: frequency('everyTime') } }

const ages: Record<string, Asked> = {
  'within the period nothing is asked': { policies: [{ grant: null, ...hourly }], signIn: shown(60, null), asks: [], results: ['success'], code: null },
  'after it, everything is': { policies: [{ grant: null, ...hourly }], signIn: shown(61, null), asks: ['reauthenticate'], results: ['failure'], code: 70_044 },
  'MFA is repeated where it is wanted': { policies: [{ grant: ['mfa'], ...hourly }], signIn: shown(61, 61), asks: ['reauthenticate', 'mfa'], results: ['failure'], code: 70_044 },
  'a fresh password alone does not renew MFA': { policies: [{ grant: ['mfa'], ...hourly }], signIn: shown(0, 61), asks: ['mfa'], results: ['failure'], code: 50_074 },
  'MFA is repeated for another policy, too': { policies: [{ grant: ['mfa'] }, { grant: null, ...hourly }], signIn: shown(0, 61), asks: ['mfa'], results: ['success', 'failure'], code: 50_074 },
  'MFA that nobody wants is not repeated': { policies: [{ grant: null, ...hourly }], signIn: shown(0, 61), asks: [], results: ['success'], code: null },
  'every time leaves five minutes': { policies: [{ grant: ['mfa'], ...everyTime }], signIn: shown(5, 5), asks: [], results: ['success'], code: null },
  'and no more': { policies: [{ grant: null, ...everyTime }], signIn: shown(5.1, null), asks: ['reauthenticate'], results: ['failure'], code: 70_044 },
  'secondary: only MFA is repeated': { policies: [{ grant: ['mfa'], ...secondary }], signIn: shown(90, 90), asks: ['mfa'], results: ['failure'], code: 50_078 },
  'secondary: a fresh code will do': { policies: [{ grant: ['mfa'], ...secondary }], signIn: shown(90, 10), asks: [], results: ['success'], code: null },
  'secondary: MFA that was never done is asked as such': { policies: [{ grant: ['mfa'], ...secondary }], signIn: shown(90, null), asks: ['mfa'], results: ['failure'], code: 50_074 },
  'the shorter of two is passed, the longer is not': { policies: [{ grant: null, ...hourly }, { grant: null, session: { signInFrequency: frequency(8) } }], signIn: shown(90, null), asks: ['reauthenticate'], results: ['failure', 'success'], code: 70_044 },
  'a device that satisfies makes MFA unneeded': { policies: [{ grant: ['mfa', 'compliantDevice'], ...secondary }], signIn: { ...shown(90, 90), device: { isCompliant: true } }, asks: [], results: ['success'], code: null },
  'report-only frequencies ask nobody': { policies: [{ grant: null, state: 'enabledForReportingButNotEnforced', ...hourly }], signIn: shown(90, null), asks: [], results: ['reportOnlyInterrupted'], code: null },
  'a block comes first': { policies: [{ grant: null, ...hourly }, { grant: ['block'] }], signIn: shown(90, null), asks: [], results: ['failure', 'failure'], code: 53_003 },
  'a legacy client cannot sign in again': { policies: [{ grant: null, ...hourly }], signIn: { ...shown(90, null), clientAppType: 'other' }, asks: [], results: ['failure'], code: 53_003 },
  'a key that was shown long ago is asked for again': { policies: [{ grant: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000004' } }, ...hourly }], signIn: { who: { ...alice, registeredMethods: ['fido2'] }, session: { methods: [{ method: 'fido2', at: now - hours(2) * 60_000 }] } }, asks: ['reauthenticate', 'mfa'], results: ['failure'], code: 70_044 },
}

describe('sign-in frequency', () => {
  it.for(Object.entries(ages))('%s', ([, { policies, signIn, asks, results, code }]) => {
    const decision = decisionOn(policies.map((input, at) => policy({ id: `P${at}`, ...input })), signIn)

    expect(decision.challenges.map(({ kind }) => kind)).toEqual(asks)
    expect(decision.policies.map(({ result }) => result)).toEqual(results)
    expect(aadstsOf(decision, { isInteractive: true, event: 'authorize' })).toBe(code)
  })

  it('names the policies whose period has passed, and what is asked again', () => {
    const [challenge] = decisionOn([policy({ id: 'A', grant: null, ...hourly }), policy({ id: 'B', grant: null, session: { signInFrequency: frequency(8) } })], shown(90, null)).challenges

    expect(challenge).toEqual({ kind: 'reauthenticate', policyIds: ['A'], allowedMethods: null, authenticationType: 'primaryAndSecondaryAuthentication' })
  })

  it('counts from the latest first factor, whichever it was', () => {
    const twice = { session: { methods: [{ method: 'password' as const, at: now - 90 * 60_000 }, { method: 'fido2' as const, at: now - 60_000 }] } }

    expect(decisionOn([policy({ grant: ['mfa'], ...hourly })], twice).outcome).toBe('granted')
  })
})
