import { parseDuration } from '../clock/duration.ts'
import type { Asker } from '../control/ask.ts'
import { simulate } from '../control/calls/signals.ts'
import { userNamed } from '../control/names.ts'
import { refusalOf } from '../control/refusals.ts'
import { HttpRefusal } from '../http/errors.ts'
import { issuerOf } from '../oidc/host.ts'
import { currentCode } from '../sign-in/challenges/one-time-code.ts'
import { parseSignals } from '../sign-in/signals-syntax.ts'
import type { SignInEntry } from '../sign-in/sign-in-entry.ts'
import type { Tenant } from '../tenant.ts'
import type { TenantHandle } from './handle.ts'

/** One tenant for a test in this process. Whatever changes the tenant is asked of the control API, so that it is checked once, in one place. */
export function tenantHandle(tenant: Tenant, base: string, ask: Asker): TenantHandle {
  const here = `/tenants/${tenant.id}`

  return {
    id: tenant.id,
    issuer: issuerOf(base, tenant.id),
    clock: clockOf(tenant),
    signals: (user, said) => refusing(() => void simulate(tenant, user, parseSignals(said))),
    signIn: (request) => ask('POST', `${here}/sign-ins`, request),
    signIns: () => tenant.log.entries,
    nextSignIn: (options) => nextSignIn(tenant, options),
    oneTimeCode: (user) => currentCode(tenant, userNamed(tenant, user))?.code ?? null,
    faults: {
      add: (fault) => ask('POST', `${here}/faults`, fault),
      get list() {
        return tenant.faults.list
      },
      remove: (id) => tenant.faults.remove(id),
      clear: () => tenant.faults.clear(),
    },
    requests: () => tenant.requests.entries,
    patchUser: (user, changes) => ask('PATCH', `${here}/users/${encodeURIComponent(user)}`, changes),
    patch: (changes) => ask('PATCH', `${here}/tenant`, changes),
    revoke: async (user) => void (await ask('POST', `${here}/users/${encodeURIComponent(user)}/revoke`)),
    token: async (order = {}) => (await ask<{ token: string }>('POST', `${here}/tokens`, order)).token,
    standingOf: (token, ipAddress) => ask('POST', '/tokens/standing', { token, ...(ipAddress === undefined ? {} : { ipAddress }) }),
    snapshot: () => ask('GET', `${here}/snapshot`),
    restore: async (snapshot) => void (await ask('PUT', `${here}/snapshot`, snapshot)),
    reset: () => tenant.reset(),
  }
}

/** What the API would refuse is refused here with its code and status. */
function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { status, code, message } = refusalOf(error)
    throw status === 500 ? error : new HttpRefusal(status, code, message)
  }
}

function clockOf(tenant: Tenant): TenantHandle['clock'] {
  const { clock } = tenant

  return {
    get now() {
      return new Date(clock.now())
    },
    get offset() {
      return clock.offset
    },
    get tokens() {
      return clock.tokens
    },
    set tokens(tokens) {
      clock.tokens = tokens
    },
    advance: (by) => clock.advance(typeof by === 'number' ? by : parseDuration(by)),
    set: (instant) => clock.set(new Date(instant).getTime()),
    freeze: (isFrozen = true) => clock.freeze(isFrozen),
    reset: () => tenant.resetClock(),
  }
}

/** What a test waited for and did not get. */
export class TimedOut extends Error {
  readonly code = 'timed_out'
}

async function nextSignIn(tenant: Tenant, { after, timeout = 5000, where = () => true }: Parameters<TenantHandle['nextSignIn']>[0] = {}): Promise<SignInEntry> {
  const { realNow } = tenant.clock
  const deadline = realNow() + timeout
  const seen: SignInEntry[] = []
  let next = after ?? tenant.log.last
  for (;;) {
    const found = await tenant.log.after(next, { waitMilliseconds: Math.max(0, deadline - realNow()) })
    const entry = found.entries.find(where)
    if (entry) return entry
    seen.push(...found.entries)
    if (realNow() >= deadline) throw new TimedOut(`No such sign-in within ${timeout} ms. ${seen.length === 0 ? 'Nobody signed in meanwhile.' : `Meanwhile: ${seen.map(lineOf).join('; ')}.`}`)
    ;({ next } = found)
  }
}

function lineOf({ userPrincipalName, appDisplayName, status }: SignInEntry): string {
  return `${String(userPrincipalName || 'an application')} at ${String(appDisplayName)}: ${(status as { errorCode?: number }).errorCode ?? 0}`
}
