import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A tiny application: a page with a link to sign in, and a page that says it is done. */
export async function startApplication(authorizeUrl: (redirectUri: string) => string) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const page = pathname !== '/callback'
      ? `<h1>Figures</h1><a href="${authorizeUrl(`${address()}/callback`).replaceAll('&', '&amp;')}">Sign in</a>`
      : searchParams.has('code') ? '<h1>You are in</h1>' : '<h1>You are not in</h1>'
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(page)
  })
  const address = () => `http://localhost:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))

  return { address: address(), stop: () => server.close() }
}
