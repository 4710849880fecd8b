import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createCertificate, pemOf } from '../../src/keys/certificate.ts'

/** A self-signed certificate, as an application registers one. */
export function newCertificate(subject: string): { readonly der: Buffer; readonly pem: string; readonly privateKey: KeyObject; readonly privatePem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const day = 24 * 60 * 60 * 1000
  const der = createCertificate({ subject, publicKey, issuer: subject, issuerPrivateKey: privateKey, issuerPublicKey: publicKey, notBefore: Date.now() - day, notAfter: Date.now() + day, use: 'signing' })

  return { der, pem: pemOf(der), privateKey, privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}
