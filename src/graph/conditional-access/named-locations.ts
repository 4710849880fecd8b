import { namedLocationToGraph } from '../../policy/index.ts'
import type { NamedLocation } from '../../policy/named-location.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import { complex, flag, instant, many, text, words } from '../odata/types.ts'
import type { EntityType } from '../odata/types.ts'
import { changed, created, nowOf } from '../protocol/endpoint.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badRequest, notFound } from '../protocol/refusal.ts'
import { readPolicies, writeLocations } from './permissions.ts'
import { memberOf, saidIn } from './written.ts'
import type { Body } from './written.ts'

const range = complex({ cidrAddress: text(), lowerAddress: text(), upperAddress: text() })

/** A named location as Graph answers with it (reference 3.1). */
const namedLocation: EntityType<Body> = {
  name: 'namedLocation',
  home: 'identity/conditionalAccess/namedLocations',
  key: ({ id }) => String(id),
  typeOf: (location) => String(location['@odata.type']),
  properties: {
    id: text({ filter: 'eq ne in', isSortable: true, isReadOnly: true }),
    displayName: text({ filter: 'eq ne in startswith endswith contains', isSortable: true }),
    createdDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true, isReadOnly: true }),
    modifiedDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true, isReadOnly: true }),
    deletedDateTime: instant({ filter: 'eq ne gt ge lt le', isSortable: true }),
    isTrusted: flag({ filter: 'eq ne' }),
    ipRanges: many(range, { filter: 'any all count' }),
    countriesAndRegions: many(text(), { filter: 'any all count' }),
    countryLookupMethod: words(['clientIpAddress', 'authenticatorAppGps'], { filter: 'eq ne' }),
    includeUnknownCountriesAndRegions: flag({ filter: 'eq ne' }),
    compliantNetworkType: words(['allTenantCompliantNetworks'], { filter: 'eq ne' }),
  },
}

const spellings = [...Object.keys(namedLocation.properties), '@odata.type']

export const namedLocations: Collection<Body> = {
  type: namedLocation,
  context: 'identity/conditionalAccess/namedLocations',
  source: { list: ({ directory }) => directory.list('namedLocations').map(namedLocationToGraph) },
}

/** Where the collection is found; the second is what older scripts call it. */
const paths = ['/identity/conditionalAccess/namedLocations', '/conditionalAccess/namedLocations']

/** Named locations: listed, read, made, changed and removed. */
export const namedLocationEndpoints: readonly Endpoint[] = paths.flatMap((path): readonly Endpoint[] => [
  ...reading(path, namedLocations, readPolicies, (asked) => namedLocationToGraph(locationOf(asked))),
  { method: 'POST', path, permissions: writeLocations, answer: create },
  { method: 'PATCH', path: `${path}/{id}`, permissions: writeLocations, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, permissions: writeLocations, answer: remove },
])

function locationOf({ directory, names: { id = '' } }: Asked): NamedLocation {
  const location = directory.get('namedLocations', id)
  if (!location) throw notFound(`The named location '${id.slice(0, 120)}' was not found.`)

  return location
}

async function create(asked: Asked): Promise<Answer> {
  const { directory } = asked
  const now = nowOf(asked)
  const id = crypto.randomUUID()
  const body = await asked.body()
  if (memberOf(body, '@odata.type') === undefined) throw wantsType()
  await directory.put('namedLocations', { ...saidIn(body, spellings), id, createdDateTime: now, modifiedDateTime: now } as never)

  return created(asked, id, entityBody(namedLocationToGraph(directory.get('namedLocations', id)!), namedLocations, asked))
}

/** What is left out stays; a list that is said takes the place of the one there was. */
async function change(asked: Asked): Promise<Answer> {
  const { directory } = asked
  const body = await asked.body()
  const before = locationOf(asked)
  const type = memberOf(body, '@odata.type')
  if (type === undefined) throw wantsType()
  if (String(type).replace(/^#?/, '#').toLowerCase() !== before['@odata.type'].toLowerCase()) throw badRequest(`The named location is a ${before['@odata.type']} and cannot become a ${String(type).slice(0, 80)}.`)
  const after = { ...before, ...saidIn(body, spellings), '@odata.type': before['@odata.type'], 'modifiedDateTime': nowOf(asked) }
  await directory.put('namedLocations', after as NamedLocation)

  return changed(asked, () => entityBody(namedLocationToGraph(locationOf(asked)), namedLocations, asked))
}

/** It can be restored for a while. */
async function remove(asked: Asked): Promise<Answer> {
  await asked.directory.remove('namedLocations', locationOf(asked).id, { deletedDateTime: nowOf(asked) })

  return {}
}

const wantsType = () => badRequest('1007: The kind of named location is not said.', [{ target: '@odata.type', message: 'this member is missing; it is #microsoft.graph.ipNamedLocation or #microsoft.graph.countryNamedLocation.' }])
