import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { testCertificates } from './keys.ts'

// Test files share processes: whoever came before may have had the test CA trusted.
const ownCertificates = getCACertificates('default').filter((certificate) => certificate.trim() !== testCertificates().caCertificate.trim())

/** What NODE_EXTRA_CA_CERTS does for a process: every client in it trusts the test CA. */
export function trustTestCa(): void {
  setDefaultCACertificates([...ownCertificates, testCertificates().caCertificate])
}

/** A process as it is without NODE_EXTRA_CA_CERTS. */
export function distrustTestCa(): void {
  setDefaultCACertificates(ownCertificates)
}
