import { createHash, createPublicKey, verify, sign, createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKeys, storedOf } from '../../src/keys/keys.ts'
import { testKeys } from '../support/keys.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'keys-test-'))))
afterEach(() => rm(folder, { recursive: true }))

const [current, next] = testKeys().signing
if (!current || !next) throw new Error('The test keys are incomplete.')

test('there is a current and a next signing key, and they differ', () => {
  expect(testKeys().signing).toHaveLength(2)
  expect(current.kid).not.toBe(next.kid)
})

for (const [which, key] of Object.entries({ current, next })) {
  test(`the ${which} key is named by the thumbprint of its certificate`, () => {
    const der = Buffer.from(key.publicJwk.x5c[0], 'base64')

    expect(key.kid).toBe(createHash('sha1').update(der).digest('base64url'))
    expect(key.publicJwk.x5t).toBe(key.kid)
    expect(key.publicJwk.kid).toBe(key.kid)
  })

  test(`the ${which} key's certificate is signed by itself, holds the key and outlasts any tenant's clock`, () => {
    const certificate = new X509Certificate(Buffer.from(key.publicJwk.x5c[0], 'base64'))

    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ kty: 'RSA', n: key.publicJwk.n, e: 'AQAB' })
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    expect(certificate.ca).toBe(false)
    expect(certificate.subject).toBe('CN=Portcullis token signing')
    expect([certificate.validFromDate.getUTCFullYear(), certificate.validToDate.getUTCFullYear()]).toEqual([2000, 2099])
  })

  test(`what the ${which} key signs, its public half verifies`, () => {
    const signature = sign('sha256', Buffer.from('a token'), createPrivateKey({ key: { ...key.privateJwk }, format: 'jwk' }))

    expect(verify('sha256', Buffer.from('a token'), createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' }), signature)).toBe(true)
  })

  test(`the ${which} key's public half tells nothing of the private one`, () => {
    expect(Object.keys(key.publicJwk).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t'])
  })
}

test('keys are made once and kept for their owner alone', async () => {
  const data = join(folder, 'not', 'there', 'yet')
  const made = await openKeys(data)
  const kept = await openKeys(data)

  expect(kept).toEqual(made)
  expect(kept).not.toEqual(testKeys())
  expect(await readdir(data)).toEqual(['keys.json'])
  expect((await stat(join(data, 'keys.json'))).mode & 0o777).toBe(0o600)
  expect((await stat(data)).mode & 0o777).toBe(0o700)
})

test('keys in a folder are read as they were left', async () => {
  await writeFile(join(folder, 'keys.json'), JSON.stringify(storedOf(testKeys())))

  expect(await openKeys(folder)).toEqual(testKeys())
})

const damaged: Record<string, (text: string) => string> = {
  'cut off': (text) => text.slice(0, 100),
  'empty': () => '',
  'something else': () => '{"signing":[]}',
  'one key short': (text) => JSON.stringify({ ...JSON.parse(text), signing: JSON.parse(text).signing.slice(0, 1) }),
  'without its salt': (text) => JSON.stringify({ ...JSON.parse(text), pairwiseSalt: undefined }),
  'holding a broken key': (text) => text.replaceAll('"kty":"RSA"', '"kty":"EC"'),
}

for (const [how, damage] of Object.entries(damaged)) {
  test(`a key file that is ${how} is refused, and left for a person to look at`, async () => {
    const file = join(folder, 'keys.json')
    const text = damage(JSON.stringify(storedOf(testKeys())))
    await writeFile(file, text)

    await expect(openKeys(folder)).rejects.toThrow(`The signing keys in ${file} cannot be read. Move the file away`)
    expect(await readFile(file, 'utf8')).toBe(text)
  })
}
