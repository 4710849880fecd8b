import { completeAgreement, completeApplication, completeAuthenticationContext, completeDevice, completeDomain, completeGroup, completeTokenLifetimePolicy, completeUser } from './complete.ts'
import { keysOfCollection, nameOf, nounOf, uniqueIn, type Collections } from './collections.ts'
import { parsedRange } from './countries.ts'
import { judgedLocation, judgedPolicy, judgedStrength, problemsOfStrength, refuseAgreementRemoval, refuseContextRemoval, refuseLocationRemoval, refuseStrengthRemoval } from './conditional-access.ts'
import { problemsOfMembershipRule } from './dynamic-groups.ts'
import { unknownName, type Problem } from './refusal.ts'
import { builtInRoles, roleNamed } from './roles.ts'
import { overWellKnown } from './well-known.ts'
import type { Agreement, Application, AuthenticationContext, Collection, Device, Directory, Domain, Entities, Group, TenantSettings, User } from './types.ts'

type Rule<E> = (entity: E, directory: Directory) => readonly Problem[]

/**
 * An entity as it will be kept: what was left out filled in, ids and names in their one spelling. Throws the refusal where
 * the policy room has the say, and refuses.
 */
export function completed<C extends Collection>(collection: C, entity: Entities[C], directory: Directory): Entities[C] {
  return (completions[collection] as (entity: Entities[C], directory: Directory) => Entities[C])(entity, directory)
}

const completions: { readonly [C in Collection]: (entity: Entities[C], directory: Directory) => Entities[C] } = {
  domains: (domain) => completeDomain(domain),
  users: (user, { settings }) => completeUser(settings.id, user),
  groups: (group, { settings }) => completeGroup(settings.id, group),
  applications: (application, { settings }) => completeApplication(settings.id, overWellKnown(application)),
  devices: (device, { settings }) => completeDevice(settings.id, device),
  tokenLifetimePolicies: (policy, { settings }) => completeTokenLifetimePolicy(settings.id, policy),
  agreements: (agreement, { settings }) => completeAgreement(settings.id, agreement),
  deletedItems: (item) => item,
  namedLocations: judgedLocation,
  authenticationStrengths: judgedStrength,
  authenticationContextClassReferences: (context) => completeAuthenticationContext(context),
  conditionalAccessPolicies: judgedPolicy,
}

/** What is wrong with an entity in this tenant, whoever wrote it and when. */
export function problemsOfEntity<C extends Collection>(collection: C, entity: Entities[C], directory: Directory, collections: Collections): readonly Problem[] {
  const own = (rules[collection] as Rule<Entities[C]> | undefined)?.(entity, directory) ?? []

  return [...problemsOfName(collection, entity), ...problemsOfSharing(collection, entity, collections), ...own]
}

function problemsOfName<C extends Collection>(collection: C, entity: Entities[C]): readonly Problem[] {
  const name = (nameOf[collection] as (entity: Entities[C]) => unknown)(entity)
  const member = collection === 'domains' || collection === 'deletedItems' ? 'id' : collection === 'users' ? 'userPrincipalName' : 'displayName'

  return typeof name === 'string' && name.trim() !== '' ? [] : [{ path: member, message: `A ${nounOf[collection]} needs a ${member}.` }]
}

/** No two entities may have the same key where a key means one; no two principals the same object id. */
function problemsOfSharing<C extends Collection>(collection: C, entity: Entities[C], collections: Collections): readonly Problem[] {
  const id = entity.id.toLowerCase()
  const problems: Problem[] = []
  for (const index of uniqueIn[collection]) {
    const keys = (keysOfCollection[collection] as Record<string, (entity: Entities[C]) => readonly string[]>)[index]?.(entity) ?? []
    for (const key of keys) {
      if (!collections[collection].ids(index, key).some((other) => other !== id)) continue
      const member = index === 'identifierUri' ? 'identifierUris' : index
      problems.push({ path: member, message: `Another ${nounOf[collection]} has the ${index} "${key}". Choose another, or change that one first.`, isTaken: true })
    }
  }
  for (const other of principals) {
    if (other === collection || !principals.includes(collection as never)) continue
    if (collections[other].get(id)) problems.push({ path: 'id', message: `A ${nounOf[other]} has the id "${entity.id}". Choose another.` })
  }

  return problems
}

const principals = ['users', 'groups', 'devices'] as const

const rules: { readonly [C in Collection]?: Rule<Entities[C]> } = {
  domains: problemsOfDomain,
  users: problemsOfUser,
  groups: problemsOfGroup,
  applications: problemsOfApplication,
  devices: problemsOfDevice,
  authenticationStrengths: problemsOfStrength,
  authenticationContextClassReferences: problemsOfContext,
  agreements: problemsOfAgreement,
}

function problemsOfContext({ id }: AuthenticationContext): readonly Problem[] {
  return /^c[1-9]\d?$/.test(id) ? [] : [{ path: 'id', message: `"${id}" is no authentication context. They are c1 to c99.` }]
}

/** Periods are days or weeks: a month has no fixed length. */
function problemsOfAgreement({ termsExpiration, userReacceptRequiredFrequency }: Agreement): readonly Problem[] {
  const periods = [['termsExpiration.frequency', termsExpiration?.frequency], ['userReacceptRequiredFrequency', userReacceptRequiredFrequency]] as const
  const problems: Problem[] = periods.flatMap(([path, period]) => (
    period && !/^P[1-9]\d{0,4}[DW]$/.test(period) ? [{ path, message: `"${period}" is not a period in days or weeks. Write it as P90D.` }] : []
  ))
  const start = termsExpiration?.startDateTime

  return start !== undefined && Number.isNaN(Date.parse(start))
    ? [...problems, { path: 'termsExpiration.startDateTime', message: `"${start}" is not an instant. Write it as 2026-01-01T00:00:00Z.` }]
    : problems
}

function problemsOfUser(user: User, directory: Directory): readonly Problem[] {
  const { userPrincipalName } = user
  const problems = user.roles.flatMap((role, index) => problemsOfRole(`roles[${index}]`, role))
  if (!/^[^@\s]+@[^@\s]+$/.test(userPrincipalName)) {
    problems.push({ path: 'userPrincipalName', message: `"${userPrincipalName}" is not a user principal name. Write name@domain.` })
  } else if (!isNamedAfter(directory.domainOf(userPrincipalName))) {
    const [name, domain = ''] = userPrincipalName.split('@')
    const domains = directory.list('domains').flatMap(({ id, isVerified }) => (isVerified === false ? [] : [id]))
    const problem = unknownName('userPrincipalName', `"${domain}" is not a domain of this tenant`, domain, domains)
    problems.push({ ...problem, ...(problem.nearest ? { nearest: `${name}@${problem.nearest}` } : {}) })
  }

  return problems
}

/** Whether users may have a domain in their names: it is the tenant's, and shown to be. */
function isNamedAfter(domain: Domain | undefined): boolean {
  return domain !== undefined && domain.isVerified !== false
}

function problemsOfRole(path: string, role: string): Problem[] {
  return roleNamed(role) ? [] : [unknownName(path, `There is no role "${role}"`, role, builtInRoles.map(({ displayName }) => displayName))]
}

function problemsOfGroup(group: Group, directory: Directory): readonly Problem[] {
  const problems: Problem[] = []
  const before = directory.get('groups', group.id)
  const wasIn = new Set(before?.members)
  group.members.forEach((member, index) => {
    if (wasIn.has(member)) return
    if (member === group.id) problems.push({ path: `members[${index}]`, message: 'A group cannot be a member of itself.' })
    else if (!isPrincipal(member, directory)) problems.push(nobody(`members[${index}]`, member))
    else if (group.isAssignableToRole && directory.get('groups', member)) {
      problems.push({ path: `members[${index}]`, message: 'A role-assignable group has no groups in it. Add their members instead.' })
    }
  })
  group.owners.forEach((owner, index) => {
    if (!isPrincipal(owner, directory)) problems.push(nobody(`owners[${index}]`, owner))
  })
  if (group.isAssignableToRole && group.membershipRule !== null) {
    problems.push({ path: 'membershipRule', message: 'A role-assignable group has assigned members only. Leave the rule out, or isAssignableToRole.' })
  }
  if (group.membershipRule !== null) {
    problems.push(...problemsOfMembershipRule(group.membershipRule))
    if (group.members.length > 0) problems.push({ path: 'members', message: 'A group with a membershipRule has the members its rule finds. Leave members out, or the rule.' })
  }
  if (!group.isAssignableToRole && group.roles?.length) {
    problems.push({ path: 'roles', message: 'Only a group with isAssignableToRole can have roles.' })
  }
  problems.push(...(group.roles ?? []).flatMap((role, index) => problemsOfRole(`roles[${index}]`, role)))

  return problems
}

function problemsOfApplication(application: Application, directory: Directory): readonly Problem[] {
  const problems: Problem[] = []
  const roles = new Set(application.appRoles.map(({ id }) => id))
  application.assignments.forEach(({ principal, role }, index) => {
    const path = `assignments[${index}]`
    if (!isPrincipal(principal, directory) && principal !== application.servicePrincipalId) problems.push(nobody(`${path}.principal`, principal))
    if (role !== null && !roles.has(role)) {
      problems.push(unknownName(`${path}.role`, `"${application.displayName}" has no app role "${role}"`, role, application.appRoles.map(({ id }) => id)))
    }
  })
  application.consents.forEach(({ resource }, index) => {
    if (resource === application.appId || directory.resource(resource)) return
    problems.push({ path: `consents[${index}].resource`, message: `There is no application with the app id "${resource}" in this tenant.` })
  })
  application.userConsents?.forEach(({ principal, resource }, index) => {
    if (!directory.get('users', principal)) problems.push({ path: `userConsents[${index}].principal`, message: `There is no user with the id "${principal}" in this tenant.` })
    if (resource !== application.appId && !directory.resource(resource)) {
      problems.push({ path: `userConsents[${index}].resource`, message: `There is no application with the app id "${resource}" in this tenant.` })
    }
  })
  application.owners?.forEach((owner, index) => {
    if (!isPrincipal(owner, directory) && owner !== application.servicePrincipalId) problems.push(nobody(`owners[${index}]`, owner))
  })
  problems.push(...(application.roles ?? []).flatMap((role, index) => problemsOfRole(`roles[${index}]`, role)))
  if (application.tokenLifetimePolicy !== null && !directory.get('tokenLifetimePolicies', application.tokenLifetimePolicy)) {
    problems.push({ path: 'tokenLifetimePolicy', message: `There is no token lifetime policy "${application.tokenLifetimePolicy}".` })
  }
  problems.push(...problemsOfMinutes('sessionTimeoutInMinutes', application.sessionTimeoutInMinutes, 10, 1440))
  problems.push(...problemsOfMinutes('inactivityTimeoutInMinutes', application.inactivityTimeoutInMinutes, 5, 1440))
  for (const kind of ['web', 'spa', 'publicClient'] as const) {
    application[kind].redirectUris.forEach((uri, index) => {
      if (!URL.canParse(uri)) problems.push({ path: `${kind}.redirectUris[${index}]`, message: `"${uri}" is not an absolute URI.` })
    })
  }

  return problems
}

function problemsOfMinutes(path: string, minutes: number | null, least: number, most: number): readonly Problem[] {
  if (minutes === null || (Number.isInteger(minutes) && minutes >= least && minutes <= most)) return []

  return [{ path, message: `${minutes} minutes is not between ${least} and ${most}.` }]
}

function problemsOfDevice(device: Device, directory: Directory): readonly Problem[] {
  return device.registeredOwners.flatMap((owner, index) => (directory.get('users', owner) ? [] : [nobody(`registeredOwners[${index}]`, owner)]))
}

function problemsOfDomain(domain: Domain, directory: Directory): readonly Problem[] {
  const problems: Problem[] = []
  if (!/^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/.test(domain.id)) {
    problems.push({ path: 'id', message: `"${domain.id}" is not a domain name.` })
  }
  if (!domain.isDefault && directory.get('domains', domain.id)?.isDefault) {
    problems.push({ path: 'isDefault', message: 'A tenant has one default domain. Make another one the default instead.' })
  }
  if (domain.isDefault && domain.isVerified === false) problems.push({ path: 'isDefault', message: `"${domain.id}" is not verified. Verify it first.` })

  return problems
}

/** Whether an object id is of somebody (or something) that can be a member, an owner or an assignee. */
function isPrincipal(id: string, directory: Directory): boolean {
  if (principals.some((collection) => directory.get(collection, id) !== undefined)) return true
  const application = directory.named('applications', id)

  return application?.id === id || application?.servicePrincipalId === id
}

function nobody(path: string, id: string): Problem {
  return { path, message: `There is no user, group, application or device with the id "${id}" in this tenant.` }
}

/** What stands against an entity going. Throws the refusal where Graph has words of its own for it. */
export function problemsOfRemoval<C extends Collection>(collection: C, entity: Entities[C], directory: Directory): readonly Problem[] {
  return (removals[collection] as Rule<Entities[C]> | undefined)?.(entity, directory) ?? []
}

const removals: { readonly [C in Collection]?: Rule<Entities[C]> } = {
  namedLocations(location, directory) {
    refuseLocationRemoval(location, directory)

    return []
  },
  authenticationStrengths(strength, directory) {
    refuseStrengthRemoval(strength, directory)

    return []
  },
  authenticationContextClassReferences(context, directory) {
    refuseContextRemoval(context, directory)

    return []
  },
  agreements(agreement, directory) {
    refuseAgreementRemoval(agreement, directory)

    return []
  },
  domains(domain, directory) {
    if (domain.isDefault) return [{ path: '', message: `"${domain.id}" is the default domain. Make another one the default first.` }]
    const user = directory.list('users').find(({ userPrincipalName }) => directory.domainOf(userPrincipalName)?.id === domain.id)

    return user ? [{ path: '', message: `"${domain.id}" is in use: "${user.userPrincipalName}" signs in with it. Rename or remove that user first.` }] : []
  },
  tokenLifetimePolicies(policy, directory) {
    const application = directory.list('applications').find(({ tokenLifetimePolicy }) => tokenLifetimePolicy === policy.id)

    return application ? [{ path: '', message: `"${policy.displayName}" is in use by "${application.displayName}". Take it from there first.` }] : []
  },
}

/** What stands against the tenant having these settings. */
export function problemsOfSettings(settings: TenantSettings, directory: Directory): readonly Problem[] {
  const before = directory.settings
  const { trustedIps, skipMfaForFederatedUsersOnIntranet, rememberMfaDays } = settings.mfaServiceSettings
  const problems: Problem[] = [...problemsOfTrustedIps(trustedIps), ...problemsOfCountries(settings.countries)]
  if (!['none', 'lapsed', 'P1', 'P2'].includes(settings.licence)) problems.push({ path: 'licence', message: `"${settings.licence}" is no licence. There are none, lapsed, P1 and P2.` })
  if (!['entra', 'standard'].includes(settings.profile)) problems.push({ path: 'profile', message: `"${settings.profile}" is no profile. There are entra and standard.` })
  if (!Number.isInteger(rememberMfaDays) || rememberMfaDays < 0 || rememberMfaDays > 365) {
    problems.push({ path: 'mfaServiceSettings.rememberMfaDays', message: `${rememberMfaDays} is not between 0 (off) and 365 days.` })
  }
  if (skipMfaForFederatedUsersOnIntranet && !before.mfaServiceSettings.skipMfaForFederatedUsersOnIntranet) {
    const domain = directory.list('domains').find(({ federation }) => federation?.mfaEnabled === false)
    if (domain) {
      const path = 'mfaServiceSettings.skipMfaForFederatedUsersOnIntranet'
      problems.push({ path, message: `The federated domain "${domain.id}" has MFA switched off, which this setting requires. Set federation.mfaEnabled of the domain to true first.` })
    }
  }
  if (settings.securityDefaults && !before.securityDefaults && settings.licence !== 'none') {
    const policy = directory.list('conditionalAccessPolicies').find(({ state }) => state === 'enabled')
    if (policy) {
      problems.push({ path: 'securityDefaults', message: `Security defaults cannot be on beside Conditional Access: the policy "${policy.displayName}" is enabled. Disable or remove the enabled policies first.` })
    }
  }

  return problems
}

/** MFA trusted IPs: IPv4 ranges, 50 at most. */
export function problemsOfTrustedIps(ranges: readonly string[]): readonly Problem[] {
  const path = 'mfaServiceSettings.trustedIps'
  const problems = ranges.flatMap((range, index) => {
    const parsed = parsedRange(range)
    if (parsed === null) return [{ path: `${path}[${index}]`, message: `"${range}" is not a range. Write it as 192.0.2.0/24.` }]

    return parsed.bytes.length === 4 ? [] : [{ path: `${path}[${index}]`, message: `"${range}" is IPv6; MFA trusted IPs are IPv4 only. Use a named location instead.` }]
  })

  return ranges.length > 50 ? [...problems, { path, message: `There are ${ranges.length} ranges; the service takes 50.` }] : problems
}

/** The country table: ranges on one side, ISO 3166-1 alpha-2 on the other. */
export function problemsOfCountries(countries: Readonly<Record<string, string>>): readonly Problem[] {
  return Object.entries(countries).flatMap(([range, country]) => {
    const path = `countries["${range}"]`
    if (parsedRange(range) === null) return [{ path, message: `"${range}" is not a range. Write it as 192.0.2.0/24 or 2001:db8::/32.` }]

    return /^[A-Z]{2}$/.test(country) ? [] : [{ path, message: `"${country}" is not a country. Write two capital letters, as DE.` }]
  })
}
