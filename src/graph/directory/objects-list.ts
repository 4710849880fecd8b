import { answerCount, answerList, answerOne } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import type { Permissions } from '../protocol/permissions.ts'
import { noSuchObject } from '../protocol/refusal.ts'
import { kinds, objectType, ofKind, typeOfKind } from './object-type.ts'
import type { DirectoryObject, ObjectKind } from './objects.ts'

/** Objects of several kinds as a collection: of one kind where the path asks for it. */
export function objectsCollection(list: (asked: Asked) => readonly DirectoryObject[], { cast }: Asked): Collection<DirectoryObject> {
  const kind = kinds.find((one) => one.toLowerCase() === cast?.toLowerCase())

  return {
    type: kind === undefined ? objectType : (typeOfKind(kind) as never),
    context: kind === undefined ? 'directoryObjects' : contexts[kind],
    source: { list: (asked) => ofKind(list(asked), cast) },
    options: ['filter', 'select', 'expand', 'orderby', 'top', 'skiptoken', 'count', 'search', 'format'],
    rules: 'directory',
    isMixed: kind === undefined,
  }
}

export const contexts: Readonly<Record<ObjectKind, string>> = {
  user: 'users', group: 'groups', device: 'devices', application: 'applications', servicePrincipal: 'servicePrincipals', directoryRole: 'directoryRoles',
}

/** The endpoints that read a list of objects: all, how many, by reference, and one of them. */
export function objectsEndpoints(path: string, permissions: Permissions, list: (asked: Asked) => readonly DirectoryObject[]): readonly Endpoint[] {
  return readingObjects(list).map(({ suffix, answer }) => ({ method: 'GET', path: `${path}${suffix}`, permissions, answer }))
}

type Reading = { readonly suffix: string; answer(asked: Asked): ReturnType<Endpoint['answer']> }

/** What is read of a list of objects, by what follows its path. */
export function readingObjects(list: (asked: Asked) => readonly DirectoryObject[]): readonly Reading[] {
  return [
    { suffix: '', answer: (asked) => answerList(objectsCollection(list, asked), narrowed(asked)) },
    { suffix: '/$count', answer: (asked) => answerCount(objectsCollection(list, asked), narrowed(asked)) },
    { suffix: '/$ref', answer: (asked) => references(list, asked) },
    {
      suffix: '/{other}',
      answer(asked) {
        const id = asked.names.other?.toLowerCase() ?? ''
        const object = list(asked).find((one) => one.id === id)
        if (!object) throw noSuchObject(id)

        return answerOne(object, objectsCollection(list, asked), narrowed(asked))
      },
    },
  ]
}

/** The collection is of the kind that the path asks for already. */
const narrowed = (asked: Asked): Asked => ({ ...asked, cast: null })

/** `GET …/$ref`: where each object is, and nothing of it. */
async function references(list: (asked: Asked) => readonly DirectoryObject[], asked: Asked): ReturnType<typeof answerList> {
  const { body } = await answerList(objectsCollection(list, asked), narrowed(asked))
  const { value, ...rest } = body as { readonly value: readonly { readonly id: string }[] }

  return { body: { ...rest, '@odata.context': `${asked.root}/$metadata#Collection($ref)`, 'value': value.map(({ id }) => ({ '@odata.id': `${asked.root}/directoryObjects/${id}` })) } }
}
