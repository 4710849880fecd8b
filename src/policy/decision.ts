/**
 * What Conditional Access says about one sign-in. The pages, the token endpoint, the log, what-if, the error page and
 * the tests all read this value; it is plain data and survives JSON unchanged.
 */
export type Decision = {
  readonly outcome: 'granted' | 'interrupted' | 'blocked'
  /** What the user must do, in the order of asking. Empty unless `interrupted`. */
  readonly challenges: readonly Challenge[]
  /** Why nothing can be done. Null unless `blocked`. */
  readonly blocked: Blocked | null
  readonly session: SessionDecision
  /** Every policy of the tenant, in display-name order, whatever its result. */
  readonly policies: readonly PolicyStanding[]
  /** The part of security defaults, id `SecurityDefaults`; null where they are off or say nothing about this sign-in. */
  readonly securityDefaults: PolicyStanding | null
  /** The part of per-user MFA, id `PerUserMfa`; null where it is not on for the user. */
  readonly perUserMfa: PolicyStanding | null
  /** `conditionalAccessStatus` of the log row. */
  readonly conditionalAccessStatus: 'success' | 'failure' | 'notApplied'
  /** The named locations that contain the address, and whether the request counts as trusted. */
  readonly location: { readonly namedLocationIds: readonly string[]; readonly isTrusted: boolean; readonly isMfaTrustedIp: boolean }
  /** Things worth telling a person that changed no result, e.g. why MFA trusted IPs did not count. */
  readonly notes: readonly string[]
}

/** What a decision does: all of it but why. */
export type Outcome = Pick<Decision, 'outcome' | 'challenges' | 'blocked' | 'session'>

export type ChallengeKind =
  | 'mfa' | 'register' | 'registerSkippable' | 'reauthenticate' | 'passwordChange' | 'termsOfUse' | 'federatedMfa' | 'custom'

export type Challenge = {
  readonly kind: ChallengeKind
  /** The policies that ask for it; security defaults ask as `SecurityDefaults`, per-user MFA as `PerUserMfa`. */
  readonly policyIds: readonly string[]
  /** Methods that would satisfy it, where an authentication strength narrows them; null = any. */
  readonly allowedMethods: readonly string[] | null
  /** `termsOfUse`: the agreements owed; `custom`: the factor ids. */
  readonly ids?: readonly string[]
  /**
   * `reauthenticate`: whether the first factor is asked again too. `mfa`: it is asked because a sign-in frequency of that
   * kind has passed; absent when it was never done.
   */
  readonly authenticationType?: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication'
  /** `registerSkippable`: days left. */
  readonly daysLeft?: number
}

/** The first control that cannot be met, as the refusal names it, and every policy that demands the like. */
export type Blocked = {
  readonly by:
    | 'block' | 'compliantDevice' | 'domainJoinedDevice' | 'approvedApplication' | 'compliantApplication'
    | 'authenticationStrength' | 'legacyAuthentication' | 'proofUpRisk' | 'registerSecurityInfo' | 'securityDefaults' | 'perUserMfa' | 'other'
  readonly policyIds: readonly string[]
}

export type SessionDecision = {
  /** The shortest period that any policy asks for; null = the tenant's default of rolling 90 days. */
  readonly signInFrequency: SignInFrequencyDecision | null
  /** Each policy's own demand: a re-authentication follows the violated one (reference 4.5). */
  readonly signInFrequencies: readonly (SignInFrequencyDecision & { readonly policyId: string })[]
  readonly persistentBrowser: 'always' | 'never' | null
  readonly continuousAccessEvaluation: 'strictEnforcement' | 'disabled' | 'strictLocation' | null
  readonly applicationEnforcedRestrictions: boolean
  readonly cloudAppSecurity: 'mcasConfigured' | 'monitorOnly' | 'blockDownloads' | null
  readonly disableResilienceDefaults: boolean
  readonly secureSignInSession: boolean
}

export type SignInFrequencyDecision = {
  readonly seconds: number | 'everyTime'
  readonly authenticationType: 'primaryAndSecondaryAuthentication' | 'secondaryAuthentication'
}

export type PolicyResult =
  | 'success' | 'failure' | 'notApplied' | 'notEnabled' | 'unknown'
  | 'reportOnlySuccess' | 'reportOnlyFailure' | 'reportOnlyInterrupted' | 'reportOnlyNotApplied'

/** Graph's `conditionalAccessConditions` names. */
export type ConditionName =
  | 'application' | 'users' | 'devicePlatform' | 'location' | 'clientType' | 'signInRisk' | 'userRisk' | 'time'
  | 'deviceState' | 'client' | 'ipAddressSeenByAzureAD' | 'ipAddressSeenByResourceProvider' | 'servicePrincipals'
  | 'servicePrincipalRisk' | 'authenticationFlows' | 'insiderRisk'

/** One policy's part in a decision. */
export type PolicyStanding = {
  readonly id: string
  readonly displayName: string
  readonly state: 'enabled' | 'disabled' | 'enabledForReportingButNotEnforced'
  readonly result: PolicyResult
  /** Whether all its conditions hold, whatever its state. */
  readonly applies: boolean
  readonly conditionsSatisfied: readonly ConditionName[]
  readonly conditionsNotSatisfied: readonly ConditionName[]
  readonly includeRulesSatisfied: readonly RuleSatisfied[]
  readonly excludeRulesSatisfied: readonly RuleSatisfied[]
  /** Graph control names as the policy writes them: `mfa`, `compliantDevice`, a strength's or an agreement's id. */
  readonly controlsMet: readonly string[]
  /** Unmet, but the user can do something about them. */
  readonly controlsOwed: readonly string[]
  /** Unmet, and nothing can be done. */
  readonly controlsImpossible: readonly string[]
  readonly grantControls: readonly string[]
  readonly sessionControls: readonly string[]
  /** One sentence for a person: why it applied or did not, and what it wanted. */
  readonly reason: string
}

/** Graph's `conditionalAccessRuleSatisfied`, e.g. `{ conditionalAccessCondition: 'location', ruleSatisfied: 'allTrustedLocations' }`. */
export type RuleSatisfied = { readonly conditionalAccessCondition: ConditionName; readonly ruleSatisfied: string }
