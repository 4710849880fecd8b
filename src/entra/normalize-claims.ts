import type { Refusal } from '../sign-in/refusal.ts'
import { isObject, jsonObject, wantsImpossibleContext } from './claims-request.ts'

/**
 * The `claims` parameter as the library takes it. MSAL often names the access token only, which the library refuses;
 * members that are no objects, and `userinfo`, would be refused too, and mean nothing (wire F13).
 */
export function normalizeClaims(text: string | undefined): { readonly claims?: string; readonly notes: readonly string[]; readonly refusal?: Refusal } {
  if (text === undefined) return { notes: [] }
  const parsed = jsonObject(text)
  if (!parsed || wantsImpossibleContext(parsed)) return { notes: [], refusal: { code: 90100, values: { parameter: 'claims' } } }

  const isMissing = !isObject(parsed.id_token)
  const claims = {
    ...(isObject(parsed.access_token) ? { access_token: parsed.access_token } : {}),
    id_token: isObject(parsed.id_token) ? wellFormed(parsed.id_token) : {},
  }

  return { claims: JSON.stringify(claims), notes: isMissing ? ['An empty id_token member was added to claims.'] : [] }
}

function wellFormed(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value === null || isObject(value)))
}
