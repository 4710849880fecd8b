import type { Licence } from '../policy-set.ts'
import type { Note } from './problem.ts'

/**
 * What a policy or a named location is checked against. Whatever is left out is not checked: a tenant file's policies
 * stay even where the tenant may not write them now.
 */
export type ValidationContext = {
  /** Ids that exist, by kind. */
  readonly known?: KnownIds
  /** How many others there are already, this one not counted. */
  readonly counts?: { readonly policies?: number; readonly namedLocations?: number }
  /** What the tenant may hold; the defaults are the service's. */
  readonly limits?: { readonly policies?: number; readonly namedLocations?: number; readonly rangesPerLocation?: number }
  /** The licence a policy is written under. */
  readonly licence?: Licence
  readonly securityDefaults?: boolean
  /** Keep `createdDateTime`, `modifiedDateTime` and `templateId`, as when a tenant is loaded again. */
  readonly keepsReadOnly?: boolean
  /** Told what was left out, and why. */
  readonly onNote?: (note: Note) => void
}

export type KnownIds = {
  readonly namedLocations?: Iterable<string>
  readonly authenticationStrengths?: Iterable<string>
  readonly authenticationContexts?: Iterable<string>
  readonly termsOfUse?: Iterable<string>
  readonly users?: Iterable<string>
  readonly groups?: Iterable<string>
  readonly roles?: Iterable<string>
  readonly applications?: Iterable<string>
  readonly servicePrincipals?: Iterable<string>
}

export const defaultLimits = { policies: 240, namedLocations: 195, rangesPerLocation: 2_000 }
