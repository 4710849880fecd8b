import type { ConditionSet, Filter, GrantControls, GuestsOrExternalUsers, Policy, SessionControls, UsersCondition } from '../policy.ts'
import type { ConditionShape, PolicyShape, SessionShape } from './policy-shape.ts'

/**
 * The policy as the service would store it: every list there, whatever says nothing gone.
 *
 * @see reference 2.3
 */
export function normalisedPolicy(shape: PolicyShape, keepsReadOnly: boolean): Policy {
  const grantControls = normalisedGrant(shape.grantControls)
  const policy: Policy = {
    id: shape.id ?? '',
    displayName: shape.displayName ?? '',
    state: shape.state ?? 'disabled',
    conditions: normalisedConditions(shape.conditions),
    grantControls,
    sessionControls: normalisedSession(shape.sessionControls),
    ...(shape.description ? { description: shape.description } : {}),
    ...(keepsReadOnly && shape.createdDateTime ? { createdDateTime: shape.createdDateTime } : {}),
    ...(keepsReadOnly && shape.modifiedDateTime ? { modifiedDateTime: shape.modifiedDateTime } : {}),
    ...(keepsReadOnly && shape.templateId ? { templateId: shape.templateId } : {}),
  }

  return grantControls?.builtInControls.includes('riskRemediation') ? withRiskRemediation(policy, grantControls) : policy
}

function normalisedConditions(shape: ConditionShape | null): ConditionSet {
  const { locations = null, platforms = null, devices = null, clientApplications = null, authenticationFlows = null } = shape ?? {}
  const insiderRiskLevels = shape?.insiderRiskLevels ?? []
  const filter = normalisedFilter(devices?.deviceFilter)

  return {
    users: normalisedUsers(shape?.users ?? null),
    applications: {
      includeApplications: shape?.applications?.includeApplications ?? [],
      excludeApplications: shape?.applications?.excludeApplications ?? [],
      includeUserActions: shape?.applications?.includeUserActions ?? [],
      includeAuthenticationContextClassReferences: shape?.applications?.includeAuthenticationContextClassReferences ?? [],
      applicationFilter: normalisedFilter(shape?.applications?.applicationFilter),
    },
    clientAppTypes: [...new Set(shape?.clientAppTypes ?? ['all' as const])],
    locations: saysSomething(locations) ? locations : null,
    platforms: saysSomething(platforms) ? platforms : null,
    devices: filter || saysSomething({ ...devices, deviceFilter: [] })
      ? {
          deviceFilter: filter,
          ...(devices?.includeDevices.length ? { includeDevices: devices.includeDevices } : {}),
          ...(devices?.excludeDevices.length ? { excludeDevices: devices.excludeDevices } : {}),
        }
      : null,
    signInRiskLevels: shape?.signInRiskLevels ?? [],
    userRiskLevels: shape?.userRiskLevels ?? [],
    servicePrincipalRiskLevels: shape?.servicePrincipalRiskLevels ?? [],
    insiderRiskLevels: insiderRiskLevels.length > 0 ? insiderRiskLevels : null,
    clientApplications: clientApplications && (clientApplications.servicePrincipalFilter || saysSomething(clientApplications))
      ? { ...clientApplications, servicePrincipalFilter: normalisedFilter(clientApplications.servicePrincipalFilter) }
      : null,
    authenticationFlows: authenticationFlows && authenticationFlows.transferMethods.length > 0 ? authenticationFlows : null,
  }
}

function normalisedUsers(users: ConditionShape['users']): UsersCondition {
  return {
    includeUsers: users?.includeUsers ?? [],
    excludeUsers: users?.excludeUsers ?? [],
    includeGroups: users?.includeGroups ?? [],
    excludeGroups: users?.excludeGroups ?? [],
    includeRoles: users?.includeRoles ?? [],
    excludeRoles: users?.excludeRoles ?? [],
    includeGuestsOrExternalUsers: normalisedGuests(users?.includeGuestsOrExternalUsers ?? null),
    excludeGuestsOrExternalUsers: normalisedGuests(users?.excludeGuestsOrExternalUsers ?? null),
  }
}

type GuestShape = NonNullable<ConditionShape['users']>['includeGuestsOrExternalUsers']

function normalisedGuests(guests: GuestShape): GuestsOrExternalUsers | null {
  if (guests === null || guests.guestOrExternalUserTypes.length === 0) return null
  const { membershipKind, members } = guests.externalTenants ?? {}

  return {
    guestOrExternalUserTypes: guests.guestOrExternalUserTypes,
    externalTenants: guests.externalTenants === null ? null : membershipKind === 'enumerated' ? { membershipKind, members: members ?? [] } : { membershipKind: 'all' },
  }
}

/** A rule without a mode is told by the rules; an empty filter says nothing. */
function normalisedFilter(filter: { mode: Filter['mode'] | null; rule: string | null } | null | undefined): Filter | null {
  return filter?.rule ? { mode: filter.mode ?? 'include', rule: filter.rule } : null
}

/** One control needs no operator; Graph then answers `OR`, whatever was sent. */
function normalisedGrant(grant: PolicyShape['grantControls']): GrantControls | null {
  if (grant === null) return null
  const builtInControls = [...new Set(grant.builtInControls)]
  const { customAuthenticationFactors, termsOfUse, authenticationStrength } = grant
  const count = builtInControls.length + customAuthenticationFactors.length + termsOfUse.length + (authenticationStrength ? 1 : 0)
  if (count === 0) return null

  return { operator: count === 1 ? 'OR' : (grant.operator ?? 'OR'), builtInControls, customAuthenticationFactors, termsOfUse, authenticationStrength }
}

/** What is switched off is as good as not there; nothing left is null. */
function normalisedSession(session: SessionShape | null): SessionControls | null {
  if (session === null) return null
  const { signInFrequency: frequency, persistentBrowser: browser, cloudAppSecurity: security, continuousAccessEvaluation: evaluation } = session
  const controls: SessionControls = {
    applicationEnforcedRestrictions: isOn(session.applicationEnforcedRestrictions) ? { isEnabled: true } : null,
    cloudAppSecurity: isOn(security) ? { isEnabled: true, cloudAppSecurityType: security!.cloudAppSecurityType ?? 'mcasConfigured' } : null,
    signInFrequency: isOn(frequency)
      ? {
          isEnabled: true,
          value: frequency!.value,
          type: frequency!.type,
          authenticationType: frequency!.authenticationType ?? 'primaryAndSecondaryAuthentication',
          frequencyInterval: frequency!.frequencyInterval ?? 'timeBased',
        }
      : null,
    persistentBrowser: isOn(browser) && browser!.mode ? { isEnabled: true, mode: browser!.mode } : null,
    disableResilienceDefaults: session.disableResilienceDefaults === true ? true : null,
    secureSignInSession: isOn(session.secureSignInSession) ? { isEnabled: true } : null,
    continuousAccessEvaluation: evaluation?.mode && evaluation.isEnabled !== false ? { mode: evaluation.mode } : null,
  }

  return Object.values(controls).some((control) => control !== null) ? controls : null
}

/** An object that does not say whether it is on, is on. */
function isOn(control: { isEnabled: boolean | null } | null): boolean {
  return control !== null && control.isEnabled !== false
}

/** The service adds what remediation needs by itself: a strong method, and a fresh one. */
function withRiskRemediation(policy: Policy, grantControls: GrantControls): Policy {
  const none: SessionControls = {
    applicationEnforcedRestrictions: null, cloudAppSecurity: null, signInFrequency: null, persistentBrowser: null,
    disableResilienceDefaults: null, secureSignInSession: null, continuousAccessEvaluation: null,
  }
  const { authenticationStrength: own, builtInControls } = grantControls
  const authenticationStrength = own ?? (builtInControls.includes('mfa') ? null : { id: '00000000-0000-0000-0000-000000000002' })

  return {
    ...policy,
    grantControls: { ...grantControls, operator: 'AND', authenticationStrength },
    sessionControls: {
      ...none,
      ...policy.sessionControls,
      signInFrequency: { isEnabled: true, value: null, type: null, authenticationType: 'primaryAndSecondaryAuthentication', frequencyInterval: 'everyTime' },
    },
  }
}

function saysSomething(lists: object | null | undefined): boolean {
  return Object.values(lists ?? {}).some((list) => Array.isArray(list) && list.length > 0)
}
