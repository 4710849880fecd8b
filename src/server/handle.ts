import type { Fault } from '../http/faults.ts'
import type { CapturedRequest } from '../http/request-log.ts'
import type { HeadlessAnswer, HeadlessSignIn } from '../sign-in/headless.ts'
import type { SignInEntry } from '../sign-in/sign-in-entry.ts'
import type { Signals } from '../sign-in/signals.ts'

/** A running server, in this process (product.md 6). Its own calls act on the first tenant. */
export type Portcullis = TenantHandle & {
  /** `http://localhost:8400`; null where it does not listen. */
  readonly http: string | null
  readonly https: string | null
  /** The file with the certificate to trust; null without HTTPS. */
  readonly ca: string | null
  readonly tenants: readonly TenantSummary[]
  /**
   * A tenant of one's own: same users and applications, its own clock, policies, signals, faults and log. `changes` are
   * what a tenant file may say, checked in the same way: a list takes the place of the model's, objects are merged.
   * Rejects (`invalid_body`, `not_found`) with everything that is wrong with them.
   */
  sandbox(changes?: SandboxChanges): Promise<Sandbox>
  /** Closes every connection at once; what was acknowledged stays on disk. */
  stop(): Promise<void>
}

/**
 * One tenant, driven from a test. Users, applications and policies are named by id or by name; a user's local part will
 * do. What is refused throws an `Error` with `code`, `status` and a message that says what to do, as over HTTP.
 */
export type TenantHandle = {
  readonly id: string
  /** At the HTTPS address where there is one, or the public URL. */
  readonly issuer: string
  readonly clock: {
    readonly now: Date
    /** Milliseconds between this clock and the wall clock. */
    readonly offset: number
    /** Whether tokens carry this clock's times, or the wall clock's so that real clients accept them whatever the tenant's time. */
    tokens: 'virtual' | 'wire'
    /** An ISO 8601 duration such as `PT8H`, or milliseconds. Refuses (`clockGoesForwardOnly`) what is negative. */
    advance(by: string | number): void
    /** An instant, not before the tenant's now (`clockGoesForwardOnly`). */
    set(instant: string | Date): void
    freeze(isFrozen?: boolean): void
    /** Real time again; used one-time codes and lockouts are forgotten. */
    reset(): void
  }
  /** Where a user is, or with `null` everybody of the tenant; what was said before is forgotten. */
  signals(user: string | null, signals: Signals): void
  /** A whole sign-in without a browser, judged and logged like any other. How it ends is the answer: it does not throw. */
  signIn(request: HeadlessSignIn): Promise<HeadlessAnswer>
  /** The sign-in log, oldest first: the newest 10,000 rows; of one that is kept in a data folder the newest 1,000. */
  signIns(): readonly SignInEntry[]
  /**
   * The next row of the log, or the first after `after` (a `sequence`), that `where` likes. Waits `timeout` milliseconds of
   * real time (default 5,000), then throws `TimedOut`, saying what was logged meanwhile.
   */
  nextSignIn(options?: { readonly after?: number; readonly timeout?: number; readonly where?: (entry: SignInEntry) => boolean }): Promise<SignInEntry>
  /** A code that the user's authenticator shows and nobody used yet; each call in parallel gets another. Null = no authenticator. */
  oneTimeCode(user: string): string | null
  readonly faults: {
    /** Makes an endpoint fail, `times` times or until cleared; `delay` in milliseconds. */
    add(fault: FaultWish): Promise<Fault>
    readonly list: readonly Fault[]
    remove(id: string): boolean
    clear(): void
  }
  /** The newest 500 requests to this tenant's protocol endpoints and to Graph, secrets masked. */
  requests(): readonly CapturedRequest[]
  /** Changes a user as an administrator would; what is left out stays. */
  patchUser(user: string, changes: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  /** Changes licence, settings, policies, …: what is left out stays, a list takes the place of the one there was. */
  patch(changes: TenantChanges): Promise<Readonly<Record<string, unknown>>>
  /** Ends every session and refresh token of a user. */
  revoke(user: string): Promise<void>
  /** A token to order: right unless something is asked to be wrong. */
  token(order?: TokenWish): Promise<string>
  /**
   * Whether an access token may still be used, as Entra tells a resource that follows continuous access evaluation. Without
   * an `ipAddress` the user is where the signals say.
   */
  standingOf(token: string, ipAddress?: string): Promise<TokenStanding>
  /** The whole tenant, spelled as a tenant file spells it. */
  snapshot(): Promise<Readonly<Record<string, unknown>>>
  /** The whole tenant in, as `snapshot` gave it; it keeps its id. */
  restore(snapshot: Readonly<Record<string, unknown>>): Promise<void>
  /** Back to the seed: directory, log, clock, signals, faults, sessions. */
  reset(): Promise<void>
}

export type Sandbox = TenantHandle & {
  readonly domain: string
  /** Gone without a trace; its issuer then answers AADSTS90002. Deleting it twice is no mistake. */
  delete(): Promise<void>
}

/** What a tenant file may say of a tenant. */
export type TenantChanges = {
  readonly displayName?: string
  readonly profile?: 'entra' | 'standard'
  readonly licence?: 'none' | 'lapsed' | 'P1' | 'P2'
  readonly securityDefaults?: boolean
  readonly mfaServiceSettings?: Readonly<Record<string, unknown>>
  readonly settings?: Readonly<Record<string, unknown>>
  /** Address ranges and the countries they are in; null takes one away. */
  readonly countries?: Readonly<Record<string, string | null>>
} & { readonly [list in TenantList]?: readonly object[] }

export type TenantList =
  | 'users' | 'groups' | 'applications' | 'devices' | 'domains' | 'namedLocations' | 'conditionalAccessPolicies' | 'authenticationStrengths'
  | 'authenticationContextClassReferences' | 'tokenLifetimePolicies' | 'agreements'

/** How a sandbox differs from the tenant it is made like. */
export type SandboxChanges = TenantChanges & {
  /** The tenant it is like, by id or domain; the first where unsaid. */
  readonly from?: string
  /** Renames the default domain, and its users with it. */
  readonly domain?: string
}

/** A fault to come; exactly one of `code` (AADSTS), `status` (HTTP) and `oauth` in `error`. */
export type FaultWish = {
  readonly on: Fault['on']
  readonly error?: { readonly code?: number; readonly status?: number; readonly oauth?: string }
  /** Milliseconds. */
  readonly delay?: number
  /** Closes the connection without an answer. */
  readonly drop?: boolean
  readonly times?: number
  readonly where?: { readonly user?: string; readonly client?: string; readonly grant?: string }
}

export type TokenWish = {
  /** Win over what would be said; a claim that is null is left out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /** ISO 8601, `-PT1H` for one that expired an hour ago. Default `PT1H`. */
  readonly lifetime?: string
  /** `unknown`: signed by a key that no key set has. `none`: not signed. */
  readonly key?: 'signing' | 'unknown' | 'none'
}

/** How a token stands at a resource; `wwwAuthenticate` is the header of the 401 that it had better answer. */
export type TokenStanding =
  | { readonly active: true; readonly isContinuous: boolean }
  | { readonly active: false; readonly because: string; readonly message: string; readonly claims: string | null; readonly wwwAuthenticate: string }

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
