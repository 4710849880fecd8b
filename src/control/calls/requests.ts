import * as v from 'valibot'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { members, wholeText } from '../validate.ts'

/** What reached the tenant's protocol endpoints, with nothing in it that could be used again. */
export const readRequests = tenantCall({
  method: 'GET',
  path: '/requests',
  summary: 'The newest requests to this tenant\'s protocol endpoints: method, path, parameters (secrets masked), status, correlation id',
  answers: answers.requests,
  query: members({ after: v.optional(wholeText(0, Number.MAX_SAFE_INTEGER), '0') }),
  answer({ tenant, query: { after } }) {
    const entries = tenant.requests.entries.filter(({ sequence }) => sequence > after)

    return { entries, next: entries.at(-1)?.sequence ?? after }
  },
})

export const clearRequests = tenantCall({
  method: 'DELETE',
  path: '/requests',
  summary: 'Forget the requests so far',
  answers: answers.noRequests,
  answer({ tenant }) {
    tenant.requests.clear()

    return { entries: [] }
  },
})
