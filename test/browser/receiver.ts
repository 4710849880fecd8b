import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An application elsewhere, reduced to its redirect URI: it remembers what browsers bring. */
export type Receiver = {
  readonly redirectUri: string
  readonly origin: string
  /** The parameters brought last, and how, by their `state`. */
  readonly answers: ReadonlyMap<string, Answer>
  close(): Promise<void>
}

export type Answer = { readonly method: string; readonly fields: Readonly<Record<string, string>> }

export async function openReceiver(): Promise<Receiver> {
  const answers = new Map<string, Answer>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const fields = Object.fromEntries([...searchParams, ...new URLSearchParams(body)])
    if (pathname === '/callback') answers.set(fields.state ?? '', { method: request.method ?? '', fields })
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Another app</title><link rel="icon" href="data:,"><h1>Arrived</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`

  return {
    redirectUri: `${origin}/callback`,
    origin,
    answers,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
