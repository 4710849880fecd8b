import { namedLocationToGraph } from '../../policy/index.ts'
import type { NamedLocation } from '../../policy/named-location.ts'
import type { Policy } from '../../policy/policy.ts'
import { entityBody } from '../odata/collection.ts'
import type { Collection } from '../odata/collection.ts'
import { reading } from '../odata/reading.ts'
import type { Answer, Asked, Endpoint } from '../protocol/endpoint.ts'
import { notFound } from '../protocol/refusal.ts'
import { recentlyDeleted } from '../recently-deleted.ts'
import { namedLocations } from './named-locations.ts'
import { writeLocations } from './permissions.ts'
import { policies, policyShown } from './policies.ts'
import type { Body } from './written.ts'

/** What can come back: a collection of Conditional Access, and how its entities are shown. */
type Kind = {
  readonly name: 'policies' | 'namedLocations'
  readonly collection: 'conditionalAccessPolicies' | 'namedLocations'
  readonly of: Collection<Body>
  readonly show: (entity: Policy | NamedLocation, asked: Asked) => Body
}

const kinds: readonly Kind[] = [
  { name: 'policies', collection: 'conditionalAccessPolicies', of: policies, show: (policy, asked) => policyShown(policy as Policy, asked) },
  { name: 'namedLocations', collection: 'namedLocations', of: namedLocations, show: (location) => namedLocationToGraph(location as NamedLocation) },
]

/** Policies and named locations that were removed: listed, brought back, or removed for good. */
export const deletedItemEndpoints: readonly Endpoint[] = kinds.flatMap((kind): readonly Endpoint[] => {
  const path = `/identity/conditionalAccess/deletedItems/${kind.name}`
  const deleted: Collection<Body> = { ...kind.of, context: `identity/conditionalAccess/deletedItems/${kind.name}`, source: { list: (asked) => deletedOf(kind, asked).map((item) => shownOf(item, kind, asked)) } }

  return [
    ...reading(path, deleted, writeLocations, (asked) => shownOf(itemOf(kind, asked), kind, asked)),
    { method: 'DELETE', path: `${path}/{id}`, permissions: writeLocations, answer: (asked) => removeForGood(kind, asked) },
    { method: 'POST', path: `${path}/{id}/restore`, permissions: writeLocations, answer: (asked) => restore(kind, asked) },
  ]
})

type Item = { readonly id: string; readonly deletedDateTime: string; readonly entity: Policy | NamedLocation }

const deletedOf = ({ collection }: Kind, asked: Asked) => recentlyDeleted(asked, collection) as unknown as readonly Item[]

function itemOf(kind: Kind, asked: Asked): Item {
  const { id = '' } = asked.names
  const item = deletedOf(kind, asked).find((one) => one.id === id.toLowerCase())
  if (!item) throw notFound(`There is no '${id.slice(0, 120)}' among the deleted ${kind.name}.`)

  return item
}

const shownOf = ({ entity, deletedDateTime }: Item, { show }: Kind, asked: Asked): Body => ({ ...show(entity, asked), deletedDateTime })

async function restore(kind: Kind, asked: Asked): Promise<Answer> {
  const { entity } = itemOf(kind, asked)
  await asked.directory.put(kind.collection, entity as never)

  return { status: 200, body: entityBody(kind.show(asked.directory.get(kind.collection, entity.id) ?? entity, asked), kind.of, asked) }
}

async function removeForGood(kind: Kind, asked: Asked): Promise<Answer> {
  await asked.directory.remove('deletedItems', itemOf(kind, asked).id)

  return {}
}
