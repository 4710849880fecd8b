import type { Decision } from '../policy/decision.ts'

/**
 * Why somebody is not let in, before it is put into a protocol's words. `entra/aadsts.ts` turns the code into Entra's
 * `error`, `suberror` and text; the standard profile turns it into OAuth's.
 */
export type Refusal = {
  /** The AADSTS number; the meaning is `reference/facts/aadsts-codes.json`'s. */
  readonly code: number
  /** Values that the code's text names: `{ user, app, resource, seconds, issuedAt, … }`. */
  readonly values?: Readonly<Record<string, string | number>>
  /** The decision that led here, where policy did. */
  readonly decision?: Decision
  /** Policies that a `claims` challenge names (`capolids`). */
  readonly policyIds?: readonly string[]
}

/** A refusal on its way out: thrown where a protocol step must end, turned into a response at the edge. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`AADSTS${refusal.code}`)
    this.refusal = refusal
  }
}
