import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Modest on purpose: a mock's passwords are printed at its start, and a cold start should not wait for them. */
const cost = 4096
const keyLength = 32
const remembered = 1000

/** Of this process only, so that what is remembered here means nothing elsewhere. */
const processKey = randomBytes(32)

/** Hashes made, by the digest of the password; and the digest of the password that a hash was seen to match. */
const hashes = new Map<string, Promise<string>>()
const matches = new Map<string, Buffer>()

/** `scrypt$N$salt$hash` of a password. The same password is hashed once in a process, whoever has it. */
export function hashPassword(plain: string): Promise<string> {
  const digest = digestOf(plain)
  const key = digest.toString('base64')
  const known = hashes.get(key)
  if (known) return known

  const salt = randomBytes(16)
  const made = derived(plain, salt, cost).then((hash) => {
    const text = `scrypt$${cost}$${salt.toString('base64')}$${hash.toString('base64')}`
    remember(matches, text, digest)

    return text
  })
  remember(hashes, key, made)

  return made
}

/** Whether this is the password. Takes no longer for a near miss than for a far one, and never holds up the process. */
export async function verifyPassword(plain: string, hash: string): Promise<boolean> {
  const digest = digestOf(plain)
  const match = matches.get(hash)
  if (match && timingSafeEqual(match, digest)) return true

  const parts = hashPattern.exec(hash)
  if (!parts) return false
  const [, n = '', salt = '', expected = ''] = parts
  const wanted = Buffer.from(expected, 'base64')
  const found = await derived(plain, Buffer.from(salt, 'base64'), Number(n), wanted.length)
  const isRight = timingSafeEqual(found, wanted)
  if (isRight) remember(matches, hash, digest)

  return isRight
}

/** Whether a text is a hash already, and no password. */
export function isPasswordHash(text: string): boolean {
  return hashPattern.test(text)
}

const hashPattern = /^scrypt\$(1024|2048|4096|8192|16384|32768|65536)\$([\w+/=-]{8,64})\$([\w+/=-]{22,88})$/

function derived(plain: string, salt: Buffer, n: number, length = keyLength): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(plain.normalize('NFC'), salt, length, { N: n, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

function digestOf(plain: string): Buffer {
  return createHmac('sha256', processKey).update(plain.normalize('NFC')).digest()
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  if (map.size <= remembered) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
