import { group as groupInFile } from '../../directory/file/schema-people.ts'
import type { Group } from '../../directory/types.ts'
import { limitOf } from '../../sign-in/limits.ts'
import { answerOne, entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { readWritten } from '../odata/write.ts'
import type { Written } from '../odata/write.ts'
import { changed, created } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { refuseUnlicensed } from '../protocol/licensed.ts'
import { authorize } from '../protocol/permissions.ts'
import { badProperty, noSuchObject } from '../protocol/refusal.ts'
import { leadsToAppRoles } from './app-role-assignment-type.ts'
import { asDirectory } from './as-directory.ts'
import { alreadyThere, nowOf, referred, referredIn, refuseUnlessOwnerOr, required } from './asking.ts'
import { groupType } from './group-type.ts'
import { asHeld } from './held.ts'
import { inOrderOfNames } from './in-order.ts'
import { leadsToMembers, membersOf, transitiveMembersOf } from './memberships.ts'
import { objectsEndpoints } from './objects-list.ts'
import { kindOf, principalById, type Principal } from './objects.ts'
import { createGroups, groupRoles, readGroups, writeGroups, writeMembers, writeRoleAssignableGroups } from './permissions.ts'

export const groups: Collection<Group> = {
  type: { ...groupType, navigations: () => ({ ...leadsToMembers(), ...leadsToAppRoles<Group>() }) },
  context: 'groups',
  source: inOrderOfNames('groups', groupType, { orders: ['displayName'], keys: ['id', 'displayName'] }),
  ...asDirectory,
}

/** Groups: listed, read, made, changed, deleted; who is in them and who looks after them, added and taken out by reference. */
export const groupEndpoints: readonly Endpoint[] = [
  ...reading('/groups', groups, readGroups, groupAsked),
  { method: 'GET', path: '/groups/uniqueName={uniqueName}', permissions: readGroups, answer: (asked) => answerOne(groupAsked(asked), groups, asked) },
  { method: 'POST', path: '/groups', permissions: createGroups, answer: create },
  { method: 'PATCH', path: '/groups/{id}', permissions: writeMembers, answer: change },
  { method: 'DELETE', path: '/groups/{id}', permissions: writeGroups, answer: remove },
  ...objectsEndpoints('/groups/{id}/members', readGroups, (asked) => membersOf(asked.tenant.directory, groupAsked(asked)), namedMembers),
  ...objectsEndpoints('/groups/{id}/transitiveMembers', readGroups, (asked) => transitiveMembersOf(asked.tenant.directory, groupAsked(asked))),
  ...objectsEndpoints('/groups/{id}/owners', readGroups, (asked) => groupAsked(asked).owners.flatMap((id) => principalById(asked.tenant.directory, id) ?? [])),
  ...(['members', 'owners'] as const).flatMap((list): readonly Endpoint[] => [
    { method: 'POST', path: `/groups/{id}/${list}/$ref`, permissions: list === 'members' ? writeMembers : writeGroups, status: 204, answer: (asked) => add(list, asked) },
    { method: 'DELETE', path: `/groups/{id}/${list}/{other}/$ref`, permissions: list === 'members' ? writeMembers : writeGroups, answer: (asked) => takeOut(list, asked) },
  ]),
]

export function groupAsked({ tenant, names: { id = '', uniqueName } }: Asked): Group {
  const group = uniqueName === undefined ? tenant.directory.get('groups', id) : tenant.directory.list('groups').find((one) => one.uniqueName === uniqueName)
  if (!group) throw noSuchObject(uniqueName ?? id)

  return group
}

/** The ids of those who are named as members; whom a rule finds is known only by looking. */
function namedMembers(asked: Asked): readonly string[] | null {
  const { membershipRule, members } = groupAsked(asked)

  return membershipRule === null ? members : null
}

async function create(asked: Asked): Promise<Answer> {
  const written = readWritten(await asked.body(), groupType)
  const members = asHeld(written.members, groupInFile)
  for (const property of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']) required(members[property], property, 'Group')
  const kinds = (members.groupTypes as readonly string[] | undefined) ?? []
  const isUnified = kinds.includes('Unified')
  if (members.mailEnabled === true && !isUnified) throw badProperty('mailEnabled', 'Cannot Create a mail-enabled security groups and or distribution list.')
  if (members.mailEnabled === false && members.securityEnabled === false) throw badProperty('securityEnabled', 'A group has to be mail-enabled or security-enabled, or both.')
  const isDynamic = kinds.includes('DynamicMembership')
  if (isDynamic !== (typeof members.membershipRule === 'string')) throw badProperty(isDynamic ? 'membershipRule' : 'groupTypes', 'A group with a membershipRule has "DynamicMembership" among its groupTypes, and the other way round.')
  if (isDynamic || members.isAssignableToRole === true) refuseUnlicensed(asked)
  if (members.isAssignableToRole === true) authorize(writeRoleAssignableGroups, asked.caller, asked.tenant.directory)
  const creator = asked.caller.kind === 'user' ? [asked.caller.user.id] : []
  const id = crypto.randomUUID()
  const { owners = [], members: added = [] } = boundIn(written, asked)
  await asked.directory.put('groups', {
    ...members, id, createdDateTime: nowOf(asked), members: added, owners: [...new Set([...creator, ...owners])],
    isAssignableToRole: members.isAssignableToRole === true, membershipRule: members.membershipRule ?? null,
  } as unknown as Group)
  const group = asked.tenant.directory.get('groups', id) as Group

  return created(asked, id, entityBody(group, groups, asked))
}

/** `members@odata.bind`: whom it adds, twenty at most in one request. */
function boundIn({ binds }: Written, asked: Asked): { readonly members?: readonly string[]; readonly owners?: readonly string[] } {
  const { directory } = asked.tenant
  const most = limitOf(directory.settings, 'membersPerPatch', null, 20)
  const found = Object.entries(binds).map(([name, references]) => {
    const list = name.toLowerCase()
    if (list !== 'members' && list !== 'owners') throw badProperty(name, `'${name.slice(0, 80)}' cannot be bound here; members and owners can.`)
    if (references.length > most) throw badProperty(`${list}@odata.bind`, `The number of references in '${list}@odata.bind' is ${references.length}; a request adds ${most} at most.`)

    return [list, references.map((reference) => idFit(list, referred(directory, reference)))]
  })

  return Object.fromEntries(found) as { members?: string[]; owners?: string[] }
}

/** Users and service principals look after a group; devices and groups are in one only. */
function idFit(list: 'members' | 'owners', object: Principal): string {
  const kind = kindOf(object)
  if (list === 'owners' && kind !== 'user' && kind !== 'servicePrincipal') throw badProperty('owners', `A ${kind} cannot be an owner of a group; users and service principals can.`)

  return object.id
}

async function change(asked: Asked): Promise<Answer> {
  const written = readWritten(await asked.body(), groupType)
  const { directory } = asked.tenant
  const before = groupAsked(asked)
  refuseUnlessMayChange(before, asked, Object.keys(written.members).length > 0)
  const { members = [], owners = [] } = boundIn(written, asked)
  refuseAssigningTo(before, members)
  refuseTwice(before.members, members, 'members')
  if ('isAssignableToRole' in written.members && (written.members.isAssignableToRole === true) !== before.isAssignableToRole) {
    throw badProperty('isAssignableToRole', 'The property isAssignableToRole is set when a group is made, and cannot be changed.')
  }
  if (typeof written.members.membershipRule === 'string') refuseUnlicensed(asked)
  if ('displayName' in written.members) required(written.members.displayName, 'displayName', 'Group')
  const { isAssignableToRole: _same, ...said } = asHeld(written.members, groupInFile)
  await asked.directory.put('groups', { ...before, ...said, ...ruled(before, said), ...extended(before, { members, owners }) })

  return changed(asked, () => entityBody(directory.get('groups', before.id) as Group, groups, asked))
}

/** A group that becomes dynamic loses the members it had, and one that stops being it keeps nobody. */
function ruled({ membershipRule }: Group, said: Readonly<Record<string, unknown>>): Partial<Group> {
  const kinds = said.groupTypes as readonly string[] | undefined
  const isDynamic = kinds ? kinds.includes('DynamicMembership') : (said.membershipRule ?? membershipRule) !== null
  if (!isDynamic) return { membershipRule: null }

  return membershipRule === null ? { members: [] } : {}
}

function extended(before: Group, { members, owners }: { readonly members: readonly string[]; readonly owners: readonly string[] }): Partial<Group> {
  return {
    ...(members.length > 0 ? { members: [...before.members, ...members] } : {}),
    ...(owners.length > 0 ? { owners: [...new Set([...before.owners, ...owners])] } : {}),
  }
}

async function remove(asked: Asked): Promise<Answer> {
  const group = groupAsked(asked)
  refuseUnlessMayChange(group, asked, true)
  await asked.directory.remove('groups', group.id, { deletedDateTime: nowOf(asked) })

  return {}
}

async function add(list: 'members' | 'owners', asked: Asked): Promise<Answer> {
  const object = await referredIn(asked)
  const before = groupAsked(asked)
  refuseUnlessMayChange(before, asked, list === 'owners')
  const id = idFit(list, object)
  if (list === 'members') refuseAssigningTo(before, [id])
  refuseTwice(before[list], [id], list)
  const most = limitOf(asked.tenant.directory.settings, 'groupOwners', null, 100)
  if (list === 'owners' && before.owners.length >= most) throw badProperty('owners', `A group has ${most} owners at most.`)
  await asked.directory.put('groups', { ...before, [list]: [...before[list], id] })

  return {}
}

async function takeOut(list: 'members' | 'owners', asked: Asked): Promise<Answer> {
  const before = groupAsked(asked)
  const id = asked.names.other?.toLowerCase() ?? ''
  refuseUnlessMayChange(before, asked, list === 'owners', [id])
  if (list === 'members') refuseAssigningTo(before, [id])
  if (!before[list].includes(id)) throw noSuchObject(id)
  const left = before[list].filter((one) => one !== id)
  if (list === 'owners' && left.length === 0) throw badProperty('owners', 'The group must have at least one owner, hence this owner cannot be removed.')
  await asked.directory.put('groups', { ...before, [list]: left })

  return {}
}

/** Owners and administrators change a group; one that can have roles, only its owners and those who may give roles. */
function refuseUnlessMayChange(group: Group, asked: Asked, isOfGroup: boolean, leaving: readonly string[] = []): void {
  const { caller, tenant } = asked
  if (isOfGroup) authorize(writeGroups, caller, tenant.directory)
  if (!group.isAssignableToRole) refuseUnlessOwnerOr(groupRoles, [...group.owners, ...leaving], asked)
  else if (caller.kind !== 'user' || !group.owners.includes(caller.user.id)) authorize(writeRoleAssignableGroups, caller, tenant.directory)
}

function refuseAssigningTo({ membershipRule }: Group, members: readonly string[]): void {
  if (membershipRule === null || members.length === 0) return

  throw badProperty('members', 'Insufficient privileges to complete the operation: the members of a dynamic group are those its membershipRule finds, and cannot be added or taken out.')
}

function refuseTwice(there: readonly string[], added: readonly string[], list: 'members' | 'owners'): void {
  const known = new Set(there)
  if (!added.some((id) => known.has(id))) return

  throw alreadyThere(list)
}

