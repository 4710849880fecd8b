import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { DirectoryRefusal, problemText } from '../directory/refusal.ts'
import { version } from '../package.ts'
import { BadUse, defineCommand } from './command.ts'
import type { Given } from './command.ts'
import { portOf } from './ports.ts'
import { startReport } from './start-report.ts'

const flags = {
  'port': { value: 'PORT', says: 'Where to listen for HTTP; 0 = any free port', otherwise: '8400', environment: 'PORTCULLIS_PORT' },
  'https-port': { value: 'PORT', says: 'Where to listen for HTTPS; 0 = any free port', otherwise: '8443', environment: 'PORTCULLIS_HTTPS_PORT' },
  'no-https': { says: 'Speaks HTTP only' },
  'host': { value: 'ADDRESS', says: 'The address to listen on; beyond this machine it wants --control-key', otherwise: 'loopback' },
  'allow-host': { value: 'NAME', says: 'Another host name that clients may use', isRepeatable: true },
  'public-url': { value: 'URL', says: 'The origin to put into issuers, where a proxy stands in front' },
  'data': { value: 'DIR', says: 'Where tenant, keys and log are kept', otherwise: '.portcullis', environment: 'PORTCULLIS_DATA' },
  'seed': { value: 'FILE', says: 'The tenant file to start from', otherwise: 'the shipped Contoso' },
  'ephemeral': { says: 'Keeps everything in memory' },
  'reset': { says: 'Starts again from the seed' },
  'trust-proxy': { says: 'Believes X-Forwarded-For, -Proto and -Host' },
  'no-simulation': { says: 'Judges only what is real: no simulated address, device or risk' },
  'graph-permissions': { value: 'on|off', says: 'Whether Graph wants a token with permissions; off on this machine only', otherwise: 'on' },
  'control-key': { value: 'KEY', says: 'What the control API and the portal then want as `Authorization: Bearer KEY`' },
  'json': { says: 'Prints one line of JSON when ready' },
} as const

/** `portcullis start`: the tenant, served until somebody stops it. */
export const start = defineCommand({
  summary: 'Runs the server',
  flags,
  operands: [],
  async run(given, world) {
    const options = optionsOf(given, world.workingFolder)
    // Whoever reads that it is ready may ask it to stop in the same moment.
    const stopped = world.untilStopped()
    const { startPortcullis } = await import('../index.ts')
    const portcullis = await startPortcullis(options).catch((error: unknown) => {
      throw whyItDoesNotStart(error) ?? error
    })

    if (given.flags.json) world.print(JSON.stringify(readyLine(portcullis)))
    else world.print(startReport(version, portcullis))

    await stopped
    await portcullis.stop()

    return 0
  },
})

/** Flags in the words of `startPortcullis`. */
export function optionsOf({ flags: given }: Given<typeof flags>, workingFolder: string) {
  const host = given.host ?? undefined
  if (given.ephemeral && given.reset) throw new BadUse('--ephemeral keeps nothing, so there is nothing to --reset. Leave one of them out.')
  if (host !== undefined && !isLoopback(host) && given['control-key'] === null) {
    throw new BadUse(
      `--host ${host} lets others than this machine in, and whoever can reach the control API owns the tenant. `
      + 'Add --control-key KEY, or leave out --host.',
    )
  }
  const graphPermissions = given['graph-permissions'] ?? 'on'
  if (graphPermissions !== 'on' && graphPermissions !== 'off') throw new BadUse(`--graph-permissions is on or off, not "${graphPermissions}".`)
  if (graphPermissions === 'off' && host !== undefined && !isLoopback(host)) {
    throw new BadUse(`--host ${host} lets others than this machine in, and Graph without permissions would be theirs. Leave out --graph-permissions off, or --host.`)
  }

  return {
    port: portOf('--port', given.port, 8400),
    httpsPort: given['no-https'] ? null : portOf('--https-port', given['https-port'], 8443),
    ...(host === undefined ? {} : { host }),
    allowHosts: given['allow-host'],
    ...(given['public-url'] === null ? {} : { publicUrl: originOf(given['public-url']) }),
    data: given.ephemeral ? null : resolve(workingFolder, given.data ?? '.portcullis'),
    ...(given.seed === null ? {} : { seed: resolve(workingFolder, given.seed) }),
    reset: given.reset,
    trustProxy: given['trust-proxy'],
    simulation: !given['no-simulation'],
    graphPermissions: graphPermissions as 'on' | 'off',
    ...(given['control-key'] === null ? {} : { controlKey: given['control-key'] }),
  }
}

/** What `--json` prints: addresses, the CA to trust, the tenants (product.md 1). */
export function readyLine({ http, https, ca, tenants }: Ready) {
  return {
    http,
    https,
    ca,
    tenants: tenants.map(({ id, domain, issuer, issuerHttp }) => ({ id, domain, issuer, issuerHttp })),
    pid: process.pid,
  }
}

type Ready = {
  readonly http: string | null
  readonly https: string | null
  readonly ca: string | null
  readonly tenants: readonly { readonly id: string; readonly domain: string; readonly issuer: string; readonly issuerHttp: string | null }[]
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '') return url.origin

  throw new BadUse(`--public-url wants an origin like https://login.example, not "${text}".`)
}

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

/** Why the machine or the tenant file would not have it, as a sentence; null where it is our own mistake. */
function whyItDoesNotStart(error: unknown): BadUse | null {
  if (error instanceof DirectoryRefusal) return new BadUse(error.problems.map(problemText).join('\n'))

  const { code, message, port, address, path } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  const reasons: Record<string, string> = {
    startRefused: message,
    keysUnreadable: message,
    EACCES: path ? `${path} may not be written or read by you.` : `Port ${port} may not be used by you. Choose one above 1023.`,
    EADDRNOTAVAIL: `${address} is not an address of this machine. Choose another --host.`,
    ENOENT: `There is no ${path}.`,
    EISDIR: 'The --seed is a folder. Give the tenant file in it.',
    ENOTDIR: `${path} cannot be: something on the way is a file. Choose another --data.`,
    EEXIST: `${path} is a file. Choose another --data.`,
    EROFS: `${path} cannot be written: its disk is read-only. Choose another --data, or --ephemeral.`,
    ENOSPC: 'The disk is full. Make room, choose another --data, or --ephemeral.',
    ENOTFOUND: 'The --host is not known here. Give an address of this machine.',
  }
  const reason = code === undefined ? undefined : reasons[code]

  return reason === undefined ? null : new BadUse(reason)
}
