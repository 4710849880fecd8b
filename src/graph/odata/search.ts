import type { Asked } from '../protocol/endpoint.ts'
import { badRequest, unsupportedQuery } from '../protocol/refusal.ts'
import { propertyNamed, unknownProperty, valueOf } from './types.ts'
import type { EntityType } from './types.ts'

/** A `$search`, understood: `"displayName:adele" OR ("mail:adele" AND "department:sales")`. */
export type Search =
  | { readonly kind: 'and' | 'or'; readonly left: Search; readonly right: Search }
  /** The property, null = every searchable one; and the words that have to begin a word of it, lower case. */
  | { readonly kind: 'clause'; readonly property: string | null; readonly words: readonly string[] }

/** Understands a `$search` in a type. */
export function parseSearch<E>(written: string, type: EntityType<E>): Search {
  const tokens = written.match(/"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g) ?? []
  let position = 0
  const take = (word: string) => tokens[position]?.toUpperCase() === word && ++position > 0
  const wrong = (why: string) => badRequest(`Invalid $search: ${why} Write it as "displayName:adele", each clause in double quotes, joined with AND and OR.`)

  function either(depth: number): Search {
    let left = both(depth)
    while (take('OR')) left = { kind: 'or', left, right: both(depth) }

    return left
  }
  function both(depth: number): Search {
    let left = one(depth)
    while (take('AND') || (position < tokens.length && tokens[position] !== ')' && tokens[position]?.toUpperCase() !== 'OR')) left = { kind: 'and', left, right: one(depth) }

    return left
  }
  function one(depth: number): Search {
    if (depth > 30) throw wrong('It is nested too deeply.')
    if (take('(')) {
      const inside = either(depth + 1)
      if (!take(')')) throw wrong('A bracket is open.')

      return inside
    }
    const token = tokens[position++]
    if (token === undefined || !token.startsWith('"')) throw wrong(token === undefined ? 'A clause is missing.' : `${token.slice(0, 60)} is not in double quotes.`)

    return clauseOf(token.slice(1, -1).replace(/\\(.)/g, '$1'), type)
  }

  const search = either(0)
  if (position < tokens.length) throw wrong(`There is ${tokens[position]} too many.`)

  return search
}

function clauseOf<E>(text: string, type: EntityType<E>): Search {
  const [, name, value] = /^(\w+):(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) return { kind: 'clause', property: null, words: wordsOf(text) }
  const found = propertyNamed(type.properties, name)
  if (!found) throw unknownProperty(name, type)
  if (!found.property.isSearchable) throw unsupportedQuery(`Property '${found.name}' of type '${type.name}' cannot be searched.`)

  return { kind: 'clause', property: found.name, words: wordsOf(value) }
}

const wordsOf = (text: string) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')

/** A search as a test of entities: every word it says begins a word of the property. */
export function searchTest<E>(search: Search, type: EntityType<E>, asked: Asked): (entity: E) => boolean {
  if (search.kind !== 'clause') {
    const [left, right] = [searchTest(search.left, type, asked), searchTest(search.right, type, asked)]

    return search.kind === 'and' ? (entity) => left(entity) && right(entity) : (entity) => left(entity) || right(entity)
  }
  const { words } = search
  const names = search.property === null ? Object.keys(type.properties).filter((name) => type.properties[name]!.isSearchable) : [search.property]

  return (entity) => names.some((name) => {
    const said = wordsOf([valueOf(name, type.properties[name]!, entity, asked)].flat().join(' '))

    return words.every((word) => said.some((one) => one.startsWith(word)))
  })
}
