import type { Portcullis, Sandbox } from '../../src/index.ts'

/** What Graph answered, read. */
export type Said = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Json }
/** Whatever JSON it was: a test says what it expects of it. */
export type Json = ReturnType<typeof JSON.parse>

/** Asks Graph as somebody: `graph.get('/me')`. Paths are below `/v1.0` unless they say `/beta`. */
export type Graph = {
  get(path: string, headers?: Record<string, string>): Promise<Said>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Said>
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Said>
  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Said>
  delete(path: string, headers?: Record<string, string>): Promise<Said>
  send(method: string, path: string, init?: { body?: string; headers?: Record<string, string> }): Promise<Said>
}

export function graphAt(base: string, standing: Record<string, string> = {}): Graph {
  async function send(method: string, path: string, { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {}): Promise<Said> {
    const url = /^https?:/.test(path) ? path : `${base}${/^\/(?:v1\.0|beta)\b/.test(path) ? path : `/v1.0${path}`}`
    const response = await fetch(url, { method, headers: { ...standing, ...headers }, ...(body === undefined ? {} : { body }) })
    const text = await response.text()

    return { status: response.status, headers: response.headers, text, body: /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : {} }
  }
  const withBody = (method: string) => (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(method, path, body === undefined ? { headers } : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

  return { get: (path, headers = {}) => send('GET', path, { headers }), post: withBody('POST'), patch: withBody('PATCH'), put: withBody('PUT'), delete: (path, headers = {}) => send('DELETE', path, { headers }), send }
}

/** A token for Graph that a user gets through Admin Shell, with what was consented to. */
export async function tokenOf(sandbox: Pick<Sandbox, 'signIn'>, user = 'carol', client = 'Admin Shell'): Promise<string> {
  const { outcome, tokens } = await sandbox.signIn({ user, client, scope: 'https://graph.microsoft.com/.default', oneTimeCode: true, signals: { ipAddress: '198.51.100.7' } })
  if (outcome !== 'granted') throw new Error(`${user} gets no token.`)

  return (tokens as { access_token: string }).access_token
}

/** Graph of a tenant of one's own, asked as an administrator unless somebody else is named. */
export async function graphOf(mock: Portcullis, changes: Parameters<Portcullis['sandbox']>[0] = {}, user = 'carol'): Promise<{ readonly graph: Graph; readonly sandbox: Sandbox }> {
  const sandbox = await mock.sandbox(changes)
  const token = await tokenOf(sandbox, user)

  return { sandbox, graph: graphAt(mock.http!, { authorization: `Bearer ${token}` }) }
}
