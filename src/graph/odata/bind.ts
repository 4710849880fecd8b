import type { Asked } from '../protocol/endpoint.ts'
import { badRequest, unsupportedQuery } from '../protocol/refusal.ts'
import type { Comparison, Filter, Literal, Matching, Path } from './filter.ts'
import { propertyNamed, unknownProperty, valueOf } from './types.ts'
import type { EntityType, Operator, Properties, Property, ValueType } from './types.ts'

/** A filter whose names are known to a type: what a source that answers queries itself works with. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly on: Operand; readonly value: Value }
  | { readonly kind: 'in'; readonly on: Operand; readonly values: readonly Value[] }
  | { readonly kind: 'match'; readonly operator: Matching; readonly on: Operand; readonly value: string }
  /** Inside, paths begin at one element of the list; the empty path is the element itself. */
  | { readonly kind: 'any' | 'all'; readonly on: Operand; readonly of: Condition | null }
  /** The name of a type, as it was written. */
  | { readonly kind: 'isof'; readonly type: string }

/** What a condition looks at: the names of its path as the type spells them, and how to read it from an entity. */
export type Operand = {
  /** `status/errorCode` */
  readonly path: string
  readonly type: ValueType
  read(entity: unknown, asked: Asked): unknown
}

/** Comparable as it is: texts in lower case, instants in milliseconds. */
export type Value = string | number | boolean | null

/** Finds what the names of a filter mean in a type, and refuses what the type cannot be filtered by. */
export function bindFilter<E>(filter: Filter, type: EntityType<E>): Condition {
  return bind(filter, { type: type as EntityType<never>, properties: type.properties as Properties<never>, variable: null, element: null })
}

type Scope = {
  readonly type: EntityType<never>
  readonly properties: Properties<never>
  /** Inside `any(x:…)`: what `x` is. */
  readonly variable: string | null
  readonly element: ValueType | null
}

function bind(filter: Filter, scope: Scope): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, left: bind(filter.left, scope), right: bind(filter.right, scope) }
    case 'not':
      return { kind: 'not', of: bind(filter.of, scope) }
    case 'compare': {
      const on = operandOf(filter.path, filter.operator, scope)

      return { kind: 'compare', operator: filter.operator, on, value: valueFor(on.type, filter.value, on.path) }
    }
    case 'in': {
      const on = operandOf(filter.path, 'in', scope)

      return { kind: 'in', on, values: filter.values.map((literal) => valueFor(on.type, literal, on.path)) }
    }
    case 'match': {
      const on = operandOf(filter.path, filter.operator, scope)

      return { kind: 'match', operator: filter.operator, on, value: inCaseOf(on.type, String(filter.value.value)) }
    }
    case 'any':
    case 'all':
      return bindLambda(filter, scope)
    case 'isof':
      return { kind: 'isof', type: filter.type }
    case 'truth': {
      const on = operandOf(filter.path, 'eq', scope)
      if (on.type.kind !== 'flag') throw badRequest(`Invalid filter clause: '${on.path}' at position ${filter.at} is not true or false by itself; compare it with something.`)

      return { kind: 'compare', operator: 'eq', on, value: true }
    }
  }
}

function bindLambda(filter: Filter & { readonly kind: 'any' | 'all' }, scope: Scope): Condition {
  const on = operandOf(filter.path, filter.kind, scope)
  if (on.type.kind !== 'many') throw badRequest(`Invalid filter clause: '${on.path}' at position ${filter.at} is not a list, so there is no ${filter.kind} of it.`)
  if (filter.of === null) return { kind: filter.kind, on, of: null }

  return { kind: filter.kind, on, of: bind(filter.of, { ...scope, variable: filter.variable, element: on.type.of, properties: on.type.of.kind === 'complex' ? on.type.of.properties : {} }) }
}

/** The property that a path means, and whether it may be asked about like this. */
function operandOf({ segments, at }: Path, operator: Operator, scope: Scope): Operand {
  const [first = '', ...rest] = segments
  // `microsoft.graph.ipNamedLocation/isTrusted`: a property of a narrower type.
  const steps = /^microsoft\.graph\./i.test(first) ? rest : segments
  if (scope.element !== null) {
    if (steps[0]?.toLowerCase() !== scope.variable?.toLowerCase()) throw badRequest(`Invalid filter clause: '${first}' at position ${at} is not "${scope.variable}", which any and all speak about.`)
    if (steps.length === 1) return { path: '', type: scope.element, read: (element) => element ?? null }

    return walk(steps.slice(1), at, operator, scope, false)
  }

  return walk(steps, at, operator, scope, true)
}

function walk(steps: readonly string[], at: number, operator: Operator, { type, properties }: Scope, isChecked: boolean): Operand {
  let here = properties
  let found: Operand | null = null
  let filter: readonly Operator[] = []
  for (const [index, step] of steps.entries()) {
    if (step.toLowerCase() === '$count' && found?.type.kind === 'many' && index === steps.length - 1) {
      if (!filter.includes('count')) throw unfilterable(`${found.path}/$count`, type.name, 'count')

      return sizeOf(found)
    }
    const next = propertyNamed(here, step)
    if (!next) throw unknownProperty(step, { name: type.name, properties: here }, ` It is at position ${at} of the filter.`)
    found = inside(found, next.name, next.property)
    filter = next.property.filter.length > 0 ? next.property.filter : filter
    here = next.property.type.kind === 'complex' ? next.property.type.properties : {}
  }
  if (!found) throw badRequest(`Invalid filter clause: the name of a property is missing at position ${at}.`)
  if (isChecked && !filter.includes(operator)) throw unfilterable(found.path, type.name, operator, filter)

  return found
}

/** A property, of the entity or of what was found in it so far. */
function inside(outer: Operand | null, name: string, property: Property<never>): Operand {
  const read = (entity: unknown, asked: Asked) => valueOf(name, property, entity as never, asked)
  if (outer === null) return { path: name, type: property.type, read }

  return {
    path: `${outer.path}/${name}`,
    type: property.type,
    read(entity, asked) {
      const value = outer.read(entity, asked)
      return value === null ? null : read(value, asked)
    },
  }
}

const sizeOf = (list: Operand): Operand => ({
  path: `${list.path}/$count`,
  type: { kind: 'number' },
  read: (entity, asked) => (list.read(entity, asked) as readonly unknown[] | null)?.length ?? 0,
})

function unfilterable(path: string, type: string, operator: Operator, filter: readonly Operator[] = []) {
  const how = filter.length === 0 ? 'It cannot be filtered.' : `It can be filtered with ${filter.join(', ')}.`

  return unsupportedQuery(`Unsupported or invalid query filter clause specified for property '${path}' of resource '${type}': ${operator}. ${how}`)
}

/** A value as it is compared with properties of a type. */
function valueFor(type: ValueType, { kind, value, at }: Literal, path: string): Value {
  const wrong = (wants: string) => badRequest(`Invalid filter clause: '${path}' at position ${at} is compared with ${String(value)}, which is not ${wants}.`)
  if (kind === 'null') return null
  switch (type.kind) {
    case 'flag':
      if (kind !== 'flag') throw wrong('true or false')
      return value
    case 'number':
      if (kind !== 'number') throw wrong('a number')
      return value
    case 'instant': {
      const instant = kind === 'instant' || kind === 'text' ? Date.parse(value) : NaN
      if (Number.isNaN(instant)) throw wrong('an instant such as 2026-01-09T02:02:12Z')
      return instant
    }
    case 'words': {
      if (kind !== 'text') throw wrong('a text in single quotes')
      if (!type.words.some((word) => word.toLowerCase() === value.toLowerCase())) throw wrong(`one of ${type.words.join(', ')}`)
      return value.toLowerCase()
    }
    case 'guid':
    case 'text':
      if (kind !== 'text' && kind !== 'guid' && kind !== 'instant') throw wrong('a text in single quotes')
      return inCaseOf(type, value)
    case 'complex':
    case 'many':
    case 'json':
      throw badRequest(`Invalid filter clause: '${path}' at position ${at} holds more than one value; ask about a member of it.`)
  }
}

/** Texts are compared in lower case, but where their spelling counts. */
export function inCaseOf(type: ValueType, text: string): string {
  return type.kind === 'text' && type.isExact ? text : text.toLowerCase()
}

/** Which of the operators that want `ConsistencyLevel: eventual` a filter uses (reference 12.1). */
export function advancedIn(condition: Condition): string | null {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return advancedIn(condition.left) ?? advancedIn(condition.right)
    case 'not':
      return 'not'
    case 'compare':
      return condition.operator === 'ne' ? 'ne' : condition.on.path.endsWith('/$count') ? '$count' : null
    case 'match':
      return condition.operator === 'endswith' ? 'endsWith' : null
    case 'any':
    case 'all':
      return condition.of === null ? null : advancedIn(condition.of)
    case 'in':
    case 'isof':
      return null
  }
}
