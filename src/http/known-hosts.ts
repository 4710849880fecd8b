import type { Middleware } from 'koa'
import { HttpRefusal } from './errors.ts'

/** The names by which a machine calls itself. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/**
 * Serves requests for the hosts it was told, at any port, and refuses all others: a page on the web that points its own
 * name at this machine (DNS rebinding) gets nothing, and the origins under which we are an issuer stay few.
 */
export function knownHosts(allowed: readonly string[]): Middleware {
  const known = new Set(allowed.map(bracketed))

  return (ctx, next) => {
    // A request line may name a whole URL; then both must be known, because links are made from either.
    const [named] = /^https?:\/\/[^/?#]*/i.exec(ctx.originalUrl) ?? []
    const hosts = [ctx.host, ...(named === undefined ? [] : [named.replace(/^.*\/\//, '')])]
    const stranger = hosts.find((host) => !known.has(nameOf(host)))
    if (stranger === undefined) return next()

    throw new HttpRefusal(421, 'unknown_host', `This server does not answer for the host "${stranger}". It knows ${[...known].join(', ')}; start it with --allow-host to add one.`)
  }
}

/** A host without its port; empty where that is not what it is. */
function nameOf(host: string): string {
  return /^(\[[\da-f:.]+\]|[^:]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase() ?? ''
}

/** IPv6 addresses stand in brackets in a Host header, however they were given to us. */
function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host.toLowerCase()}]` : host.toLowerCase()
}
