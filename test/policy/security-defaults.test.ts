import { describe, expect, it } from 'vitest'
import { aadstsOf, type Decision } from '../../src/policy/index.ts'
import { alice, bob, carol, decisionOn, erin, fiona, job, policy, type SignInInput } from './contoso.ts'
import { wellKnown } from '../../src/policy/well-known.ts'

type Case = { readonly signIn: SignInInput; readonly answer: string; readonly code: number | null }

const inGrace = (daysLeft: number, isRegistrationSkipped = false) => ({ session: { securityDefaults: { daysLeft, isRegistrationSkipped, isMfaDue: false } } })

const cases: Record<string, Case> = {
  'a registered user is let in with a password': { signIn: {}, answer: 'granted', code: null },
  'something new about the user: MFA': { signIn: { session: { securityDefaults: { daysLeft: 0, isRegistrationSkipped: false, isMfaDue: true } } }, answer: 'mfa', code: 50_074 },
  'everybody has to register': { signIn: { who: bob }, answer: 'register', code: 50_072 },
  'within the grace it can be put off': { signIn: { who: bob, ...inGrace(9) }, answer: 'registerSkippable', code: 50_072 },
  'once put off, it is not asked again in this sign-in': { signIn: { who: bob, ...inGrace(9, true) }, answer: 'granted', code: null },
  'where no page can be shown, grace asks nothing': { signIn: { who: bob, isInteractive: false, ...inGrace(9) }, answer: 'granted', code: null },
  'after the grace, it is an error there': { signIn: { who: bob, isInteractive: false }, answer: 'register', code: 50_079 },
  'an administrator shows MFA every time': { signIn: { who: carol }, answer: 'mfa', code: 50_074 },
  'an administrator who showed it is let in': { signIn: { who: carol, withMfa: true }, answer: 'granted', code: null },
  'whoever manages Azure shows MFA': { signIn: { to: wellKnown.azureResourceManager }, answer: 'mfa', code: 50_074 },
  'the Azure portal is Azure management': { signIn: { to: wellKnown.azurePortal }, answer: 'mfa', code: 50_074 },
  'a guest is treated like a user': { signIn: { who: { ...erin, registeredMethods: ['password'] } }, answer: 'register', code: 50_072 },
  'a legacy client is refused': { signIn: { clientAppType: 'other' }, answer: 'securityDefaults', code: 530_035 },
  'the directory synchronisation account is let in': { signIn: { who: { ...bob, roleTemplateIds: ['d29b2b05-8046-44ba-8758-1e26182fcf32'] }, clientAppType: 'other' }, answer: 'granted', code: null },
  'a workload identity is none of their business': { signIn: { who: job }, answer: 'granted', code: null },
  'a federated user under enforce is sent home': {
    signIn: { who: { ...fiona, roleTemplateIds: carol.roleTemplateIds, federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' } } }, answer: 'federatedMfa', code: 50_079,
  },
}

const answerOf = ({ outcome, blocked, challenges }: Decision) => blocked?.by ?? challenges[0]?.kind ?? outcome
const on = { licence: 'none', securityDefaults: true } as const

describe('security defaults', () => {
  it.for(Object.entries(cases))('%s', ([, { signIn, answer, code }]) => {
    const decision = decisionOn([], signIn, on)

    expect(answerOf(decision)).toBe(answer)
    expect(aadstsOf(decision, { isInteractive: signIn.isInteractive ?? true, event: 'authorize' })).toBe(code)
  })

  it('are told beside the policies, and leave the status of the row alone', () => {
    const decision = decisionOn([policy()], { who: carol }, on)

    expect(decision).toMatchObject({
      outcome: 'interrupted',
      conditionalAccessStatus: 'notApplied',
      challenges: [{ kind: 'mfa', policyIds: ['SecurityDefaults'] }],
      securityDefaults: { id: 'SecurityDefaults', displayName: 'Security Defaults', result: 'failure', conditionsSatisfied: ['application', 'users'], reason: 'Security defaults ask for multifactor authentication.' },
    })
    expect(decision.policies.map(({ id, result }) => [id, result])).toEqual([['P', 'notEnabled']])
  })

  it('are satisfied by MFA, and say so', () => {
    expect(decisionOn([], { who: carol, withMfa: true }, on).securityDefaults).toMatchObject({ result: 'success', reason: 'Security defaults ask nothing more.' })
  })

  it('say nothing while they are off', () => {
    expect(decisionOn([], { who: carol })).toMatchObject({ outcome: 'granted', securityDefaults: null })
  })

  it('say how many days are left', () => {
    expect(decisionOn([], { who: bob, ...inGrace(9) }, on).challenges).toEqual([{ kind: 'registerSkippable', policyIds: ['SecurityDefaults'], allowedMethods: null, daysLeft: 9 }])
  })

  it('ask together with a policy that wants MFA', () => {
    const decision = decisionOn([policy({ grant: ['mfa'] })], { who: { ...alice, roleTemplateIds: carol.roleTemplateIds } }, { securityDefaults: true })

    expect(decision.challenges).toEqual([{ kind: 'mfa', policyIds: ['P', 'SecurityDefaults'], allowedMethods: null }])
  })
})
