import type * as v from 'valibot'
import { nearestName } from '../directory/index.ts'

/** A way into a scenario file: `['cases', 3, 'by']`. */
export type Path = readonly (string | number)[]

/** What is wrong with a scenario file, and where. */
export type Problem = { readonly path: Path; readonly message: string }

/** `Did you mean "Sales Hub"?`, behind a sentence. */
export function withNearest(sentence: string, name: string, known: Iterable<string>): string {
  const near = nearestName(name, known)

  return near === undefined ? sentence : `${sentence} Did you mean "${near}"?`
}

/** What a schema has against a value, in a sentence; `entries` are the members known where one is unknown. */
export function problemOf(issue: v.BaseIssue<unknown>, base: Path, known: (path: Path) => readonly string[]): Problem {
  const inner = innermost(issue)
  const keys = [...(issue.path ?? []), ...(inner === issue ? [] : (inner.path ?? []))].map(({ key }) => key as string | number)
  const path = [...base, ...keys]
  const last = String(keys.at(-1) ?? '')
  if (inner.type === 'strict_object' && inner.expected === 'never') {
    return { path, message: withNearest(`There is no member "${last}" here.`, last, known(path.slice(0, -1))) }
  }
  if (inner.received === 'undefined' && inner.type === 'strict_object') return { path: path.slice(0, -1), message: `"${last}" is missing.` }
  if (inner.type === 'picklist') {
    const options = [...(inner.expected?.matchAll(/"([^"]*)"/g) ?? [])].map(([, option]) => option ?? '')
    const sentence = `${shown(inner.input)} is not one of ${options.join(', ')}.`

    return { path, message: typeof inner.input === 'string' ? withNearest(sentence, inner.input, options) : sentence }
  }

  return { path, message: `${shown(inner.input)} is not ${sentences[inner.type] ?? inner.message}.` }
}

/** Of the ways a value could have been written, the one that was most likely meant. */
function innermost(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const isScalar = typeof issue.input !== 'object' || issue.input === null
  const likely = issue.type === 'union'
    ? issue.issues?.find(({ type, path }) => (isScalar ? type === 'picklist' && typeof issue.input === 'string' : (path?.length ?? 0) > 0))
    : undefined

  return likely ? innermost(likely) : issue
}

const sentences: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  array: 'a list',
  strict_object: 'an object',
  record: 'an object',
  non_empty: 'enough: it must not be empty',
}

export function shown(value: unknown): string {
  const written = JSON.stringify(value) ?? 'nothing'

  return written.length > 60 ? `${written.slice(0, 57)}…` : written
}
