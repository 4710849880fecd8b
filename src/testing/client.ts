import type { ControlAnswers, ControlCalls } from './control-calls.ts'

/** How a call went wrong: the API's own code and words. */
export class ControlRefused extends Error {
  readonly code: string
  readonly status: number

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export type ControlClient = <Name extends keyof ControlCalls>(call: Name, ...said: Said<ControlCalls[Name]>) => Promise<ControlAnswers[Name]>

/** A body where the call has one, and the words of its path and query beside it; nothing where there is nothing to say. */
type Said<Asked> = {} extends Asked ? [asked?: Asked] : [asked: Asked]

/**
 * The control API over HTTP, for a server in another process. `origin` is where it listens; `tenant` the one to drive, the
 * first where unsaid. `await control('POST /clock', { body: { advance: 'PT8H' } })`
 */
export function controlClient(origin: string, { tenant, key }: { readonly tenant?: string; readonly key?: string } = {}): ControlClient {
  return async (call, ...[asked = {}]) => {
    const [method = 'GET', pattern = ''] = String(call).split(' ')
    const { path = {}, query = {}, body } = asked as { path?: Record<string, string>; query?: Record<string, string>; body?: unknown }
    const isOfServer = ['/', '/openapi.json', '/tokens/standing'].includes(pattern) || pattern.startsWith('/tenants')
    const below = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? '')).replace(/^\/$/, '')
    const scope = tenant === undefined || isOfServer ? '' : `/tenants/${encodeURIComponent(tenant)}`
    const search = new URLSearchParams(query).toString()
    const response = await fetch(`${origin}/_mock${scope}${below}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const said = (await response.json()) as { error?: { code: string; message: string } }
    if (!response.ok) throw new ControlRefused(response.status, said.error?.code ?? 'unknown', said.error?.message ?? response.statusText)

    return said as never
  }
}
