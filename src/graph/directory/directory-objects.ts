import { answerOne, entityBody } from '../odata/collection.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { badProperty } from '../protocol/refusal.ts'
import { objectAsked } from './membership-endpoints.ts'
import { kinds, objectType, ofKind } from './object-type.ts'
import { contexts } from './objects-list.ts'
import { kindOf, objectById } from './objects.ts'
import { readObjects } from './permissions.ts'

const objects = { type: objectType, context: 'directoryObjects', isMixed: true }
const most = 1000

/** Anything by its id, alone and many at once. */
export const directoryObjectEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/directoryObjects/{id}', permissions: readObjects, answer: (asked) => answerOne(objectAsked(asked), objects, { ...asked, cast: null }) },
  { method: 'POST', path: '/directoryObjects/getByIds', permissions: readObjects, status: 200, answer: getByIds },
]

async function getByIds(asked: Asked): Promise<Answer> {
  const { ids, types = [] } = await asked.body()
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) throw badProperty('ids', 'A value is required for property \'ids\': a list of object ids.')
  if (ids.length > most) throw badProperty('ids', `'ids' holds ${ids.length} ids; a request asks for ${most} at most.`)
  if (!Array.isArray(types)) throw badProperty('types', `'types' is a list of ${kinds.join(', ')}.`)
  const unknown = types.find((type) => !['directoryobject', ...kinds.map((kind) => kind.toLowerCase())].includes(String(type).toLowerCase()))
  if (unknown !== undefined) throw badProperty('types', `'${String(unknown).slice(0, 60)}' is no type of object; there are directoryObject, ${kinds.join(', ')}.`)
  const found = [...new Set(ids)].flatMap((id) => objectById(asked.tenant.directory, id) ?? [])
  const wanted = types.length === 0 ? found : [...new Set(types.flatMap((type) => ofKind(found, String(type))))]
  const value = wanted.map((object) => {
    const { '@odata.context': _context, ...shown } = entityBody(object, { ...objects, context: contexts[kindOf(object)] }, asked)

    return shown
  })

  return { body: { '@odata.context': `${asked.root}/$metadata#directoryObjects`, value } }
}
