import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { domainToASCII } from 'node:url'
import { createCertificate, pemOf } from './certificate.ts'
import { readIfThere, writePrivately } from './private-file.ts'

/** What the HTTPS listener shows, and what a client must be told to trust. All PEM. */
export type Certificates = {
  /** A file that holds the CA's certificate, for `NODE_EXTRA_CA_CERTS` and its likes. */
  readonly caFile: string
  readonly caCertificate: string
  readonly certificate: string
  readonly key: string
  /** Removes what was written for this process alone. */
  dispose(): Promise<void>
}

/**
 * The development certificates: a CA made once and kept in the folder, so that it need be trusted only once, and a
 * server certificate for this machine and the hosts named, made anew when they change or it nears its end. Without a
 * folder both end with the process, and the CA's certificate alone is put into a private temporary file.
 *
 * `now` is real time: browsers and clients check these by their own clocks.
 */
export async function openCertificates(folder: string | null, hosts: readonly string[], now: number): Promise<Certificates> {
  const wanted = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts.map(plainHost)])]
  if (folder === null) return ephemeralCertificates(wanted, now)

  const caFile = resolve(folder, 'ca.pem')
  const caKeyFile = resolve(folder, 'ca-key.pem')
  const serverFile = resolve(folder, 'server.pem')

  const authority = (await readPair(caFile, caKeyFile, now)) ?? createAuthority(now)
  if (authority.isNew) {
    await writePrivately(caKeyFile, authority.key)
    await writePrivately(caFile, authority.certificate, 0o644)
  }

  const kept = await readPair(serverFile, serverFile, now)
  const server = kept && isFor(kept, wanted, authority) ? kept : createServer(authority, wanted, now)
  if (server.isNew) await writePrivately(serverFile, server.certificate + server.key)

  return { caFile, caCertificate: authority.certificate, certificate: server.certificate, key: server.key, dispose: async () => {} }
}

/** A certificate with its key, as PEM. */
type Pair = { readonly certificate: string; readonly key: string; readonly isNew: boolean }

async function ephemeralCertificates(hosts: readonly string[], now: number): Promise<Certificates> {
  const authority = createAuthority(now)
  const { certificate, key } = createServer(authority, hosts, now)
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-'))
  await chmod(folder, 0o700)
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, authority.certificate, { mode: 0o600 })

  return { caFile, caCertificate: authority.certificate, certificate, key, dispose: () => rm(folder, { recursive: true, force: true }) }
}

const day = 86_400_000
const authorityName = 'Portcullis development CA'

function createAuthority(now: number): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = createCertificate({
    subject: authorityName,
    publicKey,
    issuer: authorityName,
    issuerPrivateKey: privateKey,
    issuerPublicKey: publicKey,
    notBefore: now - day,
    notAfter: now + 3650 * day,
    use: 'authority',
  })

  return { certificate: pemOf(certificate), key: pemKey(privateKey), isNew: true }
}

/** Just over a year: browsers refuse a server certificate that is valid for longer than 398 days. */
function createServer(authority: Pair, hosts: readonly string[], now: number): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = createCertificate({
    subject: 'Portcullis',
    publicKey,
    issuer: authorityName,
    issuerPrivateKey: createPrivateKey(authority.key),
    issuerPublicKey: new X509Certificate(authority.certificate).publicKey,
    notBefore: now - day,
    notAfter: now + 396 * day,
    use: 'server',
    hosts,
  })

  return { certificate: pemOf(certificate), key: pemKey(privateKey), isNew: true }
}

/** What is kept, if it is whole, fits together, and is good for another month. */
async function readPair(certificateFile: string, keyFile: string, now: number): Promise<Pair | null> {
  const [certificate, key] = await Promise.all([readIfThere(certificateFile), readIfThere(keyFile)])
  if (certificate === null || key === null) return null

  try {
    // Each may share its file with the other: only what is asked for is handed on.
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(key)
    const isGood = parsed.checkPrivateKey(privateKey)
      && Date.parse(parsed.validFrom) <= now
      && Date.parse(parsed.validTo) > now + 30 * day

    return isGood ? { certificate: parsed.toString(), key: pemKey(privateKey), isNew: false } : null
  } catch {
    // Damaged: certificates are made anew at no loss but having to trust the CA again.
    return null
  }
}

function isFor(server: Pair, hosts: readonly string[], authority: Pair): boolean {
  const certificate = new X509Certificate(server.certificate)
  const named = (host: string) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' })) !== undefined

  return certificate.verify(new X509Certificate(authority.certificate).publicKey)
    && certificate.subjectAltName?.split(', ').length === hosts.length
    && hosts.every(named)
}

const pemKey = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** As a certificate spells it: no brackets, lower case, ASCII. */
function plainHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')

  return isIP(bare) ? bare : domainToASCII(bare) || bare.toLowerCase()
}
