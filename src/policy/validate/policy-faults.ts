import type { ConditionSet, GrantControls, Policy, SignInFrequency } from '../policy.ts'
import { InvalidFilterRule } from '../filter-rule/parse.ts'
import type { KnownIds } from './context.ts'
import type { PolicyShape } from './policy-shape.ts'
import { reasonProblem, type Problem } from './problem.ts'

/** The small questions that the rules of a policy are made of. */

export function controlsIn({ builtInControls, customAuthenticationFactors, termsOfUse, authenticationStrength }: GrantControls): string[] {
  return [...builtInControls, ...customAuthenticationFactors, ...termsOfUse, ...(authenticationStrength ? [authenticationStrength.id] : [])]
}

/** A keyword for all or none beside anything else. */
export function isMixed(list: readonly string[]): boolean {
  return list.length > 1 && list.some((id) => ['All', 'None', 'all'].includes(id))
}

export function isAllApplications({ applications }: ConditionSet): boolean {
  return applications.includeApplications.includes('All') && applications.excludeApplications.length === 0 && applications.applicationFilter === null
}

/** Whether the policy says anything beside who, what and how risky the user is. */
export function hasFurtherConditions(conditions: ConditionSet): boolean {
  const { clientAppTypes, locations, platforms, devices, signInRiskLevels, servicePrincipalRiskLevels, insiderRiskLevels, authenticationFlows } = conditions

  return (
    !clientAppTypes.includes('all') ||
    [locations, platforms, devices, insiderRiskLevels, authenticationFlows].some((condition) => condition !== null) ||
    signInRiskLevels.length + servicePrincipalRiskLevels.length > 0
  )
}

/** A password is changed after MFA, because of the user's risk, everywhere, and for no other reason (reference 2.4.10). */
export function isPasswordChangeMisused({ conditions, grantControls }: Policy): boolean {
  if (!grantControls?.builtInControls.includes('passwordChange')) return false
  const others = controlsIn(grantControls).filter((id) => id !== 'passwordChange')
  const isWithMfa = others.length === 1 && (others[0] === 'mfa' || others[0] === grantControls.authenticationStrength?.id)

  return grantControls.operator !== 'AND' || !isWithMfa || conditions.userRiskLevels.length === 0 || !isAllApplications(conditions) || hasFurtherConditions(conditions)
}

/** Null where the frequency is sound. */
export function frequencyFault({ value, type, frequencyInterval }: SignInFrequency): string | null {
  if (frequencyInterval === 'everyTime') return value !== null || type !== null ? '"everyTime" takes neither value nor type' : null
  if (value === null || type === null) return 'give value and type, as in 8 hours'
  const most = { hours: 23, days: 365 }[type]

  return value < 1 || value > most ? `${value} ${type} is out of bounds; there are 1 to ${most} ${type}` : null
}

/** What is begun and says nothing as it stands: left out in silence, the policy would do less than it seems to. */
export function halfSaid({ conditions, sessionControls }: PolicyShape): [path: string, detail: string][] {
  const { persistentBrowser: browser = null, continuousAccessEvaluation: evaluation = null } = sessionControls ?? {}
  const { users = null, devices = null, applications = null, clientApplications = null } = conditions ?? {}
  const guests = { includeGuestsOrExternalUsers: users?.includeGuestsOrExternalUsers, excludeGuestsOrExternalUsers: users?.excludeGuestsOrExternalUsers }
  const filters = {
    'devices.deviceFilter': devices?.deviceFilter,
    'applications.applicationFilter': applications?.applicationFilter,
    'clientApplications.servicePrincipalFilter': clientApplications?.servicePrincipalFilter,
  }
  const faults: [string, string, boolean][] = [
    ['sessionControls.persistentBrowser.mode', 'say "always" or "never"', browser?.isEnabled === true && browser.mode === null],
    ['sessionControls.continuousAccessEvaluation.mode', 'say "strictEnforcement", "strictLocation" or "disabled"', evaluation?.isEnabled === true && evaluation.mode === null],
    ...Object.entries(filters).map(([path, filter]): [string, string, boolean] => [`conditions.${path}.rule`, 'a filter needs a rule', Boolean(filter && filter.mode !== null && !filter.rule)]),
    ...Object.entries(guests).map(([member, one]): [string, string, boolean] => (
      [`conditions.users.${member}.guestOrExternalUserTypes`, 'say which kinds of guests', Boolean(one && one.guestOrExternalUserTypes.length === 0 && one.externalTenants?.members.length)])),
  ]

  return faults.flatMap(([path, detail, isFault]) => (isFault ? [[path, detail]] : []))
}

/** Whether an id exists, as far as anybody told. */
export function isKnown(id: string, known: Iterable<string> | undefined): boolean {
  if (known === undefined) return true
  const wanted = id.toLowerCase()
  for (const one of known) if (one.toLowerCase() === wanted) return true

  return false
}

/** The members that name something of the directory. */
export const references: readonly {
  readonly path: string
  readonly kind: keyof KnownIds
  readonly keywords: readonly string[]
  ids(conditions: ConditionSet): readonly string[]
}[] = [
  { path: 'users.includeUsers', kind: 'users', keywords: ['All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers'], ids: ({ users }) => users.includeUsers },
  { path: 'users.excludeUsers', kind: 'users', keywords: ['All', 'None', 'GuestsOrExternalUsers', 'AllAgentIdUsers'], ids: ({ users }) => users.excludeUsers },
  { path: 'users.includeGroups', kind: 'groups', keywords: ['All', 'None'], ids: ({ users }) => users.includeGroups },
  { path: 'users.excludeGroups', kind: 'groups', keywords: ['All', 'None'], ids: ({ users }) => users.excludeGroups },
  { path: 'users.includeRoles', kind: 'roles', keywords: ['All', 'None'], ids: ({ users }) => users.includeRoles },
  { path: 'users.excludeRoles', kind: 'roles', keywords: ['All', 'None'], ids: ({ users }) => users.excludeRoles },
  { path: 'applications.includeApplications', kind: 'applications', keywords: ['All', 'None', 'Office365', 'MicrosoftAdminPortals', 'AllAgentIdResources'], ids: ({ applications }) => applications.includeApplications },
  { path: 'applications.excludeApplications', kind: 'applications', keywords: ['All', 'None', 'Office365', 'MicrosoftAdminPortals', 'AllAgentIdResources'], ids: ({ applications }) => applications.excludeApplications },
  { path: 'clientApplications.includeServicePrincipals', kind: 'servicePrincipals', keywords: ['ServicePrincipalsInMyTenant'], ids: ({ clientApplications }) => clientApplications?.includeServicePrincipals ?? [] },
  { path: 'clientApplications.excludeServicePrincipals', kind: 'servicePrincipals', keywords: [], ids: ({ clientApplications }) => clientApplications?.excludeServicePrincipals ?? [] },
]

/** What is wrong with a filter rule, if it cannot be read. */
export function ruleFault(rule: string, path: string, reason: string, parse: () => unknown): Problem | null {
  try {
    parse()

    return null
  } catch (error) {
    if (!(error instanceof InvalidFilterRule)) throw error

    return reasonProblem(path, rule, reason, error.message)
  }
}

export function plain(rule: string, path: string, message: string, detail: string): Problem {
  return { path, rule, number: null, message, detail, status: 400, code: 'BadRequest' }
}
