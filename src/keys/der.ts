/**
 * The few forms of DER (X.690) that an X.509 certificate is written in. Every function gives one whole element, so that
 * they nest as the standard's own notation does.
 */
export const sequence = (...elements: readonly Buffer[]): Buffer => element(0x30, ...elements)
export const setOf = (...elements: readonly Buffer[]): Buffer => element(0x31, ...elements)
export const boolean = (value: boolean): Buffer => element(0x01, Buffer.of(value ? 0xff : 0))
export const octetString = (content: Buffer): Buffer => element(0x04, content)
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text))

/** A positive integer; a leading zero keeps its highest bit from reading as a sign. */
export function integer(value: number | Buffer): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : value
  const first = bytes.findIndex((byte) => byte !== 0)
  const significant = first === -1 ? Buffer.of(0) : bytes.subarray(first)

  return element(0x02, (significant[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), significant]) : significant)
}

/** Bits, the last `unused` of which do not count. */
export const bitString = (content: Buffer, unused = 0): Buffer => element(0x03, Buffer.of(unused), content)

/** `1.2.840.113549.1.1.11` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)

  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** A point in time: two digits for the year until 2049, four from then on (RFC 5280, 4.1.2.5). */
export function time(instant: number): Buffer {
  const digits = new Date(instant).toISOString().replace(/[-:T]|\.\d+/g, '')

  return Number(digits.slice(0, 4)) < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits))
}

/** `[number]` of the notation, around a whole element. */
export const explicit = (number: number, content: Buffer): Buffer => element(0xa0 + number, content)

/** `[number] IMPLICIT`, in place of a primitive element's own tag. */
export const implicit = (number: number, content: Buffer): Buffer => element(0x80 + number, content)

function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents)

  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content])
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length]

  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]

  return [0x80 + bytes.length, ...bytes]
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 | (rest & 0x7f))

  return digits
}
