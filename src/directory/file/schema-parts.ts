import * as v from 'valibot'

/** Small words the schema of a tenant file is written in: each says what a member holds and what it means. */
export function text(description: string) {
  return v.optional(v.pipe(v.string(), v.description(description)))
}

/** A text that must be there and say something. */
export function name(description: string) {
  return v.pipe(v.string(), v.nonEmpty(), v.description(description))
}

export function flag(description: string) {
  return v.optional(v.pipe(v.boolean(), v.description(description)))
}

/** A whole number between two bounds, both included. */
export function whole(least: number, most: number, description: string) {
  return v.optional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), v.description(description)))
}

export function oneOf<const T extends readonly string[]>(options: T, description: string) {
  return v.optional(v.pipe(v.picklist(options), v.description(description)))
}

export function texts(description: string) {
  return v.optional(v.pipe(v.array(v.string()), v.description(description)))
}

export function list<S extends v.GenericSchema>(of: S, description: string) {
  return v.optional(v.pipe(v.array(of), v.description(description)))
}

/** Something kept and echoed as it is. */
export function anything(description: string) {
  return v.optional(v.pipe(v.unknown(), v.description(description)))
}

/** An object of Graph's. `readOnly` are the members that Graph shows and nobody writes: dropped from a tenant file, with a note. */
export function graphObject<const E extends v.ObjectEntries>(entries: E, readOnly: readonly string[]) {
  readOnlyOf.set(entries, readOnly)

  return v.strictObject(entries)
}

/** The read-only members of an object, by its entries. */
export const readOnlyOf = new WeakMap<object, readonly string[]>()

/** Texts of a Graph object that Portcullis keeps and echoes, but never acts on. */
export function echoedTexts<const N extends readonly string[]>(...names: N) {
  return Object.fromEntries(names.map((member) => [member, text('Kept and echoed.')])) as { [K in N[number]]: ReturnType<typeof text> }
}

/** Other members of a Graph object that Portcullis keeps and echoes, but never acts on. */
export function echoed<const N extends readonly string[]>(...names: N) {
  return Object.fromEntries(names.map((member) => [member, anything('Kept and echoed.')])) as { [K in N[number]]: ReturnType<typeof anything> }
}

export const id = text('Object id (GUID). Left out: always the same one, made of the tenant and the name.')
