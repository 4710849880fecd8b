import { explained, judgementOf } from './judgement.ts'
import type { Judgement } from './judgement.ts'

/** As both Vitest's and Playwright's `expect.extend` want it. */
type Matched = { readonly pass: boolean; readonly message: () => string }

/** What may be expected of a sign-in. The message of a failure is the decision's own reasons, every policy's. */
export const matchers = {
  /** Blocked, by this policy where one is named (by display name or id). */
  toBeBlockedBy(received: unknown, policy?: string): Matched {
    const judgement = judgementOf(received)
    const isBlocked = judgement.outcome === 'blocked' && (policy === undefined || judgement.blockedBy.some((name) => isNamed(judgement, name, policy)))
    const known = policy === undefined || judgement.policies.some(({ name, id }) => name === policy || id === policy)

    return matched(isBlocked, judgement, policy === undefined ? 'to be blocked' : `to be blocked by "${policy}"`, known ? '' : `There is no policy "${policy}" in this tenant.`)
  },

  /** Interrupted because something is owed: `mfa`, `register`, `reauthenticate`, `passwordChange`, `termsOfUse`, … */
  toNeed(received: unknown, challenge: string): Matched {
    const judgement = judgementOf(received)
    const needs = judgement.needs.some((need) => need.toLowerCase() === challenge.toLowerCase())

    return matched(needs, judgement, `to need ${challenge}`, judgement.needs.length > 0 ? `It needs ${judgement.needs.join(', ')}.` : '')
  },

  toBeGranted(received: unknown): Matched {
    const judgement = judgementOf(received)

    return matched(judgement.outcome === 'granted', judgement, 'to be granted')
  },
}

/** For the types of a test runner's `expect`. */
export type SignInMatchers<R = void> = {
  toBeBlockedBy(policy?: string): R
  toNeed(challenge: string): R
  toBeGranted(): R
}

function matched(pass: boolean, judgement: Judgement, wish: string, note = ''): Matched {
  return { pass, message: () => `Expected the sign-in ${pass ? `not ${wish}` : wish}. ${explained(judgement, note)}` }
}

function isNamed({ policies }: Judgement, blocking: string, asked: string): boolean {
  return blocking === asked || policies.some(({ name, id }) => name === blocking && id === asked)
}
