import type { Directory } from '../directory/types.ts'
import { compareWords, parseAddress, parseCidr, parseRange } from '../policy/address.ts'
import type { IpRange } from '../policy/named-location.ts'

/** The name of the place an address belongs to, as the tenant's named locations know it; null = none of them. */
export function placeOf(directory: Directory, ipAddress: string): string | null {
  const address = parseAddress(ipAddress)
  if (!address) return null

  const isInside = (range: IpRange) => {
    const parsed = 'cidrAddress' in range ? parseCidr(range.cidrAddress) : parseRange(range.lowerAddress, range.upperAddress)

    return parsed?.width === address.width && compareWords(parsed.lower, address.words) <= 0 && compareWords(address.words, parsed.upper) <= 0
  }
  const place = directory.list('namedLocations').find((location) => 'ipRanges' in location && location.ipRanges.some(isInside))

  return place?.displayName ?? null
}
