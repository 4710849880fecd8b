import { completeApplication, type DeepPartialApplication } from '../complete.ts'
import { idFor } from '../ids.ts'
import type { Problem } from '../refusal.ts'
import type { Application, Collection } from '../types.ts'
import { overWellKnown } from '../well-known.ts'
import { isObject } from './cleaned.ts'
import { tenantNames, type Names } from './names.ts'
import type { TenantEntry } from './schema.ts'

/** One entity of a collection as its file has it. */
export type Entry<C extends keyof TenantEntry> = NonNullable<TenantEntry[C]> extends readonly (infer E)[] ? E : never

/** An entity with the id it was given, or the one that follows from its name; `at` is where it was written. */
export type Identified<E> = { readonly id: string; readonly at: string; readonly written: E }
export type IdentifiedApplication = Identified<Entry<'applications'>> & { readonly whole: Application }
export type WrittenPolicy = Readonly<Record<string, unknown>>

/** Every entity of a tenant, with its id. */
export function identified(entry: TenantEntry, tenantId: string, path: string, problem: (problem: Problem) => void) {
  const taken = new Map<string, string>()

  /** Gives ids to a collection; two of one name get different ones, always the same two. */
  function identify<E extends object>(collection: Collection, list: readonly (E | undefined)[] | undefined, nameOf: (written: E) => string): readonly Identified<E>[] {
    return (list ?? []).flatMap((written, index) => {
      if (written === undefined) return []
      const at = `${path}.${collection}[${index}]`
      const given = 'id' in written && typeof written.id === 'string' ? written.id.toLowerCase() : undefined
      const id = given ?? freeId(collection, nameOf(written))
      const other = taken.get(id)
      if (other) problem({ path: `${at}.id`, message: `"${id}" is the id of ${other} already. Give each its own.` })
      taken.set(id, at)

      return [{ id, at, written }]
    })
  }

  function freeId(collection: Collection, name: string): string {
    let id = idFor(tenantId, kindOf[collection], name)
    for (let double = 2; taken.has(id); double++) id = idFor(tenantId, kindOf[collection], `${name} (${double})`)

    return id
  }
  const byDisplayName = (written: object) => ('displayName' in written ? String(written.displayName) : '')
  const appIdOf = (written: Entry<'applications'>) => wholeApplication(tenantId, written).appId

  return {
    users: identify('users', entry.users, ({ userPrincipalName }) => userPrincipalName),
    groups: identify('groups', entry.groups, byDisplayName),
    applications: identify('applications', entry.applications, appIdOf).map((application): IdentifiedApplication => {
      return { ...application, whole: { ...wholeApplication(tenantId, application.written), id: application.id } }
    }),
    devices: identify('devices', entry.devices, byDisplayName),
    namedLocations: identify('namedLocations', entry.namedLocations, byDisplayName),
    conditionalAccessPolicies: identify('conditionalAccessPolicies', entry.conditionalAccessPolicies as readonly WrittenPolicy[] | undefined, byDisplayName),
    authenticationStrengths: identify('authenticationStrengths', entry.authenticationStrengths?.filter((strength) => strength?.policyType !== 'builtIn'), byDisplayName),
    authenticationContextClassReferences: identify('authenticationContextClassReferences', entry.authenticationContextClassReferences, byDisplayName),
    tokenLifetimePolicies: identify('tokenLifetimePolicies', entry.tokenLifetimePolicies, byDisplayName),
    agreements: identify('agreements', entry.agreements, byDisplayName),
  }
}

export type IdentifiedTenant = ReturnType<typeof identified>

/** What the id of an entity is made of, beside tenant and name. Must never change: files without ids rely on it. */
const kindOf: Readonly<Record<Collection, string>> = {
  users: 'user',
  groups: 'group',
  applications: 'application',
  devices: 'device',
  domains: 'domain',
  namedLocations: 'namedLocation',
  conditionalAccessPolicies: 'policy',
  authenticationStrengths: 'authenticationStrength',
  authenticationContextClassReferences: 'authenticationContext',
  tokenLifetimePolicies: 'tokenLifetimePolicy',
  agreements: 'agreement',
  deletedItems: 'deletedItem',
}

/** An application without what it says of others, which is resolved once everybody is known. */
function wholeApplication(tenantId: string, written: Entry<'applications'>): Application {
  return completeApplication(tenantId, overWellKnown({ ...(withoutHoles(written) as Entry<'applications'>), assignments: [], consents: [], tokenLifetimePolicy: null } as DeepPartialApplication & { displayName: string }))
}

/** A value without the holes that a check may have left in its lists. */
function withoutHoles(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutHoles)

  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, withoutHoles(inner)])) : value
}

/** Everything that can be named in the tenant's file. */
export function namesIn(given: IdentifiedTenant): Names {
  const names = tenantNames()
  for (const { id, written } of given.users) names.add('users', { id, names: [written.userPrincipalName, ...(written.displayName ? [written.displayName] : [])] })
  for (const { id, written } of given.devices) names.add('devices', { id, names: [written.displayName, ...(written.deviceId ? [written.deviceId] : [])] })
  for (const { whole } of given.applications) {
    const { id, appId, servicePrincipalId, displayName, identifierUris } = whole
    names.add('applications', { id: appId, names: [id, displayName, ...identifierUris] })
    names.add('servicePrincipals', { id: servicePrincipalId, names: [id, appId, displayName] })
  }
  for (const { id, written } of given.authenticationContextClassReferences) names.add('authenticationContextClassReferences', { id, names: written.displayName ? [written.displayName] : [] })
  for (const kind of ['groups', 'namedLocations', 'authenticationStrengths', 'tokenLifetimePolicies', 'agreements'] as const) {
    for (const { id, written } of given[kind]) names.add(kind, { id, names: [written.displayName] })
  }

  return names
}
