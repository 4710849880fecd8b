import { hashPassword, isPasswordHash } from '../passwords.ts'
import type { TenantData } from '../types.ts'

/** The tenant with each plain password as its hash; the same password is hashed once, however many have it. */
export async function hashedPasswords(tenant: TenantData): Promise<TenantData> {
  const hashes = new Map<string, string>()
  const plain = new Set(tenant.users.flatMap(({ passwordHash }) => (passwordHash === null || isPasswordHash(passwordHash) ? [] : [passwordHash])))
  await Promise.all([...plain].map(async (password) => hashes.set(password, await hashPassword(password))))

  const users = tenant.users.map((user) => {
    const hash = user.passwordHash === null ? undefined : hashes.get(user.passwordHash)

    return hash === undefined ? user : { ...user, passwordHash: hash }
  })

  return { ...tenant, users }
}
