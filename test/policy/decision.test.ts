import { describe, expect, it } from 'vitest'
import { compile, type PolicySource } from '../../src/policy/index.ts'
import { address, alice, app, bob, carol, decisionOn, frequency, policy, signIn, source, type PolicyInput, type SignInInput } from './contoso.ts'

const outside = { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }
const salesHubOnlyFromOffice: PolicyInput = { id: 'E1', displayName: 'Sales Hub only from trusted locations', users: { includeGroups: ['sales'] }, applications: { includeApplications: [app.salesHub] }, ...outside }
const mfaOutside: PolicyInput = { id: 'E2', displayName: 'MFA outside trusted locations', ...outside, grant: ['mfa'] }
const mfaForAdministrators: PolicyInput = { id: 'E3', displayName: 'MFA for administrators', users: { includeRoles: carol.roleTemplateIds }, grant: ['mfa'] }
const hubSession: PolicyInput = { id: 'E4', displayName: 'Sales Hub session', applications: { includeApplications: [app.salesHub] }, grant: null, session: { signInFrequency: frequency(8) } }
const compliantForApi: PolicyInput = { id: 'E5', displayName: 'Compliant device for Sales API', state: 'enabledForReportingButNotEnforced', applications: { includeApplications: [app.salesApi] }, grant: ['compliantDevice'] }
const noLegacy: PolicyInput = { id: 'E6', displayName: 'Block legacy authentication', clientAppTypes: ['exchangeActiveSync', 'other'] }
const contoso = [salesHubOnlyFromOffice, mfaOutside, mfaForAdministrators, hubSession, compliantForApi, noLegacy].map(policy)

describe('the story of Contoso', () => {
  const dave = { ...alice, id: 'dave', groupIds: [] }
  const story: Record<string, [SignInInput, string]> = {
    'alice, at the office, to Sales Hub: a password alone': [{}, 'granted'],
    'alice, in the branch, to Sales Hub: refused': [{ from: address.branch }, 'blocked'],
    'alice, in the branch, elsewhere: a code': [{ from: address.branch, to: app.salesApi }, 'mfa'],
    'bob, outside, to Sales Hub: refused': [{ who: bob, from: address.cafe }, 'blocked'],
    'bob, outside, elsewhere: registers': [{ who: bob, from: address.cafe, to: app.salesApi }, 'register'],
    'dave, outside, to Sales Hub: a code': [{ who: dave, from: address.cafe }, 'mfa'],
    'carol, at the office: a code': [{ who: carol }, 'mfa'],
    'alice, after nine hours, to Sales Hub: signs in again': [{ age: 9 * 60 }, 'reauthenticate'],
    'alice, with a legacy client: refused': [{ clientAppType: 'other', to: app.exchange }, 'blocked'],
  }
  it.for(Object.entries(story))('%s', ([, [attempt, answer]]) => {
    const { outcome, challenges } = decisionOn(contoso, attempt)

    expect(challenges[0]?.kind ?? outcome).toBe(answer)
  })
})

describe('every policy says in a sentence', () => {
  const sentences: Record<string, { when: PolicyInput; attempt?: SignInInput; tenant?: Partial<PolicySource>; says: string }> = {
    'that it blocks, and why': { when: salesHubOnlyFromOffice, attempt: { from: address.branch }, says: '"Sales Hub only from trusted locations" blocks: 203.0.113.9 is in no trusted location.' },
    'that it does not apply, and why': { when: salesHubOnlyFromOffice, says: '"Sales Hub only from trusted locations" does not apply: 198.51.100.7 is in "Head office", which is trusted.' },
    'the first thing that does not hold': { when: salesHubOnlyFromOffice, attempt: { to: app.salesApi, from: address.cafe }, says: '"Sales Hub only from trusted locations" does not apply: it is about other resources.' },
    'who it is about': { when: mfaForAdministrators, says: '"MFA for administrators" does not apply: the user is not among those it names.' },
    'whom it leaves out': { when: { ...mfaOutside, users: { includeUsers: ['All'], excludeGroups: ['sales'] } }, says: '"MFA outside trusted locations" does not apply: the user is in a group it leaves out.' },
    'what it asks for': { when: mfaOutside, attempt: { from: address.cafe }, says: '"MFA outside trusted locations" asks for multifactor authentication: 198.18.0.5 is in no trusted location.' },
    'that it has what it wants': { when: mfaForAdministrators, attempt: { who: carol, withMfa: true }, says: '"MFA for administrators" is satisfied: it wants multifactor authentication, which the sign-in has.' },
    'what it sets': { when: hubSession, says: '"Sales Hub session" applies and sets a sign-in frequency: it names the resource.' },
    'that the time is up': { when: hubSession, attempt: { age: 500 }, says: '"Sales Hub session" asks the user to sign in again: the last authentication is more than 8 hours old.' },
    'what it would do': { when: compliantForApi, attempt: { to: app.salesApi }, says: '"Compliant device for Sales API" (report-only) would refuse: it wants a compliant device, and the device is not registered.' },
    'what it would ask': { when: { ...mfaOutside, state: 'enabledForReportingButNotEnforced' }, attempt: { from: address.cafe }, says: '"MFA outside trusted locations" (report-only) would ask for multifactor authentication: 198.18.0.5 is in no trusted location.' },
    'which of several would do': { when: { id: 'X', grant: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'], termsOfUse: ['t'] } }, tenant: { termsOfUse: { t: 'House rules' } }, says: '"X" asks for multifactor authentication or a compliant device or the terms of use "House rules": it covers all resources.' },
    'that it is switched off': { when: { ...mfaOutside, state: 'disabled' }, says: '"MFA outside trusted locations" is switched off.' },
    'that it is dormant': { when: mfaOutside, tenant: { licence: 'none' }, says: '"MFA outside trusted locations" is dormant: the tenant has no Conditional Access licence.' },
    'that it needs another licence': { when: { id: 'X', signInRiskLevels: ['high'] }, tenant: { licence: 'P1' }, attempt: { signInRiskLevel: 'high' }, says: '"X" does not apply: risk conditions need the P2 licence.' },
    'what the client is': { when: noLegacy, says: '"Block legacy authentication" does not apply: the client is a browser.' },
    'what the device is like': { when: { id: 'X', devices: { deviceFilter: { mode: 'exclude', rule: 'device.isCompliant -eq True' } } }, attempt: { device: { displayName: 'Laptop 7', isCompliant: true } }, says: '"X" does not apply: the device "Laptop 7" matches its filter.' },
    'which country it is': { when: { id: 'X', locations: { includeLocations: ['germany'], excludeLocations: [] } }, attempt: { country: 'DE', from: address.branch }, says: '"X" blocks: 203.0.113.9 is in "Germany".' },
  }
  it.for(Object.entries(sentences))('%s', ([, { when, attempt, tenant, says }]) => expect(decisionOn([policy(when)], attempt, tenant).policies[0]!.reason).toBe(says))
})

describe('the result of a policy', () => {
  const wants = (state: 'enabled' | 'enabledForReportingButNotEnforced', grant: PolicyInput['grant'], attempt: SignInInput = {}) => decisionOn([policy({ state, grant: grant ?? null })], attempt)
  const results: Record<string, [enforced: ReturnType<typeof wants>, reported: ReturnType<typeof wants>, expected: [string, string]]> = {
    'block': [wants('enabled', ['block']), wants('enabledForReportingButNotEnforced', ['block']), ['failure', 'reportOnlyFailure']],
    'MFA owed': [wants('enabled', ['mfa']), wants('enabledForReportingButNotEnforced', ['mfa']), ['failure', 'reportOnlyInterrupted']],
    'MFA done': [wants('enabled', ['mfa'], { withMfa: true }), wants('enabledForReportingButNotEnforced', ['mfa'], { withMfa: true }), ['success', 'reportOnlySuccess']],
    'a device that is not compliant': [wants('enabled', ['compliantDevice']), wants('enabledForReportingButNotEnforced', ['compliantDevice']), ['failure', 'reportOnlyFailure']],
    'terms owed': [wants('enabled', { termsOfUse: ['t'] }), wants('enabledForReportingButNotEnforced', { termsOfUse: ['t'] }), ['failure', 'reportOnlyInterrupted']],
    'either MFA or a device': [wants('enabled', ['mfa', 'compliantDevice']), wants('enabledForReportingButNotEnforced', ['mfa', 'compliantDevice']), ['failure', 'reportOnlyInterrupted']],
  }
  it.for(Object.entries(results))('%s', ([, [enforced, reported, expected]]) => {
    expect([enforced.policies[0]!.result, reported.policies[0]!.result]).toEqual(expected)
    expect(reported).toMatchObject({ outcome: 'granted', conditionalAccessStatus: 'notApplied' })
  })

  it('tells what is met, owed and impossible', () => {
    const [standing] = decisionOn([policy({ grant: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'], termsOfUse: ['terms'] } })], { withMfa: true }).policies

    expect(standing).toMatchObject({ result: 'failure', controlsMet: ['mfa'], controlsOwed: ['terms'], controlsImpossible: ['compliantDevice'], grantControls: ['mfa', 'compliantDevice', 'terms'], sessionControls: [] })
  })

  it('a disabled policy is told with nothing in it, and whether it would apply', () => {
    expect(decisionOn([policy({ state: 'disabled' })]).policies).toEqual([
      {
        id: 'P', displayName: 'P', state: 'disabled', result: 'notEnabled', applies: true, conditionsSatisfied: [], conditionsNotSatisfied: [], includeRulesSatisfied: [], excludeRulesSatisfied: [],
        controlsMet: [], controlsOwed: [], controlsImpossible: [], grantControls: [], sessionControls: [], reason: '"P" is switched off.',
      },
    ])
  })

  it('a policy that does not apply still tells what it would enforce', () => {
    expect(decisionOn([policy({ users: { includeUsers: ['bob'] }, session: { persistentBrowser: { isEnabled: true, mode: 'never' } } })]).policies[0]).toMatchObject({ result: 'notApplied', grantControls: ['block'], sessionControls: ['persistentBrowser'] })
  })

  it('policies are told in the order of their names', () => {
    expect(decisionOn([policy({ id: '1', displayName: 'Zebra' }), policy({ id: '3', displayName: 'Adder' }), policy({ id: '2', displayName: 'Adder' })]).policies.map(({ id }) => id)).toEqual(['2', '3', '1'])
  })
})

describe('the licence', () => {
  it('none: policies are dormant, whatever they say', () => {
    expect(decisionOn([policy()], {}, { licence: 'none' })).toMatchObject({
      outcome: 'granted', conditionalAccessStatus: 'notApplied', policies: [{ result: 'notEnabled' }], notes: ['The tenant has no Conditional Access licence: its policies are dormant.'],
    })
  })

  it.for(['lapsed', 'P1', 'P2'] as const)('%s: policies are enforced', (licence) => {
    expect(decisionOn([policy()], {}, { licence })).toMatchObject({ outcome: 'blocked', conditionalAccessStatus: 'failure' })
  })
})

describe('a decision', () => {
  it('without any policy grants, and says that nothing applied', () => {
    expect(decisionOn([])).toMatchObject({ outcome: 'granted', challenges: [], blocked: null, conditionalAccessStatus: 'notApplied', policies: [], securityDefaults: null, notes: [] })
  })

  it('is the same for a policy set that is asked twice, and cannot be changed by who reads it', () => {
    const policySet = compile(source(contoso))
    const first = policySet.evaluate(signIn({ from: address.branch }))
    const told = JSON.stringify(first)
    const list = first.policies as unknown as unknown[]
    list.length = 0

    expect(JSON.stringify(policySet.evaluate(signIn({ from: address.branch })))).toBe(told)
  })
})
