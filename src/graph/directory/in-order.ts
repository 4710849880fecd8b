import type { Collection as CollectionName, Entities } from '../../directory/types.ts'
import type { Condition } from '../odata/bind.ts'
import { pageOf } from '../odata/page.ts'
import type { Query, Source } from '../odata/page.ts'
import type { EntityType } from '../odata/types.ts'
import type { Asked } from '../protocol/endpoint.ts'

/**
 * A collection of the directory as a source of pages that costs no more than the page where an index of the directory answers:
 * in the order of a name, or those that have exactly the name asked for.
 */
export function inOrderOfNames<C extends CollectionName>(collection: C, type: EntityType<Entities[C]>, { orders, keys }: Indexed): Source<Entities[C]> {
  return {
    list: ({ tenant }) => tenant.directory.list(collection),
    ask(query, asked) {
      const few = exactly(query.filter, collection, keys, asked)
      if (few) return pageOf(few, query, type, asked)
      const [order, another] = query.orderBy
      if (!order || another || !orders.includes(order.property)) return null
      const sorted = asked.tenant.directory.sorted(collection, order.property)

      return pageOf(order.isDescending ? sorted.toReversed() : sorted, { ...query, orderBy: [] }, type, asked)
    },
  }
}

/** Properties that the directory keeps an order of, and those it finds entities by; `id` is one. */
type Indexed = { readonly orders: readonly string[]; readonly keys: readonly string[] }

/** Those that a filter can be about, where it wants one exact name; null = anybody. */
function exactly<C extends CollectionName>(filter: Query['filter'], collection: C, keys: readonly string[], asked: Asked): readonly Entities[C][] | null {
  for (const condition of conditionsOf(filter)) {
    if (condition.kind !== 'compare' || condition.operator !== 'eq' || typeof condition.value !== 'string' || !keys.includes(condition.on.path)) continue
    const { directory } = asked.tenant
    if (condition.on.path !== 'id') return directory.found(collection, condition.on.path, condition.value.toLowerCase())
    const found = directory.get(collection, condition.value)

    return found ? [found] : []
  }

  return null
}

/** What has to be so, all of it. */
function conditionsOf(filter: Condition | null): readonly Condition[] {
  if (filter === null) return []

  return filter.kind === 'and' ? [...conditionsOf(filter.left), ...conditionsOf(filter.right)] : [filter]
}
