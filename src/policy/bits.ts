/**
 * A set of policies: bit `i` stands for the policy at position `i` of the policy set. What many policies say about one
 * sign-in is decided by a few machine words, so that asking 240 policies costs little more than asking one.
 */
export type Bits = number[]

export function noBits(size: number): Bits {
  const bits: Bits = []
  for (let word = 0; word < (size + 31) >>> 5; word++) bits.push(0)

  return bits
}

export function bitsWhere(size: number, isMember: (index: number) => boolean): Bits {
  const bits = noBits(size)
  for (let index = 0; index < size; index++) if (isMember(index)) add(bits, index)

  return bits
}

export function add(bits: Bits, index: number): void {
  bits[index >>> 5]! |= 1 << (index & 31)
}

export function has(bits: Bits, index: number): boolean {
  return (bits[index >>> 5]! & (1 << (index & 31))) !== 0
}

export function intersects(one: Bits, other: Bits): boolean {
  for (let word = 0; word < one.length; word++) if ((one[word]! & other[word]!) !== 0) return true

  return false
}

/** Adds every member of `more` to `bits`. */
export function unite(bits: Bits, more: Bits | undefined): void {
  if (more === undefined) return
  for (let word = 0; word < bits.length; word++) bits[word]! |= more[word]!
}

/** Keeps in `bits` only the members of `others`. */
export function intersect(bits: Bits, others: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word]! &= others[word]!
}

/** The members of both. */
export function bothIn(one: Bits, other: Bits): Bits {
  const both = one.slice()
  intersect(both, other)

  return both
}

/** Takes every member of `others` out of `bits`. */
export function subtract(bits: Bits, others: Bits): void {
  for (let word = 0; word < bits.length; word++) bits[word]! &= ~others[word]!
}

/** Of what is listed by position, that at the positions in both sets, in order; added to `picked`. */
export function pick<T>(one: readonly number[], other: readonly number[], listed: readonly T[], picked: T[] = []): T[] {
  for (let word = 0; word < one.length; word++) {
    let rest = one[word]! & other[word]!
    while (rest !== 0) {
      const lowest = rest & -rest
      picked.push(listed[(word << 5) + 31 - Math.clz32(lowest)]!)
      rest ^= lowest
    }
  }

  return picked
}
