import { createHash, X509Certificate } from 'node:crypto'
import { compactVerify, createRemoteJWKSet, decodeJwt, decodeProtectedHeader } from 'jose'
import type { JWTPayload, ProtectedHeaderParameters } from 'jose'
import type { Application } from '../directory/types.ts'
import type { Host } from '../oidc/host.ts'
import type { Refusal } from '../sign-in/refusal.ts'

type Form = Readonly<Record<string, string>>
type Answer = { readonly clientId: string } | { readonly refusal: Refusal }

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * How an application proves itself with a signed statement: of its own, by a certificate (wire 5.2), or of another
 * issuer that it trusts. The library would know only one spelling of each; who is who is settled here.
 */
export async function verifyClientAssertion(host: Host, form: Form): Promise<Answer> {
  const { client_assertion: assertion = '', client_assertion_type: type, client_id: said } = form
  if (type !== assertionType) return type ? bad(90100, { parameter: 'client_assertion_type' }) : bad(900144, { parameter: 'client_assertion_type' })
  const read = readAssertion(assertion)
  if (!read) return bad(50027)

  const { header, claims } = read
  const isOwn = claims.iss !== undefined && claims.iss === claims.sub
  const clientId = said ?? (isOwn ? claims.sub : undefined)
  if (clientId === undefined) return bad(900144, { parameter: 'client_id' })
  const client = host.tenant.directory.application(clientId)
  if (!client) return bad(700016, { app: clientId })
  const untimely = timeProblem(claims, host)
  if (untimely) return untimely
  const refusal = claims.iss === client.appId || isOwn ? await ownProblem(host, client, assertion, header, claims) : await federatedProblem(client, assertion, claims)

  return refusal ?? { clientId: client.appId }
}

type Problem = { readonly refusal: Refusal } | undefined

async function ownProblem(host: Host, client: Application, assertion: string, header: ProtectedHeaderParameters, claims: JWTPayload): Promise<Problem> {
  if (claims.iss !== client.appId || claims.sub !== client.appId) return bad(50048)
  if (![claims.aud].flat().some((audience) => isAudience(host, String(audience)))) return bad(50012)

  const named = certificatesNamed(client, header)
  if (named.length === 0) return bad(700027, { reason: 'the key was not found' })
  const isSigned = await Promise.all(named.map((certificate) => isSignedBy(assertion, header.alg, certificate)))

  return isSigned.includes(true) ? undefined : bad(700027, { reason: 'the signature does not match' })
}

function readAssertion(assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } | null {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) }
  } catch {
    return null
  }
}

const leeway = 300

/** Good by the tenant's clock or by the real one, dates written as text or not (wire F12): whoever writes assertions knows nothing of a clock that was moved. */
function timeProblem(claims: JWTPayload, { tenant: { clock } }: Host): Problem {
  const [expires, begins] = [Number(claims.exp), Number(claims.nbf ?? 0)]
  if (claims.exp === undefined || !Number.isFinite(expires) || !Number.isFinite(begins)) return bad(50027)
  const isGood = [clock.now(), clock.realNow()].some((now) => begins - leeway <= now / 1000 && now / 1000 < expires + leeway)

  return isGood ? undefined : bad(700024)
}

/** Any spelling of the tenant, at either endpoint or as issuer (wire 5.2). */
function isAudience({ tenant, base }: Host, audience: string): boolean {
  const url = URL.parse(audience)
  if (!url || url.origin !== new URL(base).origin) return false
  const [, segment = '', ...rest] = url.pathname.toLowerCase().split('/')
  const names = [tenant.id, 'common', 'organizations', 'consumers', ...tenant.directory.list('domains').map(({ id }) => id)].map((name) => name.toLowerCase())

  return names.includes(segment) && endpoints.has(rest.join('/'))
}

const endpoints: ReadonlySet<string> = new Set(['', 'v2.0', 'oauth2/token', 'oauth2/v2.0/token'])

/** The certificates that an assertion may be signed with: the one it names by thumbprint, or, naming none, any. */
function certificatesNamed(client: Application, header: ProtectedHeaderParameters): X509Certificate[] {
  const certificates = client.certificates.map((pem) => new X509Certificate(pem))
  const names = [header.x5t, header['x5t#S256'], header.kid].filter((name) => typeof name === 'string').map(bytesOf)
  const sent = Array.isArray(header.x5c) && typeof header.x5c[0] === 'string' ? createHash('sha256').update(Buffer.from(header.x5c[0].replace(/\s/g, ''), 'base64')).digest() : null
  const wanted = sent && names.length === 0 ? [sent] : names
  if (wanted.length === 0) return certificates

  return certificates.filter(({ raw }) => ['sha1', 'sha256'].some((algorithm) => {
    const thumbprint = createHash(algorithm).update(raw).digest()

    return wanted.some((name) => name.equals(thumbprint))
  }))
}

/** Both alphabets of base64, with or without padding; some write a key id in hexadecimal. */
function bytesOf(name: string): Buffer {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(name) ? Buffer.from(name, 'hex') : Buffer.from(name.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
}

const algorithms: Readonly<Record<string, readonly string[]>> = { rsa: ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512'], ec: ['ES256', 'ES384'] }

async function isSignedBy(assertion: string, algorithm: string | undefined, { publicKey }: X509Certificate): Promise<boolean> {
  const allowed = algorithms[publicKey.asymmetricKeyType ?? ''] ?? []
  if (algorithm === undefined || !allowed.includes(algorithm)) return false
  try {
    await compactVerify(assertion, publicKey, { algorithms: [algorithm] })
    return true
  } catch {
    return false
  }
}

type FederatedCredential = { readonly issuer?: unknown; readonly subject?: unknown; readonly audiences?: unknown }

/** A statement of another issuer: issuer, subject and audience must all be those that the application trusts, to the letter. */
async function federatedProblem(client: Application, assertion: string, claims: JWTPayload): Promise<Problem> {
  const credentials = (Array.isArray(client.federatedIdentityCredentials) ? client.federatedIdentityCredentials : []) as readonly FederatedCredential[]
  const ofIssuer = credentials.filter(({ issuer }) => issuer === claims.iss)
  if (ofIssuer.length === 0) return bad(700211, { issuer: String(claims.iss) })
  const ofSubject = ofIssuer.filter(({ subject }) => subject === claims.sub)
  if (ofSubject.length === 0) return bad(700213, { subject: String(claims.sub) })
  const isMeant = ofSubject.some(({ audiences }) => Array.isArray(audiences) && [claims.aud].flat().some((audience) => audiences.includes(audience)))
  if (!isMeant) return bad(700212, { audience: String(claims.aud) })

  const keys = await keysOf(String(claims.iss))
  if (!keys) return bad(700027, { reason: 'the keys of its issuer could not be read' })
  try {
    await compactVerify(assertion, keys, { algorithms: ['RS256', 'PS256', 'ES256'] })
    return undefined
  } catch {
    return bad(700027, { reason: 'the signature does not match' })
  }
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The keys of an issuer on this machine: a mock asks nobody else, whatever an application was told to trust. */
async function keysOf(issuer: string): Promise<ReturnType<typeof createRemoteJWKSet> | null> {
  const url = URL.parse(issuer)
  if (!url || !loopback.has(url.hostname)) return null
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(2000), redirect: 'error' })
    const { jwks_uri: address } = (await response.json()) as { jwks_uri?: string }
    const keys = URL.parse(address ?? '')

    return keys && loopback.has(keys.hostname) ? createRemoteJWKSet(keys, { timeoutDuration: 2000 }) : null
  } catch {
    return null
  }
}

function bad(code: number, values?: Refusal['values']): { refusal: Refusal } {
  return { refusal: { code, ...(values ? { values } : {}) } }
}
