import type { Directory, Initiator } from '../types.ts'
import type { Activity, Category, Target } from './activity.ts'
import { modified, modifiedProperties, type Modified } from './modified.ts'
import { principalTarget, roleTarget } from './principals.ts'

/** A change of one entity: what it was, what it is, by whom, and where its neighbours are found. */
export type Changed<E> = { readonly before: E | null; readonly after: E | null; readonly by: Initiator | null; readonly wasDeleted: boolean; readonly directory: Directory }

export const core = 'Core Directory'

/** Added, restored or deleted; everything it has is told when it comes. */
export function lifecycle<E extends object>(
  noun: string,
  { before, after, wasDeleted }: Changed<E>,
  of: (modifiedOnes: readonly Modified[], name: string, operation: Activity['operation']) => Activity,
  apart: readonly string[],
): readonly Activity[] {
  if (!after) return [of([], `Delete ${noun}`, 'Delete')]
  if (wasDeleted) return [of([], `Restore ${noun}`, 'Update')]
  const said = Object.entries(after).filter(([name, value]) => !apart.includes(name) && value !== null && !(Array.isArray(value) && value.length === 0))

  return [of(modifiedProperties(said.map(([name]) => name), (before ?? {}) as Record<string, unknown>, after as Record<string, unknown>), `Add ${noun}`, 'Add')]
}

type Relation<E> = { readonly added: string; readonly removed: string; readonly category: Category; target(entity: E, more?: Partial<Target>): Target }

/** Who came to a list and who left it, one activity each: first who it is about, then what they came to or left. */
export function relation<E extends object>({ before, after, directory }: Changed<E>, member: string, { added, removed, category, target: show }: Relation<E>): readonly Activity[] {
  const entity = (after ?? before) as E
  const { came, went } = difference(listOf(before, member), listOf(after, member))
  const name = nameOf(entity)
  const activity = (id: string, isAdded: boolean): Activity => ({
    name: isAdded ? added : removed,
    service: core,
    category,
    operation: isAdded ? 'Assign' : 'Unassign',
    targets: [principalTarget(directory, id, { modifiedProperties: [modified(`${name.kind}.ObjectID`, isAdded ? undefined : name.id, isAdded ? name.id : undefined), modified(`${name.kind}.DisplayName`, isAdded ? undefined : name.displayName, isAdded ? name.displayName : undefined)] }), show(entity)],
  })

  return [...came.map((id) => activity(id, true)), ...went.map((id) => activity(id, false))]
}

function nameOf(entity: object): { readonly kind: string; readonly id: unknown; readonly displayName: unknown } {
  const { id, displayName } = entity as { readonly id?: unknown; readonly displayName?: unknown }

  return { kind: 'deviceId' in entity ? 'Device' : 'appId' in entity ? 'Application' : 'Group', id, displayName }
}

export function roleActivities<E extends object>({ before, after }: Changed<E>, show: (entity: E, more?: Partial<Target>) => Target): readonly Activity[] {
  const { came, went } = difference(listOf(before, 'roles'), listOf(after, 'roles'))
  const activity = (templateId: string, isAdded: boolean): Activity => {
    const role = roleTarget(templateId)
    const changes = [['Role.DisplayName', role.displayName], ['Role.TemplateId', templateId]] as const

    return {
      name: isAdded ? 'Add member to role' : 'Remove member from role',
      service: core,
      category: 'RoleManagement',
      operation: isAdded ? 'Assign' : 'Unassign',
      targets: [show((after ?? before) as E, { modifiedProperties: changes.map(([name, value]) => modified(name, isAdded ? undefined : value, isAdded ? value : undefined)) }), role],
    }
  }

  return [...came.map((id) => activity(id, true)), ...went.map((id) => activity(id, false))]
}

function listOf(entity: object | null, member: string): readonly string[] {
  return ((entity as Readonly<Record<string, unknown>> | null)?.[member] ?? []) as readonly string[]
}

/** What two lists do not share, whatever their order. */
export function difference<T>(before: readonly T[], after: readonly T[]): { readonly came: readonly T[]; readonly went: readonly T[] } {
  if (before === after) return { came: [], went: [] }
  // What they begin with alike is passed over: one more in a large group costs one.
  let same = 0
  while (same < before.length && same < after.length && before[same] === after[same]) same++
  const [was, is] = [before.slice(same), after.slice(same)]
  const keyOf = (one: T) => (typeof one === 'string' ? one : JSON.stringify(one))
  const [earlier, later] = [new Set(was.map(keyOf)), new Set(is.map(keyOf))]

  return { came: is.filter((one) => !earlier.has(keyOf(one))), went: was.filter((one) => !later.has(keyOf(one))) }
}
