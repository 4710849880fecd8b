import type { Application, TenantSettings, User } from '../directory/types.ts'

/** What every token of one sign-in is made of, whichever it is. Times in milliseconds, by the clock that tokens go by. */
export type TokenFacts = {
  readonly tenant: Pick<TenantSettings, 'id' | 'displayName'>
  /** Origin that issues it. */
  readonly base: string
  /** Makes a `sub` hard to guess (`Keys.pairwiseSalt`). */
  readonly salt: string
  /** Of the signing key: v1 headers repeat it as `x5t`. */
  readonly kid: string
  readonly now: number
  /** Seconds from now. */
  readonly lifetime: number
  /** Absent for an application that acts for itself. */
  readonly user?: User | undefined
  readonly client: Application
  readonly session?: SessionFacts | undefined
  /** Values of app roles on the audience: of the resource for an access token, of the client for an ID token. */
  readonly roles: readonly string[]
  /** Object ids of the user's groups, nested ones included. */
  readonly groups?: readonly string[]
  /** Template ids of the user's directory roles. */
  readonly directoryRoles?: readonly string[]
  /** Authentication contexts that were asked for and are satisfied: `c1`. */
  readonly acrs?: readonly string[]
  /** Handed out over the browser's address: a list of groups would not fit. */
  readonly isFrontChannel?: boolean
  /** Seconds by which `iat` and `nbf` lie in the past, as Entra has it (wire F10). */
  readonly backdate?: number
  /** Random bytes, so that a test may know them. */
  readonly random?: (size: number) => Buffer
}

/** What a token tells of the session behind it. */
export type SessionFacts = {
  /** The `sid` claim. */
  readonly id: string
  /** `pwd`, `mfa`, `rsa`, `fed` … (reference 7.5) */
  readonly amr: readonly string[]
  /** When the first factor was given, ms. */
  readonly authenticatedAt: number
  readonly ipAddress: string | null
  /** The `signin_state` claim: `dvc_cmp`, `kmsi` … */
  readonly signInState?: readonly string[]
  /** What policies leave to the application: `app_res`, `ca_enf`. */
  readonly controls?: readonly string[]
  readonly insideCorporateNetwork?: boolean
  readonly platform?: string | null
}
