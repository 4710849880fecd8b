import { randomUUID } from 'node:crypto'
import type { TenantData, TenantSettings, User } from '../directory/types.ts'

/** How a sandbox differs from the tenant it is made like (product.md 5). */
export type SandboxChanges = Partial<Omit<TenantSettings, 'id' | 'settings' | 'mfaServiceSettings'>> & {
  /** Renames the default domain, and its users with it. */
  readonly domain?: string
  readonly settings?: Partial<TenantSettings['settings']>
  readonly mfaServiceSettings?: Partial<TenantSettings['mfaServiceSettings']>
}

/** A tenant like another under an id of its own; object and application ids stay, so that tests need no look-ups. */
export function sandboxData(like: TenantData, { domain, settings, mfaServiceSettings, ...changes }: SandboxChanges): TenantData {
  const data: TenantData = {
    ...like,
    ...changes,
    id: randomUUID(),
    settings: { ...like.settings, ...settings },
    mfaServiceSettings: { ...like.mfaServiceSettings, ...mfaServiceSettings },
  }

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
