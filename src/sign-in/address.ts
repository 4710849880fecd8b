import ipaddr from 'ipaddr.js'

/** Whether a text is one IP address as people write them: four decimal parts, or IPv6. */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text))
}

/** One spelling per address: IPv6 shortened, IPv4-mapped IPv6 as the IPv4 it stands for (reference 3.4), no zone. */
export function normalAddress(text: string): string {
  if (!isAddress(text)) return text

  return ipaddr.process(text.replace(/%.*$/, '')).toString()
}

/** Whether an address is this machine's own, which says nothing about a place. */
export function isLoopback(text: string): boolean {
  return isAddress(text) && ipaddr.process(text.replace(/%.*$/, '')).range() === 'loopback'
}
