import { syntaxError, tokensOf } from './lex.ts'
import type { Token } from './lex.ts'

/** A filter as it was written, understood but not yet compared with any type. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly of: Filter; readonly at: number }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly path: Path; readonly value: Literal; readonly at: number }
  | { readonly kind: 'in'; readonly path: Path; readonly values: readonly Literal[]; readonly at: number }
  | { readonly kind: 'match'; readonly operator: Matching; readonly path: Path; readonly value: Literal; readonly at: number }
  | { readonly kind: 'any' | 'all'; readonly path: Path; readonly variable: string | null; readonly of: Filter | null; readonly at: number }
  | { readonly kind: 'isof'; readonly type: string; readonly at: number }
  /** A truth standing alone: `accountEnabled`. */
  | { readonly kind: 'truth'; readonly path: Path; readonly at: number }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type Matching = 'startswith' | 'endswith' | 'contains'

/** `status/errorCode`: `['status', 'errorCode']`. Inside `any`, the variable is its first segment. */
export type Path = { readonly segments: readonly string[]; readonly at: number }

export type Literal =
  | { readonly kind: 'text' | 'guid' | 'instant'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'flag'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'null'; readonly value: null; readonly at: number }

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
const matchings: readonly string[] = ['startswith', 'endswith', 'contains']

/** Deeper than any client goes, and no burden on the stack. */
const deepest = 60
const longest = 20_000

/** Understands a `$filter`. What is wrong is refused with its position. */
export function parseFilter(written: string): Filter {
  if (written.length > longest) throw syntaxError(written, longest, `A filter has at most ${longest} characters.`)
  const reader = readerOf(written)
  const filter = disjunction(reader, 0)
  if (reader.peek().kind !== 'end') throw reader.error(`There is "${reader.peek().text}" after the end of the filter; join conditions with and, or.`)

  return filter
}

type Reader = {
  peek(ahead?: number): Token
  next(): Token
  /** Takes the word or symbol if it is there. */
  take(text: string): boolean
  expect(text: string, why: string): void
  error(why: string, at?: number): Error
}

function readerOf(written: string): Reader {
  const tokens = tokensOf(written)
  const end = tokens[tokens.length - 1]!
  let position = 0
  const peek = (ahead = 0) => tokens[position + ahead] ?? end
  const error = (why: string, at = peek().at) => syntaxError(written, at, why)

  return {
    peek,
    next: () => tokens[position++] ?? end,
    take(text) {
      const { kind, text: word } = peek()
      if ((kind !== 'name' && kind !== 'symbol') || word.toLowerCase() !== text) return false
      position += 1
      return true
    },
    expect(text, why) {
      if (!this.take(text)) throw error(`${why} There should be "${text}" here${peek().kind === 'end' ? ', but the filter ends' : ''}.`)
    },
    error,
  }
}

function disjunction(reader: Reader, depth: number): Filter {
  if (depth > deepest) throw reader.error('The filter is nested too deeply.')
  let left = conjunction(reader, depth)
  while (reader.take('or')) left = { kind: 'or', left, right: conjunction(reader, depth) }

  return left
}

function conjunction(reader: Reader, depth: number): Filter {
  let left = negation(reader, depth)
  while (reader.take('and')) left = { kind: 'and', left, right: negation(reader, depth) }

  return left
}

function negation(reader: Reader, depth: number): Filter {
  const { at } = reader.peek()
  if (isNamed(reader, 'not') && !isOperator(reader.peek(1))) {
    reader.next()
    if (depth > deepest) throw reader.error('The filter is nested too deeply.')

    return { kind: 'not', of: negation(reader, depth + 1), at }
  }
  if (reader.take('(')) {
    const inside = disjunction(reader, depth + 1)
    reader.expect(')', 'A bracket is open.')

    return inside
  }

  return condition(reader, depth)
}

const isNamed = (reader: Reader, name: string) => reader.peek().kind === 'name' && reader.peek().text.toLowerCase() === name
const isOperator = ({ kind, text }: Token) => kind === 'name' && (comparisons.includes(text.toLowerCase()) || text.toLowerCase() === 'in')

function condition(reader: Reader, depth: number): Filter {
  const { kind, text, at } = reader.peek()
  if (kind !== 'name') throw reader.error(kind === 'end' ? 'A condition is missing.' : 'A condition begins with the name of a property or of a function.')
  const name = text.toLowerCase()
  if (reader.peek(1).text === '(') {
    if (matchings.includes(name)) return matching(reader, name as Matching, at)
    if (name === 'isof') return typeTest(reader, at)
    throw reader.error(`There is no function ${text}. There are ${[...matchings, 'isof', 'any', 'all'].join(', ')}.`)
  }

  const path = pathOf(reader)
  if ('collection' in path) return lambda(reader, path, depth)
  const operator = reader.peek()
  const word = operator.text.toLowerCase()
  if (operator.kind === 'name' && comparisons.includes(word)) {
    reader.next()

    return { kind: 'compare', operator: word as Comparison, path, value: literal(reader), at }
  }
  if (reader.take('in')) return { kind: 'in', path, values: list(reader), at }
  if (operator.kind === 'end' || operator.text === ')' || word === 'and' || word === 'or') return { kind: 'truth', path, at }

  throw reader.error(`"${operator.text}" is no operator. There are ${comparisons.join(', ')}, in.`)
}

function matching(reader: Reader, operator: Matching, at: number): Filter {
  reader.next()
  reader.expect('(', `${operator} is a function.`)
  const path = pathOf(reader)
  if ('collection' in path) throw reader.error(`${operator} wants a property, not a list.`, path.at)
  reader.expect(',', `${operator} wants a property and a text.`)
  const value = literal(reader)
  if (value.kind !== 'text' && value.kind !== 'guid') throw reader.error(`${operator} wants a text in single quotes.`, value.at)
  reader.expect(')', `${operator} ends with a bracket.`)
  // `startswith(x,'y') eq true`, as some clients write it.
  if (isNamed(reader, 'eq') && reader.peek(1).text.toLowerCase() === 'true') {
    reader.next()
    reader.next()
  }

  return { kind: 'match', operator, path, value, at }
}

function typeTest(reader: Reader, at: number): Filter {
  reader.next()
  reader.expect('(', 'isof is a function.')
  const { kind, text } = reader.next()
  if (kind !== 'string' && kind !== 'name') throw reader.error('isof wants the name of a type.')
  reader.expect(')', 'isof ends with a bracket.')

  return { kind: 'isof', type: text.replace(/^#?(?:microsoft\.graph\.)?/i, ''), at }
}

function lambda(reader: Reader, { segments, at, collection }: Path & { readonly collection: 'any' | 'all' }, depth: number): Filter {
  const path = { segments, at }
  reader.expect('(', `${collection} is a function.`)
  if (reader.take(')')) return { kind: collection, path, variable: null, of: null, at }
  const variable = reader.next()
  if (variable.kind !== 'name') throw reader.error(`${collection} names each one: ${collection}(x:x eq 'this').`, variable.at)
  reader.expect(':', `${collection} names each one: ${collection}(x:x eq 'this').`)
  const inside = disjunction(reader, depth + 1)
  reader.expect(')', `${collection} ends with a bracket.`)

  return { kind: collection, path, variable: variable.text, of: inside, at }
}

function pathOf(reader: Reader): Path | (Path & { readonly collection: 'any' | 'all' }) {
  const { at } = reader.peek()
  const segments: string[] = []
  do {
    const { kind, text, at: here } = reader.next()
    if (kind !== 'name') throw reader.error('The name of a property is missing.', here)
    const name = text.toLowerCase()
    if ((name === 'any' || name === 'all') && segments.length > 0 && reader.peek().text === '(') return { segments, at, collection: name }
    segments.push(text)
  } while (reader.take('/'))

  return { segments, at }
}

function list(reader: Reader): readonly Literal[] {
  reader.expect('(', 'in wants a list in brackets.')
  const values = [literal(reader)]
  while (reader.take(',')) values.push(literal(reader))
  reader.expect(')', 'A list ends with a bracket.')

  return values
}

function literal(reader: Reader): Literal {
  const { kind, text, at } = reader.next()
  if (kind === 'string') return { kind: 'text', value: text, at }
  if (kind === 'guid' || kind === 'instant') return { kind, value: text, at }
  if (kind === 'number') return { kind, value: Number(text), at }
  const word = text.toLowerCase()
  if (kind === 'name' && (word === 'true' || word === 'false')) return { kind: 'flag', value: word === 'true', at }
  if (kind === 'name' && word === 'null') return { kind: 'null', value: null, at }
  // `microsoft.graph.signInStatus'success'`: a word of a named set.
  if (kind === 'name' && word.startsWith('microsoft.graph.') && reader.peek().kind === 'string') return { kind: 'text', value: reader.next().text, at }

  throw reader.error(kind === 'end' ? 'A value is missing.' : `"${text}" is no value. A text is written in single quotes.`, at)
}
