import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'

/** Back to the seed, whole. */
export const reset = tenantCall({
  method: 'POST',
  path: '/reset',
  summary: 'Back to the seed: directory, log, clock, signals, faults, sessions',
  answers: answers.made,
  async answer({ tenant, base }) {
    await tenant.reset()

    return { id: tenant.id, domain: tenant.domain, issuer: `${base}/${tenant.id}/v2.0` }
  },
})
