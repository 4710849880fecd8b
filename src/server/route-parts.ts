import type { RequestListener } from 'node:http'
import type { Certificates } from '../keys/certificates.ts'
import type { Keys } from '../keys/keys.ts'
import type { Host } from '../oidc/host.ts'
import type { Metrics } from './metrics.ts'
import type { Origins } from './origins.ts'
import type { Tenants } from './tenants.ts'

/** What the routes are made of. */
export type RouteParts = {
  readonly tenants: Tenants
  readonly origins: Origins
  readonly keys: Keys
  readonly controlKey: string | null
  readonly host: string
  readonly allowHosts: readonly string[]
  readonly certificates: Certificates | null
  readonly isSimulationOn: boolean
  /** False: `--graph-permissions off`. */
  readonly areGraphPermissionsChecked: boolean
  readonly trustProxy: boolean | number
  readonly render: Host['render']
  readonly metrics: Metrics
  /** As the seed tells it. */
  passwordOf(userPrincipalName: string): string | null
  /** The whole server's request handler; known once it is put together. */
  readonly handler: () => RequestListener
}
