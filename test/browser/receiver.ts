import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An application elsewhere, reduced to its redirect URI: it remembers what browsers bring. */
export type Receiver = {
  readonly redirectUri: string
  readonly origin: string
  /** The parameters brought last, and how. */
  readonly last: { readonly method: string; readonly fields: Readonly<Record<string, string>> } | null
  close(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  let last: Receiver['last'] = null
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/callback') last = { method: request.method ?? '', fields: Object.fromEntries([...searchParams, ...new URLSearchParams(body)]) }
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Another app</title><link rel="icon" href="data:,"><h1>Arrived</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`

  return {
    redirectUri: `${origin}/callback`,
    origin,
    get last() {
      return last
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
