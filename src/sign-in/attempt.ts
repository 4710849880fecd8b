import type { Clock } from '../clock/clock.ts'
import type { Application, Directory, User } from '../directory/types.ts'
import type { Decision } from '../policy/decision.ts'
import type { TransferMethod } from '../policy/policy.ts'
import type { PolicySet } from '../policy/policy-set.ts'
import type { SignIn, UserAction } from '../policy/sign-in.ts'
import type { SignInLog } from './log.ts'
import type { SignInMemory } from './memory.ts'
import type { Refusal } from './refusal.ts'
import type { AccountSession } from './session.ts'
import type { Observation, SignalBoard } from './signals.ts'

/** What this room needs of a tenant; `tenant.ts` provides it. */
export type SignInTenant = {
  readonly directory: Directory
  readonly clock: Clock
  /** The policy set of this moment: compiled anew after a change of the directory. */
  readonly policySet: PolicySet
  readonly signals: SignalBoard
  readonly memory: SignInMemory
  readonly log: SignInLog
}

export type AttemptEvent =
  | 'authorize' | 'authorizationCode' | 'refreshToken' | 'clientCredentials' | 'password' | 'onBehalfOf'
  | 'deviceCode' | 'registerSecurityInfo'

/** One request to be let in, before anything is known about its merits. */
export type Attempt = {
  readonly event: AttemptEvent
  /** Null for client credentials. */
  readonly user: User | null
  readonly client: Application
  /** The resources a token is asked for, without the client itself; `decide` adds a confidential client (reference 4.6.3). */
  readonly resources: readonly Application[]
  readonly scopes: readonly string[]
  readonly authenticationContexts: readonly string[]
  readonly userAction: UserAction | null
  readonly observation: Observation
  /** The session behind it: of the browser, or the one a token was born in. Null = none. */
  readonly session: AccountSession | null
  /** A person can be asked: an authorize request without `prompt=none`. */
  readonly isInteractive: boolean
  readonly transferMethod: TransferMethod | null
  /** OIDC `max_age` in seconds; null = not asked. */
  readonly maxAge: number | null
  /** When the refresh token, code or assertion presented was issued (ms); null where there is none. */
  readonly grantIssuedAt: number | null
  /** Whether this request just authenticated (so that `prompt=login` and "every time" do not ask for ever). */
  readonly isFresh: boolean
  /** `essential` claims of a challenge the client passes on: policies to re-evaluate, `nbf` (seconds). */
  readonly challenge: { readonly policyIds: readonly string[]; readonly notBefore: number | null } | null
  /** Which face of the client asks, where it has several; absent = told by its registration. */
  readonly redirectKind?: ClientKind
  /** When the first token of a chain of refresh tokens was issued (ms); absent = `grantIssuedAt`. Ends a single-page app's chain. */
  readonly chainIssuedAt?: number
  /** The user chose "Skip for now" when asked to register, in this very sign-in. */
  readonly isRegistrationSkipped?: boolean
  /** How an application that asks for itself proved who it is; absent = with its secret. */
  readonly clientCredential?: 'clientSecret' | 'clientAssertion'
  /** The address that the resource saw, where it says so and it differs (strict location enforcement). */
  readonly addressSeenByResource?: string | null
}

/** `web` keeps a secret, `spa` runs in a page, `publicClient` is installed. */
export type ClientKind = 'web' | 'spa' | 'publicClient'

/** The answer to an attempt. Outcomes are the four words of product.md 5. */
export type Verdict = {
  readonly outcome: 'granted' | 'interrupted' | 'blocked' | 'failed'
  /** What to say where no page can be shown, and on the blocked page; null when granted. */
  readonly refusal: Refusal | null
  /** What the next page must ask; null unless interrupted. `signIn` = credentials from the start. */
  readonly next: NextStep | null
  /** Null when it failed before Conditional Access was asked. */
  readonly decision: Decision | null
  readonly signIn: SignIn | null
}

export type NextStep = 'signIn' | 'reauthenticate' | 'oneTimeCode' | 'register' | 'registerSkippable' | 'changePassword' | 'termsOfUse' | 'federatedMfa' | 'custom'
