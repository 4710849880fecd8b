import { jsonObject } from './claims-request.ts'

/**
 * The `login_hint` claim: a name for an account that says nothing to who reads it, and comes back as `login_hint` or
 * `logout_hint` (wire 4.1, 8). A hint proves nothing, so it is not signed.
 */
export function opaqueLoginHint({ userId, userPrincipalName, tenantId }: { readonly userId: string; readonly userPrincipalName: string; readonly tenantId: string }): string {
  return `O.${Buffer.from(JSON.stringify({ oid: userId, upn: userPrincipalName, tid: tenantId })).toString('base64url')}`
}

/** The user behind a hint of ours; null where it is not one. */
export function readLoginHint(hint: string): { readonly userId: string; readonly userPrincipalName: string; readonly tenantId: string } | null {
  if (!hint.startsWith('O.')) return null
  const { oid, upn, tid } = jsonObject(Buffer.from(hint.slice(2), 'base64url').toString('utf8')) ?? {}
  if (typeof oid !== 'string' || typeof upn !== 'string' || typeof tid !== 'string') return null

  return { userId: oid, userPrincipalName: upn, tenantId: tid }
}
