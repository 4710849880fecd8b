import type { Decision, PolicyStanding } from './decision.ts'
import type { NamedLocation } from './named-location.ts'
import type { PolicySet, PolicySource } from './policy-set.ts'
import type { Policy } from './policy.ts'

/**
 * Whether a resource may be left to watch where the session that a decision is about goes on. It knows ranges of
 * addresses only: who comes from an MFA trusted IP or from a country that a policy names is not watched, and nobody is
 * where the ranges are too many (reference 6.1). Such a session gets tokens of an hour instead.
 */
export function isLocationWatched({ source }: Pick<PolicySet, 'source'>, decision: Decision, { mostRanges = 5_000 }: { readonly mostRanges?: number } = {}): boolean {
  const inPlay = policiesAboutPlace(source, decision)
  if (inPlay.length === 0) return true
  if (decision.location.isMfaTrustedIp || rangesOf(source) > mostRanges) return false
  const here = new Set(decision.location.namedLocationIds.map((id) => id.toLowerCase()))
  const unseen = source.namedLocations.filter((location) => !isByAddress(location) && here.has(location.id.toLowerCase())).map(({ id }) => id.toLowerCase())

  return !inPlay.some((policy) => unseen.some((id) => namesOf(policy).includes(id)))
}

/** Whether what a decision wants, or what it refuses, has to do with where the user is. */
export function isAboutPlace({ source }: Pick<PolicySet, 'source'>, { blocked, challenges }: Decision): boolean {
  const behind = new Set([...(blocked?.policyIds ?? []), ...challenges.flatMap(({ policyIds }) => policyIds)])

  return source.policies.some(({ id, conditions }) => behind.has(id) && conditions.locations !== null)
}

/** Enforced policies of which nothing but the place decides whether they apply. */
function policiesAboutPlace({ policies, licence }: PolicySource, { policies: standings }: Decision): Policy[] {
  if (licence === 'none') return []
  const byId = new Map(standings.map((standing) => [standing.id, standing]))

  return policies.filter(({ id, state, conditions }) => {
    const standing = byId.get(id)

    return state === 'enabled' && conditions.locations !== null && standing !== undefined && hangsOnPlace(standing)
  })
}

const placeNames: ReadonlySet<string> = new Set(['location', 'ipAddressSeenByAzureAD'])

function hangsOnPlace({ conditionsNotSatisfied }: PolicyStanding): boolean {
  return conditionsNotSatisfied.every((name) => placeNames.has(name))
}

function namesOf({ conditions: { locations } }: Policy): string[] {
  return [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])].map((id) => id.toLowerCase())
}

function isByAddress(location: NamedLocation): boolean {
  return location['@odata.type'] === '#microsoft.graph.ipNamedLocation'
}

/** Ranges of all locations that policies name; `AllTrusted` names the trusted ones. */
function rangesOf({ policies, namedLocations }: PolicySource): number {
  const named = new Set(policies.filter(({ state }) => state === 'enabled').flatMap(namesOf))
  const counts = namedLocations.map((location) => {
    const isNamed = named.has(location.id.toLowerCase()) || (named.has('alltrusted') && 'isTrusted' in location && location.isTrusted)

    return isNamed && 'ipRanges' in location ? location.ipRanges.length : 0
  })

  return counts.reduce((sum, count) => sum + count, 0)
}
