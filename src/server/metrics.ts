import type { Context, Middleware } from 'koa'
import { realNow, stopwatch } from '../clock/clock.ts'
import { createCounter, createGauge, createHistogram, metricsText, metricsType } from '../http/metrics.ts'
import { HttpRefusal } from '../http/errors.ts'
import type { Tally } from '../oidc/host.ts'
import { version } from '../package.ts'
import type { Tenants } from './tenants.ts'

/** What this server counts (product.md 1). Labels are words of ours: no user, client, tenant or address is ever one. */
export type Metrics = {
  readonly tally: Tally
  /** Times every request that comes after it. */
  readonly timed: Middleware
  /** `GET /metrics`, for whoever `admit` lets in. */
  endpoint(tenants: Pick<Tenants, 'list' | 'sandboxes'>, admit: (ctx: Context) => void): Middleware
}

export function createMetrics(): Metrics {
  const signIns = createCounter('portcullis_sign_ins_total', 'Sign-ins judged, by what asked for them, their outcome and the AADSTS code (0 = none).', ['event', 'outcome', 'code'])
  const tokens = createCounter('portcullis_tokens_issued_total', 'Answers of the token endpoint with tokens in them, by grant.', ['grant'])
  const durations = createHistogram('portcullis_request_duration_seconds', 'How long requests took, by endpoint and class of status.', ['endpoint', 'status'])
  const started = realNow() / 1000

  return {
    tally: {
      signedIn: (event, { outcome, refusal }) => signIns.count(event, outcome, String(refusal?.code ?? 0)),
      tokenIssued: (grant) => tokens.count(grants[grant] ?? 'other'),
    },
    async timed(ctx, next) {
      const endpoint = endpointOf(ctx.path)
      const begun = stopwatch()
      try {
        await next()
      } finally {
        durations.observe((stopwatch() - begun) / 1000, endpoint, ctx.respond === false ? 'none' : `${Math.floor(ctx.status / 100)}xx`)
      }
    },
    endpoint(tenants, admit) {
      const gauges = [
        createGauge('portcullis_tenants', 'Tenants of this process: those of the seed and the data folder, and sandboxes.', ['kind'], () => {
          const { length } = tenants.list()

          return [[['kept'], length - tenants.sandboxes], [['sandbox'], tenants.sandboxes]]
        }),
        createGauge('portcullis_build_info', 'Which Portcullis, on which Node.', ['version', 'node'], () => [[[version, process.version], 1]]),
        createGauge('process_start_time_seconds', 'When it started, in seconds since the epoch.', [], () => [[[], started]]),
        createGauge('process_cpu_seconds_total', 'Processor time, user and system.', [], () => [[[], cpuSeconds()]], 'counter'),
        createGauge('process_resident_memory_bytes', 'Memory as the operating system counts it.', [], () => [[[], process.memoryUsage.rss()]]),
        createGauge('nodejs_heap_size_used_bytes', 'Of the heap of JavaScript, what is used.', [], () => [[[], process.memoryUsage().heapUsed]]),
      ]

      return async (ctx, next) => {
        if (ctx.path !== '/metrics') return next()
        admit(ctx)
        if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
          ctx.set('allow', 'GET, HEAD')
          throw new HttpRefusal(405, 'method_not_allowed', '/metrics is read with GET.')
        }
        ctx.set({ 'content-type': metricsType, 'cache-control': 'no-store' })
        ctx.body = metricsText([signIns, tokens, durations, ...gauges])
      }
    },
  }
}

const grants: Readonly<Record<string, string>> = {
  'authorization_code': 'authorization_code',
  'refresh_token': 'refresh_token',
  'client_credentials': 'client_credentials',
  'password': 'password',
  'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'on_behalf_of',
}

/** Where a request went, in few words: a path is the sender's to choose. */
function endpointOf(path: string): string {
  const [, first = ''] = path.split('/', 2)
  const atRoot = roots[first.toLowerCase()]
  if (atRoot !== undefined) return atRoot
  if (path.includes('/.well-known/')) return 'discovery'

  return leaves[path.slice(path.lastIndexOf('/') + 1).toLowerCase()] ?? 'page'
}

const roots: Readonly<Record<string, string>> = {
  'v1.0': 'graph', 'beta': 'graph', '_mock': 'control', 'app': 'app', 'admin': 'portal', 'oidc': 'userinfo', 'assets': 'assets',
  'healthz': 'health', 'readyz': 'health', 'metrics': 'metrics', '.well-known': 'discovery',
}
const leaves: Readonly<Record<string, string>> = {
  token: 'token', authorize: 'authorize', keys: 'keys', devicecode: 'devicecode', logout: 'logout', userinfo: 'userinfo', introspect: 'introspect',
  revoke: 'revoke', register: 'register', par: 'par',
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()

  return (user + system) / 1_000_000
}
