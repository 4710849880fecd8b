import { describe, expect, it } from 'vitest'
import { aadstsOf, type Decision, type PolicySource, type UserIdentity } from '../../src/policy/index.ts'
import { address, alice, bob, carol, decisionOn, fiona, frequency, job, now, policy, type SignInInput } from './contoso.ts'

const enforced = (who: UserIdentity = alice): UserIdentity => ({ ...who, perUserMfaState: 'enforced' })
const enabled = (who: UserIdentity = alice): UserIdentity => ({ ...who, perUserMfaState: 'enabled' })
const { mfaTrusted } = address

type Case = { readonly signIn: SignInInput; readonly answer: string; readonly code: number | null; readonly tenant?: Partial<PolicySource> }

const cases: Record<string, Case> = {
  'switched off, it asks nothing': { signIn: { who: { ...alice, perUserMfaState: 'disabled' } }, answer: 'granted', code: null },
  'enforced, it asks at every sign-in': { signIn: { who: enforced() }, answer: 'mfa', code: 50_074 },
  'where no page can be shown, it is an error': { signIn: { who: enforced(), isInteractive: false }, answer: 'mfa', code: 50_076 },
  'whoever showed a second factor is let in': { signIn: { who: enforced(), withMfa: true }, answer: 'granted', code: null },
  'an MFA trusted IP is spared': { signIn: { who: enforced(), from: mfaTrusted }, answer: 'granted', code: null },
  'trusted IPs are a part of Premium': { signIn: { who: enforced(), from: mfaTrusted }, tenant: { licence: 'none' }, answer: 'mfa', code: 50_074 },
  'a trusted named location is not enough': { signIn: { who: enforced(), from: address.office }, answer: 'mfa', code: 50_074 },
  'a federated user inside the corporate network is spared, where the service is set so': {
    signIn: { who: enforced({ ...fiona, federation: { mfaEnabled: true, federatedIdpMfaBehavior: null } }), from: address.branch, insideCorporateNetwork: true },
    tenant: { mfaServiceSettings: { trustedIps: [], skipMfaForFederatedUsersOnIntranet: true, rememberMfaDays: 0 } },
    answer: 'granted', code: null,
  },
  'nothing registered yet: register': { signIn: { who: enabled(bob) }, answer: 'register', code: 50_072 },
  'nothing registered and no page: an error': { signIn: { who: enabled(bob), isInteractive: false }, answer: 'register', code: 50_079 },
  'who is only enabled may use a legacy client until then': { signIn: { who: enabled(bob), clientAppType: 'other' }, answer: 'granted', code: null },
  'to who is enforced legacy clients are closed': { signIn: { who: enforced(), clientAppType: 'other' }, answer: 'perUserMfa', code: 50_076 },
  'what the browser remembers is enough': { signIn: { who: enforced(), session: { rememberedMfaAt: now } }, answer: 'granted', code: null },
  'a federated user under enforce is sent home': {
    signIn: { who: enforced({ ...fiona, federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' } }) }, answer: 'federatedMfa', code: 50_079,
  },
  'a workload identity is none of its business': { signIn: { who: job }, answer: 'granted', code: null },
}

const answerOf = ({ outcome, blocked, challenges }: Decision) => blocked?.by ?? challenges[0]?.kind ?? outcome

describe('per-user MFA', () => {
  it.for(Object.entries(cases))('%s', ([, { signIn, answer, code, tenant }]) => {
    const decision = decisionOn([], signIn, tenant)

    expect(answerOf(decision)).toBe(answer)
    expect(aadstsOf(decision, { isInteractive: signIn.isInteractive ?? true, event: 'authorize' })).toBe(code)
  })

  it('is told beside the policies, and leaves the status of the row alone', () => {
    expect(decisionOn([], { who: enforced() })).toMatchObject({
      conditionalAccessStatus: 'notApplied',
      challenges: [{ kind: 'mfa', policyIds: ['PerUserMfa'] }],
      perUserMfa: { id: 'PerUserMfa', displayName: 'Per-user MFA', result: 'failure', controlsOwed: ['mfa'], reason: 'Per-user MFA asks for multifactor authentication.' },
    })
    expect(decisionOn([], { who: enforced(), from: mfaTrusted }).perUserMfa).toMatchObject({ result: 'success', reason: 'Per-user MFA asks nothing: the sign-in comes from an MFA trusted IP.' })
    expect(decisionOn([]).perUserMfa).toBeNull()
  })

  it('asks once, together with the policies and security defaults', () => {
    expect(decisionOn([policy({ id: 'P', grant: ['mfa'] })], { who: enforced() }).challenges).toEqual([{ kind: 'mfa', policyIds: ['P', 'PerUserMfa'], allowedMethods: null }])
    expect(decisionOn([], { who: enforced(carol) }, { licence: 'none', securityDefaults: true }).challenges).toEqual([{ kind: 'mfa', policyIds: ['SecurityDefaults', 'PerUserMfa'], allowedMethods: null }])
  })

  it('never lets anybody past a block', () => {
    expect(decisionOn([policy({ id: 'P', grant: ['block'] })], { who: enforced(), from: mfaTrusted }).blocked).toEqual({ by: 'block', policyIds: ['P'] })
  })
})

describe('a remembered second factor', () => {
  const remembered = (minutes: number): SignInInput => ({ session: { rememberedMfaAt: now - minutes * 60_000 } })

  it('satisfies a policy that wants MFA, and no authentication strength', () => {
    expect(decisionOn([policy({ grant: ['mfa'] })], remembered(60)).outcome).toBe('granted')
    expect(decisionOn([policy({ grant: { authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } } })], remembered(60)).outcome).toBe('interrupted')
  })

  it('grows old under a sign-in frequency like any other', () => {
    const often = { grant: ['mfa'], session: { signInFrequency: frequency(1, 'secondaryAuthentication') } } as const
    expect(decisionOn([policy(often)], { ...remembered(30), now }).outcome).toBe('granted')
    expect(decisionOn([policy(often)], { ...remembered(90), now }).challenges).toMatchObject([{ kind: 'mfa', authenticationType: 'secondaryAuthentication' }])
  })
})
