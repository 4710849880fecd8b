import type { Policy } from '../policy.ts'
import type { ValidationContext } from './context.ts'
import { normalisedPolicy } from './normalise.ts'
import { policyRules } from './policy-rules.ts'
import { readPolicyShape } from './policy-shape.ts'
import { InvalidPolicy, notLicensed, schemaProblem, type Note, type Problem } from './problem.ts'
import { isObject } from './read.ts'

/**
 * The policy that somebody wrote, as the tenant keeps it: words in Graph's spelling, lists there, nothing said twice.
 * Refused with every problem at once where it is no policy, or breaks a rule.
 *
 * @see reference 2.2 to 2.5
 */
export function validatePolicy(input: unknown, context: ValidationContext = {}): Policy {
  const { policy, problems, notes } = checkPolicy(input, context)
  const [first, ...others] = problems
  if (first) throw new InvalidPolicy([first, ...others])
  for (const note of notes) context.onNote?.(note)

  return policy!
}

/** The same, told instead of thrown. */
export function checkPolicy(input: unknown, context: ValidationContext = {}): { policy: Policy | null; problems: Problem[]; notes: Note[] } {
  const problems: Problem[] = []
  const notes: Note[] = []
  if (context.licence === 'none' || context.licence === 'lapsed') problems.push(notLicensed)
  if (!isObject(input)) return { policy: null, problems: [...problems, schemaProblem('', 'expected a policy: an object')], notes }
  const shape = readPolicyShape(input, { path: '', problems, notes })!
  const policy = normalisedPolicy(shape, context.keepsReadOnly === true)
  noteReadOnly(shape, context, notes)
  // A member that could not be read would only cause further complaints.
  const isReadable = problems.every(({ rule }) => rule !== 'schema')
  const rules = isReadable ? Object.values(policyRules) : [policyRules['required']!]
  for (const rule of rules) problems.push(...rule({ policy, shape, context }).flatMap((problem) => (problem === null || isToldAlready(problem, problems) ? [] : problem)))

  return { policy: problems.length === 0 ? policy : null, problems, notes }
}

/** What could not be read is missing, too; once is enough. */
function isToldAlready({ path, rule }: Problem, problems: readonly Problem[]): boolean {
  return rule === 'schema' && problems.some((known) => known.path === path)
}

function noteReadOnly(shape: NonNullable<ReturnType<typeof readPolicyShape>>, { keepsReadOnly }: ValidationContext, notes: Note[]): void {
  for (const member of ['createdDateTime', 'modifiedDateTime', 'templateId'] as const) {
    if (!keepsReadOnly && shape[member] !== null) notes.push({ path: member, message: 'read-only or without effect, left out' })
  }
}
