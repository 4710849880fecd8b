import { ClockRefused } from './clock.ts'

/**
 * How far a test moves the clock: `PT8H`, `P1DT30M`, `P2W` (ISO 8601) in milliseconds. Only lengths that are always the
 * same length: a month or a year is refused, since nobody could say where the clock would stand.
 */
export function parseDuration(text: string): number {
  const parts = duration.exec(text)?.groups
  if (!parts || Object.values(parts).every((part) => part === undefined)) throw notADuration(text)

  const milliseconds = Object.entries(lengths).reduce((sum, [unit, length]) => sum + numberOf(parts[unit]) * length, 0)
  if (!Number.isSafeInteger(Math.round(milliseconds))) throw notADuration(text)

  return Math.round(milliseconds)
}

const lengths = { weeks: 604_800_000, days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 }

// The smallest part alone may have a fraction (ISO 8601-1, 5.5.2.3), and a `T` must be followed by something.
const fraction = String.raw`(?:[.,]\d+(?=[A-Z]$))?`
const part = (unit: keyof typeof lengths, letter: string) => String.raw`(?:(?<${unit}>\d+${fraction})${letter})?`
const duration = new RegExp(
  `^P${part('weeks', 'W')}${part('days', 'D')}(?:T(?=\\d)${part('hours', 'H')}${part('minutes', 'M')}${part('seconds', 'S')})?$`,
)

const numberOf = (part: string | undefined) => (part === undefined ? 0 : Number(part.replace(',', '.')))

function notADuration(text: string): ClockRefused {
  const advice = /^P[^T]*[YM]/.test(text)
    ? 'A month or a year has no fixed length; say it in days.'
    : 'Write it as ISO 8601 does, e.g. PT8H, PT30M or P1DT12H.'

  return new ClockRefused('notADuration', `"${text.slice(0, 40)}" is not a duration. ${advice}`)
}
