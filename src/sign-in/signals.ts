import type { ClientAppType, InsiderRiskLevel, Platform, RiskLevel } from '../policy/policy.ts'

/** Where a sign-in comes from, as a test or a person may simulate it (product.md 4). Absent = nothing said. */
export type Signals = {
  readonly ipAddress?: string
  readonly country?: string
  readonly gpsCountry?: string
  readonly platform?: Platform
  /** A device of the directory by name or id, or one described on the spot; `null` = unregistered. */
  readonly device?: string | Readonly<Record<string, unknown>> | null
  readonly clientAppType?: ClientAppType
  readonly signInRiskLevel?: RiskLevel
  readonly userRiskLevel?: RiskLevel
  readonly servicePrincipalRiskLevel?: RiskLevel
  readonly insiderRiskLevel?: InsiderRiskLevel | 'none'
  readonly insideCorporateNetwork?: boolean
  /** Through the tenant's own secure access network (reference 3.1, compliant network locations). */
  readonly compliantNetwork?: boolean
  /** What the home of the user says: MFA was done there. A federated domain's identity provider, or a guest's own tenant. */
  readonly mfaAtHome?: boolean
  /** Carried over from another device where the user is signed in, by scanning its code (reference 4.1). Counts where somebody signs in. */
  readonly transferMethod?: 'authenticationTransfer' | 'none'
}

/** The simulated signals of one tenant: its own, and each user's. Nearest wins, member by member. */
export type SignalBoard = {
  tenant: Signals
  ofUser(userId: string): Signals
  setUser(userId: string, signals: Signals): void
  reset(): void
  /** Under `--no-simulation` nothing simulated counts, not even what the tenant file says of a user. Absent = on. */
  readonly isSimulationOn?: boolean
}

/**
 * What one request shows of itself: real facts, and what its header and its browser's cookie simulate. Plain data, kept
 * with an authorization code so that the code is judged by the request that earned it.
 */
export type Observation = {
  /** The socket's address, or the forwarded one behind a trusted proxy; normalised (no IPv4-mapped IPv6). */
  readonly ipAddress: string
  readonly userAgent: string
  /** From client hints and User-Agent; null = unknown. */
  readonly platform: Platform | null
  /** `x-mock-signals`. Empty under `--no-simulation`. */
  readonly header: Signals
  /** The browser's own choice, "Where are you?". Empty under `--no-simulation`. */
  readonly browser: Signals
  /** What counted when this was judged, once that is over: whatever is simulated since then has come too late. */
  readonly settled?: Signals
  /** The client's `client-request-id`, or one made up: joins the log rows of one sign-in. */
  readonly correlationId: string
}

/** An empty board. Switched off, it takes signals and never gives them back. */
export function createSignalBoard(options: { readonly simulation?: boolean } = {}): SignalBoard {
  const isSimulationOn = options.simulation ?? true
  const users = new Map<string, Signals>()
  let tenant: Signals = {}

  return {
    isSimulationOn,
    get tenant() {
      return isSimulationOn ? tenant : nothing
    },
    set tenant(signals) {
      tenant = signals
    },
    ofUser: (userId) => (isSimulationOn ? (users.get(userId) ?? nothing) : nothing),
    setUser(userId, signals) {
      if (Object.keys(signals).length === 0) users.delete(userId)
      else users.set(userId, signals)
    },
    reset() {
      tenant = {}
      users.clear()
    },
  }
}

const nothing: Signals = {}
