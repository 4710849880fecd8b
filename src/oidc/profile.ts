import type { Middleware } from 'koa'
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { User } from '../directory/types.ts'
import type { Attempt } from '../sign-in/attempt.ts'
import type { Refusal } from '../sign-in/refusal.ts'
import type { Host } from './host.ts'
import type { Redeemed } from './judge.ts'

/**
 * How a tenant speaks: `standard` is the library as certified, `entra` dresses it (product.md 7). Whatever makes one
 * faithful stays out of the other.
 */
export type Profile = {
  readonly name: 'entra' | 'standard'
  /** The profile's last word over the library's configuration. */
  configure(common: Configuration, host: Host): Configuration
  /** What the freshly made provider must learn: grants, response modes. */
  equip(provider: Provider, host: Host): void
  /** Wraps every request of the tenant: rewrites it on the way in, dresses the answer on the way out. */
  around(host: Host, provider: Provider): Middleware
  /** The parameters that ask for scopes as a sign-in without a browser writes them. */
  scopeParameters(scope: string, host: Host): { readonly scope: string; readonly resource?: string }
  /** Whether a code or token that comes back costs its grant: the first redeemer loses what it was given, as RFC 6749 advises. */
  readonly revokesGrants: boolean
  /** Whether pages give the number that Entra has for a refusal. */
  readonly isNumbered: boolean
  /** A refusal in this protocol's words. */
  words(refusal: Refusal, situation: Situation): Words
  /** What a request's parameters ask of Conditional Access: `claims`, `max_age`. */
  requested(params: Readonly<Record<string, unknown>>): Requested
  /** Settles which of its resources a code is redeemed for, before the redemption is judged. */
  aimCode(ctx: KoaContextWithOIDC, host: Host, code: Redeemed): void
  /** What a client calls a user: the `sub` of its tokens. */
  subjectOf(host: Host, userId: string, clientId: string): string
  /** What an ID token or userinfo may say about a user; the library picks by scope. */
  accountClaims(ctx: KoaContextWithOIDC, host: Host, user: User): Record<string, unknown>
  /** Answers a request with a refusal and nothing else: at a JSON endpoint, or to the person. */
  refuse(ctx: KoaContextWithOIDC, host: Host, refusal: Refusal, surface: 'token' | 'page'): void
  /** The error page for what cannot be sent back to the application. */
  errorPage(ctx: KoaContextWithOIDC, host: Host, error: PageError): void
}

export type Requested = Pick<Attempt, 'authenticationContexts' | 'challenge' | 'maxAge' | 'addressSeenByResource'> & { readonly capabilities: readonly string[] }

/** Where a refusal is about to be said. */
export type Situation = {
  readonly endpoint: 'authorize' | 'token' | 'other'
  /** `prompt=none`: the answer goes back to the application. */
  readonly isSilent: boolean
}

export type Words = {
  readonly error: string
  readonly description: string
  readonly status: number
  readonly suberror?: string
}

export type PageError = {
  readonly status: number
  readonly error: string
  readonly description: string | undefined
  readonly detail: string | undefined
  /** Set when it was our own decision. */
  readonly refusal: Refusal | null
  /** Where the person may start over; absent = as the request at hand says. */
  readonly startOver?: string
}
