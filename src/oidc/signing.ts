import { createPrivateKey, generateKeyPair, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Keys } from '../keys/keys.ts'

/**
 * Signs a token made to order by a test: with the tenant's key, with one that no key set has, or not at all.
 */
export async function signToken(keys: Keys, by: 'signing' | 'unknown' | 'none', header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const [current] = keys.signing
  if (!current) throw new Error('There is no signing key.')
  const usual = by === 'none' ? { alg: 'none', typ: 'JWT' } : { alg: 'RS256', typ: 'JWT', kid: current.kid }
  const unsigned = [{ ...usual, ...header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  if (by === 'none') return `${unsigned}.`

  const key = by === 'unknown' ? await strangersKey() : createPrivateKey({ key: { ...current.privateJwk }, format: 'jwk' })

  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`
}

let stranger: Promise<KeyObject> | undefined

/** Made once, when first asked for. */
function strangersKey(): Promise<KeyObject> {
  stranger ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(({ privateKey }) => privateKey)

  return stranger
}
