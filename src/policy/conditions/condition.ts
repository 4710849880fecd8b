import type { Bits } from '../bits.ts'
import type { ConditionName, RuleSatisfied } from '../decision.ts'
import type { Policy } from '../policy.ts'
import type { PolicySource } from '../policy-set.ts'
import type { SignIn } from '../sign-in.ts'
import type { AnalysisReason, WhatIfConditions } from '../what-if-types.ts'
import { bitsWhere } from '../bits.ts'

/** Something a policy may demand of a sign-in before it applies. One file each; the list is `index.ts`. */
export type Condition = {
  /** What the log calls it, in Graph's words. */
  readonly names: readonly ConditionName[]
  /** What a reason should rather speak of: the higher, the more telling. Who and what are told last. */
  weight(policy: Policy): number
  /** How What If calls it, and which of its inputs it needs. */
  readonly whatIf: WhatIfCondition
  /** What a policy does not say matches everything and is not told. */
  isConfigured(policy: Policy): boolean
  /** Made ready once per policy set, then asked at every sign-in. */
  compile(policies: readonly Policy[], source: PolicySource): Asker
}

export type WhatIfCondition = {
  reason(policy: Policy): AnalysisReason
  /** Whether enough was given to judge the policy's condition. What is not given counts as not met (reference 10.2). */
  isGiven(given: WhatIfConditions, policy: Policy): boolean
}

export type Asker = (signIn: SignIn) => Finding

/** What one condition says about a sign-in, for all policies at once. */
export type Finding = {
  /** The policies whose condition holds, those that do not configure it included. */
  readonly holds: Bits
  /** Sign-ins that are alike to every policy share this finding, word for word. */
  readonly isShared: boolean
  // How the policy at a position came to its answer: asked only for policies that configure the condition.
  /** The rules of the policy that took the sign-in in: the same list for the same answer. */
  include(position: number): readonly RuleSatisfied[]
  /** The rules that left it out. */
  exclude(position: number): readonly RuleSatisfied[]
  /** The fact behind the answer, as the end of a sentence. */
  words(position: number, signIn: SignIn): string
}

export type Explanation = {
  readonly include: readonly RuleSatisfied[]
  readonly exclude: readonly RuleSatisfied[]
  readonly words: string
}

export const noRules: readonly RuleSatisfied[] = []

/** A condition over one value of the sign-in: everything about it follows from the policy's member and that value. */
export type ValueCondition<Member, Value> = {
  readonly names: readonly ConditionName[]
  readonly weight: number
  readonly whatIf: WhatIfCondition
  /** What the policy says, or null when it says nothing. */
  member(policy: Policy, source: PolicySource): Member | null
  /** What the sign-in shows. */
  value(signIn: SignIn): Value
  holds(member: Member, value: Value): boolean
  rules?(member: Member, value: Value): { include?: readonly RuleSatisfied[]; exclude?: readonly RuleSatisfied[] }
  /** The fact, as the end of a sentence: `the platform is iOS`. */
  words(value: Value, member: Member): string
}

export function valueCondition<Member, Value extends string | object | null>(condition: ValueCondition<Member, Value>): Condition {
  const { names, weight, whatIf, member, value, holds, rules, words } = condition

  return {
    names,
    weight: () => weight,
    whatIf,
    isConfigured: (policy) => member(policy, anySource) !== null,
    compile: (policies, source) => {
      const members = policies.map((policy) => member(policy, source))
      const remembered = memory<Value, Finding>((shown) => {
        const answer = bitsWhere(members.length, (position) => members[position] === null || holds(members[position]!, shown))

        return sharedFinding(answer, (position) => {
          const { include = noRules, exclude = noRules } = rules?.(members[position]!, shown) ?? {}

          return { include, exclude, words: words(shown, members[position]!) }
        })
      })

      return (signIn) => remembered(value(signIn))
    },
  }
}

/** Whether a condition is configured never depends on the tenant. */
const anySource = {} as PolicySource

/** A finding that many sign-ins share: each policy's explanation is worked out once. */
export function sharedFinding(holds: Bits, explain: (position: number) => Explanation): Finding {
  const known: (Explanation | undefined)[] = []
  const explained = (position: number) => (known[position] ??= explain(position))

  return {
    holds,
    isShared: true,
    include: (position) => explained(position).include,
    exclude: (position) => explained(position).exclude,
    words: (position) => explained(position).words,
  }
}

/** Remembers the answer to each value; forgets all of them rather than growing without end. */
export function memory<Value, Answer>(answer: (value: Value) => Answer, most = 1_000): (value: Value) => Answer {
  const byValue = new Map<Value, Answer>()
  const byObject = new WeakMap<object, Answer>()
  let last: { readonly value: Value; readonly answer: Answer } | undefined
  const find = (value: Value): Answer => {
    const known = typeof value === 'object' && value !== null ? byObject.get(value) : byValue.get(value)
    if (known !== undefined) return known
    const fresh = answer(value)
    if (typeof value === 'object' && value !== null) byObject.set(value, fresh)
    else {
      if (byValue.size >= most) byValue.clear()
      byValue.set(value, fresh)
    }

    return fresh
  }

  return (value) => {
    if (last === undefined || last.value !== value) last = { value, answer: find(value) }

    return last.answer
  }
}
