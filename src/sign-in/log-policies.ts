import type { ConditionName, Decision, PolicyStanding, RuleSatisfied } from '../policy/decision.ts'
import type { BuiltInControl, SessionControls } from '../policy/policy.ts'
import type { AuthenticationStrength } from '../policy/policy-set.ts'
import { builtInStrengths } from '../policy/strengths.ts'
import type { SignInTenant } from './attempt.ts'

/**
 * Every policy's part in a sign-in as the log's `appliedConditionalAccessPolicies` writes it. The log stops at the first
 * condition that does not hold, where the decision goes on.
 */
export function appliedPolicies(decision: Decision, tenant: SignInTenant): Record<string, unknown>[] {
  const again = decision.challenges.filter(({ kind }) => kind === 'reauthenticate').flatMap(({ policyIds }) => policyIds)
  const policies = decision.policies.map((standing) => (again.includes(standing.id) ? againRowOf(standing, tenant) : rowOf(standing, tenant)))

  return decision.securityDefaults ? [...policies, securityDefaultsRow(decision.securityDefaults, tenant)] : policies
}

/** Who demanded a second factor of this sign-in, met or not; null = nobody. */
export function demandsMfa(decision: Decision, tenant: SignInTenant): { requirementProvider: string; detail: string } | null {
  const byPolicy = decision.policies.some(({ state, applies, grantControls }) => (
    state === 'enabled' && applies && grantControls.some((control) => control === 'mfa' || isStrength(control, tenant))
  ))
  if (byPolicy) return { requirementProvider: 'multiConditionalAccess', detail: 'Conditional Access' }

  if (decision.perUserMfa !== null) return { requirementProvider: 'user', detail: 'Per-user MFA' }

  const byDefaults = decision.securityDefaults?.applies ?? false

  return byDefaults ? { requirementProvider: 'securityDefaults', detail: 'Security Defaults' } : null
}

/** A compiled policy set tells equal standings with one value, so that a row is written once and not per sign-in. */
const rows = new WeakMap<PolicyStanding, Record<string, unknown>>()
const againRows = new WeakMap<PolicyStanding, Record<string, unknown>>()

function rowOf(standing: PolicyStanding, tenant: SignInTenant): Record<string, unknown> {
  const written = rows.get(standing) ?? newRow(standing, tenant)
  rows.set(standing, written)

  return written
}

/** The row of a policy whose sign-in frequency has passed: the user has to sign in again. */
function againRowOf(standing: PolicyStanding, tenant: SignInTenant): Record<string, unknown> {
  const written = againRows.get(standing) ?? { ...rowOf(standing, tenant), sessionControlsNotSatisfied: [controlNames.signInFrequency] }
  againRows.set(standing, written)

  return written
}

function newRow(standing: PolicyStanding, tenant: SignInTenant): Record<string, unknown> {
  const { id, displayName, result } = standing
  if (standing.state === 'disabled') {
    return { id, displayName, enforcedGrantControls: [], enforcedSessionControls: [], sessionControlsNotSatisfied: [], result, conditionsSatisfied: 'none', conditionsNotSatisfied: 'none', authenticationStrength: null, includeRulesSatisfied: [], excludeRulesSatisfied: [] }
  }
  const strength = standing.grantControls.map((control) => strengthOf(control, tenant)).find((found) => found !== undefined)
  const unmet = logOrder.find((condition) => standing.conditionsNotSatisfied.includes(condition))
  const reached = unmet === undefined ? logOrder : logOrder.slice(0, logOrder.indexOf(unmet))
  const isLookedAt = ({ conditionalAccessCondition: condition }: RuleSatisfied) => condition === unmet || reached.includes(condition)

  return {
    id,
    displayName,
    enforcedGrantControls: standing.grantControls.filter((control) => !isStrength(control, tenant)).map((control) => controlNames[control] ?? tenant.directory.get('agreements', control)?.displayName ?? control),
    enforcedSessionControls: standing.sessionControls.map((control) => controlNames[control] ?? control),
    sessionControlsNotSatisfied: [],
    result,
    conditionsSatisfied: flags(reached.filter((condition) => standing.conditionsSatisfied.includes(condition))),
    conditionsNotSatisfied: flags(unmet === undefined ? [] : [unmet]),
    authenticationStrength: strength ? { authenticationStrengthId: strength.id, displayName: strength.displayName } : null,
    includeRulesSatisfied: standing.includeRulesSatisfied.filter(isLookedAt),
    excludeRulesSatisfied: standing.excludeRulesSatisfied.filter(isLookedAt),
  }
}

/** Security defaults stand beside the policies, without naming the controls they ask for (reference 1.4). */
function securityDefaultsRow(standing: PolicyStanding, tenant: SignInTenant): Record<string, unknown> {
  return { ...rowOf(standing, tenant), enforcedGrantControls: [], enforcedSessionControls: [] }
}

/** Controls as the log spells them (reference 9.2). */
const grantControlNames: Readonly<Record<BuiltInControl, string>> = {
  block: 'Block',
  mfa: 'Mfa',
  compliantDevice: 'RequireCompliantDevice',
  domainJoinedDevice: 'RequireDomainJoinedDevice',
  approvedApplication: 'RequireApprovedApp',
  compliantApplication: 'RequireCompliantApp',
  passwordChange: 'PasswordChange',
  riskRemediation: 'RiskRemediation',
}
const sessionControlNames: Readonly<Record<keyof SessionControls, string>> = {
  signInFrequency: 'SignInFrequency',
  persistentBrowser: 'PersistentBrowserSessionMode',
  applicationEnforcedRestrictions: 'AppEnforcedRestrictions',
  cloudAppSecurity: 'CloudAppSecurity',
  secureSignInSession: 'SignInTokenProtection',
  continuousAccessEvaluation: 'ContinuousAccessEvaluation',
  disableResilienceDefaults: 'DisableResilienceDefaults',
}
const controlNames: Readonly<Record<string, string>> = { ...grantControlNames, ...sessionControlNames }

/** The order in which the real log's rows show conditions to be looked at. */
const logOrder: readonly ConditionName[] = [
  'application', 'users', 'location', 'devicePlatform', 'clientType', 'deviceState', 'client', 'signInRisk', 'userRisk',
  'servicePrincipals', 'servicePrincipalRisk', 'insiderRisk', 'authenticationFlows', 'time',
]

/** The order in which Graph joins the flags of an enumeration. */
const flagOrder: readonly ConditionName[] = [
  'application', 'users', 'devicePlatform', 'location', 'clientType', 'signInRisk', 'userRisk', 'time', 'deviceState', 'client',
  'ipAddressSeenByAzureAD', 'ipAddressSeenByResourceProvider', 'servicePrincipals', 'servicePrincipalRisk', 'authenticationFlows', 'insiderRisk',
]

/** A location and the address it was told by go together. */
function flags(conditions: readonly ConditionName[]): string {
  const all: readonly ConditionName[] = conditions.includes('location') ? [...conditions, 'ipAddressSeenByAzureAD'] : conditions

  return flagOrder.filter((flag) => all.includes(flag)).join(',') || 'none'
}

function isStrength(control: string, tenant: SignInTenant): boolean {
  return strengthOf(control, tenant) !== undefined
}

/** The strength that a control names, of the tenant's own or of those that every tenant has. */
function strengthOf(control: string, { directory }: SignInTenant): AuthenticationStrength | undefined {
  return directory.get('authenticationStrengths', control) ?? builtInStrengths.find(({ id }) => id === control)
}
