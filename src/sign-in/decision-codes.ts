import type { Blocked, Challenge, Decision } from '../policy/decision.ts'
import type { Attempt } from './attempt.ts'

/** The AADSTS number that says why a decision lets nobody in. */
export function codeOf(decision: Decision, attempt: Attempt): number {
  if (decision.blocked) {
    const isProofUp = attempt.event === 'registerSecurityInfo' && decision.blocked.by === 'block'

    return isProofUp ? 53010 : blockedCodes[decision.blocked.by]
  }
  const [challenge] = decision.challenges

  return challenge ? challengeCode(challenge, attempt) : 50131
}

const blockedCodes: Readonly<Record<Blocked['by'], number>> = {
  block: 53003,
  compliantDevice: 53000,
  domainJoinedDevice: 53001,
  approvedApplication: 53002,
  compliantApplication: 53009,
  authenticationStrength: 53003,
  legacyAuthentication: 53003,
  proofUpRisk: 53004,
  registerSecurityInfo: 53010,
  securityDefaults: 530035,
  other: 50131,
}

function challengeCode(challenge: Challenge, { isInteractive, event }: Attempt): number {
  switch (challenge.kind) {
    case 'mfa':
      if (challenge.authenticationType === 'secondaryAuthentication') return 50078
      return isInteractive ? 50074 : 50076
    case 'register': case 'registerSkippable': return isInteractive ? 50072 : 50079
    case 'reauthenticate':
      if (challenge.authenticationType === 'secondaryAuthentication') return 50078
      return event === 'authorize' || event === 'registerSecurityInfo' ? 70044 : 70043
    case 'passwordChange': return 50135
    case 'termsOfUse': case 'custom': return 50158
    case 'federatedMfa': return 50079
  }
}
