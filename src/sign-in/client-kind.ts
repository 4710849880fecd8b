import type { Application } from '../directory/types.ts'
import type { Attempt, ClientKind } from './attempt.ts'

/** What kind of client makes an attempt: the face it shows, otherwise what its registration says. */
export function kindOf(attempt: Pick<Attempt, 'client' | 'redirectKind'>): ClientKind {
  return attempt.redirectKind ?? registeredKind(attempt.client)
}

function registeredKind(client: Application): ClientKind {
  if (hasCredentials(client)) return 'web'

  return client.spa.redirectUris.length > 0 ? 'spa' : 'publicClient'
}

function hasCredentials(client: Application): boolean {
  const { federatedIdentityCredentials: federated } = client

  return client.secrets.length > 0 || client.certificates.length > 0 || (Array.isArray(federated) && federated.length > 0)
}
