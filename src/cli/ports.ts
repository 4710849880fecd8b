import { BadUse } from './command.ts'

/** A port as a flag gives it. */
export function portOf(flag: string, text: string | null, otherwise: number): number {
  if (text === null) return otherwise
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)

  throw new BadUse(`${flag} wants a number from 0 to 65535, not "${text}".`)
}
