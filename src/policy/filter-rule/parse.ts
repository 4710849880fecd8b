/** A filter rule, read: what a device or an application must be like. */
export type FilterRule =
  | { readonly kind: 'and' | 'or'; readonly left: FilterRule; readonly right: FilterRule }
  | { readonly kind: 'not'; readonly rule: FilterRule }
  | Comparison

export type Comparison = {
  readonly kind: 'comparison'
  readonly attribute: string
  readonly operator: Operator
  readonly value: FilterValue
}

export type FilterValue = string | boolean | null | readonly string[]

export const operators = [
  'eq', 'ne', 'startsWith', 'notStartsWith', 'endsWith', 'notEndsWith', 'contains', 'notContains', 'in', 'notIn',
] as const
export type Operator = (typeof operators)[number]

/** The subject of a rule: the prefix of its attributes, and which operators each attribute takes. */
export type FilterSubject = {
  readonly prefix: string
  /** The attribute as it is really spelled, with its operators; null where there is no such attribute. */
  attribute(name: string): { readonly name: string; readonly operators: readonly Operator[]; readonly isBoolean?: boolean } | null
  readonly attributeHint: string
}

/** Why a rule cannot be read, and where: columns count from 1. */
export class InvalidFilterRule extends Error {
  readonly column: number

  constructor(message: string, column: number) {
    super(`${message} (column ${column})`)
    this.column = column
  }
}

/** The most characters a rule may have (reference 2.2). */
export const longestFilterRule = 3_072

/**
 * Reads a rule such as `device.isCompliant -eq True -or device.trustType -in ["ServerAD"]`. `-not` binds closest, then
 * `-and`, then `-or`; operators are read in any case.
 *
 * @see reference 2.8
 */
export function parseFilterRule(text: string, subject: FilterSubject): FilterRule {
  if (text.length > longestFilterRule) {
    throw new InvalidFilterRule(`the rule has ${text.length} characters, ${longestFilterRule} are allowed`, longestFilterRule + 1)
  }
  const reader = { tokens: tokensOf(text), at: 0, subject, depth: 0 }
  const rule = readOr(reader)
  const rest = peek(reader)
  if (rest.kind !== 'end') throw new InvalidFilterRule(`expected -and, -or or the end, found ${nameOf(rest)}`, rest.column)

  return rule
}

type Token =
  | { readonly kind: 'operator' | 'name' | 'string'; readonly text: string; readonly column: number }
  | { readonly kind: '(' | ')' | '[' | ']' | ',' | 'end'; readonly text: string; readonly column: number }
type Reader = { readonly tokens: readonly Token[]; at: number; readonly subject: FilterSubject; depth: number }

function readOr(reader: Reader): FilterRule {
  let left = readAnd(reader)
  while (takeOperator(reader, 'or')) left = { kind: 'or', left, right: readAnd(reader) }

  return left
}

function readAnd(reader: Reader): FilterRule {
  let left = readTerm(reader)
  while (takeOperator(reader, 'and')) left = { kind: 'and', left, right: readTerm(reader) }

  return left
}

function readTerm(reader: Reader): FilterRule {
  const { column } = peek(reader)
  // Deeper nesting than a rule can hold sensibly would only exhaust the stack.
  if (++reader.depth > 200) throw new InvalidFilterRule('the rule is nested too deeply', column)
  const rule = takeOperator(reader, 'not')
    ? ({ kind: 'not', rule: readTerm(reader) } as const)
    : peek(reader).kind === '('
      ? readGroup(reader)
      : readComparison(reader)
  reader.depth--

  return rule
}

function readGroup(reader: Reader): FilterRule {
  const open = next(reader)
  const rule = readOr(reader)
  const close = next(reader)
  if (close.kind !== ')') throw new InvalidFilterRule(`the parenthesis opened at column ${open.column} is not closed`, close.column)

  return rule
}

function readComparison(reader: Reader): Comparison {
  const { subject } = reader
  const name = next(reader)
  if (name.kind !== 'name') throw new InvalidFilterRule(`expected ${subject.prefix}… , found ${nameOf(name)}`, name.column)
  if (!name.text.toLowerCase().startsWith(subject.prefix.toLowerCase())) {
    throw new InvalidFilterRule(`"${name.text}" does not start with ${subject.prefix}`, name.column)
  }
  const attribute = subject.attribute(name.text.slice(subject.prefix.length))
  if (!attribute) throw new InvalidFilterRule(`there is no attribute "${name.text}"; ${subject.attributeHint}`, name.column)

  return { kind: 'comparison', attribute: attribute.name, ...readOperation(reader, attribute) }
}

function readOperation(reader: Reader, attribute: NonNullable<ReturnType<FilterSubject['attribute']>>) {
  const token = next(reader)
  const operator = operators.find((one) => token.kind === 'operator' && one.toLowerCase() === token.text.toLowerCase())
  if (!operator) throw new InvalidFilterRule(`expected an operator such as -eq, found ${nameOf(token)}`, token.column)
  if (!attribute.operators.includes(operator)) {
    throw new InvalidFilterRule(`${attribute.name} does not take -${operator}, only ${attribute.operators.map((one) => `-${one}`).join(' ')}`, token.column)
  }
  const value = operator === 'in' || operator === 'notIn' ? readList(reader) : readValue(reader, attribute.isBoolean === true)

  return { operator, value }
}

function readList(reader: Reader): string[] {
  const open = next(reader)
  if (open.kind !== '[') throw new InvalidFilterRule(`expected a list such as ["a", "b"], found ${nameOf(open)}`, open.column)
  const values: string[] = []
  for (;;) {
    const value = next(reader)
    if (value.kind !== 'string') throw new InvalidFilterRule(`expected a quoted value, found ${nameOf(value)}`, value.column)
    values.push(value.text)
    const separator = next(reader)
    if (separator.kind === ']') return values
    if (separator.kind !== ',') throw new InvalidFilterRule(`expected , or ], found ${nameOf(separator)}`, separator.column)
  }
}

function readValue(reader: Reader, isBoolean: boolean): FilterValue {
  const token = next(reader)
  const word = token.text.toLowerCase()
  if (isBoolean && (token.kind === 'name' || token.kind === 'string') && (word === 'true' || word === 'false')) return word === 'true'
  if (token.kind === 'name' && word === 'null') return null
  if (isBoolean) throw new InvalidFilterRule(`expected True or False, found ${nameOf(token)}`, token.column)
  if (token.kind !== 'string') throw new InvalidFilterRule(`expected a value in double quotes, found ${nameOf(token)}`, token.column)

  return token.text
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.at]!
}

function next(reader: Reader): Token {
  const token = peek(reader)
  if (token.kind !== 'end') reader.at++

  return token
}

function takeOperator(reader: Reader, operator: 'and' | 'or' | 'not'): boolean {
  const token = peek(reader)
  const isTaken = token.kind === 'operator' && token.text.toLowerCase() === operator
  if (isTaken) reader.at++

  return isTaken
}

function nameOf({ kind, text }: Token): string {
  return kind === 'end' ? 'the end of the rule' : kind === 'operator' ? `-${text}` : kind === 'string' ? `"${text}"` : text
}

const tokenPattern = /\s+|(?<mark>[()[\],])|"(?<string>[^"]*)"|-(?<operator>[A-Za-z]+)|(?<name>[A-Za-z_][\w.]*)/y

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  for (let at = 0; at < text.length; at = tokenPattern.lastIndex) {
    const groups = tokenPattern.exec(text)?.groups
    if (!groups) {
      throw new InvalidFilterRule(text[at] === '"' ? 'the quotation mark is not closed' : `unexpected character ${text[at]}`, at + 1)
    }
    const { mark, string, operator, name } = groups
    const column = at + 1
    if (mark !== undefined) tokens.push({ kind: mark as '(', text: mark, column })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string, column })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, column })
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, column })
  }

  return [...tokens, { kind: 'end', text: '', column: text.length + 1 }]
}
