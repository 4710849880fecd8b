import type { FaultBoard } from './http/faults.ts'
import type { Decision } from './policy/decision.ts'
import type { SignInTenant } from './sign-in/attempt.ts'
import type { Signals } from './sign-in/signals.ts'

/** One tenant at run time: the port that graph, control, admin and app work through (others import its type only). */
export type Tenant = SignInTenant & {
  readonly id: string
  /** The default domain. */
  readonly domain: string
  readonly faults: FaultBoard
  /** Ends every session and refresh token of a user. */
  revoke(userId: string): Promise<void>
  /** A whole sign-in without a browser (product.md 5). */
  signIn(request: HeadlessSignIn): Promise<HeadlessAnswer>
  /** Back to the seed: directory, log, clock, signals, faults, sessions. */
  reset(): Promise<void>
  /** Clock back to real time; used codes and lockouts forgotten. */
  resetClock(): void
}

/** Members as product.md 5 gives them; user and client by id or name. */
export type HeadlessSignIn = {
  readonly user?: string
  readonly client: string
  readonly scope?: string
  readonly signals?: Signals
  readonly password?: string
  readonly oneTimeCode?: true
  readonly claims?: unknown
}

export type HeadlessAnswer = {
  readonly outcome: 'granted' | 'interrupted' | 'blocked' | 'failed'
  readonly error?: { readonly code: number; readonly error: string; readonly suberror?: string; readonly message: string }
  readonly tokens?: Readonly<Record<string, unknown>>
  readonly why: Decision | null
}
