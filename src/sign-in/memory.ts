/**
 * What a tenant remembers of attempts to sign in, for as long as the process lives: failed passwords (smart lockout,
 * reference 7.3) and one-time codes already used. Cleared by a reset of the clock.
 */
export type SignInMemory = {
  readonly failures: Map<string, Failures>
  /** Per user id: the TOTP time steps already used. */
  readonly usedSteps: Map<string, Set<number>>
  reset(): void
}

export type Failures = {
  readonly count: number
  /** Milliseconds, the tenant's clock; 0 = not locked. */
  readonly lockedUntil: number
  readonly lockouts: number
  /** Digests of the last three distinct wrong passwords: repeating one does not count. */
  readonly recentDigests: readonly string[]
}
