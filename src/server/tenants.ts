import type { Directory, TenantData } from '../directory/types.ts'
import { entra } from '../entra/profile.ts'
import type { Keys } from '../keys/keys.ts'
import { signInHeadless } from '../oidc/headless.ts'
import type { Host, Tally } from '../oidc/host.ts'
import { standard } from '../oidc/standard.ts'
import { createTenantApp } from '../oidc/tenant-app.ts'
import type { TenantApp, TenantAppOptions } from '../oidc/tenant-app.ts'
import type { DirectoryStore } from '../store/directories.ts'
import { createTenant } from '../tenant.ts'
import type { Tenant } from '../tenant.ts'

/** The tenants of this process, and what each answers at each origin. */
export type Tenants = {
  list(): readonly Tenant[]
  /** How many of them end with the process. */
  readonly sandboxes: number
  /** By id, or by a verified domain: a domain name always means the first tenant that has it (product.md 5). */
  find(idOrDomain: string): Tenant | undefined
  create(data: TenantData): Tenant
  delete(id: string): Promise<boolean>
  /** Made on first use; made anew when the tenant's profile changes. */
  at(tenant: Tenant, base: string): TenantApp & { readonly host: Host }
}

export type TenantsOptions = TenantAppOptions & {
  readonly store: DirectoryStore
  readonly seeds: readonly TenantData[]
  readonly keys: Keys
  readonly isSimulationOn: boolean
  readonly render: Host['render']
  readonly tally: Tally
  /** Where a sign-in without a browser is deemed to happen. */
  readonly ownBase: () => string
}

/** Origins are few (known hosts only), but a port in a Host header is the client's to choose. */
const originsPerTenant = 16

export function createTenants(options: TenantsOptions): Tenants {
  const running = new Map<string, { tenant: Tenant; apps: Map<string, TenantApp & { host: Host }> }>()
  const byDomain = new Map<string, string>()
  const sandboxes = new Set<string>()

  const run = (directory: Directory, seed: TenantData): Tenant => {
    const tenant = createTenant({
      directory,
      seed,
      isSimulationOn: options.isSimulationOn,
      rows: (shape) => options.store.rows(directory.settings.id, shape),
      signIn: (self, request) => {
        const app = tenants.at(self, options.ownBase())
        return signInHeadless(app.host, app, request)
      },
    })
    running.set(tenant.id, { tenant, apps: new Map() })
    noteDomains(tenant)
    let { profile } = directory.settings
    directory.onChange(() => {
      noteDomains(tenant)
      if (directory.settings.profile === profile) return
      ;({ profile } = directory.settings)
      running.get(tenant.id)?.apps.clear()
    })

    return tenant
  }

  const noteDomains = (tenant: Tenant) => {
    for (const { id, isVerified } of tenant.directory.list('domains')) if (isVerified !== false && !byDomain.has(id)) byDomain.set(id, tenant.id)
  }

  const tenants: Tenants = {
    list: () => [...running.values()].map(({ tenant }) => tenant),
    find(idOrDomain) {
      const name = idOrDomain.toLowerCase()
      const found = running.get(name) ?? running.get(byDomain.get(name) ?? '')
      return found?.tenant
    },
    get sandboxes() {
      return sandboxes.size
    },
    create(data) {
      const tenant = run(options.store.create(data, { isPersistent: false }), data)
      sandboxes.add(tenant.id)

      return tenant
    },
    async delete(id) {
      const found = running.get(id)
      if (!found) return false
      running.delete(id)
      sandboxes.delete(id)
      found.tenant.log.end()
      for (const [domain, owner] of byDomain) if (owner === id) byDomain.delete(domain)
      for (const { tenant } of running.values()) noteDomains(tenant)
      await options.store.remove(id)
      return true
    },
    at(tenant, base) {
      const apps = running.get(tenant.id)?.apps ?? new Map<string, TenantApp & { host: Host }>()
      const existing = apps.get(base)
      if (existing) return existing

      const profile = tenant.directory.settings.profile === 'standard' ? standard : entra
      const isElsewhere = (userName: string) => {
        const home = userName.includes('@') ? tenants.find(userName.slice(userName.lastIndexOf('@') + 1)) : undefined

        return home !== undefined && home !== tenant
      }
      const host: Host = { tenant, base, keys: options.keys, profile, isSimulationOn: options.isSimulationOn, render: options.render, tally: options.tally, isElsewhere }
      const app = { ...createTenantApp(host, options), host }
      if (apps.size >= originsPerTenant) apps.delete(apps.keys().next().value ?? '')
      apps.set(base, app)
      return app
    },
  }

  for (const directory of options.store.list()) {
    run(directory, options.seeds.find(({ id }) => id === directory.settings.id) ?? directory.snapshot())
  }

  return tenants
}
