import type { RuleSatisfied } from '../decision.ts'
import type { SignIn } from '../sign-in.ts'
import { mfaTrustedIpsLocation, type Policy } from '../policy.ts'
import { bitsWhere, noBits, type Bits } from '../bits.ts'
import { isIn, locationsOf, wordAt, type Place, type TenantLocations } from '../location.ts'
import { noRules, type Condition, type Finding } from './condition.ts'
import { namedBits } from './named-bits.ts'

/** Where the sign-in comes from: the public address, the country, the corporate network. */
export const locations: Condition = {
  names: ['location', 'ipAddressSeenByAzureAD'],
  weight: () => 8,
  whatIf: {
    reason: () => 'location',
    isGiven: ({ ipAddress, country }, { conditions: { locations: condition } }) =>
      ipAddress !== undefined || country !== undefined || (condition !== null && condition.includeLocations.includes('All') && condition.excludeLocations.length === 0),
  },
  isConfigured: ({ conditions }) => conditions.locations !== null,
  compile: (policies, source) => {
    const tenant = locationsOf(source)
    const index = indexOf(policies, tenant)

    return (signIn) => {
      const place = tenant.placeOf(signIn)
      const elsewhere = index.hasStrict ? tenant.placeSeenByResource(signIn) : null

      return new LocationFinding(index, tenant, place, elsewhere)
    }
  },
}

/** A class, where this house prefers functions: one is made for every sign-in, and hardly ever asked how it came about. */
class LocationFinding implements Finding {
  readonly isShared = false
  readonly holds: Bits
  readonly #index: Index
  readonly #tenant: TenantLocations
  readonly #place: Place

  constructor(index: Index, tenant: TenantLocations, place: Place, elsewhere: Place | null) {
    this.holds = holdsAt(index, place)
    if (elsewhere !== null) addStrict(this.holds, index, elsewhere)
    this.#index = index
    this.#tenant = tenant
    this.#place = place
  }

  include(position: number): readonly RuleSatisfied[] {
    return rulesOf(this.#index.entries[position]!.include, this.#place)
  }

  exclude(position: number): readonly RuleSatisfied[] {
    return rulesOf(this.#index.entries[position]!.exclude, this.#place)
  }

  words(position: number, signIn: SignIn): string {
    return `${subjectOf(signIn)} ${factOf(this.#index.entries[position]!, this.#tenant, this.#place)}`
  }
}

/** What one policy lists, by kind of entry. */
type Entries = { readonly isAll: boolean; readonly isAllTrusted: boolean; readonly isMfaTrusted: boolean; readonly locations: readonly number[]; readonly isEmpty: boolean }
type Side = { readonly all: Bits; readonly allTrusted: Bits; readonly mfaTrusted: Bits; readonly named: Bits; readonly byLocation: readonly (Bits | undefined)[] }
type Index = ReturnType<typeof indexOf>

function indexOf(policies: readonly Policy[], tenant: TenantLocations) {
  const size = policies.length
  const strict = bitsWhere(size, (position) => isStrict(policies[position]!))
  const byId = new Map(tenant.namedLocations.map(({ id }, at) => [id.toLowerCase(), at]))

  return {
    unconfigured: bitsWhere(size, (position) => policies[position]!.conditions.locations === null),
    include: sideOf(policies, 'includeLocations', tenant),
    exclude: sideOf(policies, 'excludeLocations', tenant),
    /** Room to work in: what is left out, of the sign-in at hand. */
    left: noBits(size),
    entries: policies.map(({ conditions }) => ({
      include: entriesOf(conditions.locations?.includeLocations ?? [], byId),
      exclude: entriesOf(conditions.locations?.excludeLocations ?? [], byId),
    })),
    strict,
    hasStrict: strict.some((word) => word !== 0),
  }
}

/** Strict location enforcement: the resource refuses when the address it sees is not allowed either (reference 6.1). */
function isStrict({ sessionControls }: Policy): boolean {
  return sessionControls?.continuousAccessEvaluation?.mode === 'strictLocation'
}

function sideOf(policies: readonly Policy[], list: 'includeLocations' | 'excludeLocations', { namedLocations }: TenantLocations): Side {
  const named = namedBits(policies.length, (position) => policies[position]!.conditions.locations?.[list] ?? [])
  const none = noBits(policies.length)

  return {
    all: named.of('All') ?? none,
    allTrusted: named.of('AllTrusted') ?? none,
    mfaTrusted: named.of(mfaTrustedIpsLocation) ?? none,
    /** The locations that some policy names. */
    named: bitsWhere(namedLocations.length, (location) => named.of(namedLocations[location]!.id) !== undefined),
    byLocation: namedLocations.map(({ id }) => named.of(id)),
  }
}

function entriesOf(list: readonly string[], byId: ReadonlyMap<string, number>): Entries {
  return {
    isAll: list.includes('All'),
    isAllTrusted: list.includes('AllTrusted'),
    isMfaTrusted: list.includes(mfaTrustedIpsLocation),
    locations: list.flatMap((id) => byId.get(id.toLowerCase()) ?? []),
    isEmpty: list.length === 0,
  }
}

/** Included by something, left out by nothing. */
function holdsAt({ include, exclude, unconfigured, left }: Index, place: Place): Bits {
  const holds = include.all.slice()
  addMatches(holds, include, place)
  for (let word = 0; word < left.length; word++) left[word] = exclude.all[word]!
  addMatches(left, exclude, place)
  for (let word = 0; word < holds.length; word++) holds[word] = (holds[word]! & ~left[word]!) | unconfigured[word]!

  return holds
}

function addMatches(bits: Bits, side: Side, place: Place): void {
  if (place.isTrusted) for (let word = 0; word < bits.length; word++) bits[word]! |= side.allTrusted[word]!
  if (place.isMfaTrusted) for (let word = 0; word < bits.length; word++) bits[word]! |= side.mfaTrusted[word]!
  for (let at = 0; at < place.otherwise.length; at++) {
    let rest = wordAt(place, at) & side.named[at]!
    while (rest !== 0) {
      const lowest = rest & -rest
      const named = side.byLocation[(at << 5) + 31 - Math.clz32(lowest)]!
      for (let word = 0; word < bits.length; word++) bits[word]! |= named[word]!
      rest ^= lowest
    }
  }
}

function addStrict(holds: Bits, index: Index, elsewhere: Place): void {
  const there = holdsAt(index, elsewhere)
  for (let word = 0; word < holds.length; word++) holds[word]! |= there[word]! & index.strict[word]!
}

/** One list for each answer, so that equal answers are the same list. */
function rulesOf({ isAll, isAllTrusted, isMfaTrusted, locations: listed }: Entries, place: Place): readonly RuleSatisfied[] {
  const isByTrust = isAllTrusted && place.isTrusted
  const isByNetwork = place.isCorporateNetwork && (isByTrust || (isMfaTrusted && place.isMfaTrusted))
  const isById = listed.some((location) => isIn(place, location)) || (isMfaTrusted && place.isMfaTrusted && !place.isCorporateNetwork)

  return rules[(isAll ? 1 : 0) + (isByTrust && !isByNetwork ? 2 : 0) + (isByNetwork ? 4 : 0) + (isById ? 8 : 0)]!
}

const ruleNames = ['allLocations', 'allTrustedLocations', 'insideCorpnet', 'locationId']
const rules: readonly (readonly RuleSatisfied[])[] = Array.from({ length: 16 }, (_, mask) =>
  mask === 0 ? noRules : ruleNames.filter((_, at) => (mask >>> at) & 1).map((ruleSatisfied) => ({ conditionalAccessCondition: 'location', ruleSatisfied })))

function subjectOf({ conditions }: SignIn): string {
  return conditions.ipAddress ?? 'an unknown address'
}

function factOf({ include, exclude }: Index['entries'][number], tenant: TenantLocations, place: Place): string {
  const left = whereabouts(exclude, tenant, place)
  if (left !== null) return left
  if (exclude.isAll) return 'is somewhere, and it leaves out all locations'
  const named = whereabouts(include, tenant, place)
  if (named !== null) return named
  if (!include.isAll) return include.locations.length === 0 ? 'is in no trusted location' : 'is in none of the locations it names'
  if (exclude.isAllTrusted) return 'is in no trusted location'

  return exclude.isEmpty ? 'is somewhere, and it covers all locations' : 'is in none of the locations it leaves out'
}

/** Where the list finds the sign-in; null where nothing on it but `All` does. */
function whereabouts(entries: Entries, tenant: TenantLocations, place: Place): string | null {
  const named = entries.locations.find((location) => isIn(place, location))
  if (named !== undefined) return `is in "${tenant.namedLocations[named]!.displayName}"`
  const trusted = entries.isAllTrusted && place.isTrusted ? tenant.trustedAt(place) : undefined
  if (trusted) return `is in "${trusted.displayName}", which is trusted`
  const isMfa = place.isMfaTrusted && (entries.isMfaTrusted || entries.isAllTrusted)
  if (isMfa) return place.isCorporateNetwork ? 'is inside the corporate network' : 'is one of the MFA trusted IPs'

  return null
}
