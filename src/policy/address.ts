import ipaddr from 'ipaddr.js'

/** An address in network order: one 32-bit word for IPv4, four for IPv6. */
export type Address = { readonly width: 1 | 4; readonly words: readonly number[] }

/** A run of addresses of one family, both ends included. */
export type AddressRange = { readonly width: 1 | 4; readonly lower: readonly number[]; readonly upper: readonly number[] }

/**
 * The address as text, read. IPv4-mapped IPv6 (`::ffff:198.51.100.7`) is the IPv4 address it carries, so that a
 * dual-stack socket does not move a user out of the office. Null where the text is no address.
 */
export function parseAddress(text: string): Address | null {
  const ipv4 = parseIPv4(text)
  if (ipv4 >= 0) return { width: 1, words: [ipv4] }
  const address = parseIPv6(text)
  if (address === null) return null

  return address.isIPv4MappedAddress()
    ? { width: 1, words: [wordOf(address.toIPv4Address().octets, 0)] }
    : { width: 4, words: ipv6Words(address) }
}

/** Four decimal numbers as one unsigned word, or -1. Written out because it is asked at every sign-in. */
export function parseIPv4(text: string): number {
  let word = 0
  let octet = -1
  let digits = 0
  let dots = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return -1
      word = word * 256 + octet
      octet = -1
      digits = 0
    } else {
      if (code < 48 || code > 57 || ++digits > 3 || octet === 0) return -1
      octet = (octet < 0 ? 0 : octet) * 10 + code - 48
      if (octet > 255) return -1
    }
  }

  return dots === 3 && octet >= 0 ? word * 256 + octet : -1
}

function parseIPv6(text: string): ipaddr.IPv6 | null {
  if (!text.includes(':')) return null
  try {
    return ipaddr.IPv6.parse(text)
  } catch {
    return null
  }
}

/** `198.51.100.0/24` or `2001:db8::/48`; host bits need not be zero. Null where the text is neither. */
export function parseCidr(text: string): (AddressRange & { readonly prefix: number }) | null {
  const slash = text.lastIndexOf('/')
  if (slash < 0 || !/^\d{1,3}$/.test(text.slice(slash + 1))) return null
  const prefix = Number(text.slice(slash + 1))
  const network = text.slice(0, slash)
  const ipv4 = parseIPv4(network)
  if (ipv4 >= 0) return prefix <= 32 ? cidrRange(1, [ipv4], prefix, prefix) : null
  const address = network.includes('%') ? null : parseIPv6(network)
  if (address === null || prefix > 128) return null

  return address.isIPv4MappedAddress() && prefix >= 96
    ? cidrRange(1, [wordOf(address.toIPv4Address().octets, 0)], prefix - 96, prefix)
    : cidrRange(4, ipv6Words(address), prefix, prefix)
}

/** The range between two addresses of one family; null where there is none. */
export function parseRange(lowerAddress: string, upperAddress: string): AddressRange | null {
  const lower = parseAddress(lowerAddress)
  const upper = parseAddress(upperAddress)
  if (!lower || !upper || lower.width !== upper.width || compareWords(lower.words, upper.words) > 0) return null

  return { width: lower.width, lower: lower.words, upper: upper.words }
}

export function compareWords(one: readonly number[], other: readonly number[]): number {
  for (let word = 0; word < one.length; word++) if (one[word] !== other[word]) return one[word]! - other[word]!

  return 0
}

function cidrRange(width: 1 | 4, words: readonly number[], bits: number, prefix: number) {
  const lower = words.map((word, at) => (word & maskOf(bits - at * 32)) >>> 0)
  const upper = words.map((word, at) => (word | ~maskOf(bits - at * 32)) >>> 0)

  return { width, lower, upper, prefix }
}

/** The mask of one word whose first `bits` bits belong to the network. */
function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits)
}

function ipv6Words(address: ipaddr.IPv6): number[] {
  return [0, 1, 2, 3].map((word) => address.parts[word * 2]! * 65_536 + address.parts[word * 2 + 1]!)
}

function wordOf(octets: readonly number[], at: number): number {
  return ((octets[at]! * 256 + octets[at + 1]!) * 256 + octets[at + 2]!) * 256 + octets[at + 3]!
}
