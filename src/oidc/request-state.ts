import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Watched } from '../sign-in/continuous-access.ts'
import type { AccountSession } from '../sign-in/session.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import type { Observation } from '../sign-in/signals.ts'
import type { Verdict } from '../sign-in/attempt.ts'
import type { Browser } from './browser.ts'

/** What one request carries through the library, on `ctx.state`. Set by `tenant-app.ts`, filled as the request goes on. */
export type RequestState = {
  /** Of this request: the trace id of its refusal, the `x-ms-request-id` header, and the id of its row in the log. */
  requestId: string
  observation: Observation
  browser: Browser
  /** The verdict of this request; an authorize request is judged once, whoever asks. */
  verdict?: Verdict
  /** What the request shows that the verdict stands on: of this one, or of the sign-in behind what it presents. */
  judgedUnder?: Observation
  /** What an error page said, in its profile's words: what came before any verdict is known by it. */
  refused?: { readonly code: number; readonly error: string; readonly message: string }
  /** Authentication contexts that the verdict was asked about. */
  judgedContexts?: readonly string[]
  /** The session was made in this very sign-in, though no page of it asked. */
  isFresh?: boolean
  /** The session that is being served, of the browser or the one a token was born in. */
  session?: AccountSession
  lifetimes?: { readonly accessToken: number; readonly idToken: number }
  /** What the resource may watch of the session behind the token (reference 6.1). */
  watched?: Watched
  /** The facts of the grant being redeemed. */
  facts?: GrantFacts
  /** What the client sent before the profile rewrote it, for links back and for claims the library drops. */
  asked?: Readonly<Record<string, string>>
  /** Where it was sent, below the tenant: the older endpoints have other parameters. */
  askedAt?: string
  /** The word that stands for many tenants, where the request was sent to one; null = it named this tenant. */
  alias?: string | null
  /** The scopes that a redemption names: of no interest to the library. */
  redeemedFor?: string
  /** What a test wants to be told to the application that asks silently. */
  simulated?: Refusal
  /** How the client proved itself at the token endpoint. */
  clientAuthentication?: 'none' | 'secret' | 'certificate'
}

export function stateOf(ctx: KoaContextWithOIDC): RequestState {
  return ctx.state as RequestState
}

/**
 * What must be remembered of a sign-in for as long as its tokens can be renewed: the library's models have fixed
 * fields. Kept by grant id.
 */
export type GrantFacts = {
  readonly userId: string
  readonly clientId: string
  readonly session: AccountSession
  /** The authorize request's: a code is judged by the request that earned it (product.md 4). */
  readonly observation: Observation
  readonly issuedAt: number
  readonly redirectKind: 'web' | 'spa' | 'publicClient'
  readonly authenticationContexts: readonly string[]
  /** Client capabilities declared in `claims` (`cp1`). */
  readonly capabilities: readonly string[]
  /** The address that a resource saw, where the request says so. */
  readonly addressSeenByResource?: string | null
}
