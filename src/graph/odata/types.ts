import { nearestName } from '../../directory/index.ts'
import type { Asked } from '../protocol/endpoint.ts'
import { badRequest } from '../protocol/refusal.ts'
import type { GraphRefusal } from '../protocol/refusal.ts'

/** What a property holds. */
export type ValueType =
  | { readonly kind: 'guid' | 'instant' | 'flag' | 'number' | 'json' }
  /** `isExact`: a filter finds it in the very same spelling only. */
  | { readonly kind: 'text'; readonly isExact?: true }
  /** One of these words; read in any case, kept in this spelling. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'complex'; readonly properties: Properties<never> }
  | { readonly kind: 'many'; readonly of: ValueType }

/** What a filter may do with a property. */
export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'in' | 'startswith' | 'endswith' | 'contains' | 'any' | 'all' | 'count'

/** One property of an entity: said once, and read by list, get, filter, sort, page and patch. */
export type Property<E> = {
  readonly type: ValueType
  /** Where it is found; the entity's member of that name unless said. */
  readonly of?: (entity: E, asked: Asked) => unknown
  /** How it may be filtered; not at all unless said. */
  readonly filter: readonly Operator[]
  readonly isSortable: boolean
  /** `$search` looks into it. */
  readonly isSearchable: boolean
  /** May not be written. */
  readonly isReadOnly: boolean
  /** Answered only where `$select` names it. */
  readonly isOnRequest: boolean
}

/** In the order in which they are answered. */
export type Properties<E> = Readonly<Record<string, Property<E>>>

/** What an entity leads to: a list of others, or one. Shown where `$expand` names it. */
export type Navigation<E> = {
  readonly type: EntityType<never>
  /** An array, or one entity, or null. */
  of(entity: E, asked: Asked): unknown
}

/** A type of Graph's: what its entities are made of and what they lead to. */
export type EntityType<E> = {
  /** `user`, without `microsoft.graph.` */
  readonly name: string
  /** Unique among its siblings; paging goes by it. */
  readonly key: (entity: E) => string
  readonly properties: Properties<E>
  /** Where its entities are found by their key: `directoryObjects`. Without it they have no address to say. */
  readonly home?: string
  /** The type each one says of itself (`#microsoft.graph.ipNamedLocation`); null = it goes without saying. */
  readonly typeOf?: (entity: E) => string | null
  /** Where entities of several types are listed together: the type of this one, which says what it shows unasked. */
  readonly variantOf?: (entity: E) => EntityType<E>
  /** Functions because types lead to one another in circles. */
  readonly navigations?: () => Readonly<Record<string, Navigation<E>>>
}

type Options<E> = Partial<Omit<Property<E>, 'type' | 'filter'>> & {
  /** `'eq ne startswith'` */
  readonly filter?: string
}

const property = <E>(type: ValueType, { filter, ...options }: Options<E>): Property<E> => ({
  isSortable: false,
  isSearchable: false,
  isReadOnly: false,
  isOnRequest: false,
  ...options,
  type,
  filter: filter === undefined ? [] : (filter.split(' ') as Operator[]),
})

export const text = <E>(options: Options<E> = {}) => property({ kind: 'text' }, options)
/** A text that filters find in its own spelling only: in the sign-in log upper and lower case differ. */
export const exactText = <E>(options: Options<E> = {}) => property({ kind: 'text', isExact: true }, options)
export const guid = <E>(options: Options<E> = {}) => property({ kind: 'guid' }, options)
export const instant = <E>(options: Options<E> = {}) => property({ kind: 'instant' }, options)
export const flag = <E>(options: Options<E> = {}) => property({ kind: 'flag' }, options)
export const number = <E>(options: Options<E> = {}) => property({ kind: 'number' }, options)
/** Anything, echoed as it is: what nobody filters. */
export const json = <E>(options: Options<E> = {}) => property({ kind: 'json' }, options)
export const words = <E>(list: readonly string[], options: Options<E> = {}) => property({ kind: 'words', words: list }, options)
export const complex = <E>(properties: Properties<never>, options: Options<E> = {}) => property({ kind: 'complex', properties }, options)
/** A list: `many(text())`, `many(complex({…}), { filter: 'any' })`. */
export const many = <E>(of: Property<never>, options: Options<E> = {}) => property({ kind: 'many', of: of.type }, options)

/** The names of properties are read in any case. */
export function propertyNamed<E>(properties: Properties<E>, written: string): { readonly name: string; readonly property: Property<E> } | undefined {
  const exact = Object.hasOwn(properties, written) ? properties[written] : undefined
  if (exact) return { name: written, property: exact }
  const lower = written.toLowerCase()
  const name = Object.keys(properties).find((one) => one.toLowerCase() === lower)

  return name === undefined ? undefined : { name, property: properties[name]! }
}

/** The value of a property, null where it has none. */
export function valueOf<E>(name: string, { of }: Property<E>, entity: E, asked: Asked): unknown {
  return (of ? of(entity, asked) : (entity as Readonly<Record<string, unknown>>)[name]) ?? null
}

/** A property that a type has not, and the one that was most likely meant. */
export function unknownProperty<E>(written: string, { name, properties, navigations }: Pick<EntityType<E>, 'name' | 'properties' | 'navigations'>, where = ''): GraphRefusal {
  return badRequest(`Could not find a property named '${written.slice(0, 80)}' on type 'microsoft.graph.${name}'.${where}${didYouMean(written, [...Object.keys(properties), ...Object.keys(navigations?.() ?? {})])}`)
}

/** The name that was most likely meant, as a sentence to add; empty where none is near. */
export function didYouMean(written: string, names: readonly string[]): string {
  const near = nearestName(written, names)

  return near === undefined ? '' : ` Did you mean '${near}'?`
}
