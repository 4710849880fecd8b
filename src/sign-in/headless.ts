import type { Decision } from '../policy/decision.ts'
import type { AuthenticationMethod } from '../policy/sign-in.ts'
import type { Signals } from './signals.ts'

/** A whole sign-in without a browser (product.md 5); user and client by id or name. */
export type HeadlessSignIn = {
  readonly user?: string
  readonly client: string
  readonly scope?: string
  readonly signals?: Signals
  readonly password?: string
  readonly oneTimeCode?: boolean
  /** What the user shows beside or instead of a password, as Graph names methods (`fido2`); each counts as shown. */
  readonly methods?: readonly AuthenticationMethod[]
  readonly claims?: unknown
}

export type HeadlessAnswer = {
  readonly outcome: 'granted' | 'interrupted' | 'blocked' | 'failed'
  readonly error?: { readonly code: number; readonly error: string; readonly suberror?: string; readonly message: string }
  readonly tokens?: Readonly<Record<string, unknown>>
  readonly why: Decision | null
}
