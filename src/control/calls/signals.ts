import { refuseUnknownDevice } from '../../sign-in/signals-syntax.ts'
import type { Signals } from '../../sign-in/signals.ts'
import type { Tenant } from '../../tenant.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { userNamed } from '../names.ts'
import { badRequest } from '../refusal.ts'
import { signals } from '../signals.ts'

/** Where everybody of the tenant is said to be. */
export const readSignals = tenantCall({
  method: 'GET',
  path: '/signals',
  summary: 'Simulated signals of the tenant',
  answers: answers.signals,
  answer: ({ tenant }) => tenant.signals.tenant,
})

export const setSignals = tenantCall({
  method: 'PUT',
  path: '/signals',
  summary: 'Simulate where everybody of the tenant is; what was said before is forgotten',
  answers: answers.signals,
  body: signals,
  answer: ({ tenant, body }) => simulate(tenant, null, body),
})

export const clearSignals = tenantCall({
  method: 'DELETE',
  path: '/signals',
  summary: 'Forget the tenant\'s simulated signals',
  answers: answers.signals,
  answer({ tenant }) {
    tenant.signals.tenant = {}

    return {}
  },
})

/** Where one user is said to be. Nearer than the tenant's, member by member. */
export const readUserSignals = tenantCall({
  method: 'GET',
  path: '/signals/{user}',
  summary: 'Simulated signals of one user',
  answers: answers.signals,
  answer: ({ tenant, names }) => tenant.signals.ofUser(userNamed(tenant, names.user).id),
})

export const setUserSignals = tenantCall({
  method: 'PUT',
  path: '/signals/{user}',
  summary: 'Simulate where one user is; what was said before is forgotten',
  answers: answers.signals,
  body: signals,
  answer: ({ tenant, names, body }) => simulate(tenant, names.user ?? '', body),
})

export const clearUserSignals = tenantCall({
  method: 'DELETE',
  path: '/signals/{user}',
  summary: 'Forget one user\'s simulated signals',
  answers: answers.signals,
  answer({ tenant, names }) {
    tenant.signals.setUser(userNamed(tenant, names.user).id, {})

    return {}
  },
})

/**
 * Says where a user is, or with `null` everybody; what was said before is forgotten. What would be taken and never count is
 * refused, so that nobody looks for the reason in a policy.
 */
export function simulate(tenant: Tenant, user: string | null, said: Signals): Signals {
  const { signals: board, directory } = tenant
  const id = user === null ? null : userNamed(tenant, user).id
  if (board.isSimulationOn === false) throw badRequest('simulation_off', 'This server was started with --no-simulation: sign-ins are judged by what is real.')
  refuseUnknownDevice(said, directory)
  if (id === null) return board.tenant = said
  board.setUser(id, said)

  return board.ofUser(id)
}
