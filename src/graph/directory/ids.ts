import { createHash } from 'node:crypto'

/** The id of something that is known by those it is between, as Graph makes them: their ids one after the other, in sixty-four letters. */
export function relationId(...ids: readonly string[]): string {
  return Buffer.concat(ids.map(bytesOf)).toString('base64url')
}

function bytesOf(id: string): Buffer {
  const hex = id.replaceAll('-', '')

  return /^[\da-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex') : createHash('sha1').update(id).digest().subarray(0, 16)
}
