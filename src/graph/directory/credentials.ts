import { X509Certificate } from 'node:crypto'
import { idFor } from '../../directory/index.ts'
import type { Application } from '../../directory/types.ts'
import { badProperty } from '../protocol/refusal.ts'

/** Every secret an application has, those of its tenant file too, each without its text: the first three letters are a hint. */
export function passwordCredentialsOf(application: Application) {
  const made = new Map(application.passwordCredentials?.map((credential) => [credential.secretText, credential]))

  return application.secrets.map((secret, index) => {
    const { keyId, displayName = null, startDateTime = null, endDateTime = null } = made.get(secret) ?? { keyId: secretId(application, index) }

    return { customKeyIdentifier: null, displayName, endDateTime, hint: secret.slice(0, 3), keyId, secretText: null, startDateTime }
  })
}

/** The secret that a key id means. */
export function secretNamed(application: Application, keyId: string): string | undefined {
  const wanted = keyId.toLowerCase()

  return application.passwordCredentials?.find((credential) => credential.keyId === wanted)?.secretText
    ?? application.secrets.find((secret, index) => secretId(application, index) === wanted)
}

const secretId = ({ id }: Application, index: number) => idFor(id, 'secret', String(index))

/** The certificates an application signs client assertions with. */
export function keyCredentialsOf({ id, certificates }: Application) {
  return certificates.flatMap((pem) => {
    const certificate = certificateOf(pem)
    if (!certificate) return []
    const thumbprint = certificate.fingerprint.replaceAll(':', '')

    return [{
      customKeyIdentifier: Buffer.from(thumbprint, 'hex').toString('base64'),
      displayName: certificate.subject.split('\n').at(-1) ?? null,
      endDateTime: certificate.validToDate.toISOString(),
      key: null,
      keyId: idFor(id, 'certificate', thumbprint),
      startDateTime: certificate.validFromDate.toISOString(),
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    }]
  })
}

/** A certificate as text, of what Graph takes: the base64 of its DER form, or of the PEM text. Null = it is none. */
export function pemOf(key: string): string | null {
  const bytes = Buffer.from(key, 'base64')
  const certificate = certificateOf(bytes.subarray(0, 11).toString() === '-----BEGIN ' ? bytes.toString() : bytes)

  return certificate?.toString() ?? null
}

function certificateOf(pem: string | Buffer): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** The certificates an application has after its `keyCredentials` were written: those that are there may be named, new ones come with their key. */
export function certificatesWritten(written: readonly unknown[], before: Application | undefined): readonly string[] {
  return written.map((credential, index) => {
    const { key, keyId } = (credential ?? {}) as { readonly key?: unknown; readonly keyId?: unknown }
    const pem = typeof key === 'string' ? pemOf(key) : before?.certificates.find((known) => keyCredentialsOf({ ...before, certificates: [known] })[0]?.keyId === String(keyId).toLowerCase())
    if (!pem) throw badProperty(`keyCredentials[${index}].key`, `'keyCredentials[${index}].key' wants a certificate: the base64 of its DER form.`)

    return pem
  })
}
