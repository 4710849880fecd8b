import * as v from 'valibot'
import { HttpRefusal } from '../../http/errors.ts'
import * as answers from '../answers.ts'
import { serverCall } from '../call.ts'
import { notFound } from '../refusal.ts'
import { tenantChanged, tenantMembers } from '../changes.ts'
import { members, text } from '../validate.ts'

const domainName = /^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,61}[a-z\d]$/i

/** A tenant of one's own: like the seed, or like another tenant, and changed as one wishes. */
export const createSandbox = serverCall({
  method: 'POST',
  path: '/tenants',
  summary: 'A sandbox: a new tenant like the seed, with its own clock, signals, faults and log',
  answers: answers.made,
  status: 201,
  bodyLimit: 67_108_864,
  body: v.optional(members({
    ...tenantMembers,
    from: v.optional(text),
    domain: v.optional(v.pipe(text, v.regex(domainName, 'is not a domain name such as test-7.contoso.example.'))),
  }), {}),
  async answer({ port, tenant: first, body: { from, domain, ...wish }, base }) {
    const model = from === undefined ? first : port.tenant(from)
    if (!model) throw notFound('tenant', from ?? '', 'GET /_mock lists those there are; leave "from" out for a copy of the first.')

    const changes = Object.keys(wish).length === 0 ? {} : await tenantChanged(model.seed, wish)
    const sandbox = await port.createTenant({ ...changes, ...(from === undefined ? {} : { from }), ...(domain === undefined ? {} : { domain }) })

    return { id: sandbox.id, domain: sandbox.domain, issuer: `${base}/${sandbox.id}/v2.0` }
  },
})

/** The sandbox is gone without a trace. */
export const deleteSandbox = serverCall({
  method: 'DELETE',
  path: '/tenants/{sandbox}',
  summary: 'Delete a sandbox without a trace',
  answers: answers.deleted,
  async answer({ port, names: { sandbox = '' } }) {
    const tenant = port.tenant(sandbox)
    if (tenant && tenant.id === port.tenants()[0]?.id) {
      throw new HttpRefusal(409, 'first_tenant', 'The first tenant is what calls without a tenant act on; it stays. POST /_mock/reset brings back its seed.')
    }
    if (!tenant || !(await port.deleteTenant(tenant.id))) {
      throw notFound('tenant', sandbox, 'GET /_mock lists those there are.')
    }

    return { id: tenant.id, deleted: true }
  },
})
