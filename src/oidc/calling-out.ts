import type { Configuration } from 'oidc-provider'
import type { Host } from './host.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * How applications are called: to tell them of a sign-out, to read their keys. The library refuses addresses of this machine
 * and of private networks, so that a stranger's registration does not make us knock there. While we ourselves are used on
 * this machine only, the applications on it are whom we are for.
 */
export function callingOut({ base }: Pick<Host, 'base'>): NonNullable<Configuration['fetch']> {
  const isForThisMachine = loopback.has(new URL(base).hostname)

  return (address, init) => {
    const { hostname } = new URL(address instanceof Request ? address.url : address)

    return fetch(address, isForThisMachine && loopback.has(hostname) ? unguarded(init) : init)
  }
}

/** Without the library's guard, which hangs in a member of `fetch` that only Node knows. */
function unguarded(init: RequestInit | undefined): RequestInit {
  const { dispatcher: _guard, ...rest } = (init ?? {}) as RequestInit & { dispatcher?: unknown }

  return rest
}
