/**
 * What a tenant remembers of attempts to sign in, for as long as the process lives: failed passwords (smart lockout,
 * reference 7.3) and one-time codes already used. Cleared by a reset of the clock.
 */
export type SignInMemory = {
  /** By user and kind of address; see `challenges/smart-lockout.ts`. */
  readonly failures: Map<string, Failures>
  /** Per authenticator (method id): the TOTP time steps already used. */
  readonly usedSteps: Map<string, Set<number>>
  /** Per authenticator: the time steps whose code a test was told, and in which order. */
  readonly toldSteps: Map<string, Map<number, number>>
  /** Per user id: addresses from which the right password came. Failures from anywhere else are counted apart. */
  readonly familiarAddresses: Map<string, Set<string>>
  /** Per user id, ms: the first sign-in under security defaults, from which the days to register are counted. */
  readonly securityDefaultsSince: Map<string, number>
  /** Per user id: when and where a second factor was last shown. */
  readonly secondFactorShown: Map<string, { readonly at: number; readonly place: string }>
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

export function createSignInMemory(): SignInMemory {
  const memory = {
    failures: new Map<string, Failures>(),
    usedSteps: new Map<string, Set<number>>(),
    toldSteps: new Map<string, Map<number, number>>(),
    familiarAddresses: new Map<string, Set<string>>(),
    securityDefaultsSince: new Map<string, number>(),
    secondFactorShown: new Map<string, { readonly at: number; readonly place: string }>(),
  }

  return {
    ...memory,
    reset() {
      for (const map of Object.values(memory)) map.clear()
    },
  }
}
