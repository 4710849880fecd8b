import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCertificates } from '../../src/keys/certificates.ts'
import type { Certificates } from '../../src/keys/certificates.ts'
import { testCertificates } from '../support/keys.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'certificates-test-'))))
afterEach(() => rm(folder, { recursive: true }))

const now = Date.now()
const day = 86_400_000

/** Speaks TLS as a server that shows the certificate and as a client that trusts the CA and expects the host. */
async function shakeHands({ certificate, key, caCertificate }: Certificates, host: string): Promise<string> {
  const server = createServer({ cert: certificate, key }, (socket) => socket.end('hello'))
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // For an address there is no server name, and the certificate is checked against the address.
  const name = isIP(host) ? { checkServerIdentity: expectAddress(host) } : { servername: host }

  try {
    const socket = connect({ host: '127.0.0.1', port, ca: caCertificate, ...name })
    const [data] = await once(socket, 'data')
    socket.destroy()

    return String(data)
  } finally {
    server.close()
  }
}

const expectAddress = (address: string) => (_host: string, { raw }: { raw: Buffer }) =>
  new X509Certificate(raw).checkIP(address) ? undefined : new Error(`not for ${address}`)

describe('the server certificate is accepted', () => {
  for (const host of ['localhost', '127.0.0.1', '::1']) {
    test(`for ${host} by whoever trusts the CA`, async () => {
      expect(await shakeHands(await openCertificates(folder, [], now), host)).toBe('hello')
    })
  }

  const others: Record<string, string> = {
    'portcullis.test': 'portcullis.test',
    'Tenant.Portcullis.Test': 'tenant.portcullis.test',
    'bücher.test': 'xn--bcher-kva.test',
    '192.168.1.20': '192.168.1.20',
    'fd00::1:2': 'fd00::1:2',
    '[fd00::7]': 'fd00:0:0:0:0:0:0:7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2:3:4:5:6',
    '::ffff:192.0.2.1': '::ffff:c000:201',
  }
  for (const [host, asked] of Object.entries(others)) {
    test(`for ${host} where that host is allowed`, async () => {
      expect(await shakeHands(await openCertificates(folder, [host], now), asked)).toBe('hello')
    })
  }
})

describe('the server certificate is refused', () => {
  test('for a host that nobody allowed', async () => {
    await expect(shakeHands(await openCertificates(folder, [], now), 'contoso.example')).rejects.toThrow(/altnames/)
  })

  test('by whoever trusts another CA', async () => {
    const certificates = await openCertificates(folder, [], now)

    await expect(shakeHands({ ...certificates, caCertificate: testCertificates().caCertificate }, 'localhost')).rejects.toThrow(/certificate/)
  })
})

test('the CA may sign servers and nothing else, and a server nothing at all', async () => {
  const { caCertificate, certificate } = await openCertificates(folder, [], now)
  const [ca, server] = [new X509Certificate(caCertificate), new X509Certificate(certificate)]

  expect(ca.ca).toBe(true)
  expect(ca.verify(ca.publicKey)).toBe(true)
  expect(server.ca).toBe(false)
  expect(server.checkIssued(ca)).toBe(true)
  expect(server.verify(ca.publicKey)).toBe(true)
  // 1.3.6.1.5.5.7.3.1: TLS servers
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  expect(server.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBeLessThanOrEqual(398 * day)
})

describe('kept in a folder', () => {
  test('all stays as it was made, keys for their owner alone', async () => {
    const first = await openCertificates(folder, ['portcullis.test'], now)
    const second = await openCertificates(folder, ['portcullis.test'], now + day)

    expect({ ...second, dispose: null }).toEqual({ ...first, dispose: null })
    expect(second.caFile).toBe(join(folder, 'ca.pem'))
    expect((await readdir(folder)).toSorted()).toEqual(['ca-key.pem', 'ca.pem', 'server.pem'])
    const modes = await Promise.all(['ca-key.pem', 'server.pem', 'ca.pem'].map(async (name) => (await stat(join(folder, name))).mode & 0o777))
    expect(modes).toEqual([0o600, 0o600, 0o644])
  })

  test('the CA\'s file holds no key', async () => {
    const { caFile, caCertificate } = await openCertificates(folder, [], now)

    expect(await readFile(caFile, 'utf8')).toBe(caCertificate)
    expect(caCertificate).not.toContain('PRIVATE')
  })

  const renewals: Record<string, (first: { hosts: string[]; at: number }) => { hosts: string[]; at: number }> = {
    'a host is added': ({ at }) => ({ hosts: ['a.test', 'b.test'], at }),
    'a host is taken away': ({ at }) => ({ hosts: [], at }),
    'it nears its end': ({ hosts, at }) => ({ hosts, at: at + 370 * day }),
    'it has ended': ({ hosts, at }) => ({ hosts, at: at + 800 * day }),
  }
  for (const [when, change] of Object.entries(renewals)) {
    test(`the server certificate is renewed by the same CA when ${when}`, async () => {
      const before = { hosts: ['a.test'], at: now }
      const first = await openCertificates(folder, before.hosts, before.at)
      const after = change(before)
      const second = await openCertificates(folder, after.hosts, after.at)

      expect(second.caCertificate).toBe(first.caCertificate)
      expect(second.certificate).not.toBe(first.certificate)
      expect(new X509Certificate(second.certificate).verify(new X509Certificate(first.caCertificate).publicKey)).toBe(true)
      expect(Date.parse(new X509Certificate(second.certificate).validTo)).toBeGreaterThan(after.at + 30 * day)
    })
  }

  const losses: Record<string, (folder: string) => Promise<void>> = {
    'its key is gone': (folder) => rm(join(folder, 'ca-key.pem')),
    'its certificate is gone': (folder) => rm(join(folder, 'ca.pem')),
    'its certificate is damaged': (folder) => truncate(join(folder, 'ca.pem'), 40),
    'its key is damaged': (folder) => truncate(join(folder, 'ca-key.pem'), 40),
  }
  for (const [when, lose] of Object.entries(losses)) {
    test(`the CA is made anew when ${when}, and the server certificate with it`, async () => {
      const first = await openCertificates(folder, [], now)
      await lose(folder)
      const second = await openCertificates(folder, [], now)

      expect(second.caCertificate).not.toBe(first.caCertificate)
      expect(await shakeHands(second, 'localhost')).toBe('hello')
    })
  }

  test('a damaged server certificate is replaced', async () => {
    await openCertificates(folder, [], now)
    await truncate(join(folder, 'server.pem'), 40)

    expect(await shakeHands(await openCertificates(folder, [], now), 'localhost')).toBe('hello')
  })
})

describe('without a folder', () => {
  test('the CA\'s certificate is in a private file of its own, which goes with the process', async () => {
    const certificates = await openCertificates(null, [], now)
    const home = dirname(certificates.caFile)

    expect(await shakeHands(certificates, 'localhost')).toBe('hello')
    expect(await readFile(certificates.caFile, 'utf8')).toBe(certificates.caCertificate)
    expect(await readdir(home)).toEqual(['ca.pem'])
    expect((await stat(home)).mode & 0o777).toBe(0o700)

    await certificates.dispose()
    await expect(stat(home)).rejects.toThrow('ENOENT')
    await expect(certificates.dispose()).resolves.toBeUndefined()
  })

  test('no two of them are the same', async () => {
    const [one, other] = await Promise.all([openCertificates(null, [], now), openCertificates(null, [], now)])

    expect(one.caFile).not.toBe(other.caFile)
    expect(one.caCertificate).not.toBe(other.caCertificate)
    await Promise.all([one.dispose(), other.dispose()])
  })
})

test('the certificates that tests use are accepted', async () => {
  expect(await shakeHands(testCertificates(), 'localhost')).toBe('hello')
})
