import type { IpRange, NamedLocation } from '../named-location.ts'
import { parseCidr, parseRange, parseIPv4 } from '../address.ts'
import { defaultLimits, type ValidationContext } from './context.ts'
import { didYouMean } from './nearest.ts'
import { InvalidPolicy, notLicensed, reasonProblem, schemaProblem, type Note, type Problem } from './problem.ts'
import { isMissing, isObject, listOf, objectOf, oneOf, optionalFlag, optionalText, refuse, wordIn, type At, type Read } from './read.ts'

/**
 * The named location that somebody wrote, as the tenant keeps it. Addresses are echoed as written; `@odata.type` says
 * which kind it is, and may be left out where the members tell.
 *
 * @see reference 3.1 and 3.2
 */
export function validateNamedLocation(input: unknown, context: ValidationContext = {}): NamedLocation {
  const { location, problems, notes } = checkNamedLocation(input, context)
  const [first, ...others] = problems
  if (first) throw new InvalidPolicy([first, ...others])
  for (const note of notes) context.onNote?.(note)

  return location!
}

/** The same, told instead of thrown. */
export function checkNamedLocation(input: unknown, context: ValidationContext = {}): { location: NamedLocation | null; problems: Problem[]; notes: Note[] } {
  const at: At = { path: '', problems: [], notes: [] }
  const { problems, notes } = at
  if (context.licence === 'none' || context.licence === 'lapsed') problems.push(notLicensed)
  const kind = isObject(input) ? kindOf(input, at) : refused(at)
  const location = kind === null ? null : kinds[kind](input, at, context)
  const most = context.limits?.namedLocations ?? defaultLimits.namedLocations
  if ((context.counts?.namedLocations ?? 0) >= most) {
    problems.push(reasonProblem('', 'tooManyNamedLocations', 'NamedLocationQuotaExceeded', `the tenant has ${most} named locations already, which is all it may have`))
  }

  // The types of a location and of its ranges are read, not left out.
  return { location: problems.length === 0 ? location : null, problems, notes: notes.filter(({ path }) => !path.endsWith('@odata.type')) }
}

type Kind = keyof typeof kinds

function refused(at: At): null {
  refuse(at, 'expected a named location: an object')

  return null
}

function kindOf(input: Readonly<Record<string, unknown>>, at: At): Kind | null {
  const names = Object.keys(kinds) as Kind[]
  const written = Object.entries(input).find(([member]) => member.toLowerCase() === '@odata.type')?.[1]
  if (isMissing(written)) {
    const has = (member: string) => Object.keys(input).some((one) => one.toLowerCase() === member.toLowerCase())
    if (has('ipRanges')) return '#microsoft.graph.ipNamedLocation'
    if (has('countriesAndRegions')) return '#microsoft.graph.countryNamedLocation'
    if (has('compliantNetworkType')) return '#microsoft.graph.compliantNetworkNamedLocation'
    at.problems.push(schemaProblem('@odata.type', `say which kind of named location it is: ${names.join(', ')}`))

    return null
  }
  const text = String(written)
  const kind = wordIn(names, text.startsWith('#') ? text : `#${text}`)
  if (kind === undefined) at.problems.push(schemaProblem('@odata.type', `"${text}" is no kind of named location${didYouMean(text, names)}`))

  return kind ?? null
}

const common = { id: optionalText, displayName: optionalText, createdDateTime: optionalText, modifiedDateTime: optionalText }
const beside = { dropped: ['deletedDateTime'] }

const readIp = objectOf({ ...common, isTrusted: optionalFlag, ipRanges: listOf(readRange) }, beside)
const readCountry = objectOf({
  ...common,
  countriesAndRegions: listOf(readCountryCode),
  countryLookupMethod: oneOf('clientIpAddress', 'authenticatorAppGps'),
  includeUnknownCountriesAndRegions: optionalFlag,
}, beside)
const readNetwork = objectOf({ ...common, compliantNetworkType: oneOf('allTenantCompliantNetworks'), isTrusted: optionalFlag }, beside)

const kinds = {
  '#microsoft.graph.ipNamedLocation': (input: unknown, at: At, context: ValidationContext): NamedLocation => {
    const read = readIp(input, at)!
    const most = context.limits?.rangesPerLocation ?? defaultLimits.rangesPerLocation
    if (isReadable(at) && read.ipRanges.length === 0) at.problems.push(invalid('ipRanges', 'a location needs at least one range'))
    if (read.ipRanges.length > most) at.problems.push(reasonProblem('ipRanges', 'tooManyRanges', 'IpRangeQuotaExceeded', `${read.ipRanges.length} ranges are too many; a location has at most ${most}`))

    return { '@odata.type': '#microsoft.graph.ipNamedLocation', ...headOf(read, at, context), isTrusted: read.isTrusted ?? false, ipRanges: read.ipRanges }
  },
  '#microsoft.graph.countryNamedLocation': (input: unknown, at: At, context: ValidationContext): NamedLocation => {
    const read = readCountry(input, at)!
    const includeUnknownCountriesAndRegions = read.includeUnknownCountriesAndRegions ?? false
    if (isReadable(at) && read.countriesAndRegions.length === 0 && !includeUnknownCountriesAndRegions) {
      at.problems.push(invalid('countriesAndRegions', 'name at least one country, or include unknown ones'))
    }

    return {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      ...headOf(read, at, context),
      countriesAndRegions: [...new Set(read.countriesAndRegions)],
      countryLookupMethod: read.countryLookupMethod ?? 'clientIpAddress',
      includeUnknownCountriesAndRegions,
    }
  },
  '#microsoft.graph.compliantNetworkNamedLocation': (input: unknown, at: At, context: ValidationContext): NamedLocation => {
    const read = readNetwork(input, at)!

    return {
      '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation',
      ...headOf(read, at, context),
      compliantNetworkType: 'allTenantCompliantNetworks',
      isTrusted: read.isTrusted ?? false,
    }
  },
}

type Head = { id: string | null; displayName: string | null; createdDateTime: string | null; modifiedDateTime: string | null }

function headOf(read: Head, at: At, { keepsReadOnly }: ValidationContext) {
  if (!read.displayName) at.problems.push(schemaProblem('displayName', 'a named location needs a displayName'))
  else if (read.displayName.length > 256) at.problems.push(schemaProblem('displayName', 'a displayName has at most 256 characters'))
  const times = { createdDateTime: read.createdDateTime, modifiedDateTime: read.modifiedDateTime }
  for (const [path, time] of Object.entries(times)) {
    if (!keepsReadOnly && time !== null) at.notes.push({ path, message: 'read-only or without effect, left out' })
  }
  const kept = Object.fromEntries(Object.entries(times).filter(([, time]) => keepsReadOnly && time !== null))

  return { id: read.id ?? '', displayName: read.displayName ?? '', ...kept }
}

/** A range as Graph writes it, or a CIDR text alone. */
function readRange(value: unknown, at: At): IpRange | null {
  if (typeof value === 'string') return cidrRange(value, at)
  const range = readRangeMembers(value, at)
  if (range === null) return null
  const { cidrAddress, lowerAddress, upperAddress } = range
  if (cidrAddress !== null) return cidrRange(cidrAddress, { ...at, path: `${at.path}.cidrAddress` })
  if (lowerAddress !== null && upperAddress !== null) return addressRange(lowerAddress, upperAddress, at)
  refuse(at, 'expected a cidrAddress, or a lowerAddress and an upperAddress')

  return null
}

const readRangeMembers: Read<{ cidrAddress: string | null; lowerAddress: string | null; upperAddress: string | null } | null> = objectOf(
  { cidrAddress: optionalText, lowerAddress: optionalText, upperAddress: optionalText },
  { dropped: ['description'] },
)

/** The shortest prefix the service takes, for either family. */
const shortestPrefix = 8

function cidrRange(cidrAddress: string, at: At): IpRange | null {
  const range = parseCidr(cidrAddress)
  if (range === null) at.problems.push(invalid(at.path, `"${cidrAddress}" is no address range; write it as 203.0.113.0/24 or 2001:db8::/48`))
  else if (range.prefix < shortestPrefix) at.problems.push(invalid(at.path, `"${cidrAddress}" is too wide; the prefix is at least /${shortestPrefix}`))
  else return { '@odata.type': isIPv4(cidrAddress.split('/')[0]!) ? '#microsoft.graph.iPv4CidrRange' : '#microsoft.graph.iPv6CidrRange', cidrAddress }

  return null
}

function addressRange(lowerAddress: string, upperAddress: string, at: At): IpRange | null {
  if (parseRange(lowerAddress, upperAddress) !== null) {
    return { '@odata.type': isIPv4(lowerAddress) ? '#microsoft.graph.iPv4Range' : '#microsoft.graph.iPv6Range', lowerAddress, upperAddress }
  }
  at.problems.push(invalid(at.path, `"${lowerAddress}" to "${upperAddress}" is no range: two addresses of one family, the lower one first`))

  return null
}

function isIPv4(address: string): boolean {
  return parseIPv4(address) >= 0
}

function readCountryCode(value: unknown, at: At): string | null {
  if (typeof value === 'string' && /^[a-z]{2}$/i.test(value)) return value.toUpperCase()
  if (!isMissing(value)) at.problems.push(invalid(at.path, `expected a country as two letters (ISO 3166-1), such as "DE"`))

  return null
}

function isReadable({ problems }: At): boolean {
  return problems.length === 0
}

function invalid(path: string, detail: string): Problem {
  return reasonProblem(path, 'namedLocation', 'InvalidNamedLocation', detail)
}
