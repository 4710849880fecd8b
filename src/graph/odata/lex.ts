import { badRequest } from '../protocol/refusal.ts'
import type { GraphRefusal } from '../protocol/refusal.ts'

/** One word of a filter, and where it begins. */
export type Token = {
  readonly kind: 'name' | 'string' | 'number' | 'guid' | 'instant' | 'symbol' | 'end'
  /** As written; a string without its quotes. */
  readonly text: string
  readonly at: number
}

const patterns: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['string', /'(?:[^']|'')*'/y],
  ['guid', /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\w-])/iy],
  ['instant', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])/iy],
  ['number', /-?\d+(?:\.\d+)?(?![\w.-])/y],
  ['name', /[a-z_@$][\w.]*/iy],
  ['symbol', /[(),/:]/y],
]

/** Splits a filter into words. Refuses what is no word of OData, and says where. */
export function tokensOf(filter: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < filter.length) {
    const token = tokenAt(filter, at)
    if (token.kind !== 'space') tokens.push({ kind: token.kind, text: token.kind === 'string' ? token.text.slice(1, -1).replaceAll('\'\'', '\'') : token.text, at })
    at += token.text.length
  }

  return [...tokens, { kind: 'end', text: '', at }]
}

function tokenAt(filter: string, at: number): { readonly kind: Token['kind'] | 'space'; readonly text: string } {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at
    const text = pattern.exec(filter)?.[0]
    if (text !== undefined) return { kind, text }
  }
  if (filter[at] === '\'') throw syntaxError(filter, at, 'This text has no closing quote; a quote inside a text is written twice.')

  throw syntaxError(filter, at, `"${filter[at]}" is nothing a filter is made of.`)
}

/** A filter that cannot be read: where, and what about it. */
export function syntaxError(filter: string, at: number, why: string): GraphRefusal {
  const from = Math.max(0, at - 60)
  const near = `${from > 0 ? '…' : ''}${filter.slice(from, at)}⟶${filter.slice(at, at + 60)}`

  return badRequest(`Invalid filter clause: syntax error at position ${at} in '${filter.length > 400 ? `${filter.slice(0, 400)}…` : filter}'. ${why} It is here: ${near}`)
}
