import { answerCount, answerList, answerOne } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { pageOf } from '../odata/page.ts'
import type { Found, Query } from '../odata/page.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import type { Permissions } from '../protocol/permissions.ts'
import { noSuchObject } from '../protocol/refusal.ts'
import { asDirectory } from './as-directory.ts'
import { kinds, objectType, ofKind, typeOfKind } from './object-type.ts'
import { principalById, type DirectoryObject, type ObjectKind } from './objects.ts'

/** Where the objects of a list come from: all of them, and their ids alone where those are known without looking at the objects. */
export type Objects = { list(asked: Asked): readonly DirectoryObject[]; ids?(asked: Asked): readonly string[] | null }

/** Objects of several kinds as a collection: of one kind where the path asks for it. */
export function objectsCollection({ list, ids }: Objects, { cast }: Asked): Collection<DirectoryObject> {
  const kind = kinds.find((one) => one.toLowerCase() === cast?.toLowerCase())

  return {
    type: kind === undefined ? objectType : (typeOfKind(kind) as never),
    context: kind === undefined ? 'directoryObjects' : contexts[kind],
    source: {
      list: (asked) => ofKind(list(asked), cast),
      ask: (query, asked) => (cast === null && isPlain(query) ? pageByIds(ids?.(asked) ?? null, query, asked) : null),
    },
    ...asDirectory,
    isMixed: kind === undefined,
  }
}

export const contexts: Readonly<Record<ObjectKind, string>> = {
  user: 'users', group: 'groups', device: 'devices', application: 'applications', servicePrincipal: 'servicePrincipals', directoryRole: 'directoryRoles',
}

/** Whether every object is wanted, in the order there is. */
const isPlain = ({ filter, search, orderBy }: Query) => filter === null && search === null && orderBy.length === 0

/** A page of a list whose ids are known: only those that are shown are looked up. */
function pageByIds(ids: readonly string[] | null, query: Query, asked: Asked): Found<DirectoryObject> | null {
  if (ids === null) return null
  const { entities, ...rest } = pageOf(ids, query, idType, asked)

  return { ...rest, entities: entities.flatMap((id) => principalById(asked.tenant.directory, id) ?? []) }
}

const idType: EntityType<string> = { name: 'id', key: (id) => id, properties: {} }

/** The endpoints that read a list of objects: all, how many, by reference, and one of them. */
export function objectsEndpoints(path: string, permissions: Permissions, list: Objects['list'], ids?: Objects['ids']): readonly Endpoint[] {
  return readingObjects(list, ids).map(({ suffix, answer }) => ({ method: 'GET', path: `${path}${suffix}`, permissions, answer }))
}

type Reading = { readonly suffix: string; answer(asked: Asked): ReturnType<Endpoint['answer']> }

/** What is read of a list of objects, by what follows its path. */
export function readingObjects(list: Objects['list'], ids?: Objects['ids']): readonly Reading[] {
  const objects: Objects = { list, ...(ids ? { ids } : {}) }

  return [
    { suffix: '', answer: (asked) => answerList(objectsCollection(objects, asked), narrowed(asked)) },
    { suffix: '/$count', answer: (asked) => answerCount(objectsCollection(objects, asked), narrowed(asked)) },
    { suffix: '/$ref', answer: (asked) => references(objects, asked) },
    {
      suffix: '/{other}',
      answer(asked) {
        const id = asked.names.other?.toLowerCase() ?? ''
        const object = list(asked).find((one) => one.id === id)
        if (!object) throw noSuchObject(id)

        return answerOne(object, objectsCollection(objects, asked), narrowed(asked))
      },
    },
  ]
}

/** The collection is of the kind that the path asks for already. */
const narrowed = (asked: Asked): Asked => ({ ...asked, cast: null })

/** `GET …/$ref`: where each object is, and nothing of it. */
async function references(objects: Objects, asked: Asked): ReturnType<typeof answerList> {
  const { body } = await answerList(objectsCollection(objects, asked), narrowed(asked))
  const { value, ...rest } = body as { readonly value: readonly { readonly id: string }[] }

  return { body: { ...rest, '@odata.context': `${asked.root}/$metadata#Collection($ref)`, 'value': value.map(({ id }) => ({ '@odata.id': `${asked.root}/directoryObjects/${id}` })) } }
}
