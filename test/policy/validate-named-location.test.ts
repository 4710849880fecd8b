import { describe, expect, it } from 'vitest'
import { checkNamedLocation, InvalidPolicy, namedLocationToGraph, validateNamedLocation, type ValidationContext } from '../../src/policy/index.ts'

const ip = { '@odata.type': '#microsoft.graph.ipNamedLocation', displayName: 'Office', ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '12.34.221.11/22' }] }
const country = { '@odata.type': '#microsoft.graph.countryNamedLocation', displayName: 'Home', countriesAndRegions: ['US', 'GB'] }
const ranges = (...ipRanges: unknown[]) => ({ ...ip, ipRanges })

type Broken = { readonly input: unknown; readonly context?: ValidationContext; readonly says: Record<string, unknown> }

const broken: Record<string, Broken> = {
  'no object': { input: 'office', says: { path: '', number: 1_007 } },
  'no kind, and nothing that tells it': { input: { displayName: 'x' }, says: { path: '@odata.type' } },
  'an unknown kind': { input: { ...ip, '@odata.type': '#microsoft.graph.ipNamedLokation' }, says: { path: '@odata.type', detail: expect.stringContaining('did you mean #microsoft.graph.ipNamedLocation?') } },
  'no name': { input: { ...ip, displayName: null }, says: { path: 'displayName' } },
  'an unknown member': { input: { ...ip, isTrustet: true }, says: { path: 'isTrustet', detail: 'there is no member isTrustet; did you mean isTrusted?' } },
  'countries in a location by address': { input: { ...ip, countriesAndRegions: ['DE'] }, says: { path: 'countriesAndRegions' } },
  'no range': { input: ranges(), says: { path: 'ipRanges', number: 1_032 } },
  'ranges as text': { input: { ...ip, ipRanges: '1.2.3.0/24' }, says: { path: 'ipRanges' } },
  'a malformed range': { input: ranges({ cidrAddress: '300.1.2.0/24' }), says: { path: 'ipRanges[0].cidrAddress', detail: expect.stringContaining('"300.1.2.0/24" is no address range') } },
  'an address alone': { input: ranges({ cidrAddress: '1.2.3.4' }), says: { path: 'ipRanges[0].cidrAddress' } },
  'a range that is too wide': { input: ranges({ cidrAddress: '1.0.0.0/7' }), says: { detail: expect.stringContaining('at least /8') } },
  'an IPv6 range that is too wide': { input: ranges({ cidrAddress: '::/0' }), says: { detail: expect.stringContaining('at least /8') } },
  'a range upside down': { input: ranges({ lowerAddress: '1.2.3.9', upperAddress: '1.2.3.4' }), says: { path: 'ipRanges[0]' } },
  'half a range': { input: ranges({ lowerAddress: '1.2.3.9' }), says: { path: 'ipRanges[0]' } },
  'a range with something else in it': { input: ranges({ cidrAddress: '1.2.3.0/24', mask: 24 }), says: { path: 'ipRanges[0].mask' } },
  'too many ranges': { input: ranges('1.2.3.0/24', '1.2.4.0/24', '1.2.5.0/24'), context: { limits: { rangesPerLocation: 2 } }, says: { path: 'ipRanges', detail: '3 ranges are too many; a location has at most 2' } },
  'too many locations': { input: ip, context: { counts: { namedLocations: 195 } }, says: { detail: expect.stringContaining('195 named locations already') } },
  'no country': { input: { ...country, countriesAndRegions: [] }, says: { path: 'countriesAndRegions' } },
  'a country by name': { input: { ...country, countriesAndRegions: ['Germany'] }, says: { path: 'countriesAndRegions[0]' } },
  'an unknown way to look it up': { input: { ...country, countryLookupMethod: 'astrology' }, says: { path: 'countryLookupMethod' } },
  'no licence': { input: ip, context: { licence: 'none' }, says: { status: 403, code: 'AccessDenied' } },
}

describe('a named location is refused', () => {
  it.for(Object.entries(broken))('with %s', ([, { input, context, says }]) => {
    const { location, problems } = checkNamedLocation(input, context)

    expect(location).toBeNull()
    expect(problems[0]).toMatchObject(says)
  })

  it('with every problem at once', () => {
    expect(checkNamedLocation({ ...ranges('x', 'y'), displayName: '', colour: 'red' }).problems.map(({ path }) => path)).toEqual(['colour', 'ipRanges[0]', 'ipRanges[1]', 'displayName'])
    expect(() => validateNamedLocation({})).toThrow(InvalidPolicy)
  })
})

describe('a named location is accepted', () => {
  it('with its addresses as they were written', () => {
    expect(validateNamedLocation({ ...ip, id: 'd1' })).toEqual({
      '@odata.type': '#microsoft.graph.ipNamedLocation', id: 'd1', displayName: 'Office', isTrusted: false,
      ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '12.34.221.11/22' }],
    })
  })

  it('with the kind of each range told by the range', () => {
    expect(validateNamedLocation(ranges('1.2.3.0/24', { cidrAddress: '2001:db8::/32' }, { lowerAddress: '1.2.3.4', upperAddress: '1.2.3.9' }, { lowerAddress: '::1', upperAddress: '::9' }))).toMatchObject({
      ipRanges: [
        { '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '1.2.3.0/24' }, { '@odata.type': '#microsoft.graph.iPv6CidrRange', cidrAddress: '2001:db8::/32' },
        { '@odata.type': '#microsoft.graph.iPv4Range', lowerAddress: '1.2.3.4' }, { '@odata.type': '#microsoft.graph.iPv6Range', upperAddress: '::9' },
      ],
    })
  })

  it.for(['8.0.0.0/8', '192.168.0.0/16', 'fe80::/10', '1.2.3.4/32', '::1/128'])('with %s', (cidrAddress) => expect(checkNamedLocation(ranges({ cidrAddress })).problems).toEqual([]))

  it('of countries, in capital letters, by address unless told otherwise', () => {
    expect(validateNamedLocation({ ...country, countriesAndRegions: ['us', 'GB', 'US'] })).toEqual({
      '@odata.type': '#microsoft.graph.countryNamedLocation', id: '', displayName: 'Home', countriesAndRegions: ['US', 'GB'], countryLookupMethod: 'clientIpAddress', includeUnknownCountriesAndRegions: false,
    })
    expect(checkNamedLocation({ ...country, countriesAndRegions: [], includeUnknownCountriesAndRegions: true }).problems).toEqual([])
  })

  it('of the compliant network', () => {
    expect(validateNamedLocation({ '@odata.type': '#microsoft.graph.compliantNetworkNamedLocation', displayName: 'Network', compliantNetworkType: 'allTenantCompliantNetworks', isTrusted: true })).toMatchObject({ isTrusted: true })
  })

  it('with its kind told by its members, or spelled without the hash', () => {
    expect(validateNamedLocation({ displayName: 'x', ipRanges: ['1.2.3.0/24'] })['@odata.type']).toBe('#microsoft.graph.ipNamedLocation')
    expect(validateNamedLocation({ displayName: 'x', countriesAndRegions: ['DE'] })['@odata.type']).toBe('#microsoft.graph.countryNamedLocation')
    expect(validateNamedLocation({ ...ip, '@odata.type': 'microsoft.graph.IpNamedLocation' })['@odata.type']).toBe('#microsoft.graph.ipNamedLocation')
  })

  it('without the members that Graph gives, unless they are to be kept', () => {
    const read = { ...ip, createdDateTime: '2026-01-01T00:00:00Z', modifiedDateTime: '2026-01-02T00:00:00Z', deletedDateTime: null }
    const notes: string[] = []

    expect(validateNamedLocation(read, { onNote: ({ path }) => notes.push(path) })).not.toHaveProperty('createdDateTime')
    expect(notes).toEqual(['createdDateTime', 'modifiedDateTime'])
    expect(validateNamedLocation(read, { keepsReadOnly: true })).toMatchObject({ createdDateTime: '2026-01-01T00:00:00Z', modifiedDateTime: '2026-01-02T00:00:00Z' })
  })
})

describe('Graph shows a named location', () => {
  it('with its type first, and as modified when it was created', () => {
    const shown = namedLocationToGraph({ ...validateNamedLocation(ip), id: 'd1', createdDateTime: '2026-01-01T00:00:00Z' })

    expect(Object.keys(shown)).toEqual(['@odata.type', 'id', 'displayName', 'createdDateTime', 'modifiedDateTime', 'isTrusted', 'ipRanges'])
    expect(shown).toMatchObject({ modifiedDateTime: '2026-01-01T00:00:00Z', ipRanges: [{ cidrAddress: '12.34.221.11/22' }] })
  })
})
