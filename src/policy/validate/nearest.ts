/** The name most like the one somebody wrote; undefined where none is near enough to be meant. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  const wanted = written.toLowerCase()
  const ranked = names.map((name) => ({ name, distance: distanceBetween(wanted, name.toLowerCase()) })).toSorted((one, other) => one.distance - other.distance)
  const [best] = ranked

  return best && best.distance <= Math.max(2, Math.floor(wanted.length / 3)) ? best.name : undefined
}

/** A suggestion to end a sentence with, or nothing. */
export function didYouMean(written: string, names: readonly string[]): string {
  const name = nearest(written, names)

  return name === undefined ? '' : `; did you mean ${name}?`
}

/** How many letters differ (Levenshtein). Long texts are never near. */
function distanceBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 8 || one.length > 80) return 99
  let above = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row++) {
    const line = [row]
    for (let column = 1; column <= other.length; column++) {
      const replaced = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1)
      line.push(Math.min(replaced, above[column]! + 1, line[column - 1]! + 1))
    }
    above = line
  }

  return above[other.length]!
}
