import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import Koa from 'koa'
import { createAsker } from './control/ask.ts'
import { callsOf } from './control/calls/index.ts'
import { realNow } from './clock/clock.ts'
import { assertLibraryFollows } from './clock/library-hook.ts'
import { createViews } from './http/views.ts'
import { listen } from './http/listen.ts'
import type { Listening } from './http/listen.ts'
import { openCertificates } from './keys/certificates.ts'
import { openKeys } from './keys/keys.ts'
import { librarySecond } from './oidc/private.ts'
import type { Portcullis } from './server/handle.ts'
import { createMetrics } from './server/metrics.ts'
import type { PortcullisOptions } from './server/options.ts'
import { controlPort } from './server/control-port.ts'
import { clientsBase } from './server/origins.ts'
import type { Origins } from './server/origins.ts'
import { portcullisOf } from './server/portcullis.ts'
import type { RouteParts } from './server/route-parts.ts'
import { routes } from './server/routes.ts'
import { readSeed } from './server/seed.ts'
import type { SignInPages } from './sign-in/pages.ts'
import { openDirectories } from './store/directories.ts'
import { createTenants } from './server/tenants.ts'

const defaults = { port: 8400, httpsPort: 8443, host: 'localhost' }

/** Opens data, keys and listeners; nothing is left behind where one of them fails. */
export async function start(options: PortcullisOptions): Promise<Portcullis> {
  const host = options.host ?? defaults.host
  const controlKey = options.controlKey ?? null
  if (!isLoopback(host) && controlKey === null) {
    throw new StartRefused(`Listening on ${host} reaches beyond this machine. Add --control-key KEY to guard the control API, or leave --host out.`)
  }
  if (!isLoopback(host) && options.graphPermissions === 'off') {
    throw new StartRefused(`Listening on ${host} reaches beyond this machine, where Graph without permissions would be everybody's. Leave --graph-permissions on, or --host out.`)
  }

  const folder = options.data ?? null
  const seeded = await readSeed(options.seed)
  const store = await openDirectories({ folder, seed: seeded.tenants, reset: options.reset ?? false })
  const [keys, certificates] = await Promise.all([
    options.keys ?? openKeys(folder),
    options.httpsPort === null ? null : (options.certificates ?? openCertificates(folder, [host, ...(options.allowHosts ?? [])], realNow())),
  ]).catch(async (error: unknown) => {
    await store.close()
    throw error
  })

  const origins: Origins = { http: null, https: null, publicUrl: options.publicUrl ?? null }
  const { render } = createViews<SignInPages>()
  const metrics = createMetrics()
  const tenants = createTenants({
    store,
    seeds: seeded.tenants,
    keys,
    isSimulationOn: options.simulation ?? true,
    trustProxy: options.trustProxy ?? false,
    render,
    tally: metrics.tally,
    ownBase: () => clientsBase(origins),
  })
  const app = new Koa({ proxy: options.trustProxy !== undefined && options.trustProxy !== false })
  app.on('error', reportMistake)
  const parts: RouteParts = {
    tenants,
    origins,
    keys,
    controlKey,
    host,
    allowHosts: options.allowHosts ?? [],
    certificates,
    isSimulationOn: options.simulation ?? true,
    areGraphPermissionsChecked: options.graphPermissions !== 'off',
    trustProxy: options.trustProxy ?? false,
    render,
    metrics,
    passwordOf: seeded.passwordOf,
    handler: () => handler,
  }
  app.use(routes(parts))
  const handler = app.callback()

  const listeners: Listening[] = []
  try {
    const http = await listen(() => createHttpServer(handler), options.port ?? defaults.port, host)
    listeners.push(http)
    origins.http = originOf('http', host, http.port)
    if (certificates) {
      const { certificate, key } = certificates
      const https = await listen(() => createHttpsServer({ cert: certificate, key }, handler), options.httpsPort ?? (options.port === 0 ? 0 : defaults.httpsPort), host)
      listeners.push(https)
      origins.https = originOf('https', host, https.port)
    }
  } catch (error) {
    await Promise.all([...listeners.map((listening) => listening.close()), store.close(), certificates?.dispose()])
    throw portTaken(error)
  }

  const [first] = tenants.list()
  if (first) await assertLibraryFollows(() => librarySecond(tenants.at(first, clientsBase(origins)).provider))

  const control = controlPort(parts)

  return portcullisOf({
    tenants,
    ask: createAsker(control, callsOf(control)),
    origins,
    seeded,
    ca: certificates?.caFile ?? null,
    stop: async () => {
      await Promise.all(listeners.map((listening) => listening.close()))
      await store.close()
      await certificates?.dispose()
    },
  })
}

/** A mistake of ours: told to whoever runs the server, never to whoever sent the request. */
function reportMistake(error: Error): void {
  process.stderr.write(`${error.stack ?? String(error)}\n`)
}

/** A start that was refused, in a sentence for whoever started it. */
export class StartRefused extends Error {
  readonly code = 'startRefused'
}

function portTaken(error: unknown): unknown {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code !== 'EADDRINUSE') return error

  return new StartRefused(`Port ${port} is taken, perhaps by another Portcullis. Stop it, or choose another port with --port and --https-port (0 = any free one).`)
}

function originOf(scheme: string, host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host

  return `${scheme}://${name}:${port}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
