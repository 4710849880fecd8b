import type { Activity, Category } from './activity.ts'
import { core, type Changed, type Show } from './entity.ts'
import { given } from './modified.ts'
import { principalTarget, roleTarget } from './principals.ts'

/** Members, owners: `Add member to group`, of somebody, to something. */
export function belonging<E extends { readonly id: string; readonly displayName: string }>(word: string, noun: string, category: Category, show: Show<E>) {
  const kind = noun.charAt(0).toUpperCase() + noun.slice(1)

  return (id: string, isAdded: boolean, entity: E, { directory }: Changed<E>): Activity => ({
    name: isAdded ? `Add ${word} to ${noun}` : `Remove ${word} from ${noun}`,
    service: core,
    category,
    operation: isAdded ? 'Assign' : 'Unassign',
    targets: [principalTarget(directory, id, [given(`${kind}.ObjectID`, entity.id, isAdded), given(`${kind}.DisplayName`, entity.displayName, isAdded)]), show(entity)],
  })
}

/** A directory role, by its template id, that somebody got or lost. */
export function roleHolding<E>(show: Show<E>) {
  return (templateId: string, isAdded: boolean, entity: E): Activity => {
    const role = roleTarget(templateId)

    return {
      name: isAdded ? 'Add member to role' : 'Remove member from role',
      service: core,
      category: 'RoleManagement',
      operation: isAdded ? 'Assign' : 'Unassign',
      targets: [show(entity, [given('Role.DisplayName', role.displayName, isAdded), given('Role.TemplateId', templateId, isAdded)]), role],
    }
  }
}
