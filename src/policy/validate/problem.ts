/** One thing that is wrong with a policy or a named location that somebody wrote. */
export type Problem = {
  /** The member, as a path: `conditions.users.includeGroups[0]`. */
  readonly path: string
  /** The rule it breaks: an id of reference 2.4, such as `blockCombined`. */
  readonly rule: string
  /** Graph's number for it; null where Graph gives none. */
  readonly number: number | null
  /** Graph's words. */
  readonly message: string
  /** Our words: what is wrong, and what to do about it. */
  readonly detail: string
  readonly status: number
  /** Graph's code word. */
  readonly code: string
}

/** A member that was left out because it says nothing, or nothing that may be written. */
export type Note = { readonly path: string; readonly message: string }

/**
 * A policy or a named location that is refused as it was written. It carries every problem; the first is the one that
 * Graph would answer with.
 */
export class InvalidPolicy extends Error {
  readonly problems: readonly [Problem, ...Problem[]]

  constructor(problems: readonly [Problem, ...Problem[]]) {
    super(problems.map(({ path, detail }) => (path === '' ? detail : `${path}: ${detail}`)).join('\n'))
    this.name = 'InvalidPolicy'
    this.problems = problems
  }
}

const schemaMessage =
  '1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of ConditionalAccessPolicy type. ' +
  'For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/conditionalaccessroot-post-policies?view=graph-rest-1.0.'

/** Something that has not the shape of a policy: a wrong type, an unknown member, an unknown word. */
export function schemaProblem(path: string, detail: string, rule = 'schema'): Problem {
  return { path, rule, number: 1_007, message: schemaMessage, detail, status: 400, code: 'BadRequest' }
}

/** A rule for which Graph gives its generic reason. */
export function reasonProblem(path: string, rule: string, reason: string, detail: string): Problem {
  return { path, rule, number: 1_032, message: `1032: ConditionalActionPolicy validation failed due to ${reason}.`, detail, status: 400, code: 'BadRequest' }
}

/** The answer in a tenant that may not write policies. */
export const notLicensed: Problem = {
  path: '',
  rule: 'notLicensed',
  number: null,
  message: 'Your tenant is not licensed for this feature. Please upgrade your subscription to access it.',
  detail: 'the tenant has no Conditional Access licence; set licence to P1 or P2',
  status: 403,
  code: 'AccessDenied',
}
