import { Provider } from 'oidc-provider'
import type { Configuration } from 'oidc-provider'
import type { Clock } from '../clock/clock.ts'
import { runInRealTime } from '../clock/scope.ts'
import { isRegisteredRedirect } from './redirect-uris.ts'

/**
 * Every private or prototype touch of oidc-provider, in one place. `test/oidc/private.test.ts` notices when an upgrade
 * moves one of them. The clock hook, the remaining one, is `clock/library-hook.ts`.
 *
 * `isOurs` tells the directory's applications from clients that registered themselves: only the former are held to
 * Entra's rules instead of the library's.
 */
export function loosenClients(provider: Provider, isOurs: (clientId: string) => boolean): void {
  const client = provider.Client.prototype as unknown as ClientPrototype
  const { redirectUriAllowed, postLogoutRedirectUriAllowed } = client
  client.redirectUriAllowed = function allowsRedirect(value) {
    return isOurs(this.clientId) ? isRegisteredRedirect(this.redirectUris, value) : redirectUriAllowed.call(this, value)
  }
  client.postLogoutRedirectUriAllowed = function allowsReturn(value) {
    return isOurs(this.clientId)
      ? isRegisteredRedirect(this.postLogoutRedirectUris ?? [], value)
      : postLogoutRedirectUriAllowed.call(this, value)
  }

  const schema = (provider.Client as unknown as { Schema: { prototype: SchemaPrototype } }).Schema.prototype
  const { invalidate } = schema
  schema.invalidate = function tolerantInvalidate(message, code) {
    if (!isOurs(this.client_id) || !isTolerated(message, code)) invalidate.call(this, message, code)
  }
}

/**
 * The library with a page of the caller's for `response_mode=form_post`: its own can be read by a browser, but not by
 * people without script, nor by robots (product.md 8). It registers its modes through its own public method, once, and
 * lets nobody replace them afterwards.
 */
export function providerWithFormPost(issuer: string, configuration: Configuration, formPost: ResponseMode): Provider {
  class WithFormPost extends Provider {
    override registerResponseMode(name: string, handler: ResponseMode): void {
      super.registerResponseMode(name, name === 'form_post' ? formPost : handler)
    }
  }

  return new WithFormPost(issuer, configuration)
}

type ResponseMode = Parameters<Provider['registerResponseMode']>[1]

/**
 * In a tenant whose clock was moved but whose tokens keep to the wall clock (`tokens: wire`), ID tokens are dated by real
 * time, so that real clients accept them (product.md 5).
 */
export function dateIdTokens(provider: Provider, clock: Pick<Clock, 'tokens'>): void {
  const idToken = provider.IdToken.prototype as unknown as IdTokenPrototype
  const { issue } = idToken
  idToken.issue = function issueInTime(options) {
    return clock.tokens === 'wire' ? runInRealTime(() => issue.call(this, options)) : issue.call(this, options)
  }
}

/** Gives a profile the last word on what an ID token says; the library sees to hashes, nonce and signature. */
export function dressIdTokens(provider: Provider, dress: (payload: Record<string, unknown>, available: Readonly<Record<PropertyKey, unknown>>) => Record<string, unknown>): void {
  const idToken = provider.IdToken.prototype as unknown as IdTokenPrototype
  const { payload } = idToken
  idToken.payload = async function dressedPayload() {
    return dress(await payload.call(this), this.available)
  }
}

/** Gives a profile the signing of ID tokens too: the library heads them without the `typ` that some clients look for. */
export function signIdTokens(provider: Provider, sign: (payload: Record<string, unknown>, available: Readonly<Record<PropertyKey, unknown>>) => Promise<string>): void {
  const idToken = provider.IdToken.prototype as unknown as IdTokenPrototype
  const { issue } = idToken
  idToken.issue = async function issuedByProfile(options) {
    const { use } = options as { use?: string }

    return use === 'idtoken' ? sign(await this.payload(), this.available) : issue.call(this, options)
  }
}

/** Tells when a client's assertion was found to be good and new: the last thing the library asks of it. */
export function onceProved(provider: Provider, tell: () => void): void {
  const detection = provider.ReplayDetection as unknown as { unique(...said: unknown[]): Promise<boolean> }
  const { unique } = detection
  detection.unique = async function uniqueAndTold(...said) {
    const isNew = await unique.apply(this, said)
    tell()

    return isNew
  }
}

/** The second that the library would stamp now: for the self-check at start (`clock/library-hook.ts`). */
export async function librarySecond(provider: Provider): Promise<number> {
  const session = new provider.Session()
  await session.save(lifetime)
  await session.destroy()

  return (session as unknown as { exp: number }).exp - lifetime
}

const lifetime = 10

type IdTokenPrototype = {
  issue(this: { payload(): Promise<Record<string, unknown>>; available: Readonly<Record<PropertyKey, unknown>> }, options: unknown): Promise<string>
  payload(this: { available: Readonly<Record<PropertyKey, unknown>> }): Promise<Record<string, unknown>>
}
type ClientPrototype = {
  redirectUriAllowed(this: ClientInstance, value: string): boolean
  postLogoutRedirectUriAllowed(this: ClientInstance, value: string): boolean
}
type ClientInstance = { clientId: string; redirectUris: string[]; postLogoutRedirectUris?: string[] }
type SchemaPrototype = { invalidate(this: { client_id: string }, message: string, code?: string): void }

/** What Entra registers and the library's schema forbids; no other complaint is passed over. */
const toleratedCodes = new Set(['implicit-force-https', 'implicit-forbid-localhost'])
const tolerated = [
  /^pairwise /,
  /^jwks or jwks_uri is mandatory/,
  /^jwks_uri is mandatory/,
  /sector_identifier_uri/,
  /^redirect_uris for native clients/,
  /^redirect_uris for web clients/,
  /^post_logout_redirect_uris for (native|web) clients/,
]

function isTolerated(message: string, code: string | undefined): boolean {
  return (code !== undefined && toleratedCodes.has(code)) || tolerated.some((pattern) => pattern.test(message))
}
