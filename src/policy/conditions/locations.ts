import type { SignIn } from '../sign-in.ts'
import { mfaTrustedIpsLocation, type Policy } from '../policy.ts'
import { bitsWhere, intersect, noBits, subtract, unite, type Bits } from '../bits.ts'
import { locationsOf, type Place, type TenantLocations } from '../location.ts'
import { explained, type Condition, type Explanation, type Finding } from './condition.ts'
import { namedBits } from './named-bits.ts'

/** Where the sign-in comes from: the public address, the country, the corporate network. */
export const locations: Condition = {
  names: ['location', 'ipAddressSeenByAzureAD'],
  weight: 8,
  whatIf: {
    reason: () => 'location',
    isGiven: ({ ipAddress, country }, { conditions: { locations: condition } }) =>
      ipAddress !== undefined || country !== undefined || (condition !== null && condition.includeLocations.includes('All') && condition.excludeLocations.length === 0),
  },
  isConfigured: ({ conditions }) => conditions.locations !== null,
  compile: (policies, source) => {
    const tenant = locationsOf(source)
    const index = indexOf(policies)
    const byPlace = new WeakMap<Place, Finding>()
    const findingOf = (place: Place): Finding => {
      const known = byPlace.get(place)
      if (known !== undefined) return known
      const finding = {
        holds: holdsAt(index, tenant, place),
        explain: explained((position) => explanationOf(policies[position]!, place, tenant)),
      }
      byPlace.set(place, finding)

      return finding
    }

    return (signIn) => {
      const finding = findingOf(tenant.placeOf(signIn))
      const elsewhere = index.hasStrict ? tenant.placeSeenByResource(signIn) : null

      return elsewhere === null ? finding : strictFinding(index, finding, findingOf(elsewhere))
    }
  },
}

function indexOf(policies: readonly Policy[]) {
  const size = policies.length
  const members = policies.map((policy) => policy.conditions.locations)
  const strict = bitsWhere(size, (position) => isStrict(policies[position]!))
  const side = (list: 'includeLocations' | 'excludeLocations') => ({
    all: bitsWhere(size, (position) => members[position]?.[list].includes('All') ?? false),
    allTrusted: bitsWhere(size, (position) => members[position]?.[list].includes('AllTrusted') ?? false),
    byId: namedBits(size, (position) => members[position]?.[list] ?? []),
  })

  return {
    size,
    unconfigured: bitsWhere(size, (position) => members[position] === null),
    include: side('includeLocations'),
    exclude: side('excludeLocations'),
    strict,
    hasStrict: strict.some((word) => word !== 0),
  }
}

type Index = ReturnType<typeof indexOf>

/** Strict location enforcement: the resource refuses when the address it sees is not allowed either (reference 6.1). */
function isStrict({ sessionControls }: Policy): boolean {
  return sessionControls?.continuousAccessEvaluation?.mode === 'strictLocation'
}

function holdsAt(index: Index, tenant: TenantLocations, place: Place): Bits {
  const holds = matchesAt(index, index.include, tenant, place)
  subtract(holds, matchesAt(index, index.exclude, tenant, place))
  unite(holds, index.unconfigured)

  return holds
}

function matchesAt({ size }: Index, side: Index['include'], tenant: TenantLocations, place: Place): Bits {
  const bits = noBits(size)
  unite(bits, side.all)
  if (place.isTrusted) unite(bits, side.allTrusted)
  if (place.isMfaTrusted) unite(bits, side.byId.of(mfaTrustedIpsLocation))
  for (const id of place.namedLocationIds) unite(bits, side.byId.of(id))

  return bits
}

function strictFinding({ strict }: Index, finding: Finding, elsewhere: Finding): Finding {
  const holds = elsewhere.holds.slice()
  intersect(holds, strict)
  unite(holds, finding.holds)

  return { holds, explain: finding.explain }
}

function explanationOf({ conditions }: Policy, place: Place, tenant: TenantLocations): Explanation {
  const { includeLocations = [], excludeLocations = [] } = conditions.locations ?? {}
  const include = includeLocations.filter((entry) => matches(entry, place))
  const exclude = excludeLocations.filter((entry) => matches(entry, place))
  const rules = (entries: readonly string[]) => [...new Set(entries.map((entry) => ruleOf(entry, place)))].map((ruleSatisfied) => ({ conditionalAccessCondition: 'location', ruleSatisfied }) as const)

  return { include: rules(include), exclude: rules(exclude), words: (signIn) => `${subjectOf(signIn)} ${factOf()}` }

  function factOf(): string {
    const [left] = exclude
    if (left !== undefined) return isIn(left)
    const named = include.find((entry) => entry !== 'All')
    if (named !== undefined) return isIn(named)
    if (include.length === 0) return includeLocations.every((entry) => entry === 'AllTrusted') ? 'is in no trusted location' : 'is in none of the locations it names'

    return excludeLocations.includes('AllTrusted')
      ? 'is in no trusted location'
      : excludeLocations.length > 0
        ? 'is in none of the locations it leaves out'
        : 'is somewhere, and it covers all locations'
  }

  function isIn(entry: string): string {
    if (entry === 'All') return 'is somewhere, and it leaves out all locations'
    if (entry === mfaTrustedIpsLocation || (entry === 'AllTrusted' && place.trustedLocationIds.length === 0)) {
      return place.isCorporateNetwork ? 'is inside the corporate network' : 'is one of the MFA trusted IPs'
    }
    if (entry === 'AllTrusted') return `is in "${tenant.nameOf(place.trustedLocationIds[0]!)}", which is trusted`

    return `is in "${tenant.nameOf(entry)}"`
  }
}

function matches(entry: string, place: Place): boolean {
  if (entry === 'All') return true
  if (entry === 'AllTrusted') return place.isTrusted
  if (entry === mfaTrustedIpsLocation) return place.isMfaTrusted

  return place.namedLocationIds.some((id) => id.toLowerCase() === entry.toLowerCase())
}

function ruleOf(entry: string, place: Place): string {
  if (entry === 'All') return 'allLocations'
  if (entry === 'AllTrusted') return place.isCorporateNetwork && place.trustedLocationIds.length === 0 ? 'insideCorpnet' : 'allTrustedLocations'

  return entry === mfaTrustedIpsLocation && place.isCorporateNetwork ? 'insideCorpnet' : 'locationId'
}

function subjectOf({ conditions }: SignIn): string {
  return conditions.ipAddress ?? 'an unknown address'
}

