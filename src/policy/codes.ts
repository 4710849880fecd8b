import type { Blocked, Challenge, Outcome } from './decision.ts'

/** How a decision reaches the client: whether somebody can be shown a page, and by which request. */
export type Event = {
  readonly isInteractive: boolean
  readonly event:
    | 'authorize' | 'authorizationCode' | 'refreshToken' | 'clientCredentials' | 'password' | 'onBehalfOf'
    | 'deviceCode' | 'registerSecurityInfo'
}

/**
 * The AADSTS number of a decision; null when it grants. It names the first thing that is asked, or what refused.
 *
 * @see reference 8 and Appendix B 6
 */
export function aadstsOf(decision: Pick<Outcome, 'outcome' | 'challenges' | 'blocked'>, event: Event): number | null {
  if (decision.blocked !== null) {
    // Blocked in the middle of proving up is told apart from blocked at the door.
    return event.event === 'registerSecurityInfo' && decision.blocked.by === 'block' ? 53_010 : refusals[decision.blocked.by]
  }
  const [challenge] = decision.challenges

  return challenge === undefined ? null : challenges[challenge.kind](event, challenge)
}

const refusals: Record<Blocked['by'], number> = {
  block: 53_003,
  compliantDevice: 53_000,
  domainJoinedDevice: 53_001,
  approvedApplication: 53_002,
  compliantApplication: 53_009,
  authenticationStrength: 53_003,
  legacyAuthentication: 53_003,
  proofUpRisk: 53_004,
  registerSecurityInfo: 53_010,
  securityDefaults: 530_035,
  perUserMfa: 50_076,
  other: 53_003,
}

const challenges: Record<Challenge['kind'], (event: Event, challenge: Challenge) => number> = {
  mfa: ({ isInteractive }, { authenticationType }) => (authenticationType === 'secondaryAuthentication' ? 50_078 : isInteractive ? 50_074 : 50_076),
  register: ({ isInteractive }) => (isInteractive ? 50_072 : 50_079),
  registerSkippable: ({ isInteractive }) => (isInteractive ? 50_072 : 50_079),
  federatedMfa: () => 50_079,
  reauthenticate: ({ event }) => (event === 'refreshToken' ? 70_043 : 70_044),
  passwordChange: () => 50_135,
  termsOfUse: () => 50_158,
  custom: () => 50_158,
}
