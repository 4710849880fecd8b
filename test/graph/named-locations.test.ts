import { describe, expect, test } from 'vitest'
import { useMock } from '../support/mock.ts'
import { graphOf } from './ask.ts'

const server = useMock()
const path = '/identity/conditionalAccess/namedLocations'
const offices = { '@odata.type': '#microsoft.graph.ipNamedLocation', 'displayName': 'Offices', 'isTrusted': true, 'ipRanges': [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', 'cidrAddress': '12.34.221.11/22' }] }

describe('a named location', () => {
  test('is made, read, changed and removed, echoed as it was written', async () => {
    const { graph } = await graphOf(server.mock)
    const made = await graph.post(path, offices)
    expect(made).toMatchObject({ status: 201, body: { ...offices, '@odata.context': expect.stringMatching(/\/v1\.0\/\$metadata#identity\/conditionalAccess\/namedLocations\/\$entity$/) } })
    expect(made.headers.get('location')).toBe(`${server.mock.http}/v1.0${path}/${made.body.id}`)
    expect(made.body.modifiedDateTime).toBe(made.body.createdDateTime)

    const read = await graph.get(`${path}/${made.body.id}`)
    expect(read).toMatchObject({ status: 200, body: made.body })
    expect(Object.keys(read.body).slice(0, 3)).toEqual(['@odata.context', '@odata.type', 'id'])

    expect(await graph.patch(`${path}('${made.body.id}')`, { '@odata.type': offices['@odata.type'], 'ISTRUSTED': false, 'displayName': 'Old offices' })).toMatchObject({ status: 204, text: '' })
    expect((await graph.get(`${path}/${made.body.id}`)).body).toMatchObject({ displayName: 'Old offices', isTrusted: false, ipRanges: offices.ipRanges })
    expect((await graph.patch(`${path}/${made.body.id}`, { '@odata.type': offices['@odata.type'], 'displayName': 'Seen' }, { prefer: 'return=representation' })).body).toMatchObject({ displayName: 'Seen' })

    expect((await graph.delete(`${path}/${made.body.id}`)).status).toBe(204)
    expect(await graph.get(`${path}/${made.body.id}`)).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } })
  })

  test('of countries has no ranges, not even none', async () => {
    const { graph } = await graphOf(server.mock)
    const { status, body: { '@odata.context': _context, id: _id, createdDateTime: _created, modifiedDateTime: _modified, ...made } } = await graph.post(path, { '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'Abroad', 'countriesAndRegions': ['fr', 'DE'] })

    expect({ status, made }).toEqual({
      status: 201,
      made: { '@odata.type': '#microsoft.graph.countryNamedLocation', 'displayName': 'Abroad', 'countriesAndRegions': ['FR', 'DE'], 'countryLookupMethod': 'clientIpAddress', 'includeUnknownCountriesAndRegions': false },
    })
  })

  test('is listed, filtered, sorted, narrowed, paged and counted', async () => {
    const { graph } = await graphOf(server.mock)
    const names = async (query: string) => (await graph.get(`${path}?${query}`)).body.value.map(({ displayName }: { displayName: string }) => displayName)

    expect(await names('')).toEqual(['Head office', 'Branch', 'Sanctioned countries'])
    expect(await names('$orderby=displayName')).toEqual(['Branch', 'Head office', 'Sanctioned countries'])
    expect(await names('$orderby=displayName desc&$top=1')).toEqual(['Sanctioned countries'])
    expect(await names('$skip=1&$top=1')).toEqual(['Branch'])
    expect(await names('$filter=isof(\'microsoft.graph.countryNamedLocation\')')).toEqual(['Sanctioned countries'])
    expect(await names('$filter=microsoft.graph.ipNamedLocation/isTrusted eq true')).toEqual(['Head office'])
    expect(await names('$filter=ipRanges/any(r:r/cidrAddress eq \'203.0.113.0/24\')')).toEqual(['Branch'])
    expect((await graph.get(`${path}?$select=id,DISPLAYNAME`)).body).toMatchObject({ '@odata.context': expect.stringMatching(/namedLocations\(id,displayName\)$/) })
    expect(Object.keys((await graph.get(`${path}?$select=displayName`)).body.value[0])).toEqual(['@odata.type', 'displayName'])
    expect((await graph.get(`${path}?$count=true&$top=1`)).body).toMatchObject({ '@odata.count': 3 })
    expect(await graph.get(`${path}/$count`)).toMatchObject({ status: 200, text: '3' })
    expect((await graph.get(`${path}/microsoft.graph.ipNamedLocation`)).body.value).toHaveLength(2)
  })

  test('the next page is followed by its link, sorted or not, also when what was last is gone', async () => {
    const { graph } = await graphOf(server.mock)
    for (const query of ['$top=1&$filter=startswith(displayName,\'\')', '$top=1&$orderby=displayName desc', '$top=2']) {
      const seen: string[] = []
      for (let next: string | undefined = `${path}?${query}`; next !== undefined;) {
        const { body }: { body: { 'value': { displayName: string }[]; '@odata.nextLink'?: string } } = (await graph.get(next)) as never
        seen.push(...body.value.map(({ displayName }) => displayName))
        next = body['@odata.nextLink']
      }
      expect(seen.toSorted()).toEqual(['Branch', 'Head office', 'Sanctioned countries'])
    }
    const { body } = await graph.get(`${path}?$top=1&$filter=displayName ne 'Head office'`)
    expect(body.value[0].displayName).toBe('Branch')
    expect((await graph.get(`${path}?$top=1`)).body['@odata.nextLink']).toContain('$skiptoken=')
  })

  test('the older address answers as well', async () => {
    const { graph } = await graphOf(server.mock)

    expect((await graph.get('/beta/conditionalAccess/namedLocations')).body.value).toHaveLength(3)
    expect((await graph.get('/beta/IDENTITY/conditionalaccess/NamedLocations')).body.value).toHaveLength(3)
  })

  const refused: Record<string, { body: object; status: number; says: RegExp }> = {
    'without a type': { body: { displayName: 'x', ipRanges: [{ cidrAddress: '10.0.0.0/8' }] }, status: 400, says: /@odata.type: this member is missing/ },
    'without a name': { body: { ...offices, displayName: undefined }, status: 400, says: /displayName/ },
    'with a range that is none': { body: { ...offices, ipRanges: [{ cidrAddress: '300.0.0.0/8' }] }, status: 400, says: /ipRanges\[0\].*300.0.0.0\/8/ },
    'with a member nobody knows': { body: { ...offices, isTrustd: true }, status: 400, says: /isTrustd/ },
    'with a text where truth belongs': { body: { ...offices, isTrusted: 'yes' }, status: 400, says: /isTrusted/ },
  }
  test.each(Object.entries(refused))('%s is refused, and the refusal names the member', async (_, { body, status, says }) => {
    const { graph } = await graphOf(server.mock)

    expect(await graph.post(path, body)).toMatchObject({ status, body: { error: { code: 'BadRequest', message: expect.stringMatching(says) } } })
    expect((await graph.get(`${path}/$count`)).text).toBe('3')
  })

  test('that is trusted, or named by a policy, stays', async () => {
    const { graph } = await graphOf(server.mock)
    const [office, , countries] = (await graph.get(path)).body.value

    expect(await graph.delete(`${path}/${office.id}`)).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/TrustedLocationCannotBeDeleted.*Head office/) } } })
    expect((await graph.delete(`${path}/${countries.id}`)).status).toBe(204)
  })

  test('two changes at once both count', async () => {
    const { graph } = await graphOf(server.mock)
    const { id } = (await graph.post(path, offices)).body
    const type = offices['@odata.type']
    await Promise.all([graph.patch(`${path}/${id}`, { '@odata.type': type, 'displayName': 'New' }), graph.patch(`${path}/${id}`, { '@odata.type': type, 'isTrusted': false })])

    expect((await graph.get(`${path}/${id}`)).body).toMatchObject({ displayName: 'New', isTrusted: false })
  })

  test('cannot be written where the tenant has no licence', async () => {
    const { graph } = await graphOf(server.mock, { licence: 'none' })

    expect(await graph.post(path, offices)).toMatchObject({ status: 403, body: { error: { code: 'AccessDenied', message: expect.stringContaining('not licensed') } } })
    expect((await graph.get(path)).body.value).toHaveLength(3)
  })
})
