import type { IncomingMessage, RequestListener } from 'node:http'
import type { Response as Injected } from 'light-my-request'

export type InProcessRequest = {
  readonly url: URL
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Sees the request before it is served. */
  readonly mark?: (request: IncomingMessage) => void
}

/** The connection was closed without an answer: what `fetch` throws where the network fails. */
export class ConnectionDropped extends TypeError {
  constructor() {
    super('fetch failed', { cause: new Error('The connection was closed without an answer.') })
  }
}

/** Sends a request to a handler of this process, without a socket, as if it had come in at the URL's origin. */
export async function dispatch(handler: RequestListener, { url, method = 'GET', headers = {}, body, mark }: InProcessRequest): Promise<Injected> {
  // Loaded with the first such request: a start has no use for it.
  const { inject } = await import('light-my-request')

  return new Promise((resolve, reject) => {
    inject((request, response) => {
      const incoming = request as unknown as IncomingMessage
      Object.assign(incoming.socket, { encrypted: url.protocol === 'https:', destroy: () => reject(new ConnectionDropped()) })
      mark?.(incoming)
      handler(incoming, response as never)
    }, {
      method: method as 'GET',
      url: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host },
      ...(body === undefined ? {} : { payload: body }),
    }).then(resolve, reject)
  })
}

/** `fetch` for a relying party that lives in the same process as its provider. */
export function inProcessFetch(handler: () => RequestListener): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    const answer = await dispatch(handler(), {
      url: new URL(request.url),
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(request.body === null ? {} : { body: await request.text() }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) {
      for (const one of [value].flat()) if (one !== undefined) headers.append(name, String(one))
    }
    const isBodiless = answer.statusCode === 204 || answer.statusCode === 304

    return new Response(isBodiless ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers })
  }
}
