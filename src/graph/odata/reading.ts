import type { Asked, Endpoint } from '../protocol/endpoint.ts'
import type { Permissions } from '../protocol/permissions.ts'
import { answerCount, answerList, answerOne } from './collection.ts'
import type { Collection } from './collection.ts'

/** The endpoints that read a collection: all of it, how many there are, and one by its key. `find` refuses where there is none. */
export function reading<E>(path: string, collection: Collection<E>, permissions: Permissions, find?: (asked: Asked) => E): readonly Endpoint[] {
  return [
    { method: 'GET', path, permissions, answer: (asked) => answerList(collection, asked) },
    { method: 'GET', path: `${path}/$count`, permissions, answer: (asked) => answerCount(collection, asked) },
    ...(find ? [{ method: 'GET', path: `${path}/{id}`, permissions, answer: (asked) => answerOne(find(asked), collection, asked) } satisfies Endpoint] : []),
  ]
}
