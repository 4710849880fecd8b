import * as answers from '../answers.ts'
import { serverCall } from '../call.ts'

/** What is running here, where it listens, and which tenants it has. */
export const serverInformation = serverCall({
  method: 'GET',
  path: '',
  summary: 'Version, addresses, tenants',
  answers: answers.information,
  answer: ({ port, base }) => ({
    version: port.version,
    addresses: port.addresses(),
    tenants: port.tenants().map(({ id, domain, directory }) => ({
      id,
      domain,
      displayName: directory.settings.displayName,
      issuer: `${base}/${id}/v2.0`,
    })),
  }),
})
