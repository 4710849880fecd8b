import type { UserIdentity } from '../sign-in.ts'
import { externalTypeOf } from '../conditions/users.ts'
import { uselessFor } from '../evidence.ts'
import { isMultiFactor, methods, methodSet, multiFactorMethods, secondFactorMethods, type MethodSet } from '../methods.ts'
import { builtIn, impossible, met, owed, type Judgement, type Question } from './grant-control.ts'

/** Multifactor authentication, done in this session or vouched for by a home we believe. */
export const mfa = builtIn('mfa', 'multifactor authentication', (question) => {
  const { signIn, evidence } = question
  if (evidence.isMultiFactor) return met
  if (signIn.identity.kind !== 'user') return impossible('other', 'a workload identity cannot do MFA')
  const elsewhere = askedElsewhere(signIn.identity)
  if (elsewhere !== null) return elsewhere

  return canDoMfa(signIn.identity, uselessFor(signIn.target)) ? secondFactor : registration(question, null)
})

/** Users whom Entra does not ask itself; null for all others. */
export function askedElsewhere(user: UserIdentity): Judgement | null {
  if (user.federation?.federatedIdpMfaBehavior === 'enforceMfaByFederatedIdp') return atHome

  return externalTypeOf(user) === 'b2bDirectConnectUser' ? notTrusted : null
}

/**
 * The user has no method that would do, and is asked to register one: unless the sign-in is too risky for that, or
 * registering is the very thing for which it is wanted (reference 4.8).
 */
export function registration({ isRiskBased, signIn: { target } }: Question, allowedMethods: readonly string[] | null): Judgement {
  if (target.userAction === 'urn:user:registersecurityinfo') return notByItself

  return isRiskBased
    ? impossible('proofUpRisk', 'the user has no second factor, and may not register one in a risky sign-in')
    : owed({ kind: 'register', allowedMethods })
}

/** What can be asked on a page. Windows Hello cannot, once the user signed in with a password. */
const promptable = (multiFactorMethods | secondFactorMethods) & ~methodSet(['windowsHelloForBusiness', 'federatedMultiFactor', 'x509CertificateSingleFactor'])

/** Whether what the user has registered, `useless` left aside, makes a second factor. */
export function canDoMfa({ registeredMethods }: UserIdentity, useless: MethodSet = 0): boolean {
  const usable = methodSet(registeredMethods) & promptable & ~useless

  return usable !== 0 && isMultiFactor(usable | methods.password.bit)
}

const notByItself = impossible('registerSecurityInfo', 'a second factor is to be shown before one is registered, and the user has none')
const secondFactor = owed({ kind: 'mfa' })
const atHome = owed({ kind: 'federatedMfa', allowedMethods: ['federatedMultiFactor'] })
const notTrusted = impossible('other', "the home tenant's MFA is not trusted, and a direct connect user cannot do it here")
