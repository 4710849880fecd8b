import type { Comparison, FilterRule, Operator } from './parse.ts'

/** What an attribute may hold. Null: not there. */
export type AttributeValue = string | boolean | readonly string[] | null

/**
 * Whether a rule is true of something. An attribute that is not there satisfies no positive operator and every negative
 * one, which is how an unregistered device is judged.
 *
 * @see reference 2.8
 */
export function filterHolds(rule: FilterRule, attribute: (name: string) => AttributeValue): boolean {
  switch (rule.kind) {
    case 'and':
      return filterHolds(rule.left, attribute) && filterHolds(rule.right, attribute)
    case 'or':
      return filterHolds(rule.left, attribute) || filterHolds(rule.right, attribute)
    case 'not':
      return !filterHolds(rule.rule, attribute)
    case 'comparison':
      return comparisonHolds(rule, attribute(rule.attribute))
  }
}

function comparisonHolds({ operator, value }: Comparison, actual: AttributeValue): boolean {
  const { test, isNegative } = tests[operator]
  if (value === null) return (actual === null) !== isNegative
  if (actual === null) return isNegative
  const wanted = Array.isArray(value) ? value.map(lower) : [lower(value as string | boolean)]
  const isTrue = Array.isArray(actual)
    // `-contains` on a list asks for an element, not for a part of one.
    ? actual.some((element) => wanted.includes(lower(element)))
    : wanted.some((one) => test(lower(actual as string | boolean), one))

  return isTrue !== isNegative
}

const equals = (actual: string, wanted: string) => actual === wanted
const starts = (actual: string, wanted: string) => actual.startsWith(wanted)
const ends = (actual: string, wanted: string) => actual.endsWith(wanted)
const contains = (actual: string, wanted: string) => actual.includes(wanted)

const tests: Record<Operator, { readonly test: (actual: string, wanted: string) => boolean; readonly isNegative: boolean }> = {
  eq: { test: equals, isNegative: false },
  ne: { test: equals, isNegative: true },
  startsWith: { test: starts, isNegative: false },
  notStartsWith: { test: starts, isNegative: true },
  endsWith: { test: ends, isNegative: false },
  notEndsWith: { test: ends, isNegative: true },
  contains: { test: contains, isNegative: false },
  notContains: { test: contains, isNegative: true },
  in: { test: equals, isNegative: false },
  notIn: { test: equals, isNegative: true },
}

function lower(value: string | boolean): string {
  return String(value).toLowerCase()
}
