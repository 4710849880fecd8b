import { restorableFor } from '../directory/index.ts'
import type { DeletedItem, Restorable } from '../directory/types.ts'
import type { Asked } from './protocol/endpoint.ts'

/** What was deleted from these collections and can come back. */
export function recentlyDeleted<C extends Restorable>({ directory, tenant }: Asked, ...collections: readonly C[]): readonly (DeletedItem & { readonly collection: C })[] {
  const since = tenant.clock.now() - restorableFor

  return directory.list('deletedItems').filter((item): item is DeletedItem & { readonly collection: C } => (
    (collections as readonly Restorable[]).includes(item.collection) && Date.parse(item.deletedDateTime) > since
  ))
}
