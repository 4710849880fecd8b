import type { PolicyStanding } from './decision.ts'
import type { PolicySource } from './policy-set.ts'
import type { SignIn, UserIdentity } from './sign-in.ts'
import { isLegacy } from './conditions/client-app-types.ts'
import type { Evidence } from './evidence.ts'
import { impossible, owed, type Impossible, type Owed } from './grant-controls/grant-control.ts'
import { canDoMfa, mfa } from './grant-controls/mfa.ts'
import { standingBeside } from './standing-beside.ts'
import { applicationGroups, wellKnown } from './well-known.ts'

/** The id under which security defaults appear beside the policies. */
export const securityDefaultsId = 'SecurityDefaults'

/**
 * What security defaults ask of a sign-in; null where they ask nothing. Everybody registers a second factor,
 * administrators and whoever manages Azure show it every time, the others when something about them is new, and legacy
 * clients are refused.
 *
 * @see reference 1.4
 */
export function askOfSecurityDefaults(signIn: SignIn, source: PolicySource, evidence: Evidence): Owed | Impossible | null {
  const { identity, session, conditions, isInteractive } = signIn
  if (identity.kind !== 'user' || holdsOneOf(identity, [synchronizationAccounts])) return null
  // They send users to register, and do not stand in the way there.
  if (signIn.target.userAction === 'urn:user:registersecurityinfo') return null
  if (isLegacy(conditions.clientAppType)) return legacy
  if (evidence.isMultiFactor) return null
  const { daysLeft = 0, isRegistrationSkipped = false, isMfaDue = false } = session.securityDefaults ?? {}
  const isHomeAsked = identity.federation?.federatedIdpMfaBehavior === 'enforceMfaByFederatedIdp'
  if (!canDoMfa(identity) && !isHomeAsked && daysLeft > 0) {
    return isInteractive && !isRegistrationSkipped ? owed({ kind: 'registerSkippable', daysLeft }) : null
  }
  const isAsked = isMfaDue || !canDoMfa(identity) || holdsOneOf(identity, administrators) || managesAzure(signIn)
  const judgement = isAsked ? mfa.compile('mfa', source).judge({ signIn, source, evidence, isRiskBased: false }) : null

  return judgement === null || judgement.kind === 'met' ? null : judgement
}

/** The part of security defaults, as the log writes it; null where they are off or not about this identity. */
export function securityDefaultsStanding({ source, signIn, ask }: { source: PolicySource; signIn: SignIn; ask: Owed | Impossible | null }): PolicyStanding | null {
  if (!source.securityDefaults || signIn.identity.kind !== 'user') return null

  return standingBeside({ id: securityDefaultsId, displayName: 'Security Defaults', ask, reason: reasonFor(ask) })
}

function reasonFor(ask: Owed | Impossible | null): string {
  if (ask === null) return 'Security defaults ask nothing more.'
  if (ask.kind === 'impossible') return `Security defaults refuse: ${ask.because}.`

  return ask.challenge.kind.startsWith('register') ? 'Security defaults ask the user to register a second factor.' : 'Security defaults ask for multifactor authentication.'
}

const legacy = impossible('securityDefaults', 'legacy authentication is refused')

function holdsOneOf({ roleTemplateIds }: UserIdentity, roles: readonly string[]): boolean {
  return roleTemplateIds.some((id) => roles.includes(id.toLowerCase()))
}

function managesAzure({ target }: SignIn): boolean {
  return target.resources.some((id) => applicationGroups[wellKnown.azureResourceManager]!.includes(id))
}

const synchronizationAccounts = 'd29b2b05-8046-44ba-8758-1e26182fcf32'

/** The roles that show a second factor at every sign-in. */
const administrators = [
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', // Application Administrator
  'c4e39bd9-1100-46d3-8c65-fb160da0071f', // Authentication Administrator
  '0526716b-113d-4c15-b2c8-68e3c22b9f80', // Authentication Policy Administrator
  'b0f54661-2d74-4c50-afa3-1ec803f12efe', // Billing Administrator
  '158c047a-c907-4556-b7ef-446551a6b5f7', // Cloud Application Administrator
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9', // Conditional Access Administrator
  '29232cdf-9323-42fd-ade2-1d097af3e4de', // Exchange Administrator
  '62e90394-69f5-4237-9190-012177145e10', // Global Administrator
  '729827e3-9c14-49f7-bb1b-9608f156bbb8', // Helpdesk Administrator
  '45d8d3c5-c802-45c6-b32a-1d70b5e1e86e', // Identity Governance Administrator
  '966707d0-3269-4727-9be2-8c3a10f19b9d', // Password Administrator
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13', // Privileged Authentication Administrator
  'e8611ab8-c189-46e8-94e1-60213ab1f814', // Privileged Role Administrator
  '194ae4cb-b126-40b2-bd5b-6091b380977d', // Security Administrator
  'f28a1f50-f6e7-4571-818b-6a12f2af6b6c', // SharePoint Administrator
  '69091246-20e8-4a56-aa4d-066075b2a7a8', // Teams Administrator
  'fe930be7-5e62-47db-91af-98c3a49a38b1', // User Administrator
]
