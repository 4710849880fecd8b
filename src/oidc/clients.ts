import { createHash, createPublicKey, hash, randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { Provider } from 'oidc-provider'
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider'
import type { Application } from '../directory/types.ts'
import type { ClientSource } from './adapter.ts'
import type { OidcTenant } from './host.ts'
import { isLoopbackUri } from './redirect-uris.ts'

/**
 * An application as the library knows a client. The library gives a client one authentication method and one secret;
 * an application has several secrets, certificates and perhaps none at all, so each request is shown the variant that
 * it presents. The library caches variants by their content.
 */
export function clientsOf(tenant: OidcTenant, profile: 'entra' | 'standard'): ClientSource {
  return {
    find(clientId) {
      const application = tenant.directory.application(clientId)
      if (application) {
        return clientMetadata(application, credentialsPresented(Provider.ctx, application), profile)
      }

      return tenant.state.find('Client', clientId) as AdapterPayload | undefined
    },
    save(clientId, metadata) {
      tenant.state.upsert('Client', clientId, metadata as Record<string, unknown>)
    },
    remove(clientId) {
      tenant.state.destroy('Client', clientId)
    },
  }
}

type Credentials =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic'; readonly secret: string }
  | { readonly method: 'private_key_jwt'; readonly jwks: { keys: Record<string, unknown>[] }; readonly algorithm: string }

const grantTypes = ['authorization_code', 'refresh_token', 'implicit', 'client_credentials']
const responseTypes = ['code', 'id_token', 'code id_token', 'id_token token']
const entraGrantTypes = ['urn:ietf:params:oauth:grant-type:device_code', 'password', 'urn:ietf:params:oauth:grant-type:jwt-bearer']

function clientMetadata(application: Application, credentials: Credentials, profile: 'entra' | 'standard'): AdapterPayload {
  const redirectUris = redirectUrisOf(application)
  const canRedirect = redirectUris.length > 0
  return {
    client_id: application.appId,
    client_name: application.displayName,
    // Entra's `sub` differs per application; a client that never signs users in has none to hide.
    subject_type: profile === 'entra' && canRedirect ? 'pairwise' : 'public',
    application_type: redirectUris.some((uri) => !/^https?:/.test(uri)) ? 'native' : 'web',
    redirect_uris: redirectUris,
    post_logout_redirect_uris: redirectUris,
    grant_types: [...(canRedirect ? grantTypes : grantTypes.filter((type) => type !== 'implicit' && type !== 'authorization_code')), ...(profile === 'entra' ? entraGrantTypes : [])],
    response_types: canRedirect ? [...responseTypes, ...(profile === 'entra' ? ['code id_token token'] : [])] : [],
    token_endpoint_auth_method: credentials.method,
    ...(credentials.method === 'client_secret_basic' ? { client_secret: credentials.secret, client_secret_expires_at: expiryOf(application, credentials.secret) } : {}),
    ...(credentials.method === 'private_key_jwt'
      ? { jwks: credentials.jwks, token_endpoint_auth_signing_alg: credentials.algorithm }
      : {}),
  } as AdapterPayload
}

/** When a secret ends, in seconds; 0 = never. */
export function expiryOf({ passwordCredentials }: Application, secret: string): number {
  const ends = passwordCredentials?.find(({ secretText }) => secretText === secret)?.endDateTime

  return ends === undefined ? 0 : Math.floor(Date.parse(ends) / 1000)
}

export function redirectUrisOf(application: Application): string[] {
  return [...new Set([...application.web.redirectUris, ...application.spa.redirectUris, ...application.publicClient.redirectUris])]
}

/** A confidential client keeps a secret: it has one, or a certificate, and no public face of its own. */
export function isConfidential(application: Application): boolean {
  const { secrets, certificates, federatedIdentityCredentials: federated } = application

  return secrets.length > 0 || certificates.length > 0 || (Array.isArray(federated) && federated.length > 0)
}

/** Which public face a redirect URI belongs to. A URI registered for two of them counts as the stricter `spa`. */
export function redirectKind(application: Application, redirectUri: string | undefined): 'web' | 'spa' | 'publicClient' {
  if (redirectUri !== undefined) {
    for (const kind of ['spa', 'web', 'publicClient'] as const) {
      if (application[kind].redirectUris.some((registered) => isLoopbackUri(registered, redirectUri) || registered === redirectUri)) return kind
    }
  }
  if (application.web.redirectUris.length > 0) return 'web'

  return application.spa.redirectUris.length > 0 ? 'spa' : 'publicClient'
}

/** Whether an application may redeem its codes as a public client: one without credentials, or with a public face. */
export function mayComeWithoutCredentials(application: Application): boolean {
  return !isConfidential(application)
    || application.isFallbackPublicClient
    || application.spa.redirectUris.length > 0
    || application.publicClient.redirectUris.length > 0
}

/** Marks a request of the server to itself: the headless sign-in redeems its own code without the client's secret. */
export const ownRequest = Symbol('own request')

/** Marks a request whose client has proved itself already, with an assertion that the profile understands. */
export const provenClient = Symbol('proven client')

function credentialsPresented(ctx: KoaContextWithOIDC | undefined, application: Application): Credentials {
  const params = ctx?.oidc.params ?? {}
  const { [ownRequest]: isOwn, [provenClient]: isProven } = (ctx?.req ?? {}) as { [ownRequest]?: true; [provenClient]?: true }
  if (!ctx || isOwn || isProven) return { method: 'none' }

  const assertion = params.client_assertion
  if (typeof assertion === 'string') return certificatePresented(assertion, application)

  const secret = typeof params.client_secret === 'string' && params.client_secret !== '' ? params.client_secret : basicSecret(ctx)
  // An application that has no place for a secret is not asked whether it is the right one.
  if (secret !== undefined && !isConfidential(application) && application.web.redirectUris.length === 0) return { method: 'none' }
  if (secret !== undefined) return { method: 'client_secret_basic', secret: matchingSecret(application, secret) }
  if (wantsCredentials(ctx) && (params.grant_type === 'client_credentials' || !mayComeWithoutCredentials(application))) {
    return { method: 'client_secret_basic', secret: application.secrets[0] ?? unmatchable }
  }

  return { method: 'none' }
}

/** For whoever has no secret: of the characters a secret may have, and nobody's. */
const unmatchable = randomBytes(32).toString('base64url')

/** Where clients authenticate. Elsewhere one only says which it is. */
const authenticatedRoutes: ReadonlySet<string> = new Set(['token', 'introspection', 'revocation', 'pushed_authorization_request'])

function wantsCredentials(ctx: KoaContextWithOIDC): boolean {
  return authenticatedRoutes.has(ctx.oidc.route)
}

/** The application's secret that equals what was sent; any other one where none does, so that the library refuses. */
function matchingSecret(application: Application, presented: string): string {
  return hasSecret(application, presented) ? presented : application.secrets[0] ?? unmatchable
}

/** Whether one of the application's secrets is this one, in a time that tells nothing. */
export function hasSecret(application: Application, presented: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer')
  const wanted = digest(presented)

  return application.secrets.some((secret) => timingSafeEqual(digest(secret), wanted))
}

function basicSecret(ctx: KoaContextWithOIDC): string | undefined {
  return basicCredentials(ctx.headers.authorization)?.secret
}

/** What `Authorization: Basic` says of a client, both halves being form-encoded (RFC 6749, 2.3.1). */
export function basicCredentials(header = ''): { readonly clientId: string; readonly secret: string } | undefined {
  const [scheme, value] = header.split(' ')
  if (scheme?.toLowerCase() !== 'basic' || !value) return undefined

  const text = Buffer.from(value, 'base64').toString('utf8')
  const decoded = (half: string) => decodeURIComponent(half.replace(/\+/g, '%20'))
  try {
    return { clientId: decoded(text.slice(0, Math.max(0, text.indexOf(':')))), secret: decoded(text.slice(text.indexOf(':') + 1)) }
  } catch {
    return undefined
  }
}

function certificatePresented(assertion: string, application: Application): Credentials {
  let algorithm = 'RS256'
  try {
    algorithm = decodeProtectedHeader(assertion).alg ?? algorithm
    decodeJwt(assertion)
  } catch {
    // The library refuses what is no JWT.
  }
  const keys = application.certificates.map(certificateKey)

  return { method: 'private_key_jwt', jwks: { keys }, algorithm }
}

const keyCache = new Map<string, Record<string, unknown>>()

function certificateKey(pem: string): Record<string, unknown> {
  const cached = keyCache.get(pem)
  if (cached) return cached

  const certificate = new X509Certificate(pem)
  const key = {
    ...createPublicKey(certificate.publicKey).export({ format: 'jwk' }),
    use: 'sig',
    kid: createHash('sha1').update(certificate.raw).digest('base64url'),
    'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
  }
  keyCache.set(pem, key)

  return key
}
