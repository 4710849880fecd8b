import type { Asker } from '../control/ask.ts'
import { issuerOf } from '../oidc/host.ts'
import { currentCode } from '../sign-in/challenges/one-time-code.ts'
import type { Tenant } from '../tenant.ts'
import type { Portcullis, TenantSummary } from './handle.ts'
import { clientsBase } from './origins.ts'
import type { Origins } from './origins.ts'
import type { Seeded } from './seed.ts'
import { tenantHandle } from './tenant-handle.ts'
import type { Tenants } from './tenants.ts'

export type PortcullisParts = {
  readonly tenants: Tenants
  readonly origins: Origins
  readonly seeded: Seeded
  readonly ca: string | null
  /** The control API, asked without a request. */
  readonly ask: Asker
  stop(): Promise<void>
}

export function portcullisOf({ tenants, origins, seeded, ca, ask, stop }: PortcullisParts): Portcullis {
  const base = clientsBase(origins)
  const [first] = tenants.list()
  if (!first) throw new Error('A server has at least one tenant.')

  return {
    ...tenantHandle(first, base, ask),
    http: origins.http,
    https: origins.https,
    ca,
    get tenants() {
      return tenants.list().map((tenant) => summaryOf(tenant, base, origins, seeded))
    },
    async sandbox(changes = {}) {
      const { id } = await ask<{ id: string }>('POST', '/tenants', changes)
      const tenant = tenants.find(id)
      if (!tenant) throw new Error('The sandbox was deleted while it was made.')

      return { ...tenantHandle(tenant, base, ask), domain: tenant.domain, delete: async () => void (await tenants.delete(id)) }
    },
    stop,
  }
}

function summaryOf(tenant: Tenant, base: string, origins: Origins, seeded: Seeded): TenantSummary {
  return {
    id: tenant.id,
    displayName: tenant.directory.settings.displayName,
    domain: tenant.domain,
    issuer: issuerOf(base, tenant.id),
    issuerHttp: origins.http ? issuerOf(origins.http, tenant.id) : null,
    users: tenant.directory.list('users').slice(0, 20).map((user) => ({
      userPrincipalName: user.userPrincipalName,
      displayName: user.displayName,
      password: seeded.passwordOf(user.userPrincipalName),
      oneTimeCode: currentCode(tenant, user)?.code ?? null,
    })),
  }
}
