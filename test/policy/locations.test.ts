import * as fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { parseAddress, parseCidr, parseIPv4, parseRange } from '../../src/policy/address.ts'
import { indexRanges, mergeRanges } from '../../src/policy/intervals.ts'
import { compile, mfaTrustedIpsLocation, type NamedLocation, type PolicySource } from '../../src/policy/index.ts'
import { address, alice, applies, branch, decisionOn, fiona, office, policy, signIn, source, type SignInInput } from './contoso.ts'

type Case = { readonly include: string[]; readonly exclude?: string[]; readonly from?: string | null; readonly with?: SignInInput; readonly tenant?: Partial<PolicySource>; readonly applies: boolean }

const intranet = { mfaServiceSettings: { trustedIps: [], skipMfaForFederatedUsersOnIntranet: true, rememberMfaDays: 0 } }
const withoutMfa = { ...fiona, federation: { mfaEnabled: false, federatedIdpMfaBehavior: null } }

const cases: Record<string, Case> = {
  'All covers any address': { include: ['All'], from: address.cafe, applies: true },
  'All covers an unknown address': { include: ['All'], from: null, applies: true },
  'a location covers its addresses': { include: ['office'], applies: true },
  'a location covers its IPv6 addresses': { include: ['office'], from: address.office6, applies: true },
  'an IPv4-mapped address is in the IPv4 range': { include: ['office'], from: '::ffff:198.51.100.7', applies: true },
  'an address elsewhere is not covered': { include: ['office'], from: address.cafe, applies: false },
  'a range has a first and a last address': { include: ['branch'], from: '203.0.113.255', applies: true },
  'and no further one': { include: ['branch'], from: '203.0.114.0', applies: false },
  'an unknown address is nowhere': { include: ['office', 'branch'], from: null, applies: false },
  'what is no address is nowhere': { include: ['office'], from: 'office', applies: false },
  'AllTrusted covers a trusted location': { include: ['AllTrusted'], applies: true },
  'AllTrusted does not cover another': { include: ['AllTrusted'], from: address.branch, applies: false },
  'an exclusion outweighs an inclusion': { include: ['All'], exclude: ['office'], applies: false },
  'all but trusted ones, from outside': { include: ['All'], exclude: ['AllTrusted'], from: address.cafe, applies: true },
  'MFA trusted IPs are trusted': { include: ['All'], exclude: ['AllTrusted'], from: address.mfaTrusted, applies: false },
  'MFA trusted IPs have a location of their own': { include: [mfaTrustedIpsLocation], from: address.mfaTrusted, applies: true },
  'which is not the trusted locations': { include: [mfaTrustedIpsLocation], applies: false },
  'MFA trusted IPs end where the range ends': { include: ['AllTrusted'], from: '192.0.2.128', applies: false },
  'a country, by the table': { include: ['germany'], with: { country: 'DE' }, applies: true },
  'a country in small letters': { include: ['germany'], with: { country: 'de' }, applies: true },
  'another country': { include: ['germany'], with: { country: 'FR' }, applies: false },
  'an unknown country is in no country': { include: ['germany'], with: { country: null }, applies: false },
  'unless unknown ones are included': { include: ['sanctioned'], with: { country: null }, applies: true },
  'a country by phone is not told by the address': { include: ['phone'], with: { country: 'DE' }, applies: false },
  'a country by phone': { include: ['phone'], with: { country: 'FR', gpsCountry: 'DE' }, applies: true },
  'the compliant network': { include: ['network'], with: { isCompliantNetwork: true }, applies: true },
  'the compliant network, when trusted, is among all trusted': { include: ['AllTrusted'], from: address.cafe, with: { isCompliantNetwork: true }, applies: true },
  'not outside it': { include: ['network'], applies: false },
  'the corporate network of a federated user is trusted': { include: ['AllTrusted'], from: address.cafe, with: { who: fiona, insideCorporateNetwork: true }, tenant: intranet, applies: true },
  'and MFA trusted': { include: [mfaTrustedIpsLocation], from: address.cafe, with: { who: fiona, insideCorporateNetwork: true }, tenant: intranet, applies: true },
  'not while the setting is off': { include: ['AllTrusted'], from: address.cafe, with: { who: fiona, insideCorporateNetwork: true }, applies: false },
  'a managed user has no such claim': { include: ['AllTrusted'], from: address.cafe, with: { who: alice, insideCorporateNetwork: true }, tenant: intranet, applies: false },
  'federated without MFA: the claim does not count': { include: ['AllTrusted'], from: address.cafe, with: { who: withoutMfa, insideCorporateNetwork: true }, tenant: intranet, applies: false },
  'federated without MFA: MFA trusted IPs do not count': { include: ['AllTrusted'], from: address.mfaTrusted, with: { who: withoutMfa }, applies: false },
  'federated without MFA: trusted locations do': { include: ['AllTrusted'], with: { who: withoutMfa }, applies: true },
}

describe('locations', () => {
  it.for(Object.entries(cases))('%s', ([, { include, exclude = [], from, with: more, tenant, applies: expected }]) => {
    const when = { locations: { includeLocations: include, excludeLocations: exclude } }

    expect(applies(when, { ...(from === undefined ? {} : { from }), ...more }, tenant)).toBe(expected)
  })

  it('a decision tells the locations of the address and whether it is trusted', () => {
    expect(decisionOn([], {}).location).toEqual({ namedLocationIds: ['office'], isTrusted: true, isMfaTrustedIp: false })
    expect(decisionOn([], { from: address.branch, country: 'DE' }).location).toEqual({ namedLocationIds: ['branch', 'germany'], isTrusted: false, isMfaTrustedIp: false })
    expect(decisionOn([], { from: address.mfaTrusted }).location).toEqual({ namedLocationIds: [], isTrusted: true, isMfaTrustedIp: true })
  })

  it('says why MFA trusted IPs did not count for a federated user without MFA, and only then', () => {
    const everybody = [policy({ locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } })]

    expect(decisionOn(everybody, { who: withoutMfa, from: address.mfaTrusted }).notes).toEqual([expect.stringMatching(/192\.0\.2\.10 would be MFA trusted.+federated with MFA switched off/)])
    expect(decisionOn(everybody, { who: withoutMfa }).notes).toEqual([])
    expect(decisionOn(everybody, { who: fiona, from: address.mfaTrusted }).notes).toEqual([])
  })

  it('strict enforcement judges the address that the resource sees, by addresses alone', () => {
    const outside = { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }
    const strict = { ...outside, session: { continuousAccessEvaluation: { mode: 'strictLocation' as const } } }

    expect(applies(strict, { ipAddressSeenByResource: address.cafe })).toBe(true)
    expect(applies(strict, { ipAddressSeenByResource: address.office6 })).toBe(false)
    expect(applies(outside, { ipAddressSeenByResource: address.cafe })).toBe(false)
    expect(applies(strict, { ipAddressSeenByResource: address.mfaTrusted })).toBe(true)
    expect(applies({ ...strict, locations: { includeLocations: ['sanctioned'], excludeLocations: [] } }, { ipAddressSeenByResource: address.cafe })).toBe(false)
  })

  it('a change of a policy leaves the locations as they were compiled, a change of a location does not', () => {
    const first = source([])
    const wider: NamedLocation = { ...branch, '@odata.type': '#microsoft.graph.ipNamedLocation', isTrusted: true, ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.112.0/22' }] }
    const at = (policies: PolicySource) => compile(policies).evaluate(signIn({ from: '203.0.112.1' })).location.namedLocationIds

    expect(at(first)).toEqual([])
    expect(at({ ...first, policies: [policy()] })).toEqual([])
    expect(at({ ...first, namedLocations: [office, wider] })).toEqual(['branch'])
  })
})

describe('addresses', () => {
  it.for(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4 ', '1..3.4', ':::', '2001:db8::g', 'localhost', '1.2.3.4/32'])('%j is none', (text) => expect(parseAddress(text)).toBeNull())

  it.for([['0.0.0.0', 0], ['255.255.255.255', 0xffff_ffff], ['198.51.100.7', 0xc633_6407]] as const)('%s is %i', ([text, word]) => expect(parseIPv4(text)).toBe(word))

  it('a mapped range is the IPv4 range it carries', () => {
    expect(parseCidr('::ffff:198.51.100.0/120')).toMatchObject({ width: 1, lower: [0xc633_6400], upper: [0xc633_64ff] })
  })

  it('host bits need not be zero', () => {
    expect(parseCidr('12.34.221.11/22')).toMatchObject({ lower: [0x0c22_dc00], upper: [0x0c22_dfff] })
    expect(parseCidr('2001:0:9d38:90d6:0:0:0:0/63')).toMatchObject({ lower: [0x2001_0000, 0x9d38_90d6, 0, 0], upper: [0x2001_0000, 0x9d38_90d7, 0xffff_ffff, 0xffff_ffff] })
  })

  it.for(['1.2.3.4', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '::1/129', 'a/8', '1.2.3.4/8/8', 'fe80::1%eth0/64'])('%j is no range', (text) => expect(parseCidr(text)).toBeNull())

  it.for([['1.2.3.4', '1.2.3.3'], ['1.2.3.4', '::1'], ['x', '1.2.3.4']] as const)('%s to %s is no range', ([lower, upper]) => expect(parseRange(lower, upper)).toBeNull())

  const anyAddress = fc.oneof(
    fc.ipV4(),
    fc.tuple(fc.constantFrom('10.0', '255.255'), fc.nat(3), fc.nat(255)).map(([net, third, last]) => `${net}.${third === 3 ? 255 : third}.${last}`),
    fc.ipV6(),
    fc.tuple(fc.constantFrom('2001:db8', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff'), fc.nat(0xffff)).map(([net, last]) => (net === '2001:db8' ? `${net}::${last.toString(16)}` : `${net}:${last.toString(16)}`)),
  )
  const anyCidr = anyAddress.chain((text) => fc.nat(text.includes(':') ? 128 : 32).map((bits) => `${text}/${text.includes(':') || bits >= 8 ? bits : 8}`)).filter((text) => parseCidr(text) !== null)

  it('reads addresses as the library does', () => {
    fc.assert(fc.property(anyAddress, (text) => {
      const parsed = ipaddr.process(text)
      const bytes = parsed.toByteArray()

      expect(parseAddress(text)!.words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255])).toEqual(bytes)
    }))
  })

  it('finds the lists that contain an address, however they overlap', () => {
    const lists = fc.array(fc.array(anyCidr, { maxLength: 6 }), { maxLength: 40 })
    fc.assert(fc.property(lists, fc.array(anyAddress, { maxLength: 20 }), (cidrs, asked) => {
      const index = indexRanges(cidrs.map((list) => mergeRanges(list.map((cidr) => parseCidr(cidr)!))))
      const borders = cidrs.flat().flatMap((cidr) => ipaddr.parseCIDR(cidr)[0].toString())
      for (const text of [...asked, ...borders]) {
        const at = index.find(parseAddress(text))
        const found = cidrs.flatMap((_, list) => ((index.membership[at + (list >>> 5)]! >>> (list & 31)) & 1 ? list : []))
        const expected = cidrs.flatMap((list, position) => (list.some((cidr) => contains(cidr, text)) ? position : []))

        expect(found).toEqual(expected)
      }
    }), { numRuns: 150 })
  })

  it('finds them among very many ranges', () => {
    const wordOf = (at: number) => Math.imul(at + 1, 0x9e37_79b1) >>> 0
    const lists = Array.from({ length: 70 }, (_, list) => Array.from({ length: 100 }, (_, at): [number, number] => [wordOf(list * 100 + at), 8 + ((list + at) % 25)]))
    const text = (word: number) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.')
    const index = indexRanges(lists.map((list) => mergeRanges(list.map(([word, bits]) => parseCidr(`${text(word)}/${bits}`)!))))
    const isWithin = (word: number, [network, bits]: [number, number]) => (word ^ network) >>> (32 - bits) === 0 || (bits === 32 && word === network)
    for (let at = 0; at < 5_000; at++) {
      const word = at % 2 === 0 ? wordOf(at + 7) : wordOf(at * 31)
      const from = index.find(parseAddress(text(word)))
      const found = lists.flatMap((_, list) => ((index.membership[from + (list >>> 5)]! >>> (list & 31)) & 1 ? list : []))

      expect(found).toEqual(lists.flatMap((list, position) => (list.some((range) => isWithin(word, range)) ? position : [])))
    }
  })

  /** The library's answer, a mapped address or range being IPv4. */
  function contains(cidr: string, text: string): boolean {
    const [network, bits] = ipaddr.parseCIDR(cidr)
    const at = ipaddr.process(text)
    const isMapped = network.kind() === 'ipv6' && (network as ipaddr.IPv6).isIPv4MappedAddress() && bits >= 96
    const [base, prefix] = isMapped ? [(network as ipaddr.IPv6).toIPv4Address(), bits - 96] as const : [network, bits] as const

    return at.kind() === base.kind() && at.match([base, prefix] as never)
  }
})
