import type { Blocked, Challenge } from '../decision.ts'
import type { Evidence } from '../evidence.ts'
import type { GrantControls } from '../policy.ts'
import type { PolicySource } from '../policy-set.ts'
import type { SignIn } from '../sign-in.ts'

/** Something a policy may want before it lets a sign-in through. One file each; the list, in the order of asking, is `index.ts`. */
export type GrantControl = {
  /** Each thing of this kind that a policy wants, as the policy writes it: `mfa`, an agreement's id. */
  wantedBy(controls: GrantControls): readonly string[]
  /** Made ready once per policy set. */
  compile(id: string, source: PolicySource): CompiledControl
  /** Asked after MFA: while MFA is owed, an earlier answer does not count yet (reference 4.3). */
  readonly isAskedAfterMfa?: boolean
  /** Refuses whatever the sign-in shows. */
  readonly isUnconditional?: boolean
}

export type CompiledControl = {
  /** What it is called in a sentence: `multifactor authentication`. */
  readonly words: string
  judge(question: Question): Judgement
}

export type Question = {
  readonly signIn: SignIn
  readonly source: PolicySource
  readonly evidence: Evidence
  /** Whether the policy that wants it is there because of the sign-in risk. */
  readonly isRiskBased: boolean
}

export type Judgement = Met | Owed | Impossible

export type Met = { readonly kind: 'met' }
/** Unmet, but the user can do something about it. */
export type Owed = { readonly kind: 'owed'; readonly challenge: Omit<Challenge, 'policyIds'> }
/** Unmet, and nothing can be done. */
export type Impossible = { readonly kind: 'impossible'; readonly by: Blocked['by']; readonly because: string }

export const met: Met = { kind: 'met' }

export function owed(challenge: Omit<Challenge, 'policyIds' | 'allowedMethods'> & Partial<Pick<Challenge, 'allowedMethods'>>): Owed {
  return { kind: 'owed', challenge: { allowedMethods: null, ...challenge } }
}

export function impossible(by: Blocked['by'], because: string): Impossible {
  return { kind: 'impossible', by, because }
}

/** A control that is a word in `builtInControls`. */
export function builtIn(name: GrantControls['builtInControls'][number], words: string, judge: (question: Question) => Judgement): GrantControl {
  const wanted = [name]
  const compiled = { words, judge }

  return { wantedBy: ({ builtInControls }) => (builtInControls.includes(name) ? wanted : nothing), compile: () => compiled }
}

export const nothing: readonly string[] = []
