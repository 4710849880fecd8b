import { createHash, randomBytes, sign, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { bitString, boolean, explicit, implicit, integer, objectIdentifier, octetString, sequence, setOf, time, utf8String } from './der.ts'

/** What a certificate says, and who says so. */
export type CertificateRequest = {
  /** Common name of whom it is about. */
  readonly subject: string
  readonly publicKey: KeyObject
  /** Common name and key of whom it is signed by; the subject's own for a self-signed one. */
  readonly issuer: string
  readonly issuerPrivateKey: KeyObject
  readonly issuerPublicKey: KeyObject
  /** Milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
  /** `signing`: signs tokens. `authority`: signs certificates of the other kinds. `server`: speaks TLS for `hosts`. */
  readonly use: 'signing' | 'authority' | 'server'
  /** Names and addresses of a server. */
  readonly hosts?: readonly string[]
}

/** An X.509 v3 certificate (RFC 5280), as DER. */
export function createCertificate(request: CertificateRequest): Buffer {
  const algorithm = signatureAlgorithms[request.issuerPrivateKey.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec']
  const toBeSigned = sequence(
    explicit(0, integer(2)),
    integer(serialNumber()),
    algorithm,
    nameOf(request.issuer),
    sequence(time(request.notBefore), time(request.notAfter)),
    nameOf(request.subject),
    spkiOf(request.publicKey),
    explicit(3, sequence(...extensionsOf(request))),
  )

  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, request.issuerPrivateKey)))
}

/** As files and TLS want it. */
export const pemOf = (der: Buffer): string => new X509Certificate(der).toString()

/** sha256WithRSAEncryption (its parameters are NULL) and ecdsa-with-SHA256 (it has none). */
const signatureAlgorithms = {
  rsa: sequence(objectIdentifier('1.2.840.113549.1.1.11'), Buffer.of(0x05, 0x00)),
  ec: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
}

function extensionsOf({ use, hosts = [], publicKey, issuerPublicKey }: CertificateRequest): Buffer[] {
  const identifiers = [
    extension('2.5.29.14', octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', sequence(implicit(0, keyIdentifier(issuerPublicKey)))),
  ]
  if (use === 'authority') {
    // It signs servers, never another authority: path length 0.
    return [critical('2.5.29.19', sequence(boolean(true), integer(0))), critical('2.5.29.15', keyUsage(0b00000110, 1)), ...identifiers]
  }

  const isServer = use === 'server'

  return [
    critical('2.5.29.19', sequence()),
    critical('2.5.29.15', keyUsage(0b10000000, 7)),
    ...(isServer ? [extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1')))] : []),
    ...(isServer ? [extension('2.5.29.17', sequence(...hosts.map(alternativeName)))] : []),
    ...identifiers,
  ]
}

const extension = (id: string, value: Buffer) => sequence(objectIdentifier(id), octetString(value))
const critical = (id: string, value: Buffer) => sequence(objectIdentifier(id), boolean(true), octetString(value))

/** digitalSignature is the first bit, keyCertSign and cRLSign the sixth and seventh. */
const keyUsage = (bits: number, unused: number) => bitString(Buffer.of(bits), unused)

const nameOf = (commonName: string) => sequence(setOf(sequence(objectIdentifier('2.5.4.3'), utf8String(commonName))))

function alternativeName(host: string): Buffer {
  return isIP(host) ? implicit(7, addressBytes(host)) : implicit(2, Buffer.from(host))
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))

  // The URL parser writes an IPv4 tail as groups, drops leading zeros and leaves `::` as the only irregularity.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]

  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

const groupsOf = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))

const spkiOf = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })
const keyIdentifier = (key: KeyObject) => createHash('sha1').update(spkiOf(key)).digest()

/** Sixteen bytes, positive: the highest bit is clear, the next one set. */
function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40

  return serial
}
