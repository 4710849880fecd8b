import * as v from 'valibot'
import { ClockRefused } from '../../clock/clock.ts'
import { parseDuration } from '../../clock/duration.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { badRequest, notFound } from '../refusal.ts'
import { anyObject, members, oneOf, text } from '../validate.ts'

/** A token to order, for testing what an API refuses: any claims, any lifetime, the wrong key. */
export const orderToken = tenantCall({
  method: 'POST',
  path: '/tokens',
  summary: 'A token to order: any claims, any lifetime, expired, wrong key, wrong audience',
  answers: answers.token,
  status: 201,
  body: members({
    claims: v.optional(anyObject, {}),
    header: v.optional(anyObject, {}),
    lifetime: v.optional(v.pipe(text, v.regex(/^-?P/, 'is not a duration; write PT1H, or -PT1H for one that expired an hour ago.')), 'PT1H'),
    key: v.optional(oneOf('signing', 'unknown', 'none'), 'signing'),
  }),
  async answer({ port, tenant, body: { claims, header, lifetime, key } }) {
    if (!port.orderToken) throw notFound('call', 'tokens', 'This server signs no tokens to order.')

    return { token: await port.orderToken(tenant, { claims, header, key, lifetime: lengthOf(lifetime) }) }
  },
})

function lengthOf(lifetime: string): number {
  try {
    return lifetime.startsWith('-') ? -parseDuration(lifetime.slice(1)) : parseDuration(lifetime)
  } catch (error) {
    if (error instanceof ClockRefused) throw badRequest('invalid_body', `"lifetime": ${error.message}`)
    throw error
  }
}
