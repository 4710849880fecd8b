import { distance } from 'fastest-levenshtein'

/** `Did you mean start?`, where something known is near enough to have been meant. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const [nearest] = known
    .map((name) => ({ name, edits: distance(word.toLowerCase(), name) }))
    .filter(({ name, edits }) => edits <= Math.ceil(name.length / 3))
    .toSorted((one, other) => one.edits - other.edits)

  return nearest ? `Did you mean ${nearest.name}?` : null
}
