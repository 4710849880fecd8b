import type { Directory, Initiator } from '../types.ts'
import type { Activity, Category, Service, Target } from './activity.ts'
import { changedMembers, modifiedProperties, type Modified } from './modified.ts'

/** A change of one entity: what it was, what it is, by whom, and where its neighbours are found. */
export type Changed<E> = { readonly before: E | null; readonly after: E | null; readonly by: Initiator | null; readonly wasDeleted: boolean; readonly directory: Directory }

/** An entity as one target of an activity. */
export type Show<E> = (entity: E, modifiedOnes?: readonly Modified[]) => Target

/** How changes of one kind of entity are told, by the names of its members. */
export type Kind<E> = {
  /** `user`: "Add user". */
  readonly noun: string
  readonly category: Category
  readonly show: Show<E>
  /** Lists of others: whoever came and whoever went is an activity each. */
  readonly relations: Readonly<Record<string, (one: never, isAdded: boolean, entity: E, change: Changed<E>) => Activity>>
  /** Members whose change is not called an update. */
  readonly own: Readonly<Record<string, (before: E, after: E, change: Changed<E>) => readonly Activity[]>>
  /** Members whose values no activity shows. */
  readonly silent: readonly string[]
  /** What is told beside it. */
  also?(change: Changed<E>): readonly Activity[]
}

export const core: Service = 'Core Directory'

/** What was done to an entity; everything it has is told when it comes, and what changed when it changes. */
export function entityActivities<E extends object>(kind: Kind<E>, change: Changed<E>): readonly Activity[] {
  const { before, after, wasDeleted } = change
  const { noun, category, show, relations, own, silent } = kind
  const activity = (verb: string, operation: Activity['operation'], modifiedOnes: readonly Modified[] = []): Activity =>
    ({ name: `${verb} ${noun}`, service: core, category, operation, targets: [show((after ?? before) as E, modifiedOnes)] })
  const also = kind.also?.(change) ?? []
  if (!after) return [activity('Delete', 'Delete'), ...also]
  if (wasDeleted) return [activity('Restore', 'Update'), ...also]

  const others = Object.entries(relations).flatMap(([member, tell]) => {
    const { came, went } = difference(listOf(before, member), listOf(after, member))

    return [...went.map((one) => tell(one, false, after, change)), ...came.map((one) => tell(one, true, after, change))]
  })
  const isShown = (member: string) => !(member in relations) && !silent.includes(member)
  if (!before) {
    const said = Object.entries(after).filter(([member, value]) => isShown(member) && value !== null && !(Array.isArray(value) && value.length === 0))

    return [activity('Add', 'Add', modifiedProperties(said.map(([member]) => member), {}, membersOf(after))), ...also, ...others]
  }

  const changed = changedMembers(membersOf(before), membersOf(after))
  const owned = changed.flatMap((member) => own[member]?.(before, after, change) ?? [])
  const rest = changed.filter((member) => isShown(member) && !(member in own))

  return [...also, ...owned, ...others, ...(rest.length > 0 ? [activity('Update', 'Update', modifiedProperties(rest, membersOf(before), membersOf(after)))] : [])]
}

const membersOf = (entity: object) => entity as Readonly<Record<string, unknown>>

function listOf(entity: object | null, member: string): readonly never[] {
  return (entity === null ? [] : (membersOf(entity)[member] ?? [])) as readonly never[]
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
