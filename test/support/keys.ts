import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Certificates } from '../../src/keys/certificates.ts'
import { keysOf } from '../../src/keys/keys.ts'
import type { Keys, StoredKeys } from '../../src/keys/keys.ts'

/** The same keys in every test: making RSA keys is what would take longest in most of them. */
export const testKeys = (): Keys => keysOf(JSON.parse(read('keys.json')) as StoredKeys)

/** A server certificate for this machine and the CA that signed it. Valid from 2000 until 2099. */
export const testCertificates = (): Certificates => ({
  caFile: fileURLToPath(new URL('ca.pem', import.meta.url)),
  caCertificate: read('ca.pem'),
  certificate: read('server.pem').split(/(?=-----BEGIN PRIVATE KEY-----)/)[0] ?? '',
  key: read('server.pem').split(/(?=-----BEGIN PRIVATE KEY-----)/)[1] ?? '',
  dispose: async () => {},
})

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
