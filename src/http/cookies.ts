import type { IncomingMessage } from 'node:http'

/** Where a cookie belongs. Browsers share cookies between all ports of a host, so the name has to tell them apart. */
export type CookieScope = { readonly tenantId: string | null; readonly isSecure: boolean; readonly port: number | string }

/** `name_000000000001_s8443`: one cookie per tenant, scheme and port. */
export function cookieName(name: string, { tenantId, isSecure, port }: CookieScope): string {
  const tenant = tenantId === null ? '' : `_${tenantId.replaceAll('-', '').slice(-12)}`

  return `${name}${tenant}_${isSecure ? 's' : 'h'}${port}`
}

/** The scope of what is served at an origin such as `https://localhost:8443`. */
export function cookieScope(base: string, tenantId: string | null): CookieScope {
  const { protocol, port } = new URL(base)
  const isSecure = protocol === 'https:'

  return { tenantId, isSecure, port: port || (isSecure ? 443 : 80) }
}

/**
 * Read by no script, sent to every path. Over HTTPS it travels into frames of other sites, where silent sign-in happens;
 * over HTTP browsers allow that to nobody.
 */
export function cookieAttributes(isSecure: boolean): { httpOnly: true; path: '/'; overwrite: true; secure: boolean; sameSite: 'none' | 'lax' } {
  return { httpOnly: true, path: '/', overwrite: true, secure: isSecure, sameSite: isSecure ? 'none' : 'lax' }
}

type Cookies = { readonly keys?: unknown; readonly request: IncomingMessage; get(name: string, options?: { readonly signed?: boolean }): string | undefined }

const relieved = new WeakSet<object>()

/**
 * The library of cookies keeps a pattern for every name it was ever asked for. Ours carry the tenant, and tenants come and
 * go by the thousand: from now on an unsigned cookie is read without one.
 */
export function keepNoCookiePatterns(cookies: object): void {
  const prototype = Object.getPrototypeOf(cookies) as Cookies
  if (relieved.has(prototype)) return
  relieved.add(prototype)
  const { get: withPattern } = prototype

  prototype.get = function get(this: Cookies, name, options) {
    if (options && (options.signed ?? Boolean(this.keys))) return withPattern.call(this, name, options)
    const pair = this.request.headers.cookie?.split(';').map((part) => part.replace(/^ +/, '')).find((part) => part.startsWith(`${name}=`))

    return pair?.slice(name.length + 1).replace(/^"(.*).$/s, '$1')
  }
}
