/** What may be written as a policy or a named location, and in what words it is refused. */
export { checkPolicy, validatePolicy } from './validate/policy.ts'
export { checkNamedLocation, validateNamedLocation } from './validate/named-location.ts'
export { InvalidPolicy, notLicensed, type Note, type Problem } from './validate/problem.ts'
export type { KnownIds, ValidationContext } from './validate/context.ts'
