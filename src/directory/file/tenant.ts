import { completeAgreement, completeAuthenticationContext, completeDevice, completeDomain, completeGroup, completeSettings, completeTokenLifetimePolicy, completeUser } from '../complete.ts'
import { builtInStrengths, mapReferences } from '../../policy/index.ts'
import { limitsOf } from '../conditional-access.ts'
import { idFor } from '../ids.ts'
import type { Problem } from '../refusal.ts'
import type { Application, Domain, RegisteredMethod, TenantData, User } from '../types.ts'
import { identified, namesIn, type Entry, type Identified, type IdentifiedApplication } from './identify.ts'
import type { Kind } from './names.ts'
import { idsOf, unresolved, type Report, type Resolver } from './resolve.ts'
import type { TenantEntry } from './schema.ts'
import { locationOf, policyOf } from './conditional-access.ts'

/** A tenant made of its file, and where in the file each of its entities was written. */
export type BuiltTenant = { readonly data: TenantData; readonly places: ReadonlyMap<object, string> }

/** A tenant as its file describes it: ids given, names resolved, defaults filled in. Passwords are still as they were written. */
export function builtTenant(entry: TenantEntry, path: string, report: Report): BuiltTenant {
  const places = new Map<object, string>()
  const domains = domainsOf(entry, path, places, report.problem)
  const main = domains.find(({ isDefault }) => isDefault)?.id ?? 'tenant'
  const tenantId = entry.id?.toLowerCase() ?? idFor('portcullis', 'tenant', main)
  const given = identified({ ...entry, authenticationContextClassReferences: contextsOf(entry) }, tenantId, path, report.problem)
  const resolver: Resolver = { ...report, names: namesIn(given) }

  function made<I extends { readonly at: string }, E extends object>(list: readonly I[], make: (item: I, index: number) => E | null): readonly E[] {
    return list.flatMap((item, index) => {
      const entity = make(item, index)
      if (entity === null) return []
      places.set(entity, item.at)

      return [entity]
    })
  }

  const activatedRoles = entry.settings?.activatedRoles
  const settings = completeSettings({
    ...entry,
    id: tenantId,
    displayName: entry.displayName ?? main,
    settings: { ...entry.settings, ...(activatedRoles ? { activatedRoles: idsOf(resolver, ['roles'], activatedRoles, `${path}.settings.activatedRoles`) } : {}) },
  } as never)
  const limits = limitsOf(settings)
  const known = {
    namedLocations: [...given.namedLocations.map(({ id }) => id), unresolved],
    authenticationStrengths: [...builtInStrengths, ...given.authenticationStrengths].map(({ id }) => id).concat(unresolved),
    authenticationContexts: given.authenticationContextClassReferences.map(({ id }) => id),
    termsOfUse: [...given.agreements.map(({ id }) => id), unresolved],
  }

  const data: TenantData = {
    ...settings,
    domains,
    users: made(given.users, (user) => userOf(tenantId, user, resolver)),
    groups: made(given.groups, ({ id, at, written }) => completeGroup(tenantId, {
      ...written,
      id,
      members: idsOf(resolver, members, written.members, `${at}.members`),
      owners: idsOf(resolver, members, written.owners, `${at}.owners`),
      ...(written.roles ? { roles: idsOf(resolver, ['roles'], written.roles, `${at}.roles`) } : {}),
    } as never)),
    applications: made(given.applications, (application) => applicationOf(application, resolver)),
    devices: made(given.devices, ({ id, at, written }) => completeDevice(tenantId, {
      ...written,
      id,
      registeredOwners: idsOf(resolver, ['users'], written.registeredOwners, `${at}.registeredOwners`),
    } as never)),
    namedLocations: made(given.namedLocations, (location, index) => locationOf(location, resolver, { limits, counts: { namedLocations: index } })),
    conditionalAccessPolicies: made(given.conditionalAccessPolicies, (policy, index) => policyOf(policy, resolver, { known, limits, counts: { policies: index } })),
    authenticationStrengths: [
      ...builtInStrengths,
      ...made(given.authenticationStrengths, ({ id, written }) => ({ ...written, id, policyType: 'custom' as const })),
    ] as TenantData['authenticationStrengths'],
    authenticationContextClassReferences: made(given.authenticationContextClassReferences, ({ id, written }) => completeAuthenticationContext({ ...written, id } as never)),
    tokenLifetimePolicies: made(given.tokenLifetimePolicies, ({ id, written }) => completeTokenLifetimePolicy(tenantId, { ...written, id } as never)),
    agreements: made(given.agreements, ({ id, written }) => completeAgreement(tenantId, { ...written, id } as never)),
    deletedItems: [],
  }

  return { data, places }
}

const members: readonly Kind[] = ['users', 'groups', 'servicePrincipals', 'devices']

/** The contexts of the file, and those that only its policies name: they say all there is to say of one. */
function contextsOf(entry: TenantEntry): Entry<'authenticationContextClassReferences'>[] {
  const listed = present(entry.authenticationContextClassReferences)
  const known = new Set(listed.flatMap(({ id, displayName }) => [id, displayName ?? id]).map((name) => name.toLowerCase()))
  const implied: Entry<'authenticationContextClassReferences'>[] = []
  for (const policy of present(entry.conditionalAccessPolicies)) {
    mapReferences(policy, (kind, name) => {
      const id = name.toLowerCase()
      if (kind === 'authenticationContext' && /^c[1-9]\d?$/.test(id) && !known.has(id)) {
        known.add(id)
        implied.push({ id, isAvailable: true })
      }

      return undefined
    })
  }

  return [...listed, ...implied]
}

/** The domains of the file, or those that its users have; the first is the default where none is said to be. */
function domainsOf(entry: TenantEntry, path: string, places: Map<object, string>, problem: (problem: Problem) => void): readonly Domain[] {
  const suffixes = present(entry.users).map(({ userPrincipalName }) => userPrincipalName.split('@')[1]?.toLowerCase() ?? '')
  const implied = [...new Set(suffixes.filter(Boolean))].map((id) => ({ id }))
  const written = (entry.domains ?? implied) as readonly (Entry<'domains'> | undefined)[]
  const isSaid = written.some((domain) => domain?.isDefault)
  const domains = written.flatMap((domain, index) => {
    if (domain === undefined) return []
    const whole = completeDomain({ ...domain, isDefault: isSaid ? (domain.isDefault ?? false) : index === 0 } as never)
    places.set(whole, `${path}.domains[${index}]`)

    return [whole]
  })
  const defaults = domains.filter(({ isDefault }) => isDefault)
  if (defaults.length > 1) problem({ path: `${path}.domains`, message: `A tenant has one default domain; here are ${defaults.map(({ id }) => `"${id}"`).join(' and ')}.` })
  if (domains.length === 0) problem({ path: `${path}.domains`, message: 'A tenant needs a domain: [{ "id": "contoso.example" }].' })

  return domains
}

function userOf(tenantId: string, { id, at, written }: Identified<Entry<'users'>>, resolver: Resolver): User {
  const { password, passwordProfile, ...rest } = written

  return completeUser(tenantId, {
    ...rest,
    id,
    passwordHash: password ?? passwordProfile?.password ?? null,
    forceChangePasswordNextSignIn: written.forceChangePasswordNextSignIn ?? passwordProfile?.forceChangePasswordNextSignIn ?? false,
    roles: idsOf(resolver, ['roles'], written.roles, `${at}.roles`),
    authenticationMethods: present(written.authenticationMethods).map((method, index) => methodOf(id, method, index)),
  } as never)
}

function methodOf(userId: string, written: NonNullable<Entry<'users'>['authenticationMethods']>[number], index: number): RegisteredMethod {
  const id = written.id?.toLowerCase() ?? idFor(userId, 'method', `${written.type} ${index}`)

  return {
    ...written,
    id,
    createdDateTime: written.createdDateTime ?? null,
    ...(written.type === 'softwareOath' ? { secret: written.secret ?? secretFor(id) } : {}),
  }
}

/** A BASE32 secret for an authenticator that was not given one: the same at every start, like the id it is made of. */
function secretFor(id: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

  return [...id.replaceAll('-', '')].map((digit, index) => letters[(Number.parseInt(digit, 16) * 2 + index) % 32]).join('')
}

function applicationOf({ at, whole, written }: IdentifiedApplication, resolver: Resolver): Application {
  const assignments = (written.assignments ?? []).flatMap((assignment, index) => {
    if (assignment === undefined) return []
    const { principal, role } = assignment
    const id = resolver.names.resolve(['users', 'groups', 'servicePrincipals'], principal, `${at}.assignments[${index}].principal`, resolver.problem)
    const found = role === undefined ? null : (whole.appRoles.find((known) => known.value === role || known.id === role.toLowerCase())?.id ?? role)

    return id === undefined ? [] : [{ principal: id, role: found }]
  })
  const consents = (written.consents ?? []).flatMap((consent, index) => {
    if (consent === undefined) return []
    const id = resolver.names.resolve(['applications'], consent.resource, `${at}.consents[${index}].resource`, resolver.problem)

    return id === undefined ? [] : [{ resource: id, scopes: present(consent.scopes) }]
  })
  const userConsents = written.userConsents?.flatMap((consent, index) => {
    if (consent === undefined) return []
    const path = `${at}.userConsents[${index}]`
    const principal = resolver.names.resolve(['users'], consent.principal, `${path}.principal`, resolver.problem)
    const resource = resolver.names.resolve(['applications'], consent.resource, `${path}.resource`, resolver.problem)

    return principal === undefined || resource === undefined ? [] : [{ principal, resource, scopes: present(consent.scopes) }]
  })
  const owners = written.owners ? { owners: idsOf(resolver, ['users', 'servicePrincipals'], written.owners, `${at}.owners`) } : {}
  const roles = written.roles ? { roles: idsOf(resolver, ['roles'], written.roles, `${at}.roles`) } : {}
  const lifetime = written.tokenLifetimePolicy
  const tokenLifetimePolicy = lifetime === undefined ? null : resolver.names.resolve(['tokenLifetimePolicies'], lifetime, `${at}.tokenLifetimePolicy`, resolver.problem) ?? null


  return { ...whole, assignments, consents, ...(userConsents ? { userConsents } : {}), ...owners, ...roles, tokenLifetimePolicy }
}

/** A list without the holes that a check may have left in it. */
function present<E>(list: readonly (E | undefined)[] | undefined): readonly E[] {
  return (list ?? []).filter((item) => item !== undefined)
}
