import * as v from 'valibot'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { members, wholeText } from '../validate.ts'

const longestWait = 60

/** Who signed in, or did not, since a point in the log; waits for the next one where it is asked to. */
export const readSignIns = tenantCall({
  method: 'GET',
  path: '/sign-ins',
  summary: 'The sign-in log after a sequence number, with every policy\'s part; waits up to `wait` seconds for the next entry',
  answers: answers.signInRows,
  query: members({
    after: v.optional(wholeText(0, Number.MAX_SAFE_INTEGER), '0'),
    wait: v.optional(wholeText(0, longestWait), '0'),
    limit: v.optional(wholeText(1, 10_000), '1000'),
  }),
  answer: ({ tenant, query: { after, wait, limit }, signal }) => tenant.log.after(after, { limit, waitMilliseconds: wait * 1000, signal }),
})
