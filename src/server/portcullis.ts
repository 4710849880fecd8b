import { currentCode } from '../sign-in/challenges/one-time-code.ts'
import { parseSignals } from '../sign-in/signals-syntax.ts'
import type { Signals } from '../sign-in/signals.ts'
import type { SignInEntry } from '../sign-in/log.ts'
import { parseDuration } from '../clock/duration.ts'
import { issuerOf } from '../oidc/host.ts'
import { sandboxData } from './sandbox.ts'
import type { SandboxChanges } from './sandbox.ts'
import type { Seeded } from './seed.ts'
import type { Origins } from './origins.ts'
import type { HeadlessAnswer, HeadlessSignIn, Tenant } from '../tenant.ts'
import type { Tenants } from './tenants.ts'

/** A running server, in this process (product.md 6). */
export type Portcullis = TenantHandle & {
  /** `http://localhost:8400` */
  readonly http: string | null
  readonly https: string | null
  /** The file with the certificate to trust; null without HTTPS. */
  readonly ca: string | null
  readonly tenants: readonly TenantSummary[]
  /** A tenant of one's own: same users and applications, its own clock, policies, signals and log. */
  sandbox(changes?: SandboxChanges): Promise<Sandbox>
  stop(): Promise<void>
}

/** One tenant, driven from a test. */
export type TenantHandle = {
  readonly id: string
  readonly issuer: string
  readonly clock: {
    readonly now: Date
    /** `PT8H`, or milliseconds. */
    advance(by: string | number): void
    set(instant: string | Date): void
    freeze(isFrozen?: boolean): void
    reset(): void
  }
  /** Where a user is (id, user principal name or local part); `null` for the whole tenant. */
  signals(user: string | null, signals: Signals): void
  signIn(request: HeadlessSignIn): Promise<HeadlessAnswer>
  signIns(): readonly SignInEntry[]
  /** The current one-time code of a user's authenticator; null where there is none. */
  oneTimeCode(user: string): string | null
  reset(): Promise<void>
}

export type Sandbox = TenantHandle & { readonly domain: string; delete(): Promise<void> }

export type TenantSummary = {
  readonly id: string
  readonly displayName: string
  readonly domain: string
  readonly issuer: string
  readonly issuerHttp: string | null
  readonly users: readonly {
    readonly userPrincipalName: string
    readonly displayName: string
    /** Known only where the seed tells it: the directory keeps a hash. */
    readonly password: string | null
    readonly oneTimeCode: string | null
  }[]
}

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
