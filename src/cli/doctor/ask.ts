import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'

/** What a server answered; `distrust` = why Node's usual clients would not have talked to it. */
export type Answer = { readonly status: number; readonly body: unknown; readonly distrust: string | null }
export type Reply = Answer | { readonly unreachable: string }

/** A request that looks at a certificate instead of giving up on it: `doctor` is there to say what is wrong with it. */
export function ask(url: string, key: string | null = null): Promise<Reply> {
  const send = url.startsWith('https:') ? secureRequest : plainRequest

  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve({ unreachable: error.code ?? error.message })
    const request = send(url, {
      rejectUnauthorized: false,
      agent: false,
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(timeout),
    }, (response) => {
      const socket = response.socket as TLSSocket
      const distrust = socket.encrypted && !socket.authorized ? String((socket.authorizationError as Error & { code?: string } | null)?.code ?? socket.authorizationError) : null
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > longest) request.destroy()
      })
      response.on('error', fail)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text), distrust }))
    })
    request.on('error', fail)
    request.end()
  })
}

const timeout = 3000
const longest = 10_000_000

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
