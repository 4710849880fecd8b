/** Entities in the order of a key, kept in order while they change. A list that was handed out is never touched. */
export type SortedList<E> = {
  list(): readonly E[]
  replace(before: E | undefined, after: E | undefined): void
}

/** The order of names: code units of the lower-case key, then of the id, so that every two have an order and a page begins where one ended. */
export function sortedList<E extends { readonly id: string }>(entities: readonly E[], keysOf: (entity: E) => readonly string[]): SortedList<E> {
  const keyOf = (entity: E) => keysOf(entity)[0] ?? ''
  const sorted = entities.map((entity): Entry<E> => ({ key: keyOf(entity), entity })).toSorted(inOrder)
  // Side by side, so that a change after a list was handed out copies one array and nothing more.
  const keys = sorted.map(({ key }) => key)
  let list = sorted.map(({ entity }) => entity)
  let isHandedOut = false

  /** The first place whose entry does not come before this one. */
  function placeOf(entry: Entry<E>): number {
    let low = 0
    let high = keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (inOrder({ key: keys[middle] ?? '', entity: list[middle] as E }, entry) < 0) low = middle + 1
      else high = middle
    }

    return low
  }

  function splice(place: number, gone: number, ...come: readonly Entry<E>[]): void {
    keys.splice(place, gone, ...come.map(({ key }) => key))
    list.splice(place, gone, ...come.map(({ entity }) => entity))
  }

  return {
    list() {
      isHandedOut = true

      return list
    },
    replace(before, after) {
      if (isHandedOut) list = [...list]
      isHandedOut = false
      if (before) {
        const place = placeOf({ key: keyOf(before), entity: before })
        if (list[place] === before) splice(place, 1)
      }
      if (after) {
        const entry = { key: keyOf(after), entity: after }
        splice(placeOf(entry), 0, entry)
      }
    },
  }
}

type Entry<E> = { readonly key: string; readonly entity: E }

function inOrder(one: Entry<{ readonly id: string }>, other: Entry<{ readonly id: string }>): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1

  return one.entity.id < other.entity.id ? -1 : one.entity.id > other.entity.id ? 1 : 0
}
