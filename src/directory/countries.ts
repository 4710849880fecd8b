import ipaddr from 'ipaddr.js'

/** Which country an address is in, by the tenant's table: the longest prefix wins. Null = in none. */
export type CountryTable = (ipAddress: string) => string | null

const tables = new WeakMap<Readonly<Record<string, string>>, CountryTable>()

/** Makes a table of CIDR ranges askable; tenants that share a table share what was made of it. */
export function countryTable(countries: Readonly<Record<string, string>>): CountryTable {
  const made = tables.get(countries) ?? compiled(countries)
  tables.set(countries, made)

  return made
}

/** The range as ipaddr.js reads it, IPv4-mapped IPv6 as the IPv4 it is; null when it is none. */
export function parsedRange(cidr: string): { bytes: readonly number[]; prefix: number } | null {
  if (!ipaddr.isValidCIDR(cidr)) return null
  const [address, prefix] = ipaddr.parseCIDR(cidr)
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96) {
    return { bytes: address.toIPv4Address().toByteArray(), prefix: prefix - 96 }
  }

  return { bytes: address.toByteArray(), prefix }
}

/** Ranges of one family and length, by their masked address. Lengths are tried from the longest. */
type Length = { readonly prefix: number; readonly ranges: Map<string, string> }

function compiled(countries: Readonly<Record<string, string>>): CountryTable {
  const families = { 4: new Map<number, Length>(), 16: new Map<number, Length>() }
  for (const [cidr, country] of Object.entries(countries)) {
    const range = parsedRange(cidr)
    if (range === null) continue
    const lengths = range.bytes.length === 4 ? families[4] : families[16]
    const length = lengths.get(range.prefix) ?? { prefix: range.prefix, ranges: new Map() }
    length.ranges.set(masked(range.bytes, range.prefix), country)
    lengths.set(range.prefix, length)
  }
  const longestFirst = (lengths: Map<number, Length>) => [...lengths.values()].toSorted((a, b) => b.prefix - a.prefix)
  const ordered = { 4: longestFirst(families[4]), 16: longestFirst(families[16]) }

  return (ipAddress) => {
    if (!ipaddr.isValid(ipAddress)) return null
    const bytes = ipaddr.process(ipAddress).toByteArray()
    for (const { prefix, ranges } of bytes.length === 4 ? ordered[4] : ordered[16]) {
      const country = ranges.get(masked(bytes, prefix))
      if (country !== undefined) return country
    }

    return null
  }
}

function masked(bytes: readonly number[], prefix: number): string {
  const whole = prefix >> 3
  const bits = prefix & 7
  const kept = bytes.slice(0, whole)
  if (bits > 0) kept.push((bytes[whole] ?? 0) & (0xff << (8 - bits)) & 0xff)

  return kept.join('.')
}
