import { add, noBits, type Bits } from '../bits.ts'

/** Which policies name an id: of a user, a group, a role, an application. Ids are compared without regard to case. */
export type NamedBits = { of(id: string): Bits | undefined }

export function namedBits(size: number, idsAt: (position: number) => readonly string[]): NamedBits {
  const byId = new Map<string, Bits>()
  for (let position = 0; position < size; position++) {
    for (const id of idsAt(position)) {
      const key = id.toLowerCase()
      const bits = byId.get(key) ?? noBits(size)
      add(bits, position)
      byId.set(key, bits)
    }
  }

  return { of: (id) => byId.get(id) ?? byId.get(id.toLowerCase()) }
}

export function namesId(ids: readonly string[], id: string): boolean {
  const key = id.toLowerCase()

  return ids.some((one) => one.toLowerCase() === key)
}
