import type { Application, DeletedItem, Directory, Group, Restorable, User } from '../../directory/types.ts'
import { answerCount, answerList, answerOne, entityBody } from '../odata/collection.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { noSuchObject } from '../protocol/refusal.ts'
import { recentlyDeleted } from '../recently-deleted.ts'
import { objectType } from './object-type.ts'
import { contexts, objectsCollection } from './objects-list.ts'
import { kindOf, principalById, type DirectoryObject } from './objects.ts'
import { deleteUsers, readDeleted, restoreDeleted } from './permissions.ts'

const collections = { user: 'users', group: 'groups', application: 'applications' } as const satisfies Readonly<Record<string, Restorable>>

/** What was deleted in the last thirty days: listed by kind, restored to where it was, or deleted for good. */
export const deletedItemEndpoints: readonly Endpoint[] = [
  ...Object.entries(collections).flatMap(([kind, collection]): readonly Endpoint[] => [
    { method: 'GET', path: `/directory/deletedItems/${kind}`, permissions: readDeleted, answer: (asked) => answerList(deleted(kind, collection, asked), asked) },
    { method: 'GET', path: `/directory/deletedItems/${kind}/$count`, permissions: readDeleted, answer: (asked) => answerCount(deleted(kind, collection, asked), asked) },
  ]),
  { method: 'GET', path: '/directory/deletedItems/{id}', permissions: readDeleted, answer: read },
  { method: 'POST', path: '/directory/deletedItems/{id}/restore', permissions: restoreDeleted, status: 200, answer: restore },
  { method: 'DELETE', path: '/directory/deletedItems/{id}', permissions: { ...deleteUsers, delegated: [...deleteUsers.delegated, 'Directory.ReadWrite.All'] }, answer: removeForGood },
]

const deleted = (kind: string, collection: Restorable, asked: Asked) => objectsCollection({ list: () => itemsOf(asked).filter((item) => item.collection === collection).map(shownItem) }, { ...asked, cast: kind })

const itemsOf = (asked: Asked): readonly DeletedItem[] => recentlyDeleted(asked, ...Object.values(collections))

const shownItem = ({ entity, deletedDateTime }: DeletedItem) => ({ ...entity, deletedDateTime }) as DirectoryObject

function itemAsked(asked: Asked): DeletedItem {
  const { id = '' } = asked.names
  const found = itemsOf(asked).find((item) => item.id === id.toLowerCase())
  if (!found) throw noSuchObject(id)

  return found
}

function read(asked: Asked): Answer {
  return answerOne(shownItem(itemAsked(asked)), { type: objectType, context: 'directoryObjects', isMixed: true }, asked)
}

async function restore(asked: Asked): Promise<Answer> {
  const { collection, entity, id } = itemAsked(asked)
  await asked.directory.put(collection, withoutGone(entity, asked.tenant.directory) as User & Group & Application)
  const restored = asked.tenant.directory.get(collection, id) as DirectoryObject

  return { status: 200, body: entityBody(restored, { type: objectType, context: contexts[kindOf(restored)], isMixed: true }, asked) }
}

/** As it was, without those it referred to that are gone meanwhile. */
function withoutGone(entity: DeletedItem['entity'], directory: Directory): DeletedItem['entity'] {
  const isThere = (id: string) => principalById(directory, id) !== undefined
  if ('membershipRule' in entity) {
    const group = entity as Group

    return { ...group, members: group.members.filter(isThere), owners: group.owners.filter(isThere) }
  }
  if (!('servicePrincipalId' in entity)) return entity
  const application = entity as Application
  const isResource = ({ resource }: { readonly resource: string }) => resource === application.appId || directory.resource(resource) !== undefined
  const { tokenLifetimePolicy: policy, userConsents = [], owners = [] } = application

  return {
    ...application,
    assignments: application.assignments.filter(({ principal }) => isThere(principal) || principal === application.servicePrincipalId),
    consents: application.consents.filter(isResource),
    userConsents: userConsents.filter((consent) => isResource(consent) && isThere(consent.principal)),
    owners: owners.filter(isThere),
    tokenLifetimePolicy: policy !== null && directory.get('tokenLifetimePolicies', policy) ? policy : null,
  }
}

async function removeForGood(asked: Asked): Promise<Answer> {
  await asked.directory.remove('deletedItems', itemAsked(asked).id)

  return {}
}
