import * as v from 'valibot'
import type { Clock } from '../../clock/clock.ts'
import { parseDuration } from '../../clock/duration.ts'
import type { Tenant } from '../../tenant.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { badRequest } from '../refusal.ts'
import { listed, members, onlyTrue, oneOf, text, truth } from '../validate.ts'

const noInstant = 'is not an instant; write it as 2026-01-01T08:00:00Z.'

/** Whether there is such a day: to a Date, 30 February is 2 March. */
function isOnCalendar(instant: string): boolean {
  const day = instant.slice(0, 10)
  const date = new Date(`${day}T00:00:00Z`)

  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** What time the tenant has. */
export const readClock = tenantCall({
  method: 'GET',
  path: '/clock',
  summary: 'The tenant\'s time',
  answers: answers.clockFace,
  answer: ({ tenant }) => clockFace(tenant.clock),
})

/** Moves the tenant's time: everything that expires in the tenant expires by it. */
export const moveClock = tenantCall({
  method: 'POST',
  path: '/clock',
  summary: 'Advance, set, freeze or reset the tenant\'s time',
  answers: answers.clockFace,
  body: members({
    advance: v.optional(text),
    now: v.optional(v.pipe(text, v.isoTimestamp(noInstant), v.check(isOnCalendar, noInstant))),
    frozen: v.optional(truth),
    reset: v.optional(onlyTrue),
    tokens: v.optional(oneOf('wire', 'virtual')),
  }),
  answer({ tenant, body }) {
    const said = Object.keys(body) as (keyof typeof moves)[]
    const [move] = said
    if (move === undefined || said.length > 1) {
      throw badRequest('invalid_body', `Say one of ${listed(Object.keys(moves))} at a time.`)
    }
    moves[move](tenant, body)

    return clockFace(tenant.clock)
  },
})

type Wish = { readonly advance?: string; readonly now?: string; readonly frozen?: boolean; readonly reset?: true; readonly tokens?: Clock['tokens'] }

const moves = {
  advance: ({ clock }: Tenant, { advance = '' }: Wish) => clock.advance(parseDuration(advance)),
  now: ({ clock }: Tenant, { now = '' }: Wish) => clock.set(Date.parse(now)),
  frozen: ({ clock }: Tenant, { frozen = false }: Wish) => clock.freeze(frozen),
  reset: (tenant: Tenant) => tenant.resetClock(),
  tokens({ clock }: Tenant, { tokens = 'virtual' }: Wish) {
    clock.tokens = tokens
  },
}

function clockFace(clock: Clock) {
  return { now: new Date(clock.now()).toISOString(), offset: clock.offset, frozen: clock.isFrozen, tokens: clock.tokens }
}
