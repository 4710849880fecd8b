/**
 * Conditional Access as a function: a tenant's policies and a sign-in in, a decision with its reasons out. It keeps no
 * clock, reads no file and opens no socket.
 */
export { compile } from './compile.ts'
export { decide, evaluate } from './evaluate.ts'
export { whatIf } from './what-if.ts'
export { readWhatIf, type WhatIfRequest } from './read-what-if.ts'
export { aadstsOf, type Event } from './codes.ts'
export {
  checkNamedLocation, checkPolicy, InvalidPolicy, notLicensed, validateNamedLocation, validatePolicy, type KnownIds, type Note, type Problem, type ValidationContext,
} from './validate.ts'
export { mapReferences, type ReferenceKind, type ResolveReference } from './references.ts'
export { namedLocationToGraph, strengthToGraph, toGraph } from './graph.ts'
export { builtInStrengths, combinations } from './strengths.ts'
export { methods } from './methods.ts'
export { mfaTrustedIpsLocation } from './policy.ts'
export { perUserMfaId } from './per-user-mfa.ts'
export { securityDefaultsId } from './security-defaults.ts'

export type * from './decision.ts'
export type * from './named-location.ts'
export type * from './policy.ts'
export type * from './sign-in.ts'
export type * from './what-if-types.ts'
export type { AuthenticationStrength, Licence, MfaServiceSettings, PolicySet, PolicySource } from './policy-set.ts'
