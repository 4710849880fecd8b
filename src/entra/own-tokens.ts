import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { Clock } from '../clock/clock.ts'
import type { Keys } from '../keys/keys.ts'

/** What an access token says, where it is ours and its time has come and is not over; otherwise what is wrong with it. */
export type ReadToken = { readonly claims: JWTPayload } | { readonly problem: 'malformed' | 'forged' | 'expired' }

/** Checks tokens of our own making: by the signature, since none is stored, and by the clock that the tenant's tokens go by. */
export function tokenReader({ signing }: Keys): (token: string, clock: Clock) => Promise<ReadToken> {
  const keySet = createLocalJWKSet({ keys: signing.map(({ publicJwk }) => ({ ...publicJwk, x5c: [...publicJwk.x5c] })) })

  return async (token, clock) => {
    if (!isJwt(token)) return { problem: 'malformed' }
    try {
      const now = clock.tokens === 'wire' ? clock.realNow() : clock.now()
      return { claims: (await jwtVerify(token, keySet, { algorithms: ['RS256'], currentDate: new Date(now) })).payload }
    } catch (error) {
      return { problem: error instanceof errors.JWTExpired ? 'expired' : 'forged' }
    }
  }
}

/** What a token says of itself, whoever made it: only to find the tenant that can check it. */
export function unchecked(token: string): JWTPayload {
  return isJwt(token) ? decodeJwt(token) : {}
}

function isJwt(token: string): boolean {
  try {
    decodeJwt(token)
    return true
  } catch {
    return false
  }
}
