import type { Asked } from '../protocol/endpoint.ts'
import { inCaseOf } from './bind.ts'
import type { Condition, Operand, Value } from './bind.ts'
import type { EntityType } from './types.ts'

/** Whether an entity is what a filter asks for. Made once per query, so that an entity costs the least. */
export type Test<E> = (entity: E) => boolean

/** A condition as a test of entities. */
export function testOf<E>(condition: Condition, type: EntityType<E>, asked: Asked): Test<E> {
  switch (condition.kind) {
    case 'and': {
      const [left, right] = [testOf(condition.left, type, asked), testOf(condition.right, type, asked)]
      return (entity) => left(entity) && right(entity)
    }
    case 'or': {
      const [left, right] = [testOf(condition.left, type, asked), testOf(condition.right, type, asked)]
      return (entity) => left(entity) || right(entity)
    }
    case 'not': {
      const inside = testOf(condition.of, type, asked)
      return (entity) => !inside(entity)
    }
    case 'compare': {
      const { on, operator, value } = condition
      const compare = comparisons[operator]
      return (entity) => compare(comparable(on, entity, asked), value)
    }
    case 'in': {
      const { on } = condition
      const values = new Set(condition.values)
      return (entity) => values.has(comparable(on, entity, asked))
    }
    case 'match': {
      const { on, value } = condition
      const match = matchings[condition.operator]
      return (entity) => {
        const text = comparable(on, entity, asked)
        return typeof text === 'string' && match(text, value)
      }
    }
    case 'any':
    case 'all': {
      const { on, kind } = condition
      const inside = condition.of === null ? () => true : testOf(condition.of, type as EntityType<unknown>, asked)
      return (entity) => {
        const list = (on.read(entity, asked) ?? []) as readonly unknown[]
        return kind === 'any' ? list.some(inside) : list.every(inside)
      }
    }
    case 'isof': {
      const wanted = `#microsoft.graph.${condition.type}`.toLowerCase()
      return (entity) => (type.typeOf?.(entity) ?? `#microsoft.graph.${type.name}`).toLowerCase() === wanted
    }
  }
}

/** A property's value in the form that values of filters have. */
export function comparable({ type, read }: Operand, entity: unknown, asked: Asked): Value {
  const value = read(entity, asked)
  if (value === null || value === undefined) return null
  if (type.kind === 'instant') return Date.parse(String(value))
  if (typeof value === 'string') return inCaseOf(type, value)

  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

type Compare = (one: Value, other: Value) => boolean

/** Nothing is greater or less than what is not there. */
const ordered = (holds: (one: string | number | boolean, other: string | number | boolean) => boolean): Compare => (one, other) => one !== null && other !== null && holds(one, other)

const comparisons: Readonly<Record<'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', Compare>> = {
  eq: (one, other) => one === other,
  ne: (one, other) => one !== other,
  gt: ordered((one, other) => one > other),
  ge: ordered((one, other) => one >= other),
  lt: ordered((one, other) => one < other),
  le: ordered((one, other) => one <= other),
}

const matchings: Readonly<Record<'startswith' | 'endswith' | 'contains', (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
}
