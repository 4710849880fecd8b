import type { AuthenticationStrength } from '../policy-set.ts'
import type { UserIdentity } from '../sign-in.ts'
import { isExternal } from '../conditions/users.ts'
import { combinationsOf, type Combination } from '../combination-configurations.ts'
import { methods, methodsIn, methodSet, singleFactorMethods, type MethodSet } from '../methods.ts'
import { uselessFor } from '../evidence.ts'
import { builtInStrengths } from '../strengths.ts'
import { impossible, met, nothing, owed, type GrantControl, type Judgement, type Question } from './grant-control.ts'
import { askedElsewhere, registration } from './mfa.ts'

/**
 * One of the combinations of methods that a strength allows. Whatever was used in the session counts together.
 *
 * @see reference 7.4
 */
export const authenticationStrength: GrantControl = {
  wantedBy: ({ authenticationStrength: strength }) => (strength === null ? nothing : [strength.id]),
  compile: (id, source) => {
    const strength = strengthNamed(id, source.authenticationStrengths)
    if (strength === null) {
      const unknown = impossible('authenticationStrength', `the authentication strength ${id} does not exist`)

      return { words: `the authentication strength ${id}`, judge: () => unknown }
    }
    const combinations = combinationsOf(strength)

    return { words: `the authentication strength "${strength.displayName}"`, judge: (question) => judgementOf(combinations, question, strength.displayName) }
  },
}

function strengthNamed(id: string, custom: readonly AuthenticationStrength[]): AuthenticationStrength | null {
  const isIt = (strength: AuthenticationStrength) => strength.id.toLowerCase() === id.toLowerCase()

  return custom.find(isIt) ?? builtInStrengths.find(isIt) ?? null
}

function judgementOf(allowed: readonly Combination[], question: Question, displayName: string): Judgement {
  const { signIn, evidence } = question
  const { used } = evidence
  if (signIn.identity.kind !== 'user') return impossible('other', 'a workload identity cannot authenticate more strongly')
  const user = signIn.identity
  const combinations = allowed.filter((combination) => combination.accepts(user)).map((combination) => combination.methods)
  if (combinations.some((combination) => (used & combination) === combination)) return met
  const elsewhere = askedElsewhere(user)
  if (elsewhere !== null) return elsewhere.kind !== 'owed' || combinations.includes(methods.federatedMultiFactor.bit) ? elsewhere : unreachable(displayName)

  const first = used | firstFactorsOf(user)
  const useless = uselessFor(signIn.target)
  const registered = methodSet(user.registeredMethods) & ~unpromptable & ~useless
  const offered = completing(combinations, first, registered)
  if (offered !== 0) return owed({ kind: 'mfa', allowedMethods: methodsIn(offered) })
  const registrable = (isExternal(user) ? registrableByGuests : registrableByMembers) & ~useless
  // Also another key, where the one that is there is not allowed.
  const offeredToRegister = completing(allowed.map((combination) => combination.methods), first, registered | registrable) & registrable

  return offeredToRegister === 0 ? unreachable(displayName) : registration(question, methodsIn(offeredToRegister))
}

function unreachable(displayName: string): Judgement {
  return impossible('authenticationStrength', `nothing the user has or could register meets "${displayName}"`)
}

/**
 * The methods, out of those available, that would complete one of the combinations after what was used. Where only a
 * first factor is missing, the combination's own second factor is offered, to be shown with it.
 */
function completing(combinations: readonly MethodSet[], used: MethodSet, available: MethodSet): MethodSet {
  let offered: MethodSet = 0
  for (const combination of combinations) {
    const missing = combination & ~used
    if ((missing & available) === missing) offered |= missing === 0 ? combination & ~singleFactorMethods : missing
  }

  return offered
}

/** What the user can give as a first factor at any time. */
function firstFactorsOf({ registeredMethods, federation }: UserIdentity): MethodSet {
  const own = methodSet(registeredMethods) & singleFactorMethods

  return federation === null ? own : own | methods.federatedSingleFactor.bit
}

const unpromptable = methodSet(['windowsHelloForBusiness', 'federatedMultiFactor', 'federatedSingleFactor', 'email'])
const registrableByGuests = methodSet(['softwareOath', 'microsoftAuthenticatorPush', 'sms', 'voice'])
const registrableByMembers = registrableByGuests | methodSet(['fido2', 'deviceBasedPush'])
