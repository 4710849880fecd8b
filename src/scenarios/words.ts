import ipaddr from 'ipaddr.js'
import { parseDuration } from '../clock/duration.ts'
import type { NamedLocation } from '../policy/named-location.ts'
import type { AuthenticationMethod } from '../policy/sign-in.ts'
import type { Signals } from '../sign-in/signals.ts'

const units: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 }
const length = String.raw`(\d+(?:\.\d+)?)\s*(second|minute|hour|day|week)s?`

/** `9 hours`, `1 day 30 minutes` or `PT9H`, in milliseconds; null = neither. */
export function millisecondsOf(text: string): number | null {
  if (new RegExp(`^${length}(?:(?:,| and)?\\s+${length})*$`, 'i').test(text.trim())) {
    return [...text.matchAll(new RegExp(length, 'gi'))].reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit.toLowerCase()] ?? 0), 0)
  }
  try {
    return parseDuration(text.trim())
  } catch {
    return null
  }
}

/** `8 hours`, for a person. */
export function lengthInWords(seconds: number): string {
  const [unit, size] = (Object.entries(units).map(([name, ms]) => [name, ms / 1000] as const).toReversed().filter(([name]) => name !== 'week').find(([, one]) => seconds >= one && seconds % one === 0)) ?? ['second', 1]
  const count = seconds / size

  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Graph's names of methods, and what people call them. */
const spoken: Readonly<Record<string, AuthenticationMethod>> = {
  'one-time code': 'softwareOath',
  'authenticator': 'softwareOath',
  'passkey': 'fido2',
  'security key': 'fido2',
  'windows hello': 'windowsHelloForBusiness',
  'push': 'microsoftAuthenticatorPush',
}
const methods: readonly AuthenticationMethod[] = [
  'password', 'voice', 'hardwareOath', 'softwareOath', 'sms', 'fido2', 'windowsHelloForBusiness', 'microsoftAuthenticatorPush', 'deviceBasedPush',
  'temporaryAccessPassOneTime', 'temporaryAccessPassMultiUse', 'email', 'x509CertificateSingleFactor', 'x509CertificateMultiFactor',
  'federatedSingleFactor', 'federatedMultiFactor', 'qrCodePin',
]
export const methodNames: readonly string[] = [...Object.keys(spoken), ...methods]

/** One proof: the method, and how long ago it was given. */
export type Proof = { readonly method: AuthenticationMethod; readonly ago: number }

/** `one-time code`, `fido2`, `password 3 hours ago`; otherwise the part that is not understood. */
export function proofOf(text: string): Proof | { readonly unknown: string } {
  const [, name = text, ago] = /^(.*?)\s+(\S+ \S+|P\S+) ago$/i.exec(text.trim()) ?? []
  const wanted = name.trim().toLowerCase()
  const method = spoken[wanted] ?? methods.find((known) => known.toLowerCase() === wanted)
  const milliseconds = ago === undefined ? 0 : millisecondsOf(ago)
  if (method === undefined) return { unknown: name.trim() }

  return milliseconds === null ? { unknown: text } : { method, ago: milliseconds }
}

/** Somebody who is in a named location: an address of its first range, or its first country. Null = nobody can be there. */
export function signalsIn(location: NamedLocation): Signals | null {
  if (location['@odata.type'] === '#microsoft.graph.countryNamedLocation') {
    const [country] = location.countriesAndRegions
    if (country === undefined) return null

    return location.countryLookupMethod === 'authenticatorAppGps' ? { gpsCountry: country } : { country }
  }
  if (location['@odata.type'] !== '#microsoft.graph.ipNamedLocation') return null
  const [range] = location.ipRanges
  if (!range) return null

  return { ipAddress: 'cidrAddress' in range ? firstHostOf(range.cidrAddress) : range.lowerAddress }
}

/** The first address behind a network's own. */
function firstHostOf(cidr: string): string {
  const [address, bits] = ipaddr.parseCIDR(cidr)
  const bytes = address.toByteArray()
  const network = bytes.map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, bits - index * 8))) & 0xff)
  if (bits < bytes.length * 8) network[network.length - 1]! |= 1

  return ipaddr.fromByteArray(network).toString()
}
