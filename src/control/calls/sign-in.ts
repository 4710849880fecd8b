import * as v from 'valibot'
import { methodTypes } from '../../directory/index.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { anyObject, members, oneOf, text, truth } from '../validate.ts'
import { signals } from '../signals.ts'

/** A whole sign-in without a browser. How it ends is the answer, never the status. */
export const signIn = tenantCall({
  method: 'POST',
  path: '/sign-ins',
  summary: 'A whole sign-in without a browser, judged and logged like any other',
  answers: answers.endOfSignIn,
  body: members({
    user: v.optional(text),
    client: text,
    scope: v.optional(text),
    signals: v.optional(signals),
    password: v.optional(v.string('is not a text.')),
    oneTimeCode: v.optional(truth),
    methods: v.optional(v.pipe(v.array(oneOf(...methodTypes)), v.description('What the user shows, first factor first; each counts as shown. Left out: the password.'))),
    claims: v.optional(v.union([text, anyObject], 'is neither a JSON object nor its text.')),
  }),
  answer: ({ tenant, body }) => tenant.signIn(body),
})
