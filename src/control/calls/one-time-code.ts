import { HttpRefusal } from '../../http/errors.ts'
import { currentCode } from '../../sign-in/challenges/one-time-code.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { userNamed } from '../names.ts'

/** What the user's authenticator shows: the earliest code that was not used yet. No phone is needed. */
export const oneTimeCode = tenantCall({
  method: 'GET',
  path: '/users/{user}/one-time-code',
  summary: 'The code that the user\'s authenticator shows, and its secret',
  answers: answers.code,
  answer({ tenant, names }) {
    const user = userNamed(tenant, names.user)
    const code = currentCode(tenant, user)
    if (code) return code

    throw new HttpRefusal(
      404,
      'no_authenticator',
      `${user.userPrincipalName} has no authenticator. Register one at the sign-in page, or PATCH users/${names.user} with `
      + '{"authenticationMethods":[{"type":"softwareOath","secret":"BASE32…"}]}.',
    )
  },
})
