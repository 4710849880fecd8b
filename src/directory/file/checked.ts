import * as v from 'valibot'
import { nearestName, type Problem } from '../refusal.ts'
import { cleaned, joined, type Report } from './cleaned.ts'

/**
 * What was written, held against a schema: every problem reported, and what is wrong left out, so that the rest can still be
 * checked. Places in lists stay where they were: what is left out of a list leaves a hole.
 */
export function checked<S extends v.GenericSchema>(schema: S, written: unknown, report: Report): v.InferOutput<S> {
  const told = new Set<string>()
  const problem = (found: Problem) => {
    if (told.has(found.path)) return
    told.add(found.path)
    report.problem(found)
  }
  const whole = { value: cleaned(schema, written, { ...report, problem }) }
  const { issues = [] } = v.safeParse(schema, whole.value)
  for (const issue of issues) problem(problemOf(issue))
  for (const issue of issues) leaveOut(whole, isMissing(issue) ? keysOf(issue).slice(0, -1) : keysOf(issue))
  // Where something needed was left out, what needed it goes too.
  for (let lacking = issues.length > 0 ? lackingIn(schema, whole.value) : []; lacking.length > 0; lacking = lackingIn(schema, whole.value)) {
    for (const issue of lacking) leaveOut(whole, keysOf(issue).slice(0, -1))
  }

  return whole.value as v.InferOutput<S>
}

type Issue = v.BaseIssue<unknown>

function lackingIn(schema: v.GenericSchema, value: unknown): readonly Issue[] {
  if (value === undefined) return []

  return v.safeParse(schema, value).issues?.filter(isMissing) ?? []
}

function problemOf(issue: Issue): Problem {
  const keys = keysOf(issue)
  const path = keys.reduce<string>((start, key) => (typeof key === 'number' ? `${start}[${key}]` : joined(start, String(key))), '')
  if (isMissing(issue)) return { path, message: `"${String(keys.at(-1))}" is missing.` }
  const options = [...(issue.expected?.matchAll(/"([^"]*)"/g) ?? [])].map(([, option]) => option ?? '')
  if (issue.type === 'picklist') {
    const near = typeof issue.input === 'string' ? nearestName(issue.input, options) : undefined
    const message = `${shown(issue.input)} is not one of ${issue.expected?.replace(/^\(|\)$/g, '').replaceAll(' | ', ', ')}.`

    return near === undefined ? { path, message } : { path, message: `${message} Did you mean "${near}"?`, nearest: near }
  }

  return { path, message: `${shown(issue.input)} is not ${sentences[issue.type]?.(issue) ?? issue.expected}.` }
}

/** What was expected, as one says it. */
const sentences: Readonly<Record<string, (issue: Issue) => string>> = {
  string: () => 'a text',
  boolean: () => 'true or false',
  number: () => 'a number',
  array: () => 'a list',
  strict_object: () => 'an object',
  loose_object: () => 'an object',
  record: () => 'an object',
  integer: () => 'a whole number',
  min_value: ({ expected }) => `${expected?.slice(2)} or more`,
  max_value: ({ expected }) => `${expected?.slice(2)} or less`,
  non_empty: () => 'enough: it must not be empty',
  regex: ({ message }) => message,
  union: () => 'of a form that is known here',
}

function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? 'nothing'

  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function isMissing(issue: Issue): boolean {
  const last = issue.path?.at(-1)

  return issue.type.endsWith('_object') && issue.received === 'undefined' && last !== undefined && 'origin' in last && last.origin === 'key'
}

function keysOf(issue: Issue): readonly (string | number)[] {
  return (issue.path ?? []).map(({ key }) => key as string | number)
}

/** Takes out what an issue is about: a member goes, a list keeps a hole, and who lacks what is required goes itself. */
function leaveOut(whole: { value: unknown }, keys: readonly (string | number)[]): void {
  let holder: Record<string | number, unknown> = whole
  let last: string | number = 'value'
  for (const key of keys) {
    const next = holder[last]
    if (typeof next !== 'object' || next === null) return
    holder = next as Record<string | number, unknown>
    last = key
  }
  if (Array.isArray(holder)) holder[last as number] = undefined
  else delete holder[last]
}
