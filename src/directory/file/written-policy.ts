import type { ConditionSet, GrantControls, Policy, SessionControls } from '../../policy/policy.ts'

type Written = Readonly<Record<string, unknown>>

/** A policy whole: every list there, every unset member null. (Until the policy room's own check is here.) */
export function wholePolicy(id: string, written: Written): Policy {
  const conditions = object(written.conditions)

  return {
    id,
    displayName: String(written.displayName),
    state: (written.state ?? 'enabled') as Policy['state'],
    conditions: {
      users: lists(conditions.users, ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'], ['includeGuestsOrExternalUsers', 'excludeGuestsOrExternalUsers']),
      applications: lists(conditions.applications, ['includeApplications', 'excludeApplications', 'includeUserActions', 'includeAuthenticationContextClassReferences'], ['applicationFilter']),
      clientAppTypes: conditions.clientAppTypes ?? ['all'],
      locations: conditions.locations ? lists(conditions.locations, ['includeLocations', 'excludeLocations']) : null,
      platforms: conditions.platforms ? lists(conditions.platforms, ['includePlatforms', 'excludePlatforms']) : null,
      devices: conditions.devices ?? null,
      signInRiskLevels: conditions.signInRiskLevels ?? [],
      userRiskLevels: conditions.userRiskLevels ?? [],
      servicePrincipalRiskLevels: conditions.servicePrincipalRiskLevels ?? [],
      insiderRiskLevels: conditions.insiderRiskLevels ?? null,
      clientApplications: conditions.clientApplications ? lists(conditions.clientApplications, ['includeServicePrincipals', 'excludeServicePrincipals'], ['servicePrincipalFilter']) : null,
      authenticationFlows: conditions.authenticationFlows ?? null,
    } as unknown as ConditionSet,
    grantControls: written.grantControls
      ? ({ operator: 'OR', ...lists(written.grantControls, ['builtInControls', 'customAuthenticationFactors', 'termsOfUse'], ['authenticationStrength']) } as unknown as GrantControls)
      : null,
    sessionControls: written.sessionControls
      ? (lists(written.sessionControls, [], [
          'applicationEnforcedRestrictions', 'cloudAppSecurity', 'signInFrequency', 'persistentBrowser', 'disableResilienceDefaults',
          'secureSignInSession', 'continuousAccessEvaluation',
        ]) as unknown as SessionControls)
      : null,
  }
}

function lists(written: unknown, names: readonly string[], nullable: readonly string[] = []): Written {
  return {
    ...Object.fromEntries(names.map((name) => [name, []])),
    ...Object.fromEntries(nullable.map((name) => [name, null])),
    ...Object.fromEntries(Object.entries(object(written)).filter(([, value]) => value !== null)),
  }
}

function object(written: unknown): Written {
  return typeof written === 'object' && written !== null ? (written as Written) : {}
}
