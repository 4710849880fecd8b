import { createHash } from 'node:crypto'
import type { Refusal } from '../sign-in/refusal.ts'

/**
 * A PKCE challenge as the library takes it: S256 always. A plain challenge is hashed here, and the verifier then
 * matches by construction (wire 4.1, K9). No method means plain (RFC 7636, 4.3).
 */
export function normalizeChallenge(challenge: string | undefined, method: string | undefined): { readonly challenge?: string; readonly notes: readonly string[]; readonly refusal?: Refusal } {
  if (challenge === undefined) return method === undefined ? { notes: [] } : { notes: [], refusal: { code: 50147 } }
  if (!/^[\w.~-]{43,128}$/.test(challenge)) return { notes: [], refusal: { code: 501491 } }
  if (method === 'S256') return { challenge, notes: [] }
  if (method !== undefined && method !== 'plain') return { notes: [], refusal: { code: 90100, values: { parameter: 'code_challenge_method' } } }

  return { challenge: createHash('sha256').update(challenge).digest('base64url'), notes: ['A plain code_challenge is kept as its S256.'] }
}
