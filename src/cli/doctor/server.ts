import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { realNow } from '../../clock/clock.ts'
import { ask } from './ask.ts'
import type { Reply } from './ask.ts'
import { notOk, ok } from './findings.ts'
import type { Finding } from './findings.ts'

/** Where to look, and with what. */
export type Patient = {
  /** The origins that could be it; those that nobody named need not all answer. */
  readonly origins: readonly string[]
  readonly controlKey: string | null
  readonly extraCa: string | null
  /** Where the CA would be, where the server does not say. */
  readonly caFile: string
  readonly workingFolder: string
}

type Overview = {
  readonly version: string
  readonly addresses: { readonly https?: string | null; readonly ca?: string | null }
  readonly tenants: readonly { readonly id: string; readonly domain: string; readonly issuer: string }[]
}

/** Everything that can be asked of a server: is it there, is it trusted, does it call itself what it is reached by, what time does it think it is. */
export async function serverFindings(patient: Patient): Promise<readonly Finding[]> {
  const replies = await Promise.all(patient.origins.map(async (origin) => ({ origin, reply: await ask(`${origin}/healthz`) })))
  const running = replies.map(({ origin, reply }) => ({ finding: runningFinding(origin, reply), origin, reply }))
  const alive = running.filter(({ finding }) => finding.isOk)
  const [first] = alive
  if (!first) return running.slice(0, 1).map(({ finding }) => finding)

  const seen = isLoopback(first.origin) || ('distrust' in first.reply && first.reply.distrust === null) ? patient.controlKey : null
  const { overview, finding: refused } = await overviewOf(first.origin, seen)
  const found: Finding[] = []
  for (const { origin, reply } of alive) {
    found.push(ok('running', `${origin} answers${overview ? ` (Portcullis ${overview.version}, ${countOf(overview.tenants.length)})` : ''}`))
    if ('distrust' in reply && origin.startsWith('https:')) found.push(await certificateFinding(origin, reply.distrust, overview, patient))
  }
  const https = overview?.addresses.https
  if (https && !alive.some(({ origin }) => origin.startsWith('https:'))) {
    const reply = await ask(`${https}/healthz`)
    if ('distrust' in reply) found.push(await certificateFinding(https, reply.distrust, overview, patient))
  }
  if (refused) found.push(refused)
  if (!overview) return found

  for (const { origin } of alive) found.push(await issuerFinding(origin, overview))
  found.push(...await Promise.all(overview.tenants.slice(0, 10).map(({ id, domain }) => clockFinding(first.origin, id, domain, seen))))

  return found
}

const countOf = (tenants: number) => `${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}`

function runningFinding(origin: string, reply: Reply): Finding {
  if ('unreachable' in reply) {
    const why = reasons[reply.unreachable] ?? reply.unreachable

    return notOk('running', `${origin} does not answer: ${why}`, 'Start it with `portcullis`, or say where it is with --url.')
  }
  if (reply.status === 421) return notOk('running', `${origin} is a name it does not answer to`, 'Start it with --allow-host NAME, or use localhost.')
  if (reply.status === 200 && (reply.body as { status?: unknown } | null)?.status === 'ok') return ok('running', `${origin} answers`)

  return notOk('running', `${origin} is answered by something else (${reply.status} at /healthz)`, 'Stop that, or start Portcullis with another --port and say where it is with --url.')
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the name is not known here',
  EPROTO: 'it does not speak HTTPS there',
  ECONNRESET: 'it hung up',
  ABORT_ERR: 'it took more than three seconds',
}

async function overviewOf(origin: string, key: string | null): Promise<{ overview: Overview | null; finding?: Finding }> {
  const reply = await ask(`${origin}/_mock`, key)
  if ('status' in reply && reply.status === 200 && Array.isArray((reply.body as Overview | null)?.tenants)) return { overview: reply.body as Overview }
  if ('status' in reply && reply.status === 401) {
    return { overview: null, finding: notOk('issuer', 'The control API wants its key, so tenants and clocks could not be looked at', 'Give it with --control-key KEY.') }
  }

  return { overview: null, finding: notOk('issuer', 'The control API does not answer as it should, so tenants and clocks could not be looked at', 'See what stands between: a proxy should pass /_mock on.') }
}

async function issuerFinding(origin: string, { tenants }: Overview): Promise<Finding> {
  const [tenant] = tenants
  if (!tenant) return notOk('issuer', 'There is no tenant', 'Start it with --seed FILE --reset.')
  const configured = `${origin}/${tenant.id}/v2.0`
  const reply = await ask(`${configured}/.well-known/openid-configuration`)
  const issuer = 'body' in reply ? (reply.body as { issuer?: unknown } | null)?.issuer : undefined
  if (issuer === configured) return ok('issuer', `${configured} is what discovery says too`)
  if (typeof issuer !== 'string') return notOk('issuer', `${configured} has no discovery document`, 'See the log of the server.')

  return notOk('issuer', `Discovery at ${origin} says the issuer is ${issuer}`, `Clients will refuse what they reach as ${configured}. Configure them with ${issuer}, or start with --public-url ${origin}.`)
}

async function certificateFinding(origin: string, distrust: string | null, overview: Overview | null, patient: Patient): Promise<Finding> {
  if (distrust === null) return ok('certificate', `Node trusts the certificate of ${origin}`)
  if (distrust === 'ERR_TLS_CERT_ALTNAME_INVALID') return notOk('certificate', `The certificate of ${origin} is for other names`, 'Start it with --allow-host NAME, which puts the name into the certificate.')
  if (distrust === 'CERT_HAS_EXPIRED' || distrust === 'CERT_NOT_YET_VALID') return notOk('certificate', `The certificate of ${origin} is not valid today`, 'Set this machine\'s clock, or start Portcullis again: it makes a new one.')

  const caFile = overview?.addresses.ca ?? patient.caFile
  const advice = `export NODE_EXTRA_CA_CERTS=${caFile}`
  if (patient.extraCa === null) return notOk('certificate', `Node does not trust the certificate of ${origin} (${distrust})`, advice)
  const isThere = await access(resolve(patient.workingFolder, patient.extraCa)).then(() => true, () => false)

  return notOk('certificate', isThere
    ? `NODE_EXTRA_CA_CERTS names ${patient.extraCa}, which is not the CA of ${origin}`
    : `NODE_EXTRA_CA_CERTS names ${patient.extraCa}, which cannot be read`, advice)
}

/** Further from real time than this, a client that looks at its own clock refuses a token. */
const mostSkew = 5 * 60 * 1000

async function clockFinding(origin: string, id: string, domain: string, key: string | null): Promise<Finding> {
  const reply = await ask(`${origin}/_mock/tenants/${id}/clock`, key)
  const face = 'body' in reply ? (reply.body as { now?: string; offset?: number; frozen?: boolean; tokens?: string } | null) : null
  if (typeof face?.now !== 'string' || typeof face.offset !== 'number') return notOk('clock', `The clock of ${domain} cannot be read`, 'See the log of the server.')

  const back = `POST {"reset":true} to ${origin}/_mock/tenants/${id}/clock`
  const apart = Date.parse(face.now) - face.offset - realNow()
  if (Math.abs(apart) > mostSkew) return notOk('clock', `The machine at ${origin} is ${inWords(apart)} this one`, 'Set the clock of one of them.')
  if (face.tokens === 'wire') return ok('clock', `The clock of ${domain} says ${face.now}, and its tokens tell real time`)
  if (face.frozen) return notOk('clock', `The clock of ${domain} stands still at ${face.now}`, `${back}, or {"frozen":false}.`)
  if (Math.abs(face.offset) > mostSkew) return notOk('clock', `The clock of ${domain} is ${inWords(face.offset)} real time, and clients that look at their own refuse its tokens`, `${back}, or {"tokens":"wire"}.`)

  return ok('clock', `The clock of ${domain} tells real time`)
}

function inWords(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  const length = minutes < 120 ? `${minutes} minutes` : minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`

  return `${length} ${milliseconds > 0 ? 'ahead of' : 'behind'}`
}

/** Whether an origin is on this machine. */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)

  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
