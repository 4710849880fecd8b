import * as v from 'valibot'
import { checked } from '../../directory/file/checked.ts'
import type { Problem } from '../../directory/refusal.ts'
import { GraphRefusal } from '../protocol/refusal.ts'

type Members = Readonly<Record<string, unknown>>
/** What a tenant file says of one kind of entity. */
type InFile = v.GenericSchema & { readonly entries: v.ObjectEntries }

const partial = new WeakMap<InFile, v.GenericSchema>()

/**
 * What was written, held against what a tenant file may hold, so that whatever Graph takes today is exported and loaded tomorrow. Nulls clear;
 * members that no tenant file has are left as they are.
 */
export function asHeld(members: Members, schema: InFile): Members {
  const isChecked = ([name, value]: readonly [string, unknown]) => value !== null && Object.hasOwn(schema.entries, name)
  const entries = Object.entries(members)
  const problems: Problem[] = []
  const loose = partial.get(schema) ?? v.partial(v.strictObject(schema.entries))
  partial.set(schema, loose)
  const held = checked(loose, Object.fromEntries(entries.filter(isChecked)), { problem: (problem) => void problems.push(problem), dropped() {} }) as Members
  if (problems.length > 0) {
    const [{ path, message }] = problems as [Problem]
    throw new GraphRefusal(400, 'Request_BadRequest', `Invalid value specified for property '${path}' of resource: ${message}`, { details: problems.map((problem) => ({ target: problem.path, message: problem.message })) })
  }

  return { ...Object.fromEntries(entries.filter((entry) => !isChecked(entry))), ...held }
}
