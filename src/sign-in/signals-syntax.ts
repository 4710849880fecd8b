import { distance } from 'fastest-levenshtein'
import type { Directory } from '../directory/types.ts'
import { isAddress, normalAddress } from './address.ts'
import type { Signals } from './signals.ts'

/** A simulated signal that means nothing here: the message says what would. */
export class BadSignals extends Error {}

/** Checks signals given as an object, as the control API, a tenant file and the "Where are you?" panel give them. */
export function parseSignals(value: unknown): Signals {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadSignals(`Signals are an object such as {"ipAddress":"203.0.113.9"}, not ${described(value)}.`)
  }

  const signals: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(value)) {
    const member = memberNamed(name)
    if (given === undefined || (given === null && member !== 'device')) continue
    signals[member] = members[member](given, member)
  }

  return signals
}

/** The header `x-mock-signals`: `ipAddress=203.0.113.9; platform=iOS`, or the same as JSON. */
export function parseSignalsText(text: string): Signals {
  const trimmed = text.trim()
  if (trimmed.length > longestText) throw new BadSignals(`Signals may have ${longestText} characters, these have ${trimmed.length}.`)
  if (trimmed === '') return {}

  return parseSignals(trimmed.startsWith('{') ? parsedJson(trimmed) : parsedPairs(trimmed))
}

/** What the "Where are you?" panel keeps in the browser: JSON, percent-encoded. A cookie that nobody can read says nothing. */
export function parseSignalsCookie(text: string): Signals {
  try {
    return parseSignalsText(decodeURIComponent(text))
  } catch {
    return {}
  }
}

export function signalsCookie(signals: Signals): string {
  return encodeURIComponent(JSON.stringify(signals))
}

/** Refuses a device that is not in the tenant; everything else of the signals was checked when they were read. */
export function refuseUnknownDevice(signals: Signals, directory: Directory): void {
  const { device } = signals
  if (typeof device !== 'string' || directory.named('devices', device)) return

  const near = nearest(device, directory.list('devices').map(({ displayName }) => displayName))
  throw new BadSignals(`There is no device "${device}" in this tenant.${near ? ` Did you mean "${near}"?` : ''} Add it to \`devices\`, or describe it: {"isCompliant":true,"trustType":"AzureAD"}.`)
}

/** Keeps what is right of signals that nobody checked when they were written, so that a sign-in never fails for the rest. */
export function soundSignals(value: Readonly<Record<string, unknown>>): Signals {
  const sound: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(value)) {
    try {
      Object.assign(sound, parseSignals({ [name]: given }))
    } catch (error) {
      if (!(error instanceof BadSignals)) throw error
    }
  }

  return sound
}

const longestText = 4096

type Reader = (given: unknown, member: string) => unknown

const riskLevels = oneOf('low', 'medium', 'high', 'none')

const members: Readonly<Record<keyof Signals, Reader>> = {
  ipAddress(given) {
    if (typeof given === 'string' && isAddress(given.trim())) return normalAddress(given.trim())
    throw new BadSignals(`\`ipAddress\` is an IPv4 or IPv6 address such as 203.0.113.9, not ${described(given)}.`)
  },
  country,
  gpsCountry: country,
  platform: oneOf('windows', 'macOS', 'linux', 'iOS', 'android', 'windowsPhone'),
  device(given) {
    if (given === null || given === 'null') return null
    if (typeof given === 'string' && given.trim() !== '') return given.trim()
    if (typeof given === 'object' && !Array.isArray(given)) return given
    throw new BadSignals(`\`device\` is the name or id of a device of the tenant, a description such as {"isCompliant":true}, or null for an unregistered one, not ${described(given)}.`)
  },
  clientAppType: oneOf('browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other'),
  signInRiskLevel: riskLevels,
  userRiskLevel: riskLevels,
  servicePrincipalRiskLevel: riskLevels,
  insiderRiskLevel: oneOf('minor', 'moderate', 'elevated', 'none'),
  insideCorporateNetwork: truth,
  compliantNetwork: truth,
  mfaAtHome: truth,
  transferMethod: oneOf('authenticationTransfer', 'none'),
}

const memberNames = Object.keys(members) as (keyof Signals)[]

function memberNamed(name: string): keyof Signals {
  const member = memberNames.find((known) => known.toLowerCase() === name.toLowerCase())
  if (member) return member

  const near = nearest(name, memberNames)
  throw new BadSignals(`There is no signal "${name}".${near ? ` Did you mean \`${near}\`?` : ''} The signals are ${memberNames.join(', ')}.`)
}

function country(given: unknown, member: string): string {
  if (typeof given === 'string' && /^[A-Za-z]{2}$/.test(given.trim())) return given.trim().toUpperCase()
  throw new BadSignals(`\`${member}\` is a country's two letters such as DE (ISO 3166-1), not ${described(given)}.`)
}

function truth(given: unknown, member: string): boolean {
  if (typeof given === 'boolean') return given
  if (given === 'true' || given === 'false') return given === 'true'
  throw new BadSignals(`\`${member}\` is true or false, not ${described(given)}.`)
}

function oneOf(...values: readonly string[]): Reader {
  return (given, member) => {
    const value = typeof given === 'string' ? values.find((known) => known.toLowerCase() === given.trim().toLowerCase()) : undefined
    if (value !== undefined) return value

    throw new BadSignals(`\`${member}\` is one of ${values.join(', ')}, not ${described(given)}.`)
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadSignals('These signals begin like JSON, but are not JSON. Write {"ipAddress":"203.0.113.9"} or ipAddress=203.0.113.9; platform=iOS.')
  }
}

function parsedPairs(text: string): Record<string, string | null> {
  const pairs: Record<string, string | null> = Object.create(null) as Record<string, string | null>
  for (const part of text.split(';')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    if (at < 1) throw new BadSignals(`"${part.trim()}" is no signal. Write name=value, several with a semicolon between: ipAddress=203.0.113.9; platform=iOS.`)

    const name = part.slice(0, at).trim()
    if (name in pairs) throw new BadSignals(`\`${name}\` is given twice. Say it once.`)
    const value = part.slice(at + 1).trim().replace(/^"(.*)"$/, '$1')
    pairs[name] = value
  }

  return pairs
}

function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((candidate) => ({ candidate, apart: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((one, other) => one.apart - other.apart)
  const [best] = ranked

  return best && best.apart <= Math.max(2, Math.floor(best.candidate.length / 2)) ? best.candidate : null
}

function described(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 60)}"`
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'

  return String(value)
}
