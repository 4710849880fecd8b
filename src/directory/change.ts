import { collections as allCollections, keyedCollections, type Collections } from './collections.ts'
import { unjournaled, type Journaled } from './journaled.ts'
import type { Change, Collection, DeletedItem, Entities, Restorable, SettingsChange, TenantData, TenantSettings } from './types.ts'

type EntityChange = Extract<Change, { kind: 'put' | 'remove' }>

/** Makes a change that was checked before. Whoever must change with it does: who referred to what is gone, the domain that was the default. */
export function applyTo(collections: Collections, change: EntityChange): void {
  const followed = following(collections, change)
  for (const id of forgottenWith(collections, change)) collections.deletedItems.remove(id)
  for (const { collection, entity } of followed) collections[collection].put(entity as never)
  if (change.kind === 'put') {
    collections[change.collection].put(change.entity as never)
    if (isRestoring(collections, change)) collections.deletedItems.remove(change.entity.id)
  } else collections[change.collection].remove(change.id)
}

/** A tenant after changes that were all checked when they were made. */
export function withChanges(data: TenantData, changes: readonly Journaled[]): TenantData {
  let settings = settingsOf(data)
  let collections = keyedCollections(data)
  for (const kept of changes) {
    const change = unjournaled(kept, collections)
    if (change.kind === 'settings') settings = changedSettings(settings, change.change)
    else if (change.kind === 'replace') {
      settings = settingsOf(change.data)
      collections = keyedCollections(change.data)
    } else applyTo(collections, change)
  }

  return dataOf(settings, collections)
}

/** Everything of a tenant as one value; what did not change is the list it was. */
export function dataOf(settings: TenantSettings, collections: Collections): TenantData {
  return { ...settings, ...Object.fromEntries(allCollections.map((collection) => [collection, collections[collection].list()])) } as TenantData
}

/** What a tenant is, apart from its collections. */
export function settingsOf(data: TenantData): TenantSettings {
  const { id, displayName, profile, licence, securityDefaults, mfaServiceSettings, settings, countries } = data

  return { id, displayName, profile, licence, securityDefaults, mfaServiceSettings, settings, countries }
}

/** The settings after a change: `settings` and `mfaServiceSettings` member by member, all else as given. */
export function changedSettings(settings: TenantSettings, change: SettingsChange): TenantSettings {
  return {
    ...settings,
    ...said(change),
    id: settings.id,
    settings: { ...settings.settings, ...said(change.settings ?? {}) },
    mfaServiceSettings: { ...settings.mfaServiceSettings, ...said(change.mfaServiceSettings ?? {}) },
  }
}

/** What brings back the directory as it was before the change. */
export function inverseOf(change: Change, collections: Collections, settings: TenantSettings, snapshot: () => TenantData): readonly Change[] {
  if (change.kind === 'settings') return [{ kind: 'settings', change: settings }]
  if (change.kind === 'replace') return [{ kind: 'replace', data: snapshot() }]
  const id = change.kind === 'put' ? change.entity.id : change.id
  const touched = [
    { collection: change.collection, id },
    ...following(collections, change).map(({ collection, entity }) => ({ collection, id: entity.id })),
    ...(change.kind === 'put' && isRestoring(collections, change) ? [{ collection: 'deletedItems' as const, id }] : []),
    ...forgottenWith(collections, change).map((item) => ({ collection: 'deletedItems' as const, id: item })),
  ]

  return touched.map(({ collection, id }): Change => {
    const before = collections[collection].get(id)

    return before ? { kind: 'put', collection, entity: before } : { kind: 'remove', collection, id }
  })
}

type Following = 'groups' | 'applications' | 'devices' | 'domains' | 'deletedItems'
type Followed = { [C in Following]: { readonly collection: C; readonly entity: Entities[C] } }[Following]

/** Who changes with a change, as they will be. */
function following(collections: Collections, change: EntityChange): readonly Followed[] {
  if (change.kind === 'remove') {
    const followed = principalCollections.has(change.collection) ? withoutPrincipal(collections, change.collection, change.id.toLowerCase()) : []
    const deleted = deletedItemOf(collections, change)

    return deleted ? [...followed, { collection: 'deletedItems', entity: deleted }] : followed
  }
  if (isRestoring(collections, change)) return broughtBack(collections, change.entity.id.toLowerCase())
  if (change.collection !== 'domains' || !('isDefault' in change.entity) || !change.entity.isDefault) return []
  const { id } = change.entity

  return collections.domains.list()
    .filter((domain) => domain.isDefault && domain.id !== id)
    .map((domain) => ({ collection: 'domains', entity: { ...domain, isDefault: false } }))
}

/** Who can be a member, an owner or an assignee. */
const principalCollections: ReadonlySet<Collection> = new Set(['users', 'groups', 'applications', 'devices'])

/** Whether what is put was deleted and is back with it. */
function isRestoring(collections: Collections, { collection, entity }: Extract<EntityChange, { kind: 'put' }>): boolean {
  return collections.deletedItems.get(entity.id)?.collection === collection
}

const restorable: readonly Restorable[] = ['users', 'groups', 'applications', 'conditionalAccessPolicies', 'namedLocations']
const isRestorable = (collection: Collection): collection is Restorable => (restorable as readonly Collection[]).includes(collection)

/** How long what was deleted can be restored, in milliseconds. */
export const restorableFor = 30 * 24 * 60 * 60 * 1000

/** What was deleted so long before something else is that nobody can restore it any more. */
function forgottenWith(collections: Collections, change: EntityChange): readonly string[] {
  if (change.kind !== 'remove' || change.deletedDateTime === undefined) return []
  const since = new Date(Date.parse(change.deletedDateTime) - restorableFor).toISOString()

  return collections.deletedItems.list().flatMap(({ id, deletedDateTime }) => (deletedDateTime > since ? [] : [id]))
}

/** What is kept of something that goes, so that it can come back to where it was. */
function deletedItemOf(collections: Collections, change: Extract<EntityChange, { kind: 'remove' }>): DeletedItem | null {
  const { deletedDateTime, collection } = change
  if (deletedDateTime === undefined || !isRestorable(collection)) return null
  const entity = collections[collection].get(change.id)
  if (!entity) return null
  const { groups, applications } = collections
  const principals = 'servicePrincipalId' in entity ? [String(entity.servicePrincipalId)] : [entity.id]
  const assignedTo = principals.flatMap((id) => applications.ids('principals', id).flatMap((application) => (
    applications.get(application)?.assignments.filter(({ principal }) => principal === id).map((assignment) => ({ application, ...assignment })) ?? []
  )))

  return {
    id: entity.id,
    collection,
    deletedDateTime,
    entity,
    memberOf: principals.flatMap((id) => groups.ids('members', id)),
    ownerOf: principals.flatMap((id) => groups.ids('owners', id)),
    assignedTo: assignedTo.filter(({ application }) => application !== entity.id),
  }
}

/** The groups and applications that had something before it was deleted, with it again. Those that are gone meanwhile stay gone. */
function broughtBack(collections: Collections, id: string): readonly Followed[] {
  const item = collections.deletedItems.get(id)
  if (!item) return []
  const principal = 'servicePrincipalId' in item.entity ? String(item.entity.servicePrincipalId) : item.id
  const groups = [...new Set([...item.memberOf, ...item.ownerOf])].flatMap((groupId): readonly Followed[] => {
    const group = collections.groups.get(groupId)
    if (!group) return []
    const members = item.memberOf.includes(groupId) && group.membershipRule === null ? [...group.members, principal] : group.members
    const owners = item.ownerOf.includes(groupId) ? [...group.owners, principal] : group.owners

    return [{ collection: 'groups', entity: { ...group, members: [...new Set(members)], owners: [...new Set(owners)] } }]
  })
  const applications = [...new Set(item.assignedTo.map(({ application }) => application))].flatMap((applicationId): readonly Followed[] => {
    const application = collections.applications.get(applicationId)
    const again = item.assignedTo.flatMap(({ application: of, role, principal: assigned }) => (
      of === applicationId && (role === null || application?.appRoles.some(({ id: known }) => known === role)) ? [{ principal: assigned, role }] : []
    ))

    return application ? [{ collection: 'applications', entity: { ...application, assignments: [...application.assignments, ...again] } }] : []
  })

  return [...groups, ...applications]
}

/** Those who refer to a principal, without it: groups lose the member, applications the assignment or the consent, devices the owner. */
function withoutPrincipal(collections: Collections, collection: Collection, gone: string): readonly Followed[] {
  const application = collection === 'applications' ? collections.applications.get(gone) : undefined
  const principals = application ? [gone, application.servicePrincipalId, application.appId] : [gone]
  const stays = (id: string) => !principals.includes(id)
  const groups = referring(collections.groups, ['members', 'owners'], principals)
    .map((group): Followed => ({ collection: 'groups', entity: { ...group, members: group.members.filter(stays), owners: group.owners.filter(stays) } }))
  const applications = referring(collections.applications, ['principals', 'resources', 'consenters', 'owners'], principals).map((other): Followed => {
    const assignments = other.assignments.filter(({ principal }) => stays(principal))
    const consents = other.consents.filter(({ resource }) => stays(resource))
    const userConsents = other.userConsents?.filter(({ principal, resource }) => stays(principal) && stays(resource))
    const owners = other.owners?.filter(stays)

    return { collection: 'applications', entity: { ...other, assignments, consents, ...(userConsents ? { userConsents } : {}), ...(owners ? { owners } : {}) } }
  })
  const devices = referring(collections.devices, ['registeredOwners'], principals)
    .map((device): Followed => ({ collection: 'devices', entity: { ...device, registeredOwners: device.registeredOwners.filter(stays) } }))

  return [...groups, ...applications, ...devices].filter(({ entity }) => entity.id !== gone)
}

function referring<E extends { readonly id: string }>(
  keyed: { ids(index: string, key: string): readonly string[]; get(id: string): E | undefined },
  indexes: readonly string[],
  keys: readonly string[],
): readonly E[] {
  const ids = new Set(indexes.flatMap((index) => keys.flatMap((key) => keyed.ids(index, key))))

  return [...ids].flatMap((id) => keyed.get(id) ?? [])
}

/** The members that say something. */
function said<T extends object>(change: T): T {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T
}
