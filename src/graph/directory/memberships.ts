import { isDynamicMember, roleNamed } from '../../directory/index.ts'
import type { Device, Directory, Group, User } from '../../directory/types.ts'
import type { Navigation } from '../odata/types.ts'
import { directoryRole, groupsAround, principalById, type DirectoryObject, type DirectoryRole } from './objects.ts'
import { objectType } from './object-type.ts'

/** What is in a group because it is named in it, or found by its rule. */
export function membersOf(directory: Directory, group: Group): readonly DirectoryObject[] {
  return members(directory, group)
}

/** What is in a group, through other groups too; each once. */
export function transitiveMembersOf(directory: Directory, group: Group): readonly DirectoryObject[] {
  return transitiveMembers(directory, group)
}

const members = whileUnchanged((directory, group: Group): readonly DirectoryObject[] => (
  group.membershipRule === null ? named(directory, group.members) : foundByRule(directory, group)
))

function named(directory: Directory, ids: readonly string[]): readonly DirectoryObject[] {
  const found: DirectoryObject[] = []
  for (const id of ids) {
    const principal = principalById(directory, id)
    if (principal) found.push(principal)
  }

  return found
}

const transitiveMembers = whileUnchanged((directory, group: Group): readonly DirectoryObject[] => {
  const found = new Map<string, DirectoryObject>()
  const open: DirectoryObject[] = [...members(directory, group)]
  for (let object = open.pop(); object; object = open.pop()) {
    if (found.has(object.id)) continue
    found.set(object.id, object)
    if ('membershipRule' in object) open.push(...members(directory, object as Group))
  }
  found.delete(group.id)

  return [...found.values()]
})

function foundByRule(directory: Directory, group: Group): readonly (User | Device)[] {
  const users = directory.list('users').filter((user) => isDynamicMember(group, { user }))

  return users.length > 0 ? users : directory.list('devices').filter((device) => isDynamicMember(group, { device }))
}

/** The groups and directory roles that somebody is in directly. */
export function memberOf(directory: Directory, id: string): readonly (Group | DirectoryRole)[] {
  const own = directory.get('users', id)?.roles ?? directory.get('groups', id)?.roles ?? directory.found('applications', 'servicePrincipalId', id)[0]?.roles ?? []

  return [...groupsAround(directory, id), ...rolesNamed(directory, own)]
}

/** The groups and directory roles that somebody is in, through groups too. */
export function transitiveMemberOf(directory: Directory, id: string): readonly (Group | DirectoryRole)[] {
  const own = directory.get('groups', id)?.roles ?? directory.roleTemplateIdsOf(id)

  return [...directory.groupIdsOf(id).flatMap((groupId) => directory.get('groups', groupId) ?? []), ...rolesNamed(directory, own)]
}

function rolesNamed(directory: Directory, templateIds: readonly string[]): readonly DirectoryRole[] {
  return templateIds.flatMap((templateId) => {
    const role = roleNamed(templateId)

    return role ? [directoryRole(directory, role)] : []
  })
}

type Identified = { readonly id: string }
type To<E> = Readonly<Record<string, Navigation<E>>>

/** What somebody leads to: the groups and roles that he is in. */
export function leadsToMemberships<E extends Identified>(): To<E> {
  return {
    memberOf: { type: objectType as never, of: ({ id }, { tenant }) => memberOf(tenant.directory, id) },
    transitiveMemberOf: { type: objectType as never, of: ({ id }, { tenant }) => transitiveMemberOf(tenant.directory, id) },
  }
}

/** What a group leads to: who is in it, who looks after it, what it is in. */
export function leadsToMembers(): To<Group> {
  return {
    members: { type: objectType as never, of: (group, { tenant }) => membersOf(tenant.directory, group) },
    transitiveMembers: { type: objectType as never, of: (group, { tenant }) => transitiveMembersOf(tenant.directory, group) },
    owners: { type: objectType as never, of: ({ owners }, { tenant }) => owners.flatMap((id) => principalById(tenant.directory, id) ?? []) },
    ...leadsToMemberships<Group>(),
  }
}

/** Remembers what was worked out about an object until something in the directory changes. */
function whileUnchanged<K extends object, V>(work: (directory: Directory, about: K) => V): (directory: Directory, about: K) => V {
  const known = new WeakMap<Directory, { version: number; answers: WeakMap<K, V> }>()

  return (directory, about) => {
    const { version } = directory
    const kept = known.get(directory)
    const answers = kept?.version === version ? kept.answers : new WeakMap<K, V>()
    if (kept?.version !== version) known.set(directory, { version, answers })
    const answer = answers.get(about) ?? work(directory, about)
    answers.set(about, answer)

    return answer
  }
}
