/**
 * Makes the keys and certificates that the tests use, once: `node test/support/make-keys.ts`. They are valid from 2000
 * until 2099 and for this machine only; the CA's key is thrown away.
 */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createCertificate, pemOf } from '../../src/keys/certificate.ts'
import { createKeys, storedOf } from '../../src/keys/keys.ts'

const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const server = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const common = {
  issuer: 'Portcullis test CA',
  issuerPrivateKey: authority.privateKey,
  issuerPublicKey: authority.publicKey,
  notBefore: Date.UTC(2000, 0, 1),
  notAfter: Date.UTC(2099, 11, 31),
}
const ca = createCertificate({ ...common, subject: common.issuer, publicKey: authority.publicKey, use: 'authority' })
const leaf = createCertificate({
  ...common, subject: 'Portcullis tests', publicKey: server.publicKey, use: 'server', hosts: ['localhost', '127.0.0.1', '::1'],
})

write('ca.pem', pemOf(ca))
write('server.pem', pemOf(leaf) + server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
write('keys.json', `${JSON.stringify(storedOf(await createKeys()), null, 2)}\n`)

function write(name: string, text: string): void {
  writeFileSync(new URL(name, import.meta.url), text)
}
