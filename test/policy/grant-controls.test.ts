import { describe, expect, it } from 'vitest'
import type { AuthenticationMethod, Challenge, Decision, Policy, PolicySource } from '../../src/policy/index.ts'
import { alice, bob, decisionOn, direct, erin, fiona, now, policy, type PolicyInput, type SignInInput } from './contoso.ts'
import { wellKnown } from '../../src/policy/well-known.ts'

type Answer = 'granted' | `blocked by ${string}` | `asked for ${string}`
type Case = { readonly wants: PolicyInput['grant'] | readonly PolicyInput['grant'][]; readonly signIn?: SignInInput; readonly tenant?: Partial<PolicySource>; readonly answer: Answer; readonly methods?: readonly string[] | null }

const strength = (id: 2 | 3 | 4) => ({ authenticationStrength: { id: `00000000-0000-0000-0000-00000000000${id}` } })
const compliant = { device: { isCompliant: true, trustType: 'AzureAD' as const } }
const hybrid = { device: { isCompliant: false, trustType: 'ServerAD' as const } }
const kay = { ...alice, id: 'kay', registeredMethods: ['password' as const, 'fido2' as const] }
const enforcing = { ...fiona, federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' as const } }
const rejecting = { ...fiona, federation: { mfaEnabled: true, federatedIdpMfaBehavior: 'rejectMfaByFederatedIdp' as const } }
const used = (...methods: AuthenticationMethod[]) => ({ session: { methods: usedMethods(...methods) } })
const assertedBy = (member: 'isMfaAssertedByFederation' | 'isMfaAssertedByHomeTenant') => ({ session: { methods: usedMethods(member === 'isMfaAssertedByFederation' ? 'federatedSingleFactor' : 'password'), [member]: true } })
const trusting = { inboundTrust: { mfa: true, compliantDevice: true, hybridDevice: true } }

function usedMethods(...methods: AuthenticationMethod[]) {
  return methods.map((method) => ({ method, at: now }))
}

const tables: Record<string, Record<string, Case>> = {
  'block': {
    'refuses whatever was shown': { wants: ['block'], signIn: { withMfa: true, ...compliant }, answer: 'blocked by block' },
    'refuses before anything is asked': { wants: [['mfa'], ['block']], answer: 'blocked by block' },
    'refuses before an unmet device': { wants: [['compliantDevice'], ['block']], answer: 'blocked by block' },
    'refuses a legacy client as a block': { wants: ['block'], signIn: { clientAppType: 'other' }, answer: 'blocked by block' },
  },

  'mfa': {
    'is asked of whoever has a second factor': { wants: ['mfa'], answer: 'asked for mfa', methods: null },
    'is met by a one-time code': { wants: ['mfa'], signIn: { withMfa: true }, answer: 'granted' },
    'is met by a security key alone': { wants: ['mfa'], signIn: used('fido2'), answer: 'granted' },
    'is met by Windows Hello': { wants: ['mfa'], signIn: used('windowsHelloForBusiness'), answer: 'granted' },
    'is met by a temporary access pass': { wants: ['mfa'], signIn: used('temporaryAccessPassOneTime'), answer: 'granted' },
    'is not met by a text message alone': { wants: ['mfa'], signIn: used('sms'), answer: 'asked for mfa' },
    'is not met by two first factors': { wants: ['mfa'], signIn: used('password', 'email'), answer: 'asked for mfa' },
    'has to be registered first': { wants: ['mfa'], signIn: { who: bob }, answer: 'asked for register', methods: null },
    'an e-mail address is no second factor': { wants: ['mfa'], signIn: { who: { ...bob, registeredMethods: ['password', 'email'] } }, answer: 'asked for register' },
    'Windows Hello cannot be asked after a password': { wants: ['mfa'], signIn: { who: { ...bob, registeredMethods: ['password', 'windowsHelloForBusiness'] } }, answer: 'asked for register' },
    'is not registered in a risky sign-in': { wants: ['mfa'], signIn: { who: bob, signInRiskLevel: 'high' }, answer: 'asked for register' },
    'cannot be asked of a legacy client': { wants: ['mfa'], signIn: { clientAppType: 'other' }, answer: 'blocked by legacyAuthentication' },
    'federated: Entra asks when the home provider did not': { wants: ['mfa'], signIn: { who: fiona }, answer: 'asked for mfa' },
    'federated: the home provider is believed': { wants: ['mfa'], signIn: { who: fiona, ...assertedBy('isMfaAssertedByFederation') }, answer: 'granted' },
    'federated, behaviour unset: believed too': { wants: ['mfa'], signIn: { who: { ...fiona, federation: { mfaEnabled: true, federatedIdpMfaBehavior: null } }, ...assertedBy('isMfaAssertedByFederation') }, answer: 'granted' },
    'federated, enforce: the home provider is asked': { wants: ['mfa'], signIn: { who: enforcing }, answer: 'asked for federatedMfa', methods: ['federatedMultiFactor'] },
    "federated, enforce: Entra's own code does not count": { wants: ['mfa'], signIn: { who: enforcing, ...used('federatedSingleFactor', 'softwareOath') }, answer: 'asked for federatedMfa' },
    'federated, enforce: the home provider is believed': { wants: ['mfa'], signIn: { who: enforcing, ...assertedBy('isMfaAssertedByFederation') }, answer: 'granted' },
    'federated, reject: the home provider is not believed': { wants: ['mfa'], signIn: { who: rejecting, ...assertedBy('isMfaAssertedByFederation') }, answer: 'asked for mfa' },
    'a managed user has no home provider': { wants: ['mfa'], signIn: { session: { isMfaAssertedByFederation: true } }, answer: 'asked for mfa' },
    'a guest does it here': { wants: ['mfa'], signIn: { who: erin, ...assertedBy('isMfaAssertedByHomeTenant') }, answer: 'asked for mfa' },
    'a guest did it at home, which is trusted': { wants: ['mfa'], signIn: { who: erin, ...assertedBy('isMfaAssertedByHomeTenant') }, tenant: trusting, answer: 'granted' },
    'a direct connect user cannot do it here': { wants: ['mfa'], signIn: { who: direct, ...assertedBy('isMfaAssertedByHomeTenant') }, answer: 'blocked by other' },
    'a direct connect user did it at home, which is trusted': { wants: ['mfa'], signIn: { who: direct, ...assertedBy('isMfaAssertedByHomeTenant') }, tenant: trusting, answer: 'granted' },
  },

  'authenticationStrength': {
    'is met by one of its combinations': { wants: strength(2), signIn: { withMfa: true }, answer: 'granted' },
    'is not met by half a combination': { wants: strength(2), signIn: used('softwareOath'), answer: 'asked for mfa', methods: ['softwareOath'] },
    'offers what the user has': { wants: strength(4), signIn: { who: kay }, answer: 'asked for mfa', methods: ['fido2'] },
    'is not met by a weaker one': { wants: strength(4), signIn: { who: kay, ...used('password', 'softwareOath') }, answer: 'asked for mfa', methods: ['fido2'] },
    'has what it needs registered': { wants: strength(4), answer: 'asked for register', methods: ['fido2'] },
    'passwordless may be a push, too': { wants: strength(3), answer: 'asked for register', methods: ['fido2', 'deviceBasedPush'] },
    'guests cannot register a key here': { wants: strength(4), signIn: { who: erin }, answer: 'blocked by authenticationStrength' },
    'guests can do plain MFA here': { wants: strength(2), signIn: { who: erin }, answer: 'asked for mfa', methods: ['softwareOath'] },
    "a trusted home's MFA is multifactor": { wants: strength(2), signIn: { who: erin, ...assertedBy('isMfaAssertedByHomeTenant') }, tenant: trusting, answer: 'granted' },
    'but nobody knows how': { wants: strength(4), signIn: { who: erin, ...assertedBy('isMfaAssertedByHomeTenant') }, tenant: trusting, answer: 'blocked by authenticationStrength' },
    'a federated first factor and a code': { wants: strength(2), signIn: { who: fiona, ...used('federatedSingleFactor', 'softwareOath') }, answer: 'granted' },
    'a federated user under enforce is sent home': { wants: strength(2), signIn: { who: enforcing }, answer: 'asked for federatedMfa' },
    'where home cannot help, nothing can': { wants: strength(4), signIn: { who: enforcing }, answer: 'blocked by authenticationStrength' },
    'a strength of the tenant': {
      wants: { authenticationStrength: { id: 'own' } }, signIn: used('password', 'sms'), answer: 'granted',
      tenant: { authenticationStrengths: [{ id: 'own', displayName: 'Text message', policyType: 'custom', allowedCombinations: ['password, sms'] }] },
    },
    'a strength that is not there cannot be met': { wants: { authenticationStrength: { id: 'gone' } }, signIn: { withMfa: true }, answer: 'blocked by authenticationStrength' },
    'two strengths must both be met': { wants: [strength(2), strength(4)], signIn: { who: kay, withMfa: true }, answer: 'asked for mfa', methods: ['fido2'] },
    'methods of one session may meet different ones': { wants: [strength(2), strength(4)], signIn: { who: kay, ...used('password', 'softwareOath', 'fido2') }, answer: 'granted' },
  },

  'devices': {
    'a compliant device': { wants: ['compliantDevice'], signIn: compliant, answer: 'granted' },
    'a device that is not': { wants: ['compliantDevice'], signIn: hybrid, answer: 'blocked by compliantDevice' },
    'no device': { wants: ['compliantDevice'], answer: 'blocked by compliantDevice' },
    'a hybrid joined device': { wants: ['domainJoinedDevice'], signIn: hybrid, answer: 'granted' },
    'a device that is not joined to the domain': { wants: ['domainJoinedDevice'], signIn: compliant, answer: 'blocked by domainJoinedDevice' },
    "another tenant's device, not trusted": { wants: ['compliantDevice'], signIn: { who: erin, device: { isCompliant: true, tenantId: 'fabrikam' } }, answer: 'blocked by compliantDevice' },
    "another tenant's device, trusted": { wants: ['compliantDevice'], signIn: { who: erin, device: { isCompliant: true, tenantId: 'fabrikam' } }, tenant: trusting, answer: 'granted' },
    "another tenant's hybrid device, trusted": { wants: ['domainJoinedDevice'], signIn: { who: erin, device: { trustType: 'ServerAD', tenantId: 'fabrikam' } }, tenant: trusting, answer: 'granted' },
    'a device code shows no device': { wants: ['compliantDevice'], signIn: { ...compliant, transferMethod: 'deviceCodeFlow' }, answer: 'blocked by compliantDevice' },
    'nor does a session born by one': { wants: ['domainJoinedDevice'], signIn: { ...hybrid, originalTransferMethod: 'deviceCodeFlow' }, answer: 'blocked by compliantDevice' },
    'a legacy client shows no device': { wants: ['compliantDevice'], signIn: { ...compliant, clientAppType: 'exchangeActiveSync' }, answer: 'blocked by legacyAuthentication' },
    'a device may be enrolled before it is compliant': { wants: ['compliantDevice'], signIn: { to: wellKnown.intuneEnrollment }, answer: 'granted' },
    'the Authenticator may be registered before': { wants: ['compliantDevice'], signIn: { to: wellKnown.microsoftGraph, target: { scopes: ['openid', 'UserAuthenticationMethod.Read'] } }, answer: 'granted' },
  },

  'client apps': {
    'an approved app': { wants: ['approvedApplication'], signIn: { isApprovedApplication: true }, answer: 'granted' },
    'another app': { wants: ['approvedApplication'], answer: 'blocked by approvedApplication' },
    'a protected app': { wants: ['compliantApplication'], signIn: { isCompliantApplication: true }, answer: 'granted' },
    'an unprotected app': { wants: ['compliantApplication'], signIn: { isApprovedApplication: true }, answer: 'blocked by compliantApplication' },
    'either of them': { wants: ['approvedApplication', 'compliantApplication'], signIn: { isCompliantApplication: true }, answer: 'granted' },
    'guests cannot show one': { wants: ['approvedApplication'], signIn: { who: erin, isApprovedApplication: true }, answer: 'blocked by approvedApplication' },
  },

  'password change': {
    'is asked for': { wants: ['passwordChange'], signIn: { withMfa: true }, answer: 'asked for passwordChange' },
    'after MFA': { wants: { operator: 'AND', builtInControls: ['passwordChange', 'mfa'] }, answer: 'asked for mfa' },
    'is done in this sign-in': { wants: ['passwordChange'], signIn: { session: { passwordChangedAt: now } }, answer: 'granted' },
    'is not for guests': { wants: ['passwordChange'], signIn: { who: erin }, answer: 'blocked by other' },
    'remediation is a new password': { wants: { operator: 'AND', builtInControls: ['riskRemediation'], ...strength(2) }, signIn: { withMfa: true }, answer: 'asked for passwordChange' },
    'remediation needs none without a password': { wants: { operator: 'AND', builtInControls: ['riskRemediation'], ...strength(2) }, signIn: used('fido2'), answer: 'granted' },
  },

  'terms and custom controls': {
    'terms that were not accepted': { wants: { termsOfUse: ['terms'] }, answer: 'asked for termsOfUse' },
    'terms that were': { wants: { termsOfUse: ['terms'] }, signIn: { session: { acceptedTermsOfUse: ['terms'] } }, answer: 'granted' },
    'other terms': { wants: { termsOfUse: ['terms'] }, signIn: { session: { acceptedTermsOfUse: ['rules'] } }, answer: 'asked for termsOfUse' },
    'terms of a direct connect user cannot be shown': { wants: { termsOfUse: ['terms'] }, signIn: { who: direct }, answer: 'blocked by other' },
    'a custom control': { wants: { customAuthenticationFactors: ['duo'] }, answer: 'asked for custom' },
    'a custom control that was passed': { wants: { customAuthenticationFactors: ['duo'] }, signIn: { session: { passedCustomFactors: ['duo'] } }, answer: 'granted' },
    'a legacy client can be shown nothing': { wants: { termsOfUse: ['terms'] }, signIn: { clientAppType: 'other' }, answer: 'blocked by legacyAuthentication' },
  },

  'and, or, and the order of asking': {
    'or: one that is met suffices': { wants: ['mfa', 'compliantDevice'], signIn: compliant, answer: 'granted' },
    'or: what can be asked is asked': { wants: ['mfa', 'compliantDevice'], answer: 'asked for mfa' },
    'or: terms rather than a refusal': { wants: { builtInControls: ['compliantDevice'], termsOfUse: ['terms'] }, answer: 'asked for termsOfUse' },
    'or: what cannot be asked refuses only alone': { wants: ['domainJoinedDevice', 'compliantDevice'], answer: 'blocked by compliantDevice' },
    'and: MFA before the device is looked at': { wants: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] }, answer: 'asked for mfa' },
    'and: after MFA the device refuses': { wants: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] }, signIn: { withMfa: true }, answer: 'blocked by compliantDevice' },
    'and: both': { wants: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] }, signIn: { withMfa: true, ...compliant }, answer: 'granted' },
    'the device refuses before terms are shown': { wants: [{ termsOfUse: ['terms'] }, ['compliantDevice']], answer: 'blocked by compliantDevice' },
    'MFA of one policy is asked before the device of another': { wants: [['compliantDevice'], ['mfa']], answer: 'asked for mfa' },
  },
}

for (const [control, cases] of Object.entries(tables)) {
  describe(control, () => {
    it.for(Object.entries(cases))('%s', ([, { wants, signIn, tenant, answer, methods }]) => {
      const decision = decisionOn(policiesWanting(wants), signIn, tenant)

      expect(answerOf(decision)).toBe(answer)
      if (methods !== undefined) expect(decision.challenges[0]!.allowedMethods).toEqual(methods)
    })
  })
}

/** A list of words is one policy's controls; a list of anything else is one policy each. */
function policiesWanting(wants: Case['wants']): Policy[] {
  const several = Array.isArray(wants) && wants.every((one) => typeof one !== 'string') ? (wants as readonly PolicyInput['grant'][]) : [wants as PolicyInput['grant']]

  return several.map((grant, at) => policy({ id: `P${at}`, grant: grant ?? null }))
}

function answerOf({ outcome, blocked, challenges }: Decision): string {
  return outcome === 'blocked' ? `blocked by ${blocked!.by}` : outcome === 'interrupted' ? `asked for ${challenges[0]!.kind}` : outcome
}

describe('several policies', () => {
  const kinds = (challenges: readonly Challenge[]) => challenges.map(({ kind, policyIds }) => ({ kind, policyIds }))

  it('are asked for in one order, each thing once, with all who want it', () => {
    const wanting = [policy({ id: 'A', grant: { termsOfUse: ['terms'] } }), policy({ id: 'B', grant: ['mfa'] }), policy({ id: 'C', grant: ['mfa'] }), policy({ id: 'D', grant: { termsOfUse: ['rules'] } })]

    const { challenges } = decisionOn(wanting)
    expect(kinds(challenges)).toEqual([{ kind: 'mfa', policyIds: ['B', 'C'] }, { kind: 'termsOfUse', policyIds: ['A', 'D'] }])
    expect(challenges[1]!.ids).toEqual(['terms', 'rules'])
  })

  it('ask for nothing that comes after a refusal', () => {
    const wanting = [policy({ id: 'A', grant: ['mfa'] }), policy({ id: 'B', grant: ['compliantDevice'] }), policy({ id: 'C', grant: { termsOfUse: ['terms'] } })]

    expect(kinds(decisionOn(wanting).challenges)).toEqual([{ kind: 'mfa', policyIds: ['A'] }])
    expect(decisionOn(wanting, { withMfa: true }).blocked).toEqual({ by: 'compliantDevice', policyIds: ['B'] })
  })

  it('narrow the methods together', () => {
    const wanting = [policy({ id: 'A', grant: ['mfa'] }), policy({ id: 'B', grant: strength(4) })]

    expect(decisionOn(wanting, { who: kay }).challenges).toEqual([{ kind: 'mfa', policyIds: ['A', 'B'], allowedMethods: ['fido2'] }])
  })

  it('have whoever owns a second factor show it before registering a better one', () => {
    const wanting = [policy({ id: 'A', grant: ['mfa'] }), policy({ id: 'B', grant: strength(4) })]

    expect(decisionOn(wanting).challenges.map(({ kind }) => kind)).toEqual(['mfa', 'register'])
  })

  it('name all who refuse alike', () => {
    const blocking = [policy({ id: 'A' }), policy({ id: 'B', grant: ['compliantDevice'] }), policy({ id: 'C' }), policy({ id: 'D', users: { includeUsers: ['bob'] } })]

    expect(decisionOn(blocking).blocked).toEqual({ by: 'block', policyIds: ['A', 'C'] })
  })

  it('refuse a registration that only a risk asks for', () => {
    const risky = policy({ signInRiskLevels: ['high'], grant: ['mfa'] })

    expect(decisionOn([risky], { who: bob, signInRiskLevel: 'high' }).blocked).toEqual({ by: 'proofUpRisk', policyIds: ['P'] })
    expect(decisionOn([risky], { signInRiskLevel: 'high' }).challenges[0]!.kind).toBe('mfa')
  })

  it('show terms as unmet while MFA is owed, accepted or not, and as met after it', () => {
    const both = [policy({ id: 'A', grant: ['mfa'] }), policy({ id: 'B', grant: { termsOfUse: ['terms'] } })]
    const accepted = { session: { acceptedTermsOfUse: ['terms'], methods: usedMethods('password') } }

    expect(decisionOn(both, accepted).policies.map(({ result }) => result)).toEqual(['failure', 'failure'])
    expect(decisionOn(both, accepted).challenges.map(({ kind }) => kind)).toEqual(['mfa'])
    expect(decisionOn(both, { session: { acceptedTermsOfUse: ['terms'], methods: usedMethods('password', 'softwareOath') } }).policies.map(({ result }) => result)).toEqual(['success', 'success'])
  })

  it('on a blocked row the others are met or not, as they stand', () => {
    const three = [policy({ id: 'A' }), policy({ id: 'B', grant: ['mfa'] }), policy({ id: 'C', grant: { termsOfUse: ['terms'] } })]

    expect(decisionOn(three, { session: { acceptedTermsOfUse: ['terms'] } }).policies.map(({ result }) => result)).toEqual(['failure', 'failure', 'success'])
  })
})

describe('how long MFA lasts', () => {
  it('it lasts as long as the session where no frequency says otherwise', () => {
    expect(decisionOn([policy({ grant: ['mfa'] })], { withMfa: true, age: 60 * 24 * 30 }).outcome).toBe('granted')
  })
})
