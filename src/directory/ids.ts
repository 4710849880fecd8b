import { createHash } from 'node:crypto'

/**
 * The id of something that was not given one: always the same for the same tenant, kind and name, so that a tenant
 * file without ids is stable from one start to the next.
 */
export function idFor(tenantId: string, kind: string, name: string): string {
  const digest = createHash('sha1').update(`${tenantId}/${kind}/${name.toLowerCase()}`).digest('hex')
  const variant = ((Number.parseInt(digest[16] ?? '0', 16) & 3) | 8).toString(16)

  return [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, `${variant}${digest.slice(17, 20)}`, digest.slice(20, 32)].join('-')
}

/** Whether a text is spelled as an object id. */
export function isGuid(text: string): boolean {
  return guid.test(text)
}

const guid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
