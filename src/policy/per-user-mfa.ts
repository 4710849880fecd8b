import type { PolicyStanding } from './decision.ts'
import type { PolicySource } from './policy-set.ts'
import type { SignIn } from './sign-in.ts'
import { isLegacy } from './conditions/client-app-types.ts'
import type { Evidence } from './evidence.ts'
import { impossible, type Impossible, type Owed } from './grant-controls/grant-control.ts'
import { mfa } from './grant-controls/mfa.ts'
import { standingBeside } from './standing-beside.ts'

/** The id under which per-user MFA appears beside the policies. */
export const perUserMfaId = 'PerUserMfa'

/** What per-user MFA says of a sign-in: what it asks, or why it asks nothing. Null where it is not on for the user. */
export type PerUserMfa = { readonly ask: Owed | Impossible | null; readonly isSpared: boolean }

/**
 * The older switch on the user itself: a second factor at every sign-in, but from an MFA trusted IP. Who is `enabled`
 * and has none yet registers one, and may use a legacy client until then; to who is `enforced` legacy clients are closed.
 *
 * @see reference 1.5
 */
export function perUserMfaOf(signIn: SignIn, source: PolicySource, evidence: Evidence, isMfaTrusted: boolean): PerUserMfa | null {
  const { identity, conditions } = signIn
  if (identity.kind !== 'user' || (identity.perUserMfaState ?? 'disabled') === 'disabled') return null
  // It sends users to register, and does not stand in the way there.
  if (evidence.isMultiFactor || signIn.target.userAction === 'urn:user:registersecurityinfo') return met
  // Trusted IPs are a part of Premium (reference 1.1).
  if (isMfaTrusted && source.licence !== 'none') return spared
  if (isLegacy(conditions.clientAppType)) return identity.perUserMfaState === 'enforced' ? closed : met
  const judgement = mfa.compile('mfa', source).judge({ signIn, source, evidence, isRiskBased: false })

  return judgement.kind === 'met' ? met : { ask: judgement, isSpared: false }
}

const met: PerUserMfa = { ask: null, isSpared: false }
const spared: PerUserMfa = { ask: null, isSpared: true }
const closed: PerUserMfa = { ask: impossible('perUserMfa', 'a legacy client cannot show a second factor, and there are no app passwords here'), isSpared: false }

/** The part of per-user MFA in a decision. */
export function perUserMfaStanding(found: PerUserMfa | null): PolicyStanding | null {
  return found && standingBeside({ id: perUserMfaId, displayName: 'Per-user MFA', ask: found.ask, reason: reasonFor(found) })
}

function reasonFor({ ask, isSpared }: PerUserMfa): string {
  if (ask === null) return isSpared ? 'Per-user MFA asks nothing: the sign-in comes from an MFA trusted IP.' : 'Per-user MFA is satisfied.'
  if (ask.kind === 'impossible') return `Per-user MFA refuses: ${ask.because}.`

  return ask.challenge.kind === 'register' ? 'Per-user MFA asks the user to register a second factor.' : 'Per-user MFA asks for multifactor authentication.'
}
