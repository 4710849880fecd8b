import { collections as allCollections, keyedCollections, type Collections } from './collections.ts'
import type { Change, Collection, Entities, SettingsChange, TenantData, TenantSettings } from './types.ts'

type EntityChange = Extract<Change, { kind: 'put' | 'remove' }>

/** Makes a change that was checked before. Whoever must change with it does: who referred to what is gone, the domain that was the default. */
export function applyTo(collections: Collections, change: EntityChange): void {
  for (const { collection, entity } of following(collections, change)) collections[collection].put(entity as never)
  if (change.kind === 'put') collections[change.collection].put(change.entity as never)
  else collections[change.collection].remove(change.id)
}

/** A tenant after changes that were all checked when they were made. */
export function withChanges(data: TenantData, changes: readonly Change[]): TenantData {
  let settings = settingsOf(data)
  let collections = keyedCollections(data)
  for (const change of changes) {
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
  const touched = [{ collection: change.collection, id }, ...following(collections, change).map(({ collection, entity }) => ({ collection, id: entity.id }))]

  return touched.map(({ collection, id }): Change => {
    const before = collections[collection].get(id)

    return before ? { kind: 'put', collection, entity: before } : { kind: 'remove', collection, id }
  })
}

type Followed = { [C in 'groups' | 'applications' | 'devices' | 'domains']: { readonly collection: C; readonly entity: Entities[C] } }['groups' | 'applications' | 'devices' | 'domains']

/** Who changes with a change, as they will be. */
function following(collections: Collections, change: EntityChange): readonly Followed[] {
  if (change.kind === 'remove') return principalCollections.has(change.collection) ? withoutPrincipal(collections, change.collection, change.id.toLowerCase()) : []
  if (change.collection !== 'domains' || !('isDefault' in change.entity) || !change.entity.isDefault) return []
  const { id } = change.entity

  return collections.domains.list()
    .filter((domain) => domain.isDefault && domain.id !== id)
    .map((domain) => ({ collection: 'domains', entity: { ...domain, isDefault: false } }))
}

/** Who can be a member, an owner or an assignee. */
const principalCollections: ReadonlySet<Collection> = new Set(['users', 'groups', 'applications', 'devices'])

/** Those who refer to a principal, without it: groups lose the member, applications the assignment or the consent, devices the owner. */
function withoutPrincipal(collections: Collections, collection: Collection, gone: string): readonly Followed[] {
  const application = collection === 'applications' ? collections.applications.get(gone) : undefined
  const principals = application ? [gone, application.servicePrincipalId, application.appId] : [gone]
  const stays = (id: string) => !principals.includes(id)
  const groups = referring(collections.groups, ['members', 'owners'], principals)
    .map((group): Followed => ({ collection: 'groups', entity: { ...group, members: group.members.filter(stays), owners: group.owners.filter(stays) } }))
  const applications = referring(collections.applications, ['principals', 'resources'], principals).map((other): Followed => {
    const assignments = other.assignments.filter(({ principal }) => stays(principal))
    const consents = other.consents.filter(({ resource }) => stays(resource))

    return { collection: 'applications', entity: { ...other, assignments, consents } }
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
