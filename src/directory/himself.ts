import type { Initiator, User } from './types.ts'

/** A user who changes what is said of himself: his password, his methods, what he accepted. */
export function himself({ id, displayName, userPrincipalName }: User): Initiator {
  return { user: { id, displayName, userPrincipalName, ipAddress: null } }
}
