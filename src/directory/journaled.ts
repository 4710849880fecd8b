import type { Collections } from './collections.ts'
import type { Change, Group } from './types.ts'

/**
 * A change as a journal keeps it: itself or, of a large group, what became of its members: a member more costs a line, not a
 * hundred thousand ids.
 */
export type Journaled = Change | { readonly kind: 'members'; readonly entity: Group; readonly splice: Splice }

/** How one list becomes another: at a place, so many go and these come. `from` and `to` are how many there were and are. */
type Splice = { readonly at: number; readonly gone: number; readonly come: readonly string[]; readonly from: number; readonly to: number }

/** Shorter lists are written whole: whoever reads a journal sees them. */
const longList = 200

/** What a journal keeps of a change, by what was there before. */
export function journaled(change: Change, before: unknown): Journaled {
  if (change.kind !== 'put' || change.collection !== 'groups' || before === null) return change
  const { members, ...group } = change.entity as Group
  if (members.length < longList) return change
  const splice = spliceBetween((before as Group).members, members)

  return splice.come.length > members.length / 2 ? change : { kind: 'members', entity: { ...group, members: [] } as Group, splice }
}

/** The change that was kept, on top of those before it. Kept twice it is made once. */
export function unjournaled(kept: Journaled, { groups }: Collections): Change {
  if (kept.kind !== 'members') return kept
  const { entity, splice } = kept
  const there = groups.get(entity.id)?.members ?? []
  const members = isMade(there, splice) ? there : [...there.slice(0, splice.at), ...splice.come, ...there.slice(splice.at + splice.gone)]

  return { kind: 'put', collection: 'groups', entity: { ...entity, members } }
}

function isMade(members: readonly string[], { at, come, from, to }: Splice): boolean {
  return members.length === to && (from !== to || come.every((id, index) => members[at + index] === id))
}

function spliceBetween(before: readonly string[], after: readonly string[]): Splice {
  const shorter = Math.min(before.length, after.length)
  let at = 0
  while (at < shorter && before[at] === after[at]) at++
  let tail = 0
  while (tail < shorter - at && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++

  return { at, gone: before.length - at - tail, come: after.slice(at, after.length - tail), from: before.length, to: after.length }
}
