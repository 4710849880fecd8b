import { expect, test } from 'vitest'
import { ClockRefused } from '../../src/clock/clock.ts'
import { parseDuration } from '../../src/clock/duration.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const lengths: Record<string, number> = {
  PT8H: 8 * hour,
  P1DT30M: day + 30 * minute,
  P90D: 90 * day,
  P2W: 14 * day,
  PT1H2M3S: hour + 2 * minute + 3000,
  'PT0.5H': 30 * minute,
  'PT1,5S': 1500,
  PT90M: 90 * minute,
  PT0S: 0,
}

for (const [text, milliseconds] of Object.entries(lengths)) {
  test(`${text} is ${milliseconds} milliseconds`, () => expect(parseDuration(text)).toBe(milliseconds))
}

const nonsense = [
  '', 'P', 'PT', 'P1DT', '8H', 'PT8', 'T8H', 'PT8h', 'PT-8H', '-PT8H', '+PT8H', 'PT8H ', 'PT1M2H', 'P1H', 'PT1D', 'PT0.5H30M',
  'PT.5H', 'PT1.H', 'P1Y', 'P1M', 'P1Y2M3D', 'eight hours', '480', 'PT99999999999999999999H',
]

for (const text of nonsense) {
  test(`"${text}" is refused`, () => expect(() => parseDuration(text)).toThrow(ClockRefused))
}

test('a month is refused because nobody could say where the clock would stand', () => {
  expect(() => parseDuration('P1M')).toThrow('"P1M" is not a duration. A month or a year has no fixed length; say it in days.')
})

test('other nonsense is refused with an example', () => {
  expect(() => parseDuration('soon')).toThrow('"soon" is not a duration. Write it as ISO 8601 does, e.g. PT8H, PT30M or P1DT12H.')
})
