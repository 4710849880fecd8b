import { createHmac, timingSafeEqual } from 'node:crypto'
import type { BinaryLike, KeyObject } from 'node:crypto'

export type Secret = BinaryLike | KeyObject

/** A token that a form carries to show that it comes from a page we rendered for this very visit (the binding). */
export function newCsrf(secret: Secret, binding: string): string {
  return signature(secret, binding).toString('base64url')
}

export function isGoodCsrf(secret: Secret, binding: string, token: string | undefined): boolean {
  const given = Buffer.from(token ?? '', 'base64url')
  const wanted = signature(secret, binding)

  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function signature(secret: Secret, binding: string): Buffer {
  return createHmac('sha256', secret).update(`csrf:${binding}`).digest()
}
