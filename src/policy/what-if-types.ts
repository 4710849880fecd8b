import type { ClientAppType, Policy } from './policy.ts'
import type { Conditions, ServicePrincipalIdentity, UserAction, UserIdentity } from './sign-in.ts'

/**
 * A sign-in that did not happen. Whatever is left out is not known, and a condition that needs it counts as not met.
 *
 * @see reference 10
 */
export type WhatIf = {
  readonly identity: UserIdentity | ServicePrincipalIdentity
  readonly target: WhatIfTarget
  readonly conditions: WhatIfConditions
}

export type WhatIfTarget =
  | { readonly applications: readonly string[] }
  | { readonly userAction: UserAction }
  | { readonly authenticationContext: string }

export type WhatIfConditions = Partial<
  Pick<
    Conditions,
    | 'ipAddress' | 'country' | 'gpsCountry' | 'insideCorporateNetwork' | 'platform' | 'device' | 'signInRiskLevel' | 'userRiskLevel'
    | 'servicePrincipalRiskLevel' | 'insiderRiskLevel' | 'transferMethod'
  > & {
    /** `easSupported`: Exchange ActiveSync on some supported platform, whichever. */
    readonly clientAppType: ClientAppType | 'easSupported'
  }
>

/** Why a policy would not apply: the members of Graph's `whatIfAnalysisReasons` that we have a use for. */
export type AnalysisReason =
  | 'notSet' | 'policyNotEnabled' | 'emptyPolicy' | 'invalidPolicy' | 'users' | 'workloadIdentities' | 'application' | 'userActions'
  | 'authenticationContext' | 'signInRisk' | 'userRisk' | 'insiderRisk' | 'devicePlatform' | 'location' | 'clientApps' | 'devices'
  | 'authenticationFlow'

export type WhatIfResult = {
  readonly policy: Policy
  readonly policyApplies: boolean
  /** The first condition that is not met; `notSet` when the policy applies. */
  readonly analysisReasons: AnalysisReason
}
