import { currentCode } from '../sign-in/challenges/one-time-code.ts'
import { parseSignals } from '../sign-in/signals-syntax.ts'
import { parseDuration } from '../clock/duration.ts'
import { issuerOf } from '../oidc/host.ts'
import type { Portcullis, TenantHandle, TenantSummary } from './handle.ts'
import { sandboxData } from './sandbox.ts'
import type { Seeded } from './seed.ts'
import type { Origins } from './origins.ts'
import type { Tenant } from '../tenant.ts'
import type { Tenants } from './tenants.ts'

export type PortcullisParts = {
  readonly tenants: Tenants
  readonly origins: Origins
  readonly seeded: Seeded
  readonly ca: string | null
  stop(): Promise<void>
}

export function portcullisOf({ tenants, origins, seeded, ca, stop }: PortcullisParts): Portcullis {
  const base = origins.publicUrl ?? origins.https ?? origins.http ?? ''
  const [first] = tenants.list()
  if (!first) throw new Error('A server has at least one tenant.')

  return {
    ...handleOf(first, base),
    http: origins.http,
    https: origins.https,
    ca,
    get tenants() {
      return tenants.list().map((tenant) => summaryOf(tenant, base, origins, seeded))
    },
    async sandbox(changes = {}) {
      const tenant = tenants.create(sandboxData(first.seed, changes))
      return { ...handleOf(tenant, base), domain: tenant.domain, delete: async () => void (await tenants.delete(tenant.id)) }
    },
    stop,
  }
}

function handleOf(tenant: Tenant, base: string): TenantHandle {
  const userId = (name: string) => {
    const user = tenant.directory.named('users', name)
    if (!user) throw new Error(`There is no user "${name}" in this tenant.`)
    return user
  }

  return {
    id: tenant.id,
    issuer: issuerOf(base, tenant.id),
    clock: {
      get now() {
        return new Date(tenant.clock.now())
      },
      advance: (by) => tenant.clock.advance(typeof by === 'number' ? by : parseDuration(by)),
      set: (instant) => tenant.clock.set(new Date(instant).getTime()),
      freeze: (isFrozen = true) => tenant.clock.freeze(isFrozen),
      reset: () => tenant.resetClock(),
    },
    signals(user, signals) {
      const checked = parseSignals(signals)
      if (user === null) tenant.signals.tenant = checked
      else tenant.signals.setUser(userId(user).id, checked)
    },
    signIn: (request) => tenant.signIn(request),
    signIns: () => tenant.log.entries,
    oneTimeCode: (user) => currentCode(tenant, userId(user))?.code ?? null,
    reset: () => tenant.reset(),
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
