import type { Compiled } from './compile.ts'
import type { Decision, Outcome } from './decision.ts'
import type { NamedLocation } from './named-location.ts'
import type { Policy } from './policy.ts'
import type { SignIn } from './sign-in.ts'

/** Everything of a tenant that Conditional Access reads: what `compile` builds a policy set from, once per change. */
export type PolicySource = {
  readonly policies: readonly Policy[]
  readonly namedLocations: readonly NamedLocation[]
  readonly authenticationStrengths: readonly AuthenticationStrength[]
  /** `none` never had it: policies are dormant. `lapsed` lost it: they stay enforced. `P1` has no risk conditions. */
  readonly licence: Licence
  readonly securityDefaults: boolean
  readonly mfaServiceSettings: MfaServiceSettings
  readonly lowPrivilegeScopeEnforcement: 'legacy' | 'enforced'
  readonly inboundTrust: { readonly mfa: boolean; readonly compliantDevice: boolean; readonly hybridDevice: boolean }
  /** Display names by agreement id, for the reasons. */
  readonly termsOfUse?: Readonly<Record<string, string>>
}

export type Licence = 'none' | 'lapsed' | 'P1' | 'P2'

export type MfaServiceSettings = {
  /** IPv4 CIDR ranges, at most 50. */
  readonly trustedIps: readonly string[]
  readonly skipMfaForFederatedUsersOnIntranet: boolean
  /** 0 = "remember MFA" is off. */
  readonly rememberMfaDays: number
}

export type AuthenticationStrength = {
  readonly id: string
  readonly displayName: string
  readonly policyType: 'builtIn' | 'custom'
  /** Each a comma-joined set of methods, as Graph writes it: `password,softwareOath`. */
  readonly allowedCombinations: readonly string[]
  readonly description?: string
  readonly combinationConfigurations?: readonly CombinationConfiguration[]
  /** A custom one's; the built-in ones are of the day the service began to have them. */
  readonly createdDateTime?: string
  readonly modifiedDateTime?: string
}

/** Which keys, or which certificates, a combination of a strength asks for. */
export type CombinationConfiguration = {
  readonly '@odata.type'?: string
  readonly id?: string
  readonly appliesToCombinations: readonly string[]
  readonly allowedAAGUIDs?: readonly string[]
  readonly allowedIssuerSkis?: readonly string[]
  readonly allowedPolicyOIDs?: readonly string[]
}

/** A compiled tenant: fast to ask, immutable. */
export type PolicySet = {
  readonly source: PolicySource
  /** What Conditional Access says, every policy's part in it included. */
  evaluate(signIn: SignIn): Decision
  /** The same decision without the policies' parts, for those who only act on it. */
  decide(signIn: SignIn): Outcome
  /** For this room only. */
  readonly compiled: Compiled
}
