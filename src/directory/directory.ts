import { keyedCollections, namesOf, withoutTrailingSlash } from './collections.ts'
import { countryTable } from './countries.ts'
import { memberships } from './membership.ts'
import { applyTo, changedSettings, dataOf, inverseOf, settingsOf } from './change.ts'
import { checkedChange } from './checked-change.ts'
import { journaled, type Journaled } from './journaled.ts'
import type { Change, Collection, Directory, Entities, Initiator, Made, TenantData, TenantSettings } from './types.ts'
import { wellKnownApplication, wellKnownTool } from './well-known.ts'

/**
 * The directory of a running tenant, held in memory. `data` is shared, never touched: what changes lives beside it, so that
 * a thousand tenants may start from one. A change is checked, seen by every reader at once, handed to `persist`, and
 * acknowledged when that resolves; when it rejects, the change and those after it that are not acknowledged are undone.
 */
export function createDirectory(data: TenantData, persist: (change: Journaled) => Promise<void> = async () => {}): Directory {
  let settings: TenantSettings = settingsOf(data)
  let collections = keyedCollections(data)
  let countryOf = countryTable(settings.countries)
  let membership = memberships(collections)
  let version = 0
  let taken: TenantData | null = data
  const listeners = new Set<(change: Change) => void>()
  const witnesses = new Set<(made: Made) => void>()
  const unacknowledged: Unacknowledged[] = []

  function apply(change: Change): void {
    if (change.kind === 'settings') {
      settings = changedSettings(settings, change.change)
      if (change.change.countries) countryOf = countryTable(settings.countries)
    } else if (change.kind === 'replace') {
      settings = settingsOf(change.data)
      collections = keyedCollections(change.data)
      countryOf = countryTable(settings.countries)
      membership = memberships(collections)
    } else {
      applyTo(collections, change)
      if (change.collection === 'groups' || change.kind === 'remove') membership.forgetAll()
      else if (change.collection === 'users' || change.collection === 'devices') membership.forget(change.entity.id)
      else if (change.collection === 'applications' && 'servicePrincipalId' in change.entity) membership.forget(String(change.entity.servicePrincipalId))
    }
    version++
    taken = null
    for (const listener of listeners) listener(change)
  }

  async function commit(change: Change, by: Initiator | null): Promise<void> {
    const pending: Unacknowledged = { undo: inverseOf(change, collections, settings, snapshot) }
    const before = stateOf(change)
    const wasDeleted = change.kind === 'put' && collections.deletedItems.get(change.entity.id) !== undefined
    apply(change)
    const after = stateOf(change)
    unacknowledged.push(pending)
    try {
      await persist(journaled(change, before))
    } catch (error) {
      undoFrom(pending)
      throw error
    }
    const index = unacknowledged.indexOf(pending)
    if (index >= 0) unacknowledged.splice(index, 1)
    for (const witness of witnesses) witness({ ...madeOf(change, before, after, wasDeleted), by } as Made)
  }

  /** What a change is about, as it is at this moment. */
  function stateOf(change: Change): Entities[Collection] | TenantSettings | TenantData | null {
    if (change.kind === 'settings') return settings
    if (change.kind === 'replace') return snapshot()

    return collections[change.collection].get(change.kind === 'put' ? change.entity.id : change.id) ?? null
  }

  function undoFrom(pending: Unacknowledged): void {
    const index = unacknowledged.indexOf(pending)
    if (index < 0) return
    for (const { undo } of unacknowledged.splice(index).toReversed()) for (const change of undo) apply(change)
  }

  function snapshot(): TenantData {
    return (taken ??= dataOf(settings, collections))
  }

  function only<C extends Collection>(collection: C, index: string, name: string): Entities[C] | undefined {
    const [id, another] = collections[collection].ids(index, name)

    return id === undefined || another !== undefined ? undefined : (collections[collection].get(id) as Entities[C] | undefined)
  }

  const directory: Directory = {
    get settings() {
      return settings
    },
    get version() {
      return version
    },
    list: (collection) => collections[collection].list() as never,
    sorted: (collection, index) => collections[collection].sorted(index) as never,
    found(collection, index, key) {
      const { ids, get } = collections[collection]

      return ids(index, key).flatMap((id) => get(id) ?? []) as never
    },
    get: (collection, id) => collections[collection].get(id) as never,
    application: (appId) => only('applications', 'appId', appId.toLowerCase()) ?? wellKnownTool(appId.toLowerCase()),
    resource(name) {
      const wanted = withoutTrailingSlash(name.toLowerCase())

      return (
        only('applications', 'appId', wanted) ??
        only('applications', 'identifierUri', wanted) ??
        wellKnownApplication(wanted) ??
        only('applications', 'displayName', wanted)
      )
    },
    user: (userPrincipalName) => only('users', 'userPrincipalName', userPrincipalName.toLowerCase()),
    named(collection, idOrName) {
      const wanted = idOrName.toLowerCase()
      const byId = collections[collection].get(wanted)
      if (byId) return byId as never
      for (const index of namesOf[collection]) {
        const found = only(collection, index, index === 'identifierUri' ? withoutTrailingSlash(wanted) : wanted)
        if (found) return found
      }

      return undefined
    },
    domainOf: (userPrincipalName) => collections.domains.get(userPrincipalName.slice(userPrincipalName.lastIndexOf('@') + 1)),
    groupIdsOf: (objectId) => membership.groupIdsOf(objectId),
    roleTemplateIdsOf: (userId) => membership.roleTemplateIdsOf(userId),
    countryOf: (ipAddress) => countryOf(ipAddress),

    ...changesBy(null),
    by: (initiator) => Object.assign(Object.create(directory) as Directory, changesBy(initiator)),
    snapshot,

    onChange(listener) {
      listeners.add(listener)

      return () => listeners.delete(listener)
    },
    onMade(witness) {
      witnesses.add(witness)

      return () => witnesses.delete(witness)
    },
  }

  function changesBy(by: Initiator | null): Pick<Directory, 'put' | 'remove' | 'patchSettings' | 'replace'> {
    return {
      put: async (collection, entity) => commit(checkedChange({ kind: 'put', collection, entity }, directory, collections), by),
      remove: async (collection, id, options = {}) => commit(checkedChange({ kind: 'remove', collection, id, ...options }, directory, collections), by),
      patchSettings: async (change) => commit(checkedChange({ kind: 'settings', change }, directory, collections), by),
      replace: async (next) => commit({ kind: 'replace', data: { ...next, id: settings.id } }, by),
    }
  }

  return directory
}

function madeOf(change: Change, before: unknown, after: unknown, wasDeleted: boolean): object {
  if (change.kind === 'put' || change.kind === 'remove') return { kind: 'entity', collection: change.collection, before, after, wasDeleted }

  return { kind: change.kind, before, after }
}

/** A change that readers see and the disk may not have yet, and what takes it back. */
type Unacknowledged = { readonly undo: readonly Change[] }
