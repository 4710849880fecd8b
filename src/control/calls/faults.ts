import * as v from 'valibot'
import type { FaultTarget } from '../../http/faults.ts'
import type { Tenant } from '../../tenant.ts'
import * as answers from '../answers.ts'
import { tenantCall } from '../call.ts'
import { clientNamed, userNamed } from '../names.ts'
import { badRequest, notFound } from '../refusal.ts'
import { members, oneOf, text, truth, whole } from '../validate.ts'

const tenMinutes = 600_000

/** Makes an endpoint fail, for everybody or for one user, client or grant. */
export const addFault = tenantCall({
  method: 'POST',
  path: '/faults',
  summary: 'Make an endpoint fail: an error, a delay, a dropped connection; so many times, or until cleared',
  answers: answers.fault,
  status: 201,
  body: members({
    on: oneOf('token', 'authorize', 'discovery', 'keys', 'graph', 'userinfo', 'devicecode', 'logout'),
    error: v.optional(members({
      code: v.optional(whole(1, 99_999_999)),
      status: v.optional(whole(400, 599)),
      oauth: v.optional(v.pipe(text, v.regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,80}$/, 'is not an OAuth error such as temporarily_unavailable.'))),
    })),
    delay: v.optional(whole(0, tenMinutes)),
    drop: v.optional(truth),
    times: v.optional(whole(1, 1_000_000)),
    where: v.optional(members({ user: v.optional(text), client: v.optional(text), grant: v.optional(text) })),
  }),
  answer({ tenant, body: { on, error, delay, drop, times, where } }) {
    if (error === undefined && delay === undefined && !drop) {
      throw badRequest('invalid_body', 'Say what goes wrong: "error" ({"code":50076}, {"status":503} or {"oauth":"server_error"}), "delay" in milliseconds, or "drop":true.')
    }

    return tenant.faults.add({
      on,
      ...(error === undefined ? {} : { error: oneError(error) }),
      ...(delay === undefined ? {} : { delay }),
      ...(drop === undefined ? {} : { drop }),
      ...(times === undefined ? {} : { times }),
      ...(where === undefined ? {} : { where: targetOf(tenant, where) }),
    })
  },
})

export const listFaults = tenantCall({
  method: 'GET',
  path: '/faults',
  summary: 'The faults that are still to happen',
  answers: answers.faults,
  answer: ({ tenant }) => ({ faults: tenant.faults.list }),
})

export const clearFaults = tenantCall({
  method: 'DELETE',
  path: '/faults',
  summary: 'Everything works again',
  answers: answers.faults,
  answer({ tenant }) {
    tenant.faults.clear()

    return { faults: [] }
  },
})

export const removeFault = tenantCall({
  method: 'DELETE',
  path: '/faults/{fault}',
  summary: 'Take one fault back',
  answers: answers.faults,
  answer({ tenant, names: { fault = '' } }) {
    if (!tenant.faults.remove(fault)) throw notFound('fault', fault, 'GET faults lists those that are still to happen.')

    return { faults: tenant.faults.list }
  },
})

type AnyError = { readonly code?: number; readonly status?: number; readonly oauth?: string }

function oneError({ code, status, oauth, ...rest }: AnyError): { code: number } | { status: number } | { oauth: string } {
  const said = [code === undefined ? [] : [{ code }], status === undefined ? [] : [{ status }], oauth === undefined ? [] : [{ oauth }]].flat()
  const [error] = said
  if (error === undefined || said.length > 1) throw badRequest('invalid_body', '"error" has one of "code", "status" and "oauth".')

  return { ...error, ...rest }
}

/** Requests are compared by ids, whatever name the test used. */
function targetOf(tenant: Tenant, { user, client, grant }: FaultTarget): FaultTarget {
  return {
    ...(user === undefined ? {} : { user: userNamed(tenant, user).id }),
    ...(client === undefined ? {} : { client: clientNamed(tenant, client).appId }),
    ...(grant === undefined ? {} : { grant }),
  }
}
