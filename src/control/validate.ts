import * as v from 'valibot'
import { nearestName } from '../directory/index.ts'
import { badRequest } from './refusal.ts'

/** A schema of the control API: it checks a call's body or query, and the API's description is made from it. */
export type Schema = v.GenericSchema

/** The value as its schema understands it, or one sentence about everything that is wrong with it. */
export function checked<S extends Schema>(schema: S, value: unknown, what: 'body' | 'query'): v.InferOutput<S> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output

  throw badRequest(what === 'body' ? 'invalid_body' : 'invalid_query', result.issues.map((issue) => sentence(issue, what)).join(' '))
}

/** An object that has these members and no others; an unknown one is refused with the name that was probably meant. */
export function members<const E extends v.ObjectEntries>(entries: E) {
  const names = Object.keys(entries)

  return v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') return unknownMember(lastKey(issue), names)
    if (issue.received === 'undefined' && issue.path) return 'is missing.'

    return 'is not an object.'
  })
}

/** One of a few words; the refusal lists them. */
export const oneOf = <const W extends readonly [string, ...string[]]>(...words: W) =>
  v.picklist(words, (issue) => `is ${issue.received.slice(0, 60)}; it can be ${listed(words)}.`)

export const text = v.pipe(
  v.string((issue) => `is ${issue.received.slice(0, 60)}; it is a text.`),
  v.minLength(1, 'is empty; say a text.'),
)
export const truth = v.boolean((issue) => `is ${issue.received.slice(0, 60)}; it can be true or false.`)
export const onlyTrue = v.literal(true, (issue) => `is ${issue.received.slice(0, 60)}; it can only be true, or left out.`)

export const whole = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}.`

  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message))
}

/** A number as a query spells it. */
export const wholeText = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}.`

  return v.pipe(v.string(message), v.regex(/^\d{1,15}$/, message), v.transform(Number), v.minValue(least, message), v.maxValue(most, message))
}

/** Any JSON object, e.g. claims. */
export const anyObject = v.pipe(
  v.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'is not an object.'),
)

export const nothing = members({})

export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function unknownMember(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  if (near !== undefined) return `is not known here. Did you mean "${near}"?`

  return known.length === 0 ? 'is not known here: nothing is expected.' : `is not known here; the members are ${known.join(', ')}.`
}

const lastKey = (issue: v.BaseIssue<unknown>) => String(issue.path?.at(-1)?.key ?? '')

function sentence(issue: v.BaseIssue<unknown>, what: 'body' | 'query'): string {
  const path = issue.path?.map(({ key }) => String(key)).join('.').slice(0, 120)
  // A schema of another room says it in the library's words.
  const said = issue.message.startsWith('Invalid ') ? `is ${issue.received.slice(0, 60)}, not ${issue.expected ?? 'that'}.` : issue.message
  if (path) return `"${path}" ${said}`
  if (what === 'body' && issue.received === 'undefined') return 'This call wants a JSON body.'

  return `The ${what} ${issue.message}`
}
