import type { Context } from 'koa'
import { faultOfApi, waitOrDrop } from '../../http/happen.ts'
import type { Tenant } from '../../tenant.ts'
import type { GraphPort } from '../port.ts'
import type { Caller } from './endpoint.ts'
import { GraphRefusal } from './refusal.ts'

/**
 * Makes Graph fail where a test asked for it (product.md 5): throws what it is to say, resolves to true where the
 * connection is gone. Costs nothing where nobody asked.
 */
export async function fail(ctx: Context, { faults }: Tenant, caller: Caller): Promise<boolean> {
  if (faults.list.length === 0) return false
  const user = 'user' in caller ? caller.user?.id : undefined
  const client = 'client' in caller ? caller.client?.appId : undefined
  const fault = faults.take('graph', { ...(user === undefined ? {} : { user }), ...(client === undefined ? {} : { client }) })
  if (fault === null) return false
  if (await waitOrDrop(ctx, fault)) return true
  const said = faultOfApi(fault)
  if (said) throw new GraphRefusal(said.status, said.code, said.message, { headers: said.headers })

  return false
}

/** A request without a token is nobody's: where it would be refused for that, it meets what was asked of the first tenant, as calls without a tenant do. */
export async function failFirst(ctx: Context, { tenants, arePermissionsChecked }: GraphPort): Promise<boolean> {
  const [first] = tenants()

  return arePermissionsChecked && first !== undefined && fail(ctx, first, { kind: 'anybody', user: null })
}
