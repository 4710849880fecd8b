import { randomUUID } from 'node:crypto'
import type { TenantData, User } from '../directory/types.ts'

/** What a sandbox has of its own: checked and complete, so that nothing but its name is left to do. */
export type SandboxData = Partial<TenantData> & { readonly domain?: string }

/** A tenant like another under an id of its own; object and application ids stay, so that tests need no look-ups. */
export function sandboxData(like: TenantData, { domain, ...changes }: SandboxData): TenantData {
  const data: TenantData = { ...like, ...changes, id: randomUUID() }

  return domain === undefined ? data : renamed(data, domain.toLowerCase())
}

function renamed(data: TenantData, domain: string): TenantData {
  const old = data.domains.find(({ isDefault }) => isDefault)?.id
  if (old === undefined) return data
  const suffix = `@${old}`
  const rename = (user: User): User => user.userPrincipalName.endsWith(suffix)
    ? { ...user, userPrincipalName: `${user.userPrincipalName.slice(0, -suffix.length)}@${domain}` }
    : user

  return {
    ...data,
    domains: data.domains.map((entry) => (entry.id === old ? { ...entry, id: domain } : entry)),
    users: data.users.map(rename),
  }
}
