import { badProperty } from '../protocol/refusal.ts'
import { didYouMean, propertyNamed } from './types.ts'
import type { EntityType, Properties, ValueType } from './types.ts'

/** What a body says of an entity: its members in the type's spelling, and the references that came with it. */
export type Written = {
  readonly members: Readonly<Record<string, unknown>>
  /** `members@odata.bind`: the addresses or ids, by the navigation they belong to. */
  readonly binds: Readonly<Record<string, readonly string[]>>
}

/**
 * Reads the body of a POST or PATCH against a type: names and words in any case, every value of its type. Unknown and
 * read-only members are refused with their name; `@odata.*` annotations say nothing here. What a resource demands beyond
 * that (a required member, a name that is taken) it checks itself.
 */
export function readWritten<E>(body: Readonly<Record<string, unknown>>, type: EntityType<E>): Written {
  const members: Record<string, unknown> = {}
  const binds: Record<string, readonly string[]> = {}
  for (const [written, value] of Object.entries(body)) {
    const bound = /^(\w+)@odata\.bind$/i.exec(written)?.[1]
    if (bound !== undefined) binds[bound] = bindsOf(written, value)
    else if (!written.includes('@odata.')) {
      const found = propertyNamed(type.properties, written)
      if (!found) throw badProperty(written.slice(0, 80), `Invalid property '${written.slice(0, 80)}': there is none of that name on type 'microsoft.graph.${type.name}'.${didYouMean(written, Object.keys(type.properties))}`)
      if (found.property.isReadOnly) throw badProperty(found.name, `Property '${found.name}' is read-only and cannot be set.`)
      members[found.name] = valueAs(found.property.type, value, found.name)
    }
  }

  return { members, binds }
}

function bindsOf(written: string, value: unknown): readonly string[] {
  const list = [value].flat()
  if (list.every((one) => typeof one === 'string')) return list as string[]

  throw badProperty(written, `'${written}' wants the address of an object, or a list of them.`)
}

function valueAs(type: ValueType, value: unknown, path: string): unknown {
  if (value === null || type.kind === 'json') return value
  const wrong = (wants: string) => badProperty(path, `Invalid value specified for property '${path}' of resource: it wants ${wants}.`)
  switch (type.kind) {
    case 'text':
      if (typeof value !== 'string') throw wrong('a text')
      return value
    case 'guid':
      if (typeof value !== 'string' || !/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(value)) throw wrong('a GUID')
      return value.toLowerCase()
    case 'instant':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw wrong('an instant such as 2026-01-09T02:02:12Z')
      return value
    case 'flag':
      if (typeof value !== 'boolean') throw wrong('true or false')
      return value
    case 'number':
      if (typeof value !== 'number') throw wrong('a number')
      return value
    case 'words': {
      const word = typeof value === 'string' ? type.words.find((one) => one.toLowerCase() === value.toLowerCase()) : undefined
      if (word === undefined) throw wrong(`one of ${type.words.join(', ')}`)
      return word
    }
    case 'many':
      if (!Array.isArray(value)) throw wrong('a list')
      return value.map((one, index) => valueAs(type.of, one, `${path}[${index}]`))
    case 'complex':
      if (typeof value !== 'object' || Array.isArray(value)) throw wrong('an object')
      return complexAs(type.properties, value as Readonly<Record<string, unknown>>, path)
  }
}

function complexAs(properties: Properties<never>, value: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).flatMap(([written, inside]) => {
    if (written.includes('@odata.')) return []
    const found = propertyNamed(properties, written)
    if (!found) throw badProperty(`${path}.${written.slice(0, 80)}`, `Invalid property '${written.slice(0, 80)}' in '${path}'.${didYouMean(written, Object.keys(properties))}`)

    return [[found.name, valueAs(found.property.type, inside, `${path}.${found.name}`)]]
  }))
}
