import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import type { Middleware } from 'koa'
import { onTestFinished } from 'vitest'

export type Answer = { readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly text: string }
export type Served = {
  readonly base: string
  readonly port: number
  /** What was reported as our own mistake. */
  readonly mistakes: readonly Error[]
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** A request as it stands, where `fetch` would tidy it: any Host, any request line. */
  raw(path: string, headers: Record<string, string>, method?: string): Promise<Answer>
}

/** A real Koa server on a free port, for as long as the test lasts. */
export async function serve(...middleware: Middleware[]): Promise<Served> {
  const app = new Koa()
  const mistakes: Error[] = []
  app.on('error', (error: Error) => void mistakes.push(error))
  for (const each of middleware) app.use(each)
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const base = `http://127.0.0.1:${port}`

  return {
    base,
    port,
    mistakes,
    fetch: (path, init) => fetch(base + path, { redirect: 'manual', ...init }),
    raw: (path, headers, method = 'GET') => new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers, setHost: false }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => void (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      })
      sent.on('error', reject)
      sent.end()
    }),
  }
}

export const hello: Middleware = (ctx) => void (ctx.body = 'hello')
