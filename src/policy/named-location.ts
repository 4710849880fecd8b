/**
 * A named location as Graph spells it (`ipNamedLocation`, `countryNamedLocation`, `compliantNetworkNamedLocation`).
 *
 * @see shared reference, section 3
 */
export type NamedLocation = IpNamedLocation | CountryNamedLocation | CompliantNetworkNamedLocation

type Common = {
  readonly id: string
  readonly displayName: string
  readonly createdDateTime?: string
  readonly modifiedDateTime?: string
}

export type IpNamedLocation = Common & {
  readonly '@odata.type': '#microsoft.graph.ipNamedLocation'
  readonly isTrusted: boolean
  readonly ipRanges: readonly IpRange[]
}

/** One range, echoed as it was written: host bits need not be zero. */
export type IpRange =
  | { readonly '@odata.type': '#microsoft.graph.iPv4CidrRange' | '#microsoft.graph.iPv6CidrRange'; readonly cidrAddress: string }
  | {
      readonly '@odata.type': '#microsoft.graph.iPv4Range' | '#microsoft.graph.iPv6Range'
      readonly lowerAddress: string
      readonly upperAddress: string
    }

export type CountryNamedLocation = Common & {
  readonly '@odata.type': '#microsoft.graph.countryNamedLocation'
  readonly countriesAndRegions: readonly string[]
  readonly countryLookupMethod: 'clientIpAddress' | 'authenticatorAppGps'
  readonly includeUnknownCountriesAndRegions: boolean
}

export type CompliantNetworkNamedLocation = Common & {
  readonly '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation'
  readonly compliantNetworkType: 'allTenantCompliantNetworks'
  readonly isTrusted: boolean
}
