import type { Decision, Outcome, PolicyStanding } from './decision.ts'
import type { PolicySet } from './policy-set.ts'
import type { SignIn } from './sign-in.ts'
import { locationsAt, mayUseTrustedIps } from './location.ts'
import { ruleOn, type Ruling } from './ruling.ts'
import { perUserMfaStanding } from './per-user-mfa.ts'
import { securityDefaultsStanding } from './security-defaults.ts'
import { standingsOf } from './standing.ts'

/**
 * What does Conditional Access say about this sign-in?
 *
 * `ruleOn` finds the policies that apply and what stands in the way; here the answer is written out: the outcome, and
 * every policy's part in it. A policy applies when all conditions it configures hold (`conditions/`). What the enforced
 * ones want (`grant-controls/`) must be met together; what they say about the session (`session-controls/`) is combined.
 *
 * @see reference, section 4
 */
export function evaluate(policySet: PolicySet, signIn: SignIn): Decision {
  const { compiled } = policySet
  const ruling = ruleOn(compiled, signIn)
  const policies = standingsOf(ruling)
  const place = compiled.locations.placeOf(signIn)

  return {
    ...ruling.outcome,
    policies,
    securityDefaults: securityDefaultsStanding({ source: compiled.source, signIn, ask: ruling.securityDefaults }),
    perUserMfa: perUserMfaStanding(ruling.perUserMfa),
    conditionalAccessStatus: statusOf(policies),
    location: { namedLocationIds: locationsAt(compiled.locations, place).map(({ id }) => id), isTrusted: place.isTrusted, isMfaTrustedIp: place.isMfaTrusted },
    notes: notesOn(ruling),
  }
}

/** The outcome alone: what is owed, and what the session may be. */
export function decide({ compiled }: PolicySet, signIn: SignIn): Outcome {
  return ruleOn(compiled, signIn).outcome
}

/** The word of the log row. Only enforced policies count, and only those that apply. */
function statusOf(policies: readonly PolicyStanding[]): Decision['conditionalAccessStatus'] {
  if (policies.some(({ result }) => result === 'failure')) return 'failure'

  return policies.some(({ result }) => result === 'success') ? 'success' : 'notApplied'
}

function notesOn({ compiled, signIn }: Ruling): string[] {
  const notes: string[] = []
  if (!mayUseTrustedIps(signIn) && compiled.locations.wouldBeMfaTrusted(signIn)) {
    notes.push(
      `${signIn.conditions.ipAddress ?? 'The request'} would be MFA trusted, but the user's domain is federated with MFA switched off: ` +
        'MFA trusted IPs and the corporate network claim do not count. Switch federation.mfaEnabled on, or use a trusted named location.',
    )
  }
  if (compiled.source.licence === 'none' && compiled.policies.length > 0) {
    notes.push('The tenant has no Conditional Access licence: its policies are dormant.')
  }

  return notes
}
