import type { TransferMethod } from '../policy/policy.ts'
import type { UsedMethod } from '../policy/sign-in.ts'

/** What one signed-in account of a browser remembers (reference, Appendix A). All times ms, UTC, the tenant's clock. */
export type AccountSession = {
  /** The `sid` claim. */
  readonly id: string
  readonly userId: string
  readonly createdAt: number
  readonly lastUsedAt: number
  /** Stay signed in: lives 90 days unused instead of 24 hours. */
  readonly isPersistent: boolean
  /** Whether the "Stay signed in?" question was answered (or need not be asked). */
  readonly isKmsiAnswered: boolean
  /** The latest use of each method. */
  readonly methods: readonly UsedMethod[]
  readonly isMfaAssertedByFederation: boolean
  readonly insideCorporateNetwork: boolean
  /** Agreements accepted; kept here until the directory keeps them. */
  readonly acceptedTermsOfUse: readonly string[]
  readonly passedCustomFactors: readonly string[]
  readonly passwordChangedAt: number | null
  readonly originalTransferMethod: TransferMethod | null
}

/** All accounts of one browser; the first is the one used last. */
export type BrowserSession = { readonly id: string; readonly accounts: readonly AccountSession[] }
