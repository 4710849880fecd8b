import type { Collections } from './collections.ts'
import { dynamicGroupsOf } from './dynamic-groups.ts'

/** What somebody is by belonging: worked out when first asked for after a change, and remembered until the next. */
export type Memberships = {
  groupIdsOf(objectId: string): readonly string[]
  roleTemplateIdsOf(userId: string): readonly string[]
  /** A group changed: all of it may be different now. */
  forgetAll(): void
  /** One user or device changed: only what is known of that one may be different. */
  forget(objectId: string): void
}

/** Memberships as the collections of one tenant have them. */
export function memberships(collections: Collections): Memberships {
  let groupIds = new Map<string, readonly string[]>()
  let roleIds = new Map<string, readonly string[]>()

  return {
    groupIdsOf(objectId) {
      const id = objectId.toLowerCase()
      const known = groupIds.get(id)
      if (known) return known
      const found = groupsAbove(collections, id)
      groupIds.set(id, found)

      return found
    },
    roleTemplateIdsOf(userId) {
      const id = userId.toLowerCase()
      const known = roleIds.get(id)
      if (known) return known
      const found = rolesOf(collections, id)
      roleIds.set(id, found)

      return found
    },
    forgetAll() {
      groupIds = new Map()
      roleIds = new Map()
    },
    forget(objectId) {
      groupIds.delete(objectId.toLowerCase())
      roleIds.delete(objectId.toLowerCase())
    },
  }
}

/** The groups somebody is in, and the groups those are in, and so on; a circle ends where it began. */
function groupsAbove(collections: Collections, id: string): readonly string[] {
  const { groups } = collections
  const found = new Set<string>()
  const open = [...groups.ids('members', id), ...dynamicGroupsOf(collections, id)]
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    if (found.has(group)) continue
    found.add(group)
    open.push(...groups.ids('members', group))
  }

  return [...found]
}

/** Roles given to a user or a service principal, and those given to a role-assignable group the user is a direct member of (they cannot nest). */
function rolesOf({ users, groups, applications }: Collections, id: string): readonly string[] {
  const through = groups.ids('members', id).flatMap((groupId) => {
    const group = groups.get(groupId)

    return group?.isAssignableToRole ? group.roles ?? [] : []
  })

  const own = users.get(id)?.roles ?? applications.ids('servicePrincipalId', id).flatMap((applicationId) => applications.get(applicationId)?.roles ?? [])

  return [...new Set([...own, ...through])]
}
