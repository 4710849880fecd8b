import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { userNamed } from '../names.ts'

/** Signs a user out of everything: sessions of every browser, and every refresh token. */
export const revoke = tenantCall({
  method: 'POST',
  path: '/users/{user}/revoke',
  summary: 'End every session and refresh token of a user',
  answers: answers.revoked,
  async answer({ tenant, names }) {
    const user = userNamed(tenant, names.user)
    await tenant.revoke(user.id)

    return { id: user.id, userPrincipalName: user.userPrincipalName, revoked: true }
  },
})
