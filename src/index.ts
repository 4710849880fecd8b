import { installLibraryClock } from './clock/library-hook.ts'
import type { Portcullis } from './server/handle.ts'
import type { PortcullisOptions } from './server/options.ts'

export type { Portcullis, Sandbox, TenantHandle, TenantSummary } from './server/handle.ts'
export type { PortcullisOptions } from './server/options.ts'

/**
 * Starts a tenant, or several, in this process: ephemeral unless told otherwise (product.md 6).
 *
 * The library's clock is put in place first, and only then anything that imports the library.
 */
export async function startPortcullis(options: PortcullisOptions = {}): Promise<Portcullis> {
  installLibraryClock()
  const { start } = await import('./server.ts')

  return start(options)
}
