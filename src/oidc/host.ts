import type { FaultBoard } from '../http/faults.ts'
import type { AttemptEvent, SignInTenant, Verdict } from '../sign-in/attempt.ts'
import type { SignInPages } from '../sign-in/pages.ts'
import type { ProtocolState } from '../store/protocol-state.ts'
import type { Keys } from '../keys/keys.ts'
import type { Profile } from './profile.ts'

/** A tenant as one origin serves it: what this room needs to speak for it. */
export type Host = {
  readonly tenant: OidcTenant
  /** Scheme, host and port the clients use: every origin is an issuer of its own (product.md 1). */
  readonly base: string
  readonly keys: Keys
  readonly profile: Profile
  /** Whether requests and browsers may simulate where they come from. */
  readonly isSimulationOn: boolean
  /** Whether a user name is at home in another tenant of this server. */
  isElsewhere(userName: string): boolean
  /** Told of what is to be counted. */
  readonly tally: Tally
  render<P extends keyof SignInPages>(page: P, model: SignInPages[P]): string
}

/** What a server counts of what its tenants do. */
export type Tally = {
  signedIn(event: AttemptEvent, verdict: Verdict): void
  /** The grant as the client wrote it. */
  tokenIssued(grant: string): void
}

export type OidcTenant = SignInTenant & {
  readonly id: string
  readonly domain: string
  /** What a test wants to go wrong. */
  readonly faults: FaultBoard
  /** Sessions, codes, tokens: gone with the process. */
  readonly state: ProtocolState
}

/** `{base}/{tenantId}/v2.0` */
export function issuerOf(base: string, tenantId: string): string {
  return `${base}/${tenantId}/v2.0`
}
