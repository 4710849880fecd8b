import type { RuleSatisfied } from '../decision.ts'
import type { GuestOrExternalUserType, GuestsOrExternalUsers, Policy } from '../policy.ts'
import type { UserIdentity } from '../sign-in.ts'
import { bitsWhere, noBits, subtract, unite, type Bits } from '../bits.ts'
import { noRules, sharedFinding, type Condition, type Finding } from './condition.ts'
import { isWorkloadPolicy } from './client-applications.ts'
import { namedBits, namesId } from './named-bits.ts'

/** Who signs in: everybody, a user, a group's members, holders of a role, guests. Leaving out beats naming. */
export const users: Condition = {
  names: ['users'],
  // That a policy is about everybody is the last thing to say of it.
  weight: ({ conditions }) => (conditions.users.includeUsers.includes('All') ? 0 : 2),
  whatIf: { reason: () => 'users', isGiven: () => true },
  isConfigured: (policy) => !isWorkloadPolicy(policy),
  compile: (policies) => {
    const sides = [sideOf(policies, 'include'), sideOf(policies, 'exclude')] as const
    const workload = bitsWhere(policies.length, (position) => isWorkloadPolicy(policies[position]!))
    const findingOf = (user: UserIdentity): Finding => {
      const holds = membersOf(sides[0], user)
      subtract(holds, membersOf(sides[1], user))
      unite(holds, workload)

      return sharedFinding(holds, (position) => explanationOf(policies[position]!, user))
    }
    const remembered = rememberUsers(findingOf)
    const nobody = sharedFinding(workload, () => ({ include: noRules, exclude: noRules, words: 'it is about users, and this is a workload identity' }))

    return ({ identity }) => (identity.kind === 'user' ? remembered(identity) : nobody)
  },
}

/** What a policy names, or leaves out. */
type UserSet = {
  readonly users: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly guests: GuestsOrExternalUsers | null
}
type Side = 'include' | 'exclude'

function userSet({ conditions: { users: condition } }: Policy, side: Side): UserSet {
  return side === 'include'
    ? { users: condition.includeUsers, groups: condition.includeGroups, roles: condition.includeRoles, guests: condition.includeGuestsOrExternalUsers }
    : { users: condition.excludeUsers, groups: condition.excludeGroups, roles: condition.excludeRoles, guests: condition.excludeGuestsOrExternalUsers }
}

function sideOf(policies: readonly Policy[], side: Side) {
  const sets = policies.map((policy) => userSet(policy, side))
  const size = sets.length

  return {
    size,
    sets,
    all: bitsWhere(size, (position) => sets[position]!.users.includes('All')),
    guestKeyword: bitsWhere(size, (position) => sets[position]!.users.includes('GuestsOrExternalUsers')),
    guests: bitsWhere(size, (position) => sets[position]!.guests !== null),
    byUser: namedBits(size, (position) => sets[position]!.users),
    byGroup: namedBits(size, (position) => sets[position]!.groups),
    byRole: namedBits(size, (position) => sets[position]!.roles),
  }
}

function membersOf({ size, sets, all, guestKeyword, byUser, byGroup, byRole }: ReturnType<typeof sideOf>, user: UserIdentity): Bits {
  const bits = noBits(size)
  unite(bits, all)
  unite(bits, byUser.of(user.id))
  for (const group of user.groupIds) unite(bits, byGroup.of(group))
  for (const role of user.roleTemplateIds) unite(bits, byRole.of(role))
  if (externalTypeOf(user) !== null) {
    unite(bits, guestKeyword)
    unite(bits, bitsWhere(size, (position) => isSuchGuest(sets[position]!.guests, user)))
  }

  return bits
}

/** A guest whose kind nobody stated is told by where the account lives. */
export function externalTypeOf({ externalUserType, userType, homeTenantId }: UserIdentity): GuestOrExternalUserType | null {
  return externalUserType ?? (userType !== 'Guest' ? null : homeTenantId === null ? 'internalGuest' : 'b2bCollaborationGuest')
}

/** Whether the account lives elsewhere: a local guest does not. */
export function isExternal(user: UserIdentity): boolean {
  const type = externalTypeOf(user)

  return type !== null && type !== 'internalGuest'
}

function isSuchGuest(guests: GuestsOrExternalUsers | null, user: UserIdentity): boolean {
  const type = externalTypeOf(user)
  if (guests === null || type === null || !guests.guestOrExternalUserTypes.includes(type)) return false
  const tenants = guests.externalTenants
  if (tenants === null || tenants.membershipKind === 'all') return true

  return user.homeTenantId !== null && namesId(tenants.members, user.homeTenantId)
}

/** Whoever signs in again with the same memberships is found as before, however many groups that is. */
function rememberUsers(findingOf: (user: UserIdentity) => Finding): (user: UserIdentity) => Finding {
  const byId = new Map<string, { user: UserIdentity; finding: Finding }>()

  return (user) => {
    const known = byId.get(user.id)
    if (known !== undefined && isSameUser(known.user, user)) return known.finding
    const finding = findingOf(user)
    if (byId.size >= 1_000) byId.clear()
    byId.set(user.id, { user, finding })

    return finding
  }
}

function isSameUser(one: UserIdentity, other: UserIdentity): boolean {
  return (
    one === other ||
    (isSameList(one.groupIds, other.groupIds) &&
      isSameList(one.roleTemplateIds, other.roleTemplateIds) &&
      one.userType === other.userType &&
      one.externalUserType === other.externalUserType &&
      one.homeTenantId === other.homeTenantId)
  )
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false

  return true
}

function explanationOf(policy: Policy, user: UserIdentity) {
  const include = rulesOf(userSet(policy, 'include'), user)
  const exclude = rulesOf(userSet(policy, 'exclude'), user)
  const [left] = exclude
  const [named] = include
  const words = left
    ? (factsWhenLeftOut[left.ruleSatisfied] ?? 'it leaves out external users of this kind')
    : named
      ? (factsWhenNamed[named.ruleSatisfied] ?? 'it names external users of this kind')
      : 'the user is not among those it names'

  return { include, exclude, words }
}

const factsWhenNamed: Record<string, string> = {
  allUsers: 'it covers all users',
  userId: 'it names the user',
  groupId: 'the user is in a group it names',
  roleId: 'the user holds a role it names',
  guest: 'the user is a guest',
}

const factsWhenLeftOut: Record<string, string> = {
  userId: 'it leaves the user out',
  groupId: 'the user is in a group it leaves out',
  roleId: 'the user holds a role it leaves out',
  guest: 'it leaves guests out',
}

function rulesOf(set: UserSet, user: UserIdentity): readonly RuleSatisfied[] {
  const type = externalTypeOf(user)
  const rules: [string, boolean][] = [
    ['allUsers', set.users.includes('All')],
    ['userId', namesId(set.users, user.id)],
    ['groupId', user.groupIds.some((id) => namesId(set.groups, id))],
    ['roleId', user.roleTemplateIds.some((id) => namesId(set.roles, id))],
    ['guest', type !== null && set.users.includes('GuestsOrExternalUsers')],
    [type ?? '', isSuchGuest(set.guests, user)],
  ]

  return rules.filter(([, isSatisfied]) => isSatisfied).map(([ruleSatisfied]) => ({ conditionalAccessCondition: 'users', ruleSatisfied }))
}
