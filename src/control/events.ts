import type { SignInEntry } from '../sign-in/log.ts'
import type { Tenant } from '../tenant.ts'

/** An answer that goes on: server-sent events, line by line, until whoever reads has gone. */
export type Events = { readonly lines: AsyncIterable<string> }

export const isEvents = (said: unknown): said is Events => typeof said === 'object' && said !== null && 'lines' in said

const milliseconds = { heartbeat: 15_000 }
const batch = 100

/**
 * The rows of a sign-in log after a sequence number, as they come. What a reader does not take waits in the log, which is
 * bounded, and nowhere else. Ends with the reader, and with the tenant.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* signInEvents(tenant: Tenant, after: number, isStillThere: () => boolean, signal: AbortSignal): AsyncGenerator<string> {
  let next = after
  yield 'retry: 1000\n\n'
  while (!signal.aborted && isStillThere()) {
    const found = await tenant.log.after(next, { limit: batch, waitMilliseconds: milliseconds.heartbeat, signal })
    ;({ next } = found)
    yield found.entries.length === 0 ? ': still here\n\n' : found.entries.map(eventOf).join('')
  }
}

function eventOf(entry: SignInEntry): string {
  return `id: ${entry.sequence}\nevent: sign-in\ndata: ${JSON.stringify(entry)}\n\n`
}
