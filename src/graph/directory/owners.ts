import type { Application } from '../../directory/types.ts'
import type { Navigation } from '../odata/types.ts'
import { objectType } from './object-type.ts'
import { principalById, type DirectoryObject, type ServicePrincipal } from './objects.ts'
import type { Directory } from '../../directory/types.ts'

/** Who looks after an application, and so after its service principal. */
export function ownersOf(directory: Directory, owned: Application | ServicePrincipal): readonly DirectoryObject[] {
  const { owners = [] } = 'principalOf' in owned ? (owned as ServicePrincipal).principalOf : owned

  return owners.flatMap((id) => principalById(directory, id) ?? [])
}

/** What an application leads to beside what it says itself. */
export function leadsToOwners<E extends Application | ServicePrincipal>(): Readonly<Record<string, Navigation<E>>> {
  return { owners: { type: objectType as never, of: (owned, { tenant }) => ownersOf(tenant.directory, owned) } }
}
