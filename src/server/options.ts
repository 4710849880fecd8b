import type { Certificates } from '../keys/certificates.ts'
import type { Keys } from '../keys/keys.ts'
import type { Seed } from './seed.ts'

/** How a server is started (product.md 1–3). Absent = the documented default. */
export type PortcullisOptions = {
  /** 0 = any free port. Default 8400. */
  readonly port?: number
  /** 0 = any free port, null = no HTTPS. Default 8443, or any free one beside `port: 0`. */
  readonly httpsPort?: number | null
  /** Default: loopback only. */
  readonly host?: string
  readonly allowHosts?: readonly string[]
  /** The origin that clients use where it is not the one they reach us at. */
  readonly publicUrl?: string
  /** The data folder; null = everything in memory. Default null. */
  readonly data?: string | null
  /** A tenant file's path, its text or its content. Default: the shipped Contoso. */
  readonly seed?: Seed
  /** Start again from the seed. */
  readonly reset?: boolean
  readonly trustProxy?: boolean | number
  /** False turns simulated signals off. Default true. */
  readonly simulation?: boolean
  /** `off`: Graph asks for no token and no permission. Loopback only. Default `on`. */
  readonly graphPermissions?: 'on' | 'off'
  /** Wanted beyond loopback: the control API asks for it. */
  readonly controlKey?: string | null
  /** Given by tests, which never wait for keys to be made. */
  readonly keys?: Keys
  readonly certificates?: Certificates
}
