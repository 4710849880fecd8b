import type { NamedLocation } from './named-location.ts'
import type { AuthenticationStrength } from './policy-set.ts'
import type { ConditionSet, GrantControls, GuestsOrExternalUsers, Policy, SessionControls } from './policy.ts'
import { isMultiFactor, parseCombination } from './methods.ts'
import { builtInStrengths } from './strengths.ts'

/**
 * The policy as Graph answers with it: members in the service's order, sets of words joined with commas, an
 * authentication strength written out in full.
 *
 * @see reference 2.1
 */
export function toGraph(policy: Policy, strengths: readonly AuthenticationStrength[] = []): Record<string, unknown> {
  return {
    id: policy.id,
    templateId: policy.templateId ?? null,
    displayName: policy.displayName,
    createdDateTime: policy.createdDateTime ?? null,
    modifiedDateTime: policy.modifiedDateTime ?? null,
    state: policy.state,
    deletedDateTime: null,
    partialEnablementStrategy: null,
    sessionControls: policy.sessionControls && sessionToGraph(policy.sessionControls),
    conditions: conditionsToGraph(policy.conditions),
    grantControls: policy.grantControls && grantToGraph(policy.grantControls, strengths),
  }
}

/** A member that is not written here is an error of the compiler's. */
type Written<T, Beside extends string = never> = Readonly<Record<keyof T | Beside, unknown>>

function conditionsToGraph(conditions: ConditionSet): Written<ConditionSet, 'times' | 'deviceStates'> {
  const { users, insiderRiskLevels, authenticationFlows, devices } = conditions

  return {
    userRiskLevels: conditions.userRiskLevels,
    signInRiskLevels: conditions.signInRiskLevels,
    clientAppTypes: conditions.clientAppTypes,
    servicePrincipalRiskLevels: conditions.servicePrincipalRiskLevels,
    insiderRiskLevels: insiderRiskLevels === null ? null : insiderRiskLevels.join(','),
    platforms: conditions.platforms,
    locations: conditions.locations,
    times: null,
    deviceStates: null,
    devices,
    clientApplications: conditions.clientApplications,
    authenticationFlows: authenticationFlows && { transferMethods: authenticationFlows.transferMethods.join(',') },
    applications: conditions.applications,
    users: {
      ...users,
      includeGuestsOrExternalUsers: guestsToGraph(users.includeGuestsOrExternalUsers),
      excludeGuestsOrExternalUsers: guestsToGraph(users.excludeGuestsOrExternalUsers),
    },
  }
}

function guestsToGraph(guests: GuestsOrExternalUsers | null): Record<string, unknown> | null {
  if (guests === null) return null
  const { guestOrExternalUserTypes, externalTenants } = guests
  const type = externalTenants?.membershipKind === 'enumerated' ? 'Enumerated' : 'All'

  return {
    guestOrExternalUserTypes: guestOrExternalUserTypes.join(','),
    externalTenants: externalTenants && { '@odata.type': `#microsoft.graph.conditionalAccess${type}ExternalTenants`, ...externalTenants },
  }
}

function grantToGraph(controls: GrantControls, strengths: readonly AuthenticationStrength[]): Written<GrantControls> {
  const { operator, builtInControls, customAuthenticationFactors, termsOfUse, authenticationStrength } = controls
  const expanded = authenticationStrength && [...strengths, ...builtInStrengths].find(({ id }) => id === authenticationStrength.id)

  return { operator, builtInControls, customAuthenticationFactors, termsOfUse, authenticationStrength: expanded ? strengthToGraph(expanded) : authenticationStrength }
}

/** An authentication strength as Graph answers with it; the built-in ones are of the day the service began to have them, and a tenant file tells of no day. */
export function strengthToGraph(strength: AuthenticationStrength): Record<string, unknown> {
  const { createdDateTime = strength.policyType === 'builtIn' ? '2021-12-01T00:00:00Z' : null, modifiedDateTime = createdDateTime } = strength

  return {
    id: strength.id,
    createdDateTime,
    modifiedDateTime,
    displayName: strength.displayName,
    description: strength.description ?? '',
    policyType: strength.policyType,
    requirementsSatisfied: strength.allowedCombinations.every((combination) => isMultiFactor(parseCombination(combination) ?? 0)) ? 'mfa' : 'none',
    allowedCombinations: strength.allowedCombinations,
    combinationConfigurations: strength.combinationConfigurations ?? [],
  }
}

function sessionToGraph(controls: SessionControls): Written<SessionControls> {
  return {
    disableResilienceDefaults: controls.disableResilienceDefaults,
    applicationEnforcedRestrictions: controls.applicationEnforcedRestrictions,
    cloudAppSecurity: controls.cloudAppSecurity,
    signInFrequency: controls.signInFrequency,
    persistentBrowser: controls.persistentBrowser,
    continuousAccessEvaluation: controls.continuousAccessEvaluation,
    secureSignInSession: controls.secureSignInSession,
  }
}

/**
 * The named location as Graph answers with it, its type first and its ranges as they were written.
 *
 * @see reference 3.1
 */
export function namedLocationToGraph(location: NamedLocation): Record<string, unknown> {
  const { '@odata.type': type, id, displayName, createdDateTime = null, modifiedDateTime = null, ...members } = location

  return { '@odata.type': type, id, displayName, createdDateTime, modifiedDateTime: modifiedDateTime ?? createdDateTime, ...members }
}
