import { expect, test } from 'vitest'
import { ClockRefused, createClock } from '../../src/clock/clock.ts'

/** A wall that stands until the test moves it. */
function wallAt(instant: string) {
  const wall = { now: Date.parse(instant), pass: (milliseconds: number) => void (wall.now += milliseconds) }

  return { wall, clock: createClock(() => wall.now) }
}
const hour = 3_600_000

test('a new clock tells real time', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00.900Z')

  expect(clock.now()).toBe(wall.now)
  expect(clock.epochSeconds()).toBe(Date.parse('2026-01-01T08:00:00Z') / 1000)
  expect([clock.offset, clock.isFrozen, clock.tokens]).toEqual([0, false, 'virtual'])
})

test('without a wall of its own it hangs on the real one', () => {
  expect(Math.abs(createClock().now() - Date.now())).toBeLessThan(1000)
})

test('an advanced clock keeps its lead while real time passes', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00Z')
  clock.advance(9 * hour)
  wall.pass(1000)

  expect(clock.offset).toBe(9 * hour)
  expect(clock.now()).toBe(wall.now + 9 * hour)
  expect(clock.realNow()).toBe(wall.now)
})

test('an advance is exact, however often the wall moves on meanwhile', () => {
  let reading = Date.parse('2026-01-01T08:00:00Z')
  const clock = createClock(() => (reading += 1))
  clock.advance(8 * hour)
  clock.advance(hour)

  expect(clock.offset).toBe(9 * hour)
})

test('a frozen clock stands still, can be moved, and goes on from where it stood', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00Z')
  clock.freeze(true)
  wall.pass(hour)
  expect(clock.now()).toBe(Date.parse('2026-01-01T08:00:00Z'))
  expect(clock.offset).toBe(-hour)

  clock.advance(2 * hour)
  expect(clock.now()).toBe(Date.parse('2026-01-01T10:00:00Z'))

  clock.freeze(false)
  wall.pass(hour)
  expect(clock.now()).toBe(Date.parse('2026-01-01T11:00:00Z'))
})

test('freezing twice changes nothing', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00Z')
  clock.freeze(true)
  wall.pass(hour)
  clock.freeze(true)

  expect(clock.now()).toBe(Date.parse('2026-01-01T08:00:00Z'))
})

test('a clock is set to a later time, and to the present one', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00Z')
  clock.set(wall.now)
  clock.set(Date.parse('2027-01-01T00:00:00Z'))

  expect(new Date(clock.now()).toISOString()).toBe('2027-01-01T00:00:00.000Z')
})

test('reset returns it to real time, running, with virtual tokens', () => {
  const { clock, wall } = wallAt('2026-01-01T08:00:00Z')
  clock.advance(hour)
  clock.freeze(true)
  clock.tokens = 'wire'
  clock.reset()
  wall.pass(5)

  expect(clock.now()).toBe(wall.now)
  expect([clock.offset, clock.isFrozen, clock.tokens]).toEqual([0, false, 'virtual'])
})

const refused: Record<string, [code: ClockRefused['code'], (clock: ReturnType<typeof createClock>) => void]> = {
  'an advance backwards': ['clockGoesForwardOnly', (clock) => clock.advance(-1)],
  'an earlier time': ['clockGoesForwardOnly', (clock) => clock.set(clock.now() - 1)],
  'an advance by no number': ['notADuration', (clock) => clock.advance(Number.NaN)],
  'a time that is no time': ['notAnInstant', (clock) => clock.set(Number.NaN)],
  'a time after the last date': ['notAnInstant', (clock) => clock.advance(8.64e15)],
}

for (const [what, [code, ask]] of Object.entries(refused)) {
  test(`${what} is refused and moves nothing`, () => {
    const { clock, wall } = wallAt('2026-01-01T08:00:00Z')

    expect(() => ask(clock)).toThrow(expect.objectContaining({ constructor: ClockRefused, code }))
    expect(clock.now()).toBe(wall.now)
  })
}
