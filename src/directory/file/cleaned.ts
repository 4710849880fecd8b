import type * as v from 'valibot'
import { unknownName, type Problem } from '../refusal.ts'
import { readOnlyOf } from './schema-parts.ts'

/** What a tenant file is read against, as far as cleaning needs to see it. */
type Schema = v.GenericSchema & {
  readonly entries?: Readonly<Record<string, Schema>>
  readonly item?: Schema
  readonly wrapped?: Schema
  readonly options?: readonly Schema[]
  readonly value?: Schema
}

/** Where cleaning says what it met: unknown members are problems, dropped ones are notes. */
export type Report = { problem(problem: Problem): void; dropped(path: string, why: string): void }

/**
 * A copy of what was written without what may be there but says nothing: Graph's annotations and read-only members, members
 * that are null (Graph writes null for "not set"). Members that nobody knows are reported, all of them, and left out.
 */
export function cleaned(schema: v.GenericSchema, value: unknown, report: Report, path = ''): unknown {
  const known = schema as Schema
  if (known.type === 'optional' || known.type === 'nullable') return value === null ? null : cleaned(known.wrapped as Schema, value, report, path)
  if (Array.isArray(value) && known.entries) {
    report.problem({ path, message: 'A list is not an object.' })

    return null
  }
  if (Array.isArray(value)) return known.item ? value.map((item, index) => cleaned(known.item as Schema, item, report, `${path}[${index}]`)) : value
  if (!isObject(value)) return value
  if (known.options) return cleanedChoice(known.options, value, report, path)
  if (known.type === 'record') return { ...value }
  if (!known.entries) return withoutAnnotations(value, report, path)

  return cleanedObject(known as Schema & { entries: Readonly<Record<string, Schema>> }, value, report, path)
}

function cleanedObject(schema: Schema & { entries: Readonly<Record<string, Schema>> }, value: Readonly<Record<string, unknown>>, report: Report, path: string): unknown {
  const { entries } = schema
  const readOnly = readOnlyOf.get(entries) ?? []
  const kept: [string, unknown][] = []
  for (const [member, written] of Object.entries(value)) {
    const at = joined(path, member)
    const expected = Object.hasOwn(entries, member) ? entries[member] : undefined
    if (expected) {
      if (written !== null || isNullable(expected)) kept.push([member, cleaned(expected, written, report, at)])
    } else if (isAnnotation(member)) report.dropped(at, 'an annotation of Graph')
    else if (readOnly.includes(member)) report.dropped(at, 'read-only in Graph')
    else if (schema.type === 'loose_object') kept.push([member, withoutAnnotations(written, report, at)])
    else report.problem(unknownName(at, `There is no property "${member}" here`, member, Object.keys(entries)))
  }

  return Object.fromEntries(kept)
}

/** Of several shapes, the one that has most of the members that were written. */
function cleanedChoice(options: readonly Schema[], value: Readonly<Record<string, unknown>>, report: Report, path: string): unknown {
  const shared = (option: Schema) => Object.keys(value).filter((member) => option.entries && Object.hasOwn(option.entries, member)).length
  const best = options.filter((option) => option.entries ?? option.type === 'record').toSorted((a, b) => shared(b) - shared(a))[0]

  return best ? cleaned(best, value, report, path) : value
}

/** A value nobody here looks into, without Graph's annotations; `@odata.type` says something and stays. */
function withoutAnnotations(value: unknown, report: Report, path: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutAnnotations(item, report, `${path}[${index}]`))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([member]) => {
    if (!isAnnotation(member) || member === '@odata.type') return true
    report.dropped(joined(path, member), 'an annotation of Graph')

    return false
  })

  return Object.fromEntries(kept.map(([member, item]) => [member, withoutAnnotations(item, report, joined(path, member))]))
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `users[3]` and `id` make `users[3].id`; a member that is no word is quoted. */
export function joined(path: string, member: string): string {
  if (!/^[\w$@.-]+$/.test(member)) return `${path}[${JSON.stringify(member)}]`

  return path === '' ? member : `${path}.${member}`
}

function isAnnotation(member: string): boolean {
  return member.includes('@odata.') || member.startsWith('#microsoft.graph')
}

function isNullable(schema: Schema): boolean {
  return schema.type === 'nullable' || (schema.type === 'optional' && schema.wrapped !== undefined && isNullable(schema.wrapped))
}
