import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { testCertificates } from './keys.ts'

/** What NODE_EXTRA_CA_CERTS does for a process: every client in this test file trusts the test CA. */
export function trustTestCa(): void {
  setDefaultCACertificates([...getCACertificates('default'), testCertificates().caCertificate])
}
