import { nounOf, type Collections } from './collections.ts'
import { DirectoryRefusal } from './refusal.ts'
import type { Change, Collection, Directory, Entities, SettingsChange, TenantSettings } from './types.ts'
import { completed, problemsOf, problemsOfRemoval, problemsOfSettings } from './rules.ts'
import { badRequest } from './refusal.ts'

/** A change as it will be made: whole, and found to be one this tenant takes. Throws the refusal otherwise. */
export function checkedChange(change: Change, directory: Directory, collections: Collections): Change {
  if (change.kind === 'settings') {
    refuse(problemsOfSettings(changedSettings(directory.settings, change.change), directory))

    return change
  }
  if (change.kind === 'put') {
    const entity = completed(change.collection, change.entity, directory)
    refuse(problemsOf(change.collection, entity, directory, collections))

    return { ...change, entity }
  }
  if (change.kind === 'remove') {
    const entity = collections[change.collection].get(change.id)
    if (!entity) throw notFound(change.collection, change.id)
    refuse(problemsOfRemoval(change.collection, entity, directory))

    return { ...change, id: entity.id }
  }

  return change
}

/** The settings after a change: `settings` and `mfaServiceSettings` member by member, all else as given. */
export function changedSettings(settings: TenantSettings, change: SettingsChange): TenantSettings {
  return {
    ...settings,
    ...change,
    id: settings.id,
    settings: { ...settings.settings, ...change.settings },
    mfaServiceSettings: { ...settings.mfaServiceSettings, ...change.mfaServiceSettings },
  }
}

/** Those who referred to an entity that goes, as they are without it: groups lose the member, applications the assignment. */
export function afterRemoval(collections: Collections, collection: Collection, id: string): readonly Changed[] {
  const gone = id.toLowerCase()
  const principals = collection === 'applications' ? [gone, collections.applications.get(gone)?.servicePrincipalId ?? gone] : [gone]
  if (!principalCollections.has(collection)) return []
  const isOther = (other: string) => !principals.includes(other)
  const changed: Changed[] = []

  for (const group of referring(collections.groups, ['members', 'owners'], principals)) {
    changed.push({ collection: 'groups', entity: { ...group, members: group.members.filter(isOther), owners: group.owners.filter(isOther) } })
  }
  for (const application of referring(collections.applications, ['principals'], principals)) {
    const assignments = application.assignments.filter(({ principal }) => isOther(principal.toLowerCase()))
    changed.push({ collection: 'applications', entity: { ...application, assignments } })
  }
  for (const device of referring(collections.devices, ['registeredOwners'], principals)) {
    changed.push({ collection: 'devices', entity: { ...device, registeredOwners: device.registeredOwners.filter(isOther) } })
  }

  return changed.filter(({ entity }) => entity.id !== gone)
}

type Changed = { [C in 'groups' | 'applications' | 'devices']: { readonly collection: C; readonly entity: Entities[C] } }['groups' | 'applications' | 'devices']

/** Who can be a member, an owner or an assignee. */
const principalCollections: ReadonlySet<Collection> = new Set(['users', 'groups', 'applications', 'devices'])

function referring<E extends { readonly id: string }>(
  keyed: { ids(index: string, key: string): readonly string[]; get(id: string): E | undefined },
  indexes: readonly string[],
  keys: readonly string[],
): readonly E[] {
  const ids = new Set(indexes.flatMap((index) => keys.flatMap((key) => keyed.ids(index, key))))

  return [...ids].flatMap((id) => keyed.get(id) ?? [])
}

function notFound(collection: Collection, id: string): DirectoryRefusal {
  const message = `There is no ${nounOf[collection]} "${id}" in this tenant.`

  return new DirectoryRefusal('Request_ResourceNotFound', 404, [{ path: '', message }])
}

function refuse(found: readonly { path: string; message: string }[] | DirectoryRefusal): void {
  if (found instanceof DirectoryRefusal) throw found
  if (found.length > 0) throw badRequest(found)
}
