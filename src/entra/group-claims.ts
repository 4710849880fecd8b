import type { Application } from '../directory/types.ts'
import type { TokenFacts } from './token-facts.ts'

/** What a user without a directory role has in `wids`. */
const memberRole = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

/** More groups than this do not fit into a token, or into an address (reference 11.4). */
const mostGroups = 200
const mostGroupsInAnAddress = 5

/**
 * Groups and directory roles, where the application that the token is for asks for them. Too many groups are left to
 * be read from Graph.
 */
export function groupClaims(audience: Application, { user, groups = [], directoryRoles = [], base, isFrontChannel = false }: TokenFacts): Record<string, unknown> {
  const wanted = new Set((audience.groupMembershipClaims ?? '').split(',').map((word) => word.trim()))
  if (!user || wanted.size === 0) return {}

  return {
    ...(wanted.has('DirectoryRole') || wanted.has('All') ? { wids: directoryRolesOf(directoryRoles) } : {}),
    ...groupsOf(listed(wanted, audience, groups), user.id, base, isFrontChannel),
  }
}

export function directoryRolesOf(templateIds: readonly string[]): string[] {
  return [...templateIds, memberRole]
}

function listed(wanted: ReadonlySet<string>, audience: Application, groups: readonly string[]): readonly string[] {
  if (wanted.has('SecurityGroup') || wanted.has('All')) return groups
  if (!wanted.has('ApplicationGroup')) return []

  return groups.filter((id) => audience.assignments.some(({ principal }) => principal === id))
}

function groupsOf(groups: readonly string[], userId: string, base: string, isFrontChannel: boolean): Record<string, unknown> {
  if (groups.length === 0) return {}
  if (isFrontChannel && groups.length > mostGroupsInAnAddress) return { hasgroups: true }
  if (groups.length <= mostGroups) return { groups: [...groups] }

  return {
    _claim_names: { groups: 'src1' },
    _claim_sources: { src1: { endpoint: `${base}/v1.0/users/${userId}/getMemberObjects` } },
  }
}
