import type { CountryNamedLocation, IpNamedLocation, NamedLocation } from './named-location.ts'
import type { PolicySource } from './policy-set.ts'
import type { SignIn } from './sign-in.ts'
import { parseAddress, parseCidr, parseRange, type AddressRange } from './address.ts'
import { indexRanges, mergeRanges, type AddressClass, type IntervalIndex, type MergedRanges } from './intervals.ts'

/** Where a sign-in comes from, as the tenant's named locations see it. Sign-ins that are alike to them share a place. */
export type Place = {
  readonly namedLocationIds: readonly string[]
  readonly trustedLocationIds: readonly string[]
  /** In `AllTrusted`: in a trusted location, or MFA trusted. */
  readonly isTrusted: boolean
  /** "Multifactor authentication trusted IPs": by address, or by the federated claim. */
  readonly isMfaTrusted: boolean
  readonly isCorporateNetwork: boolean
}

export type TenantLocations = {
  placeOf(signIn: SignIn): Place
  /** Where the resource sees the user, for strict location enforcement; null where it sees nothing else. */
  placeSeenByResource(signIn: SignIn): Place | null
  /** Whether the address or the claim would make the request MFA trusted, if the user's domain allowed it. */
  wouldBeMfaTrusted(signIn: SignIn): boolean
  nameOf(id: string): string
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

function compileLocations({ namedLocations, mfaServiceSettings }: PolicySource): TenantLocations {
  const index = indexOf(namedLocations)
  const mfaTrustedIps = indexRanges([mergeRanges(mfaServiceSettings.trustedIps.flatMap((cidr) => parseCidr(cidr) ?? []))])
  const names = new Map(namedLocations.map(({ id, displayName }) => [id.toLowerCase(), displayName]))
  const readsGps = namedLocations.some((location) => isCountry(location) && location.countryLookupMethod === 'authenticatorAppGps')
  const places = new WeakMap<AddressClass, { readonly clues: Clues; readonly place: Place }[]>()

  return {
    placeOf: (signIn) => {
      const { ipAddress, country, gpsCountry, isCompliantNetwork } = signIn.conditions
      const address = ipAddress === null ? null : parseAddress(ipAddress)

      return remembered(index.classOf(address), {
        country,
        gpsCountry: readsGps ? gpsCountry : null,
        isCompliantNetwork,
        isCorporateNetwork: isInsideCorporateNetwork(signIn) && mfaServiceSettings.skipMfaForFederatedUsersOnIntranet,
        isMfaTrustedIp: mayUseTrustedIps(signIn) && mfaTrustedIps.classOf(address).lists.length > 0,
        isResource: false,
      })
    },
    placeSeenByResource: ({ conditions: { ipAddressSeenByResource: text } }) => {
      if (text === undefined || text === null) return null

      // The resource knows addresses only: no countries, no MFA trusted IPs (reference 6.1).
      return remembered(index.classOf(parseAddress(text)), resourceClues)
    },
    wouldBeMfaTrusted: ({ conditions: { ipAddress, insideCorporateNetwork } }) =>
      (insideCorporateNetwork && mfaServiceSettings.skipMfaForFederatedUsersOnIntranet) ||
      (ipAddress !== null && mfaTrustedIps.classOf(parseAddress(ipAddress)).lists.length > 0),
    nameOf: (id) => names.get(id.toLowerCase()) ?? id,
  }

  function remembered(addressClass: AddressClass, clues: Clues): Place {
    const alike = places.get(addressClass) ?? []
    for (const known of alike) if (isSame(known.clues, clues)) return known.place
    const place = placeFrom(namedLocations, addressClass, clues)
    places.set(addressClass, [...(alike.length < 200 ? alike : []), { clues, place }])

    return place
  }
}

/** What beside the address tells where somebody is. */
type Clues = {
  readonly country: string | null
  readonly gpsCountry: string | null
  readonly isCompliantNetwork: boolean
  readonly isCorporateNetwork: boolean
  readonly isMfaTrustedIp: boolean
  readonly isResource: boolean
}

const resourceClues: Clues = {
  country: null, gpsCountry: null, isCompliantNetwork: false, isCorporateNetwork: false, isMfaTrustedIp: false, isResource: true,
}

function isSame(one: Clues, other: Clues): boolean {
  return (
    one.country === other.country &&
    one.gpsCountry === other.gpsCountry &&
    one.isCompliantNetwork === other.isCompliantNetwork &&
    one.isCorporateNetwork === other.isCorporateNetwork &&
    one.isMfaTrustedIp === other.isMfaTrustedIp &&
    one.isResource === other.isResource
  )
}

function placeFrom(namedLocations: readonly NamedLocation[], { lists }: AddressClass, clues: Clues): Place {
  const byAddress = new Set(lists)
  const found = namedLocations.filter((location, at) => byAddress.has(at) || containsOtherwise(location, clues))
  const trusted = found.filter((location) => !isCountry(location) && location.isTrusted)
  const isMfaTrusted = clues.isCorporateNetwork || clues.isMfaTrustedIp

  return {
    namedLocationIds: found.map(({ id }) => id),
    trustedLocationIds: trusted.map(({ id }) => id),
    isTrusted: isMfaTrusted || trusted.length > 0,
    isMfaTrusted,
    isCorporateNetwork: clues.isCorporateNetwork,
  }
}

function containsOtherwise(location: NamedLocation, clues: Clues): boolean {
  if (clues.isResource || isIp(location)) return false
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
  return signIn.conditions.insideCorporateNetwork && isFederated(signIn) && mayUseTrustedIps(signIn)
}

function isFederated({ identity }: SignIn): boolean {
  return identity.kind === 'user' && identity.federation !== null
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
