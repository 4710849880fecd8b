import { randomUUID } from 'node:crypto'
import { isAddress, normalAddress } from './address.ts'
import { platformOf } from './platform.ts'
import { parseSignalsCookie, parseSignalsText } from './signals-syntax.ts'
import type { Observation } from './signals.ts'

/** What one request brings along, in whatever protocol it came. */
export type ObservedRequest = {
  readonly socketAddress: string
  /** Addresses of the client and the proxies on the way, nearest last. */
  readonly forwardedFor?: string | undefined
  readonly userAgent?: string | undefined
  /** `platform`: the platform hint, quoted or not. */
  readonly clientHints?: Readonly<Record<string, string | undefined>>
  readonly mockSignals?: string | undefined
  readonly browserCookie?: string | undefined
  readonly correlationId?: string | undefined
}

export type ObserveOptions = {
  /** How many proxies in front of us are trusted; true = all of them. */
  readonly trustProxy: boolean | number
  readonly simulation: boolean
}

/** Notes what a request shows of itself. Throws {@link BadSignals} where its header simulates what does not exist. */
export function observe(request: ObservedRequest, options: ObserveOptions): Observation {
  const userAgent = request.userAgent ?? ''
  const hints = request.clientHints ?? {}
  return {
    ipAddress: clientAddress(request, options.trustProxy),
    userAgent,
    platform: platformOf(userAgent, hints.platform ?? hints['sec-ch-ua-platform']),
    header: options.simulation && request.mockSignals !== undefined ? parseSignalsText(request.mockSignals) : {},
    browser: options.simulation && request.browserCookie !== undefined ? parseSignalsCookie(request.browserCookie) : {},
    correlationId: guid.test(request.correlationId ?? '') ? (request.correlationId as string) : randomUUID(),
  }
}

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The address to judge by: the socket's, or the one that the outermost trusted proxy saw. What a client writes into the
 * header beyond that counts for nothing (reference 3.4).
 */
function clientAddress(request: ObservedRequest, trustProxy: boolean | number): string {
  const socket = normalAddress(request.socketAddress)
  const hops = trustProxy === true ? Infinity : Number(trustProxy)
  if (!(hops > 0) || !request.forwardedFor) return socket

  const forwarded = request.forwardedFor.split(',').map((entry) => bareAddress(entry.trim()))
  const seen = forwarded[Math.max(0, forwarded.length - hops)] ?? ''

  return isAddress(seen) ? normalAddress(seen) : socket
}

/** Without brackets and port: `[2001:db8::1]:443`, `203.0.113.9:50000`. */
function bareAddress(entry: string): string {
  return entry.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1')
}
