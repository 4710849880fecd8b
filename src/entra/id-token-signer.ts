import { createHash } from 'node:crypto'
import { CompactSign, importJWK } from 'jose'
import type { Keys } from '../keys/keys.ts'

type Claims = Readonly<Record<PropertyKey, unknown>>

/**
 * Signs ID tokens with Entra's header: `typ` always, and the key a second time as `x5t` on v1 (wire 9). What the
 * library put together gets the members that every token has, and its hashes their final form.
 */
export function idTokenSigner({ signing: [current] }: Keys): (payload: Record<string, unknown>, available: Claims) => Promise<string> {
  const key = current && importJWK({ ...current.privateJwk, x5c: [...current.privateJwk.x5c] }, 'RS256')

  return async (payload, { aud, iss, exp }) => {
    if (!current || !key) throw new Error('A tenant without a signing key issues no tokens.')
    const header = { typ: 'JWT', alg: 'RS256', kid: current.kid, ...(payload.ver === '1.0' ? { x5t: current.kid } : {}) }
    const claims = { aud, iss, ...payload, ...hashes(payload), exp }

    return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(await key)
  }
}

/** The code or access token beside the ID token, as the left half of its hash (OpenID Connect Core 3.3.2.11). */
function hashes(payload: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(['at_hash', 'c_hash'].flatMap((name) => {
    const value = payload[name]

    return typeof value === 'string' ? [[name, createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')]] : []
  }))
}
