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
