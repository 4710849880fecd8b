import type { CountryNamedLocation, IpNamedLocation, NamedLocation } from './named-location.ts'
import type { PolicySource } from './policy-set.ts'
import type { SignIn } from './sign-in.ts'
import { parseAddress, parseCidr, parseIPv4, parseRange, type AddressRange } from './address.ts'
import { pick } from './bits.ts'
import { indexRanges, mergeRanges, type IntervalIndex, type MergedRanges } from './intervals.ts'

/** Where a sign-in comes from, as the tenant's named locations see it. */
export type Place = {
  /** The named locations that contain it, one bit for each, by their position in the tenant: by address, from `at` on. */
  readonly membership: Int32Array
  readonly at: number
  /** Those that contain it by what else is known. */
  readonly otherwise: readonly number[]
  /** In `AllTrusted`: in a trusted location, or MFA trusted. */
  readonly isTrusted: boolean
  /** "Multifactor authentication trusted IPs": by address, or by the federated claim. */
  readonly isMfaTrusted: boolean
  readonly isCorporateNetwork: boolean
}

export type TenantLocations = {
  readonly namedLocations: readonly NamedLocation[]
  placeOf(signIn: SignIn): Place
  /** Where the resource sees the user, for strict location enforcement; null where it sees nothing else. */
  placeSeenByResource(signIn: SignIn): Place | null
  /** A trusted location that contains the place, for saying so. */
  trustedAt(place: Place): NamedLocation | undefined
  /** Whether the address or the claim would make the request MFA trusted, if the user's domain allowed it. */
  wouldBeMfaTrusted(signIn: SignIn): boolean
}

/** The tenant's locations, ready to be asked. Several conditions and the decision itself share one. */
export function locationsOf(source: PolicySource): TenantLocations {
  const known = bySource.get(source)
  if (known) return known
  const locations = compileLocations(source)
  bySource.set(source, locations)

  return locations
}

const bySource = new WeakMap<PolicySource, TenantLocations>()

/** One word of the locations that contain a place. */
export function wordAt({ membership, at, otherwise }: Place, word: number): number {
  return otherwise[word]! | membership[at + word]!
}

export function isIn(place: Place, location: number): boolean {
  return (wordAt(place, location >>> 5) & (1 << (location & 31))) !== 0
}

export function locationsAt({ namedLocations }: TenantLocations, place: Place): NamedLocation[] {
  const contained = place.otherwise.map((_, word) => wordAt(place, word))

  return pick(contained, contained, namedLocations)
}

function isTrustedLocation(location: NamedLocation): boolean {
  return !isCountry(location) && location.isTrusted
}

function compileLocations({ namedLocations, mfaServiceSettings }: PolicySource): TenantLocations {
  const index = indexOf(namedLocations)
  const mfaTrustedIps = indexRanges([mergeRanges(mfaServiceSettings.trustedIps.flatMap((cidr) => parseCidr(cidr) ?? []))])
  const isMfaTrustedIp = (text: string | null) => mfaTrustedIps.membership[findIn(mfaTrustedIps, text)] === 1
  const trusted = wordsWhere(namedLocations, isTrustedLocation)
  const byClues = cluesMemory(namedLocations)

  return {
    namedLocations,
    placeOf: (signIn) => {
      const { conditions } = signIn
      const isCorporateNetwork = mfaServiceSettings.skipMfaForFederatedUsersOnIntranet && isInsideCorporateNetwork(signIn)
      const isMfaTrusted = isCorporateNetwork || (mayUseTrustedIps(signIn) && isMfaTrustedIp(conditions.ipAddress))

      return placeAt(index, trusted, conditions.ipAddress, byClues?.(conditions) ?? trusted.none, isMfaTrusted, isCorporateNetwork)
    },
    placeSeenByResource: ({ conditions: { ipAddressSeenByResource: text } }) =>
      // The resource knows addresses only: no countries, no MFA trusted IPs (reference 6.1).
      text == null ? null : placeAt(index, trusted, text, trusted.none, false, false),
    trustedAt: (place) => {
      const word = trusted.words.findIndex((those, at) => (wordAt(place, at) & those) !== 0)

      return word < 0 ? undefined : namedLocations[word * 32 + 31 - Math.clz32(wordAt(place, word) & trusted.words[word]!)]
    },
    wouldBeMfaTrusted: ({ conditions: { ipAddress, insideCorporateNetwork } }) =>
      (insideCorporateNetwork && mfaServiceSettings.skipMfaForFederatedUsersOnIntranet) || isMfaTrustedIp(ipAddress),
  }
}

type LocationWords = { readonly words: readonly number[]; readonly none: readonly number[] }

function placeAt(index: IntervalIndex, trusted: LocationWords, text: string | null, otherwise: readonly number[], isMfaTrusted: boolean, isCorporateNetwork: boolean): Place {
  const { membership } = index
  const at = findIn(index, text)
  let isTrusted = isMfaTrusted
  for (let word = 0; word < otherwise.length; word++) if (((otherwise[word]! | membership[at + word]!) & trusted.words[word]!) !== 0) isTrusted = true

  return { membership, at, otherwise, isTrusted, isMfaTrusted, isCorporateNetwork }
}

/** Where an address as text is in an index; most are IPv4, and read without anything being made of them. */
function findIn(index: IntervalIndex, text: string | null): number {
  if (text === null) return 0
  const word = parseIPv4(text)

  return word >= 0 ? index.findIPv4(word) : index.find(parseAddress(text))
}

function wordsWhere(namedLocations: readonly NamedLocation[], isMember: (location: NamedLocation) => boolean): LocationWords {
  const none = Array.from({ length: (namedLocations.length + 31) >>> 5 }, () => 0)
  const words = none.slice()
  namedLocations.forEach((location, at) => {
    if (isMember(location)) words[at >>> 5]! |= 1 << (at & 31)
  })

  return { words, none }
}

/** What beside the address tells where somebody is. */
type Clues = Pick<SignIn['conditions'], 'country' | 'gpsCountry' | 'isCompliantNetwork'>

/** The locations that are told by clues rather than by addresses, remembered by the clues. Null where there are none. */
function cluesMemory(namedLocations: readonly NamedLocation[]): ((clues: Clues) => readonly number[]) | null {
  if (namedLocations.every(isIp)) return null
  const byCountry = new Map<string | null, { readonly clues: Clues; readonly words: readonly number[] }[]>()

  return (clues) => {
    const alike = byCountry.get(clues.country) ?? []
    for (const known of alike) {
      if (known.clues.gpsCountry === clues.gpsCountry && known.clues.isCompliantNetwork === clues.isCompliantNetwork) return known.words
    }
    const { words } = wordsWhere(namedLocations, (location) => isToldBy(location, clues))
    if (byCountry.size >= 1_000) byCountry.clear()
    byCountry.set(clues.country, [...alike.slice(-300), { clues, words }])

    return words
  }
}

function isToldBy(location: NamedLocation, clues: Clues): boolean {
  if (isIp(location)) return false
  if (!isCountry(location)) return clues.isCompliantNetwork
  const country = location.countryLookupMethod === 'authenticatorAppGps' ? clues.gpsCountry : clues.country

  return country === null ? location.includeUnknownCountriesAndRegions : location.countriesAndRegions.some((one) => one.toUpperCase() === country.toUpperCase())
}

function isIp(location: NamedLocation): location is IpNamedLocation {
  return location['@odata.type'] === '#microsoft.graph.ipNamedLocation'
}

function isCountry(location: NamedLocation): location is CountryNamedLocation {
  return location['@odata.type'] === '#microsoft.graph.countryNamedLocation'
}

/** The claim of a federated identity provider; a managed user cannot have it. */
function isInsideCorporateNetwork(signIn: SignIn): boolean {
  return signIn.conditions.insideCorporateNetwork && signIn.identity.kind === 'user' && signIn.identity.federation !== null && mayUseTrustedIps(signIn)
}

/** A federated domain with MFA switched off may not use MFA trusted IPs (product contract, "Federation and MFA"). */
export function mayUseTrustedIps({ identity }: SignIn): boolean {
  return identity.kind !== 'user' || identity.federation === null || identity.federation.mfaEnabled
}

/** Lays the locations over each other, unless this very list was laid before: then a changed policy costs nothing here. */
function indexOf(namedLocations: readonly NamedLocation[]): IntervalIndex {
  const [first] = namedLocations
  if (first === undefined) return indexRanges([])
  const known = indices.get(first)
  if (known && known.of.length === namedLocations.length && known.of.every((location, at) => location === namedLocations[at])) return known.index
  const index = indexRanges(namedLocations.map(rangesOf))
  indices.set(first, { of: [...namedLocations], index })

  return index
}

const indices = new WeakMap<NamedLocation, { readonly of: readonly NamedLocation[]; readonly index: IntervalIndex }>()

/** The ranges of one location, parsed once while it lives. */
function rangesOf(location: NamedLocation): MergedRanges {
  const known = parsed.get(location)
  if (known) return known
  const ranges = mergeRanges(isIp(location) ? location.ipRanges.flatMap((range) => parseIpRange(range) ?? []) : [])
  parsed.set(location, ranges)

  return ranges
}

const parsed = new WeakMap<NamedLocation, MergedRanges>()

/** Null where the text is no range; a range that was validated is one. */
export function parseIpRange(range: IpNamedLocation['ipRanges'][number]): AddressRange | null {
  return 'cidrAddress' in range ? parseCidr(range.cidrAddress) : parseRange(range.lowerAddress, range.upperAddress)
}
