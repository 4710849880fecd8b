import * as v from 'valibot'
import type { Tenant } from '../../tenant.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { badRequest } from '../refusal.ts'
import { signals } from '../signals.ts'
import { anyObject } from '../validate.ts'
import { tenantFrom, writtenTenant } from '../written.ts'

const sixtyFourMegabytes = 67_108_864

/** The whole tenant, spelled as a tenant file spells it, and where everybody is said to be. */
export const readSnapshot = tenantCall({
  method: 'GET',
  path: '/snapshot',
  summary: 'The whole tenant out, as in a tenant file, with its simulated signals',
  answers: answers.anything,
  answer: ({ tenant }) => ({ ...writtenTenant(tenant.directory.snapshot()), simulatedSignals: simulated(tenant) }),
})

/** The whole tenant in. It keeps its id; sessions of users who are still there go on. */
export const restoreSnapshot = tenantCall({
  method: 'PUT',
  path: '/snapshot',
  summary: 'The whole tenant in: what GET gave, or a tenant as a tenant file has it',
  answers: answers.restored,
  bodyLimit: sixtyFourMegabytes,
  body: v.intersect([
    anyObject,
    v.looseObject({
      simulatedSignals: v.optional(v.strictObject({
        tenant: v.optional(signals, {}),
        users: v.optional(v.record(v.string(), signals), {}),
      }, 'has "tenant" and "users", and signals in them.')),
    }),
  ]),
  async answer({ tenant, body: { simulatedSignals, ...written } }) {
    const said = written.id
    if (said !== undefined && String(said).toLowerCase() !== tenant.id) {
      throw badRequest('other_tenant', `This is a snapshot of the tenant ${String(said).slice(0, 60)}. Leave "id" out to make ${tenant.id} like it.`)
    }

    await tenant.directory.replace(await tenantFrom({ ...written, id: tenant.id }))
    if (simulatedSignals) restore(tenant, simulatedSignals)

    return { id: tenant.id, restored: true }
  },
})

type Simulated = { readonly tenant: Tenant['signals']['tenant']; readonly users: Readonly<Record<string, Tenant['signals']['tenant']>> }

function simulated({ signals: board, directory }: Tenant): Simulated {
  const users = directory.list('users').flatMap(({ id }) => (Object.keys(board.ofUser(id)).length === 0 ? [] : [[id, board.ofUser(id)] as const]))

  return { tenant: board.tenant, users: Object.fromEntries(users) }
}

function restore({ signals: board }: Tenant, { tenant, users }: Simulated): void {
  board.reset()
  board.tenant = tenant
  for (const [id, said] of Object.entries(users)) board.setUser(id, said)
}
