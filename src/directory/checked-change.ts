import { changedSettings } from './change.ts'
import { nounOf, type Collections } from './collections.ts'
import { badRequest, DirectoryRefusal, type Problem } from './refusal.ts'
import { completed, problemsOfEntity, problemsOfRemoval, problemsOfSettings } from './rules.ts'
import type { Change, Collection, Directory } from './types.ts'

/** A change as it will be made: whole, and found to be one this tenant takes. Throws the refusal otherwise. */
export function checkedChange(change: Change, directory: Directory, collections: Collections): Change {
  if (change.kind === 'settings') {
    refuse(problemsOfSettings(changedSettings(directory.settings, change.change), directory))

    return change
  }
  if (change.kind === 'put') {
    const entity = completed(change.collection, change.entity, directory)
    refuse(problemsOfEntity(change.collection, entity, directory, collections))

    return { ...change, entity }
  }
  if (change.kind === 'remove') {
    const entity = collections[change.collection].get(change.id)
    if (!entity) throw notFound(change.collection, change.id)
    refuse(problemsOfRemoval(change.collection, entity, directory))

    return { ...change, id: entity.id }
  }

  return change
}

function notFound(collection: Collection, id: string): DirectoryRefusal {
  const message = `There is no ${nounOf[collection]} "${id}" in this tenant.`

  return new DirectoryRefusal('Request_ResourceNotFound', 404, [{ path: '', message }])
}

function refuse(found: readonly Problem[]): void {
  if (found.length > 0) throw badRequest(found)
}
