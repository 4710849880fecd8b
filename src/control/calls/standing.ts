import * as v from 'valibot'
import { isAddress } from '../../sign-in/address.ts'
import * as answers from '../answers.ts'
import { serverCall } from '../call.ts'
import { notFound } from '../refusal.ts'
import { members, text } from '../validate.ts'

/**
 * What a resource provider is told of a token by Entra, asked for by an API under test: whether the session behind it has
 * ended, and the challenge that then tells the client. The token says itself which tenant it is of.
 */
export const tokenStanding = serverCall({
  method: 'POST',
  path: '/tokens/standing',
  summary: 'Whether an access token may still be used, for an API that follows continuous access evaluation; if not, why, and the 401\'s WWW-Authenticate',
  answers: answers.standing,
  body: members({
    token: text,
    ipAddress: v.optional(v.nullable(v.pipe(text, v.check(isAddress, 'is not an IP address.'), v.description('From where the API sees the token used. Left out, or of this machine: wherever the user is simulated to be.')))),
  }),
  async answer({ port, base, body: { token, ipAddress = null } }) {
    if (!port.standingOf) throw notFound('call', 'standing', 'This server issues no tokens.')

    return port.standingOf({ token, ipAddress, base })
  },
})
