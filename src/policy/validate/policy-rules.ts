import type { BuiltInControl, Policy } from '../policy.ts'
import { mfaTrustedIpsLocation } from '../policy.ts'
import { parseSecurityAttributeFilter } from '../filter-rule/custom-security-attributes.ts'
import { parseDeviceFilter } from '../filter-rule/device.ts'
import { builtInStrengths } from '../strengths.ts'
import { wellKnown } from '../well-known.ts'
import { defaultLimits, type ValidationContext } from './context.ts'
import {
  controlsIn, frequencyFault, halfSaid, hasFurtherConditions, isAllApplications, isKnown, isMixed, isPasswordChangeMisused, plain, references, ruleFault,
} from './policy-faults.ts'
import type { PolicyShape } from './policy-shape.ts'
import { notLicensed, reasonProblem, schemaProblem, type Problem } from './problem.ts'

/** A policy as it would be stored, the shape it was written in, and what it is checked against. */
export type Checked = { readonly policy: Policy; readonly shape: PolicyShape; readonly context: ValidationContext }

/** A rule that spans members. It tells what is wrong, or nothing. */
export type PolicyRule = (checked: Checked) => readonly (Problem | null)[]

/**
 * The rules of a policy, in the order in which the service answers with them.
 *
 * @see reference 2.4
 */
export const policyRules: Record<string, PolicyRule> = {
  required: ({ shape }) => [
    shape.displayName ? null : schemaProblem('displayName', 'a policy needs a displayName'),
    (shape.displayName?.length ?? 0) > 256 ? schemaProblem('displayName', 'a displayName has at most 256 characters') : null,
    shape.state === null ? schemaProblem('state', 'a policy needs a state: enabled, disabled or enabledForReportingButNotEnforced') : null,
    shape.conditions === null ? schemaProblem('conditions', 'a policy needs conditions') : null,
    ...halfSaid(shape).map(([path, detail]) => schemaProblem(path, detail)),
  ],

  clientAppTypesEmpty: ({ shape }) => [
    shape.conditions?.clientAppTypes?.length === 0
      ? {
          path: 'conditions.clientAppTypes',
          rule: 'clientAppTypesEmpty',
          number: 1_064,
          message:
            "1064: 'clientAppTypes' condition does not support []. If you want to target all client apps, use ['All']. If you want to target modern authentication clients, use ['browser', 'mobileAppsAndDesktopClients']. " +
            'For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0.',
          detail: 'an empty list matches no client; write ["all"], or leave it out',
          status: 400,
          code: 'BadRequest',
        }
      : null,
  ],

  appsAndActions: ({ policy: { conditions: { applications } } }) => {
    const lists = [applications.includeApplications, applications.includeUserActions, applications.includeAuthenticationContextClassReferences]

    return [
      lists.filter((list) => list.length > 0).length > 1
        ? {
            path: 'conditions.applications',
            rule: 'appsAndActions',
            number: 1_012,
            message: "1012: 'applications' condition cannot include both 'includeApplications' and 'includeUserActions'/'includeProtectionLevels'. Please remove one of the conditions.",
            detail: 'a policy is about applications, or about user actions, or about authentication contexts; keep one',
            status: 400,
            code: 'BadRequest',
          }
        : null,
    ]
  },

  missingApplications: ({ policy: { conditions: { applications } }, shape }) => {
    const { includeApplications, includeUserActions, includeAuthenticationContextClassReferences, applicationFilter } = applications
    const isSelected = [includeApplications, includeUserActions, includeAuthenticationContextClassReferences].some((list) => list.length > 0) || applicationFilter !== null

    return [isSelected || shape.conditions === null ? null : schemaProblem('conditions.applications', 'nothing is selected; write includeApplications ["None"] to select nothing', 'missingApplications')]
  },

  missingUsers: ({ policy: { conditions: { users, clientApplications } }, shape }) => {
    const isSelected = users.includeUsers.length + users.includeGroups.length + users.includeRoles.length > 0 || users.includeGuestsOrExternalUsers !== null

    return [isSelected || clientApplications !== null || shape.conditions === null ? null : reason('missingUsers', 'conditions.users', 'MissingUserCondition', 'nobody is selected; write includeUsers ["None"] to select nobody')]
  },

  guestKeywordMix: ({ policy: { conditions: { users } } }) => {
    const usesKeyword = [...users.includeUsers, ...users.excludeUsers].includes('GuestsOrExternalUsers')
    const usesObject = users.includeGuestsOrExternalUsers !== null || users.excludeGuestsOrExternalUsers !== null
    const message = "'GuestsOrExternalUsers' cannot be combined with guestOrExternalUsers"

    return [usesKeyword && usesObject ? plain('guestKeywordMix', 'conditions.users', message, 'name guests by the keyword or by their types, not by both') : null]
  },

  roleAll: ({ policy: { conditions: { users } } }) =>
    (['includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'] as const).map((list) =>
      users[list].some((id) => id === 'All' || id === 'None')
        ? plain('roleAll', `conditions.users.${list}`, `Invalid value in '${list}': 'All' and 'None' are not supported.`, `${list} takes ids; name everybody by includeUsers ["All"]`)
        : null),

  noneAlone: ({ policy: { conditions } }) => {
    const { users, applications, locations, platforms, clientAppTypes } = conditions
    const excludesUsers = users.excludeUsers.length + users.excludeGroups.length + users.excludeRoles.length > 0 || users.excludeGuestsOrExternalUsers !== null
    const faults: [string, boolean, string][] = [
      ['conditions.users.includeUsers', isMixed(users.includeUsers), '"All" and "None" stand alone'],
      ['conditions.users.includeUsers', users.includeUsers.includes('None') && excludesUsers, '"None" leaves nobody to exclude'],
      ['conditions.users.excludeUsers', users.excludeUsers.some((id) => id === 'All' || id === 'None'), 'everybody cannot be excluded'],
      ['conditions.applications.includeApplications', isMixed(applications.includeApplications), '"All" and "None" stand alone'],
      ['conditions.applications.includeApplications', applications.includeApplications.includes('None') && applications.excludeApplications.length > 0, '"None" leaves nothing to exclude'],
      ['conditions.applications.excludeApplications', applications.excludeApplications.some((id) => id === 'All' || id === 'None'), 'all resources cannot be excluded'],
      ['conditions.locations.includeLocations', isMixed(locations?.includeLocations ?? []), '"All" stands alone'],
      ['conditions.platforms.includePlatforms', isMixed(platforms?.includePlatforms ?? []), '"all" stands alone'],
      ['conditions.clientAppTypes', isMixed(clientAppTypes), '"all" stands alone'],
    ]

    return faults.map(([path, isFault, detail]) => (isFault ? reason('noneAlone', path, 'InvalidInclusion', detail) : null))
  },

  noControls: ({ policy: { grantControls, sessionControls } }) => [
    grantControls === null && sessionControls === null
      ? reason('noControls', 'grantControls', 'MissingControls', 'the policy wants nothing; give it a grant control or a session control that is switched on')
      : null,
  ],

  operator: ({ policy: { grantControls }, shape }) => [
    grantControls !== null && shape.grantControls?.operator === null && controlsIn(grantControls).length > 1
      ? schemaProblem('grantControls.operator', 'with several controls say whether all of them ("AND") or one of them ("OR") is wanted')
      : null,
  ],

  blockCombined: ({ policy: { grantControls } }) => [
    grantControls?.builtInControls.includes('block') && controlsIn(grantControls).length > 1
      ? reason('blockCombined', 'grantControls', 'InvalidBlockControl', '"block" stands alone')
      : null,
  ],

  mfaAndStrength: ({ policy: { grantControls } }) => [
    grantControls?.authenticationStrength && grantControls.builtInControls.includes('mfa')
      ? reason('mfaAndStrength', 'grantControls', 'InvalidAuthenticationStrengthControl', 'want "mfa" or an authentication strength, not both')
      : null,
  ],

  passwordChange: ({ policy }) => [
    isPasswordChangeMisused(policy)
      ? reason('passwordChange', 'grantControls', 'InvalidPasswordResetControl', 'a password change is wanted together with MFA ("AND"), by user risk, for all resources, without further conditions or controls')
      : null,
  ],

  registerDeviceControls: ({ policy: { conditions, grantControls } }) => {
    const isAbout = conditions.applications.includeUserActions.includes('urn:user:registerdevice')
    const others = grantControls ? controlsIn(grantControls).filter((id) => id !== 'mfa' && id !== grantControls.authenticationStrength?.id) : []
    const isNarrowed = !conditions.clientAppTypes.includes('all') || conditions.devices !== null

    return [isAbout && (others.length > 0 || isNarrowed)
      ? reason('registerDeviceControls', 'conditions.applications.includeUserActions', 'InvalidUserActionControl', 'registering a device can only want MFA, from all clients and devices')
      : null]
  },

  easScope: ({ policy: { conditions, grantControls } }) => {
    const { clientAppTypes, applications, users } = conditions
    const isAlone = clientAppTypes.length === 1 && clientAppTypes[0] === 'exchangeActiveSync'
    const isExchangeOnly = applications.includeApplications.every((id) => id === wellKnown.exchangeOnline)
    // Blocking the protocol everywhere, and for everybody but approved or protected apps, is what tenants do; wanting more of it is not.
    const wants = (control: BuiltInControl) => grantControls?.builtInControls.includes(control) ?? false
    const isOfApps = wants('approvedApplication') || wants('compliantApplication')

    const reachesOthers = (users.includeUsers.includes('All') && !isOfApps) || users.includeRoles.length > 0 || users.includeGuestsOrExternalUsers !== null

    return [isAlone && !wants('block') && (!isExchangeOnly || reachesOthers)
      ? reason('easScope', 'conditions.clientAppTypes', 'InvalidExchangeActiveSyncCondition', 'Exchange ActiveSync reaches Exchange Online only, for users and groups')
      : null]
  },

  mobileAppControls: ({ policy: { conditions, grantControls } }) => {
    const mobile = grantControls?.builtInControls.filter((control) => control === 'approvedApplication' || control === 'compliantApplication') ?? []
    const isNeeded = mobile.length > 0 && (grantControls!.operator === 'AND' || mobile.length === controlsIn(grantControls!).length)
    const desktop = conditions.platforms?.includePlatforms.filter((platform) => platform === 'macOS' || platform === 'linux') ?? []

    return [isNeeded && desktop.length > 0
      ? reason('mobileAppControls', 'conditions.platforms', 'InvalidPlatformCondition', `there are no approved or protected client apps on ${desktop.join(' and ')}`)
      : null]
  },

  persistentBrowserApps: ({ policy: { conditions, sessionControls } }) => [
    sessionControls?.persistentBrowser && !isAllApplications(conditions)
      ? reason('persistentBrowserApps', 'sessionControls.persistentBrowser', 'InvalidPersistentBrowserControl', 'a persistent browser session is a matter of all resources; include "All" and exclude none')
      : null,
  ],

  sifInterval: ({ policy: { sessionControls } }) => {
    const frequency = sessionControls?.signInFrequency
    const fault = frequency ? frequencyFault(frequency) : null

    return [fault === null ? null : reason('sifInterval', 'sessionControls.signInFrequency', 'InvalidSignInFrequencyControl', fault)]
  },

  caeDisabled: ({ policy: { conditions, sessionControls } }) => [
    sessionControls?.continuousAccessEvaluation?.mode === 'disabled' && (!isAllApplications(conditions) || hasFurtherConditions(conditions))
      ? reason('caeDisabled', 'sessionControls.continuousAccessEvaluation', 'InvalidContinuousAccessEvaluationControl', 'it can be switched off for all resources only, without further conditions')
      : null,
  ],

  workloadControls: ({ policy: { conditions, grantControls, sessionControls } }) => {
    const { clientApplications, users } = conditions
    if (clientApplications === null) return []
    const names = 'conditions.clientApplications'
    const isBlock = grantControls !== null && controlsIn(grantControls).join() === 'block' && sessionControls === null
    const selectsUsers = users.includeUsers.some((id) => id !== 'None') || users.includeGroups.length + users.includeRoles.length > 0 || users.includeGuestsOrExternalUsers !== null
    const isNarrowed = !conditions.clientAppTypes.includes('all') || conditions.platforms !== null || conditions.devices !== null || conditions.authenticationFlows !== null ||
      conditions.insiderRiskLevels !== null || conditions.signInRiskLevels.length + conditions.userRiskLevels.length > 0

    return [
      clientApplications.includeServicePrincipals.length === 0 && clientApplications.servicePrincipalFilter === null
        ? reason('workloadControls', names, 'InvalidWorkloadIdentityControl', 'no service principal is selected') : null,
      isBlock ? null : reason('workloadControls', names, 'InvalidWorkloadIdentityControl', 'workload identities can only be blocked'),
      selectsUsers ? reason('workloadControls', names, 'InvalidWorkloadIdentityControl', 'a policy is about users or about workload identities, not about both') : null,
      isNarrowed ? reason('workloadControls', names, 'InvalidWorkloadIdentityControl', 'only locations, service principal risk and authentication contexts narrow a policy about workload identities') : null,
    ]
  },

  deviceFilter: ({ policy: { conditions: { devices } }, shape }) => {
    if (devices === null) return []
    const path = 'conditions.devices.deviceFilter'

    return [
      devices.deviceFilter ? ruleFault('deviceFilter', `${path}.rule`, 'InvalidDeviceFilter', () => parseDeviceFilter(devices.deviceFilter!.rule)) : null,
      devices.deviceFilter && shape.conditions?.devices?.deviceFilter?.mode === null ? schemaProblem(`${path}.mode`, 'say whether the filter includes or excludes') : null,
      devices.deviceFilter && (devices.includeDevices ?? devices.excludeDevices)
        ? reason('deviceFilter', path, 'InvalidDeviceFilter', 'a device filter and device states cannot be combined') : null,
    ]
  },

  appFilterScope: ({ policy: { conditions: { applications, clientApplications } } }) => {
    const filter = applications.applicationFilter
    const path = 'conditions.applications.applicationFilter'
    const byFilter = clientApplications?.servicePrincipalFilter

    return [
      filter && applications.includeApplications.some((id) => id === 'All' || id === 'None')
        ? reason('appFilterScope', path, 'InvalidApplicationFilter', 'an application filter cannot be combined with "All" or "None"') : null,
      filter ? ruleFault('appFilterScope', `${path}.rule`, 'InvalidApplicationFilter', () => parseSecurityAttributeFilter(filter.rule)) : null,
      byFilter ? ruleFault('appFilterScope', 'conditions.clientApplications.servicePrincipalFilter.rule', 'InvalidServicePrincipalFilter', () => parseSecurityAttributeFilter(byFilter.rule)) : null,
    ]
  },

  acrUnknown: ({ policy: { conditions: { applications } }, context: { known } }) =>
    applications.includeAuthenticationContextClassReferences.map((id, at) => {
      const path = `conditions.applications.includeAuthenticationContextClassReferences[${at}]`
      if (!/^c([1-9]|[1-9]\d)$/.test(id)) return reason('acrUnknown', path, 'InvalidAuthenticationContext', `${id} is no authentication context; they are c1 to c99`)

      return isKnown(id, known?.authenticationContexts) ? null : reason('acrUnknown', path, 'InvalidAuthenticationContext', `the authentication context ${id} does not exist`)
    }),

  locationUnknown: ({ policy: { conditions: { locations } }, context: { known } }) =>
    (['includeLocations', 'excludeLocations'] as const).flatMap((list) =>
      (locations?.[list] ?? []).map((id, at) =>
        ['All', 'AllTrusted', mfaTrustedIpsLocation].includes(id) || isKnown(id, known?.namedLocations)
          ? null
          : reason('locationUnknown', `conditions.locations.${list}[${at}]`, 'InvalidNamedLocation', `the named location ${id} does not exist`))),

  strengthUnknown: ({ policy: { grantControls }, context: { known } }) => {
    const id = grantControls?.authenticationStrength?.id

    return [id === undefined || builtInStrengths.some((strength) => strength.id === id) || isKnown(id, known?.authenticationStrengths)
      ? null
      : reason('strengthUnknown', 'grantControls.authenticationStrength', 'InvalidAuthenticationStrength', `the authentication strength ${id} does not exist`)]
  },

  termsOfUseUnknown: ({ policy: { grantControls }, context: { known } }) =>
    (grantControls?.termsOfUse ?? []).map((id, at) =>
      isKnown(id, known?.termsOfUse) ? null : reason('termsOfUseUnknown', `grantControls.termsOfUse[${at}]`, 'InvalidTermsOfUse', `the agreement ${id} does not exist`)),

  referenceUnknown: ({ policy: { conditions }, context: { known } }) =>
    references.flatMap(({ path, kind, keywords, ids }) =>
      ids(conditions).map((id, at) =>
        keywords.includes(id) || isKnown(id, known?.[kind])
          ? null
          : reason('referenceUnknown', `conditions.${path}[${at}]`, 'InvalidReference', `${id} is not in the tenant's ${kind}`))),

  riskLicence: ({ policy: { conditions }, context: { licence } }) => [
    licence === 'P1' && conditions.signInRiskLevels.length + conditions.userRiskLevels.length > 0
      ? { ...notLicensed, path: 'conditions', rule: 'notLicensed', detail: 'risk conditions need the P2 licence' }
      : null,
  ],

  securityDefaultsOn: ({ policy: { state }, context: { securityDefaults } }) => [
    securityDefaults && state === 'enabled'
      ? plain('securityDefaultsOn', 'state', 'Security Defaults is enabled in the tenant. You must disable Security defaults before enabling a Conditional Access policy.', 'security defaults are on; switch them off, or write the policy as disabled or report-only')
      : null,
  ],

  tooManyPolicies: ({ context: { counts, limits } }) => {
    const most = limits?.policies ?? defaultLimits.policies

    return [(counts?.policies ?? 0) >= most ? reason('tooManyPolicies', '', 'PolicyQuotaExceeded', `the tenant has ${most} policies already, which is all it may have`) : null]
  },
}

function reason(rule: string, path: string, word: string, detail: string): Problem {
  return reasonProblem(path, rule, word, detail)
}
