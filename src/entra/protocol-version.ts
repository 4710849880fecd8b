import type { stateOf } from '../oidc/request-state.ts'

type LibraryContext = Parameters<typeof stateOf>[0]

/**
 * Which endpoint was asked: it decides what errors and ID tokens look like (wire 9.1). A request that goes on after a
 * page has another address, and carries the version along.
 */
export function versionOf({ oidc, state }: LibraryContext): 'v1' | 'v2' {
  const { x_version: carried } = (oidc?.params ?? {}) as { x_version?: 'v1' }

  return carried ?? (state as { version?: 'v1' | 'v2' }).version ?? 'v2'
}
