import { createHash, createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCertificate } from './certificate.ts'
import { readIfThere, writePrivately } from './private-file.ts'

/** What all tenants of a process sign and seal with. As in Entra, the key set is one for all of them. */
export type Keys = {
  /** The current key first, then the next one, which is published before it is used. */
  readonly signing: readonly SigningKey[]
  /** Makes a user's pairwise `sub` hard to guess. */
  readonly pairwiseSalt: string
  /** Seals cookies, where they are signed. */
  readonly cookieSecret: string
}

export type SigningKey = {
  /** Also the `x5t`: the thumbprint of its certificate, as in Entra. */
  readonly kid: string
  readonly privateJwk: PrivateJwk
  readonly publicJwk: PublicJwk
}

/** RSA, for RS256, with the certificate that clients find in the key set. */
export type PublicJwk = {
  readonly kty: 'RSA'
  readonly use: 'sig'
  readonly alg: 'RS256'
  readonly kid: string
  readonly x5t: string
  readonly x5c: readonly [string]
  readonly n: string
  readonly e: string
}
export type PrivateJwk = PublicJwk & {
  readonly d: string
  readonly p: string
  readonly q: string
  readonly dp: string
  readonly dq: string
  readonly qi: string
}

/** The keys kept in a folder, made there the first time; without a folder they end with the process. */
export async function openKeys(folder: string | null): Promise<Keys> {
  if (folder === null) return createKeys()

  const file = join(folder, 'keys.json')
  const kept = await readIfThere(file)
  if (kept !== null) return readKeys(kept, file)

  const keys = await createKeys()
  await writePrivately(file, `${JSON.stringify(storedOf(keys), null, 2)}\n`)

  return keys
}

/** New keys. Finding the primes takes from 20 to some 200 milliseconds, off the main thread. */
export async function createKeys(): Promise<Keys> {
  const signing = await Promise.all([createSigningKey(), createSigningKey()])

  return { signing, pairwiseSalt: randomBytes(32).toString('base64url'), cookieSecret: randomBytes(32).toString('base64url') }
}

/** Private JWKs as they are kept in `keys.json`; the rest follows from them. */
export type StoredKeys = { readonly signing: readonly PrivateJwk[]; readonly pairwiseSalt: string; readonly cookieSecret: string }

export const storedOf = ({ signing, ...secrets }: Keys): StoredKeys => ({ signing: signing.map((key) => key.privateJwk), ...secrets })
export const keysOf = ({ signing, ...secrets }: StoredKeys): Keys => ({ signing: signing.map(signingKeyOf), ...secrets })

async function createSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const certificate = selfSigned(privateKey, publicKey)
  const kid = createHash('sha1').update(certificate).digest('base64url')
  const numbers = privateKey.export({ format: 'jwk' }) as Pick<PrivateJwk, 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'>

  return signingKeyOf({ ...numbers, kty: 'RSA', use: 'sig', alg: 'RS256', kid, x5t: kid, x5c: [certificate.toString('base64')] })
}

function signingKeyOf(privateJwk: PrivateJwk): SigningKey {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicJwk } = privateJwk

  return { kid: privateJwk.kid, privateJwk, publicJwk }
}

/** Valid for so long that no tenant's clock runs out of it. */
function selfSigned(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const name = 'Portcullis token signing'

  return createCertificate({
    subject: name,
    publicKey,
    issuer: name,
    issuerPrivateKey: privateKey,
    issuerPublicKey: publicKey,
    notBefore: Date.UTC(2000, 0, 1),
    notAfter: Date.UTC(2099, 11, 31),
    use: 'signing',
  })
}

function readKeys(text: string, file: string): Keys {
  try {
    const stored = JSON.parse(text) as StoredKeys
    const [current, next] = stored.signing
    if (!current || !next || !stored.pairwiseSalt || !stored.cookieSecret) throw new Error('something is missing')
    for (const jwk of [current, next]) createPublicKey(createPrivateKey({ key: { ...jwk }, format: 'jwk' }))

    return keysOf(stored)
  } catch (cause) {
    throw new KeysUnreadable(`The signing keys in ${file} cannot be read. Move the file away to have new ones made at the next start.`, { cause })
  }
}

/** What is in the folder is not what was put there. Nothing is overwritten: tokens out there may depend on it. */
export class KeysUnreadable extends Error {
  readonly code = 'keysUnreadable'
}
