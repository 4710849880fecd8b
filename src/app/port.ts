import type { Context } from 'koa'
import type { Observation } from '../sign-in/signals.ts'
import type { Tenant } from '../tenant.ts'
import type { AppPages } from './pages.ts'

/** What the sample app asks of the server it is mounted in. To the provider it is an application like any other. */
export type AppPort = {
  /** By id or domain name; null = the first. */
  tenant(idOrDomain: string | null): AppTenant | undefined
  /** Reaches the provider over loopback and trusts the development CA. */
  readonly fetch: typeof fetch
  /** The origin that browsers know us by: the request's, or the public URL. */
  base(ctx: Context): string
  /** What a request shows of itself, with what its header and its browser simulate. */
  observe(ctx: Context, tenant: Tenant): Observation
  render<P extends keyof AppPages>(page: P, model: AppPages[P]): string
}

export type AppTenant = {
  readonly tenant: Tenant
  issuer(base: string): string
}
