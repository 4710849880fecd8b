/**
 * Whether a redirect URI is one of the registered ones. Exact, but for this machine: a bare `http://localhost` or
 * `https://localhost` allows any port and any path (product.md 3), another loopback URI any port (RFC 8252, 7.3).
 */
export function isRegisteredRedirect(registered: readonly string[], requested: string): boolean {
  return registered.includes(requested) || registered.some((uri) => isLoopbackUri(uri, requested))
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a loopback registration covers a request to the same host. */
export function isLoopbackUri(registered: string, requested: string): boolean {
  const [allowed, asked] = [URL.parse(registered), URL.parse(requested)]
  if (!allowed || !asked || !loopback.has(allowed.hostname)) return false
  if (asked.hostname !== allowed.hostname || asked.protocol !== allowed.protocol) return false
  if (asked.username !== '' || asked.password !== '' || asked.hash !== '') return false

  return isBare(allowed) || (allowed.protocol === 'http:' && asked.pathname === allowed.pathname && asked.search === allowed.search)
}

function isBare(uri: URL): boolean {
  return uri.port === '' && uri.pathname === '/' && uri.search === ''
}
