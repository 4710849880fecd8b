import type { IpRange, NamedLocation } from '../../policy/named-location.ts'
import { parsedRange } from '../countries.ts'
import type { Problem } from '../refusal.ts'
import type { TenantEntry } from './schema.ts'

type Written = NonNullable<TenantEntry['namedLocations']>[number]
type Range = NonNullable<Written['ipRanges']>[number]

/** A named location whole: what kind it is follows from what it has, where `@odata.type` does not say. */
export function wholeLocation(id: string, written: Written, path: string, problem: (problem: Problem) => void): NamedLocation {
  const { displayName } = written
  const kind = written['@odata.type']?.replace(/^#?microsoft\.graph\./, '') ?? kindOf(written)
  if (kind === 'ipNamedLocation') {
    const ipRanges = (written.ipRanges ?? []).flatMap((range, index) => (range === undefined ? [] : [wholeRange(range, `${path}.ipRanges[${index}]`, problem)]))

    return { '@odata.type': '#microsoft.graph.ipNamedLocation', id, displayName, isTrusted: written.isTrusted ?? false, ipRanges }
  }
  if (kind === 'compliantNetworkNamedLocation') {
    const type = 'allTenantCompliantNetworks'

    return { '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation', id, displayName, compliantNetworkType: type, isTrusted: written.isTrusted ?? false }
  }
  if (kind !== 'countryNamedLocation') {
    problem({ path, message: 'It is not said what kind of location this is. Give it ipRanges or countriesAndRegions.' })
  }

  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    id,
    displayName,
    countriesAndRegions: written.countriesAndRegions ?? [],
    countryLookupMethod: written.countryLookupMethod ?? 'clientIpAddress',
    includeUnknownCountriesAndRegions: written.includeUnknownCountriesAndRegions ?? false,
  }
}

function kindOf(written: Written): string | undefined {
  if (written.ipRanges) return 'ipNamedLocation'
  if (written.countriesAndRegions ?? written.includeUnknownCountriesAndRegions) return 'countryNamedLocation'

  return written.compliantNetworkType && 'compliantNetworkNamedLocation'
}

function wholeRange(range: Range, path: string, problem: (problem: Problem) => void): IpRange {
  if (typeof range === 'object' && 'lowerAddress' in range) {
    const family = range.lowerAddress.includes(':') ? 'iPv6Range' : 'iPv4Range'

    return { '@odata.type': `#microsoft.graph.${family}`, lowerAddress: range.lowerAddress, upperAddress: range.upperAddress }
  }
  const cidrAddress = typeof range === 'string' ? range : range.cidrAddress
  if (parsedRange(cidrAddress) === null) problem({ path, message: `"${cidrAddress}" is not a range. Write it as 198.51.100.0/24 or 2001:db8:100::/48.` })

  return { '@odata.type': `#microsoft.graph.${cidrAddress.includes(':') ? 'iPv6CidrRange' : 'iPv4CidrRange'}`, cidrAddress }
}
