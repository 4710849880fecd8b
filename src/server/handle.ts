import type { HeadlessAnswer, HeadlessSignIn } from '../sign-in/headless.ts'
import type { SignInEntry } from '../sign-in/log.ts'
import type { Signals } from '../sign-in/signals.ts'
import type { SandboxChanges } from './sandbox.ts'

/** A running server, in this process (product.md 6). */
export type Portcullis = TenantHandle & {
  /** `http://localhost:8400` */
  readonly http: string | null
  readonly https: string | null
  /** The file with the certificate to trust; null without HTTPS. */
  readonly ca: string | null
  readonly tenants: readonly TenantSummary[]
  /** A tenant of one's own: same users and applications, its own clock, policies, signals and log. */
  sandbox(changes?: SandboxChanges): Promise<Sandbox>
  stop(): Promise<void>
}

/** One tenant, driven from a test. */
export type TenantHandle = {
  readonly id: string
  readonly issuer: string
  readonly clock: {
    readonly now: Date
    /** `PT8H`, or milliseconds. */
    advance(by: string | number): void
    set(instant: string | Date): void
    freeze(isFrozen?: boolean): void
    reset(): void
  }
  /** Where a user is (id, user principal name or local part); `null` for the whole tenant. */
  signals(user: string | null, signals: Signals): void
  signIn(request: HeadlessSignIn): Promise<HeadlessAnswer>
  signIns(): readonly SignInEntry[]
  /** The current one-time code of a user's authenticator; null where there is none. */
  oneTimeCode(user: string): string | null
  reset(): Promise<void>
}

export type Sandbox = TenantHandle & { readonly domain: string; delete(): Promise<void> }

export type TenantSummary = {
  readonly id: string
  readonly displayName: string
  readonly domain: string
  readonly issuer: string
  readonly issuerHttp: string | null
  readonly users: readonly {
    readonly userPrincipalName: string
    readonly displayName: string
    /** Known only where the seed tells it: the directory keeps a hash. */
    readonly password: string | null
    readonly oneTimeCode: string | null
  }[]
}
