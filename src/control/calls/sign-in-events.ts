import * as v from 'valibot'
import { HttpRefusal } from '../../http/errors.ts'
import type { Tenant } from '../../tenant.ts'
import { tenantCall } from '../call.ts'
import { signInEvents } from '../events.ts'
import type { Events } from '../events.ts'
import { members, wholeText } from '../validate.ts'

/** Nobody watches one tenant from so many places on purpose. */
const mostReaders = 32
const readers = new WeakMap<Tenant, number>()

/** The sign-in log as it grows. `GET /sign-ins` is the same for whoever accepts `text/event-stream`. */
export const watchSignIns = tenantCall({
  method: 'GET',
  path: '/sign-ins/events',
  gives: 'text/event-stream',
  summary: 'The sign-in log as server-sent events, after a sequence number (or Last-Event-ID), until the client goes',
  query: members({ after: v.optional(wholeText(0, Number.MAX_SAFE_INTEGER), '0') }),
  answer({ port, tenant, query: { after }, signal }): Events {
    const before = readers.get(tenant) ?? 0
    if (before >= mostReaders) throw new HttpRefusal(429, 'too_many_readers', `${mostReaders} clients watch the log of this tenant already. Close one of them.`)
    readers.set(tenant, before + 1)
    signal.addEventListener('abort', () => readers.set(tenant, (readers.get(tenant) ?? 1) - 1), { once: true })

    return { lines: signInEvents(tenant, after, () => port.tenant(tenant.id) === tenant, signal) }
  },
})
