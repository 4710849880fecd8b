/** Cookies are shared by every port of a host: their names carry tenant, scheme and port (house.md, decided already). */
export function cookieSuffix(host: { readonly base: string; readonly tenant: { readonly id: string } }): string {
  const { protocol, port } = new URL(host.base)

  return `${host.tenant.id.replaceAll('-', '').slice(-12)}_${protocol === 'https:' ? 's' : 'h'}${port}`
}
