import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { Contestant } from './contestants.ts'

/** Milliseconds from starting the process until its discovery document is served. */
export async function coldStart(contestant: Contestant): Promise<number> {
  const begin = performance.now()
  const child = start(contestant)
  try {
    await untilReady(contestant, child)

    return performance.now() - begin
  } finally {
    await stop(child)
  }
}

/** A contestant that is up and has issued enough tokens to be at its usual speed. */
export type Running = {
  /** Tokens issued a second, a few requests at a time over kept connections. */
  tokensPerSecond(requests: number): Promise<number>
  stop(): Promise<void>
}

export async function warmedUp(contestant: Contestant, requests: number): Promise<Running> {
  const child = start(contestant)
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const running: Running = {
    async tokensPerSecond(asked) {
      const begin = performance.now()
      await askFor(contestant, agent, asked)

      return asked / ((performance.now() - begin) / 1000)
    },
    stop: () => {
      agent.destroy()

      return stop(child)
    },
  }
  try {
    await untilReady(contestant, child)
    await running.tokensPerSecond(requests)
  } catch (error) {
    await running.stop()
    throw error
  }

  return running
}

const inFlight = 16

function start({ command }: Contestant): ChildProcess {
  return spawn(process.execPath, [...command], { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function untilReady({ name, discovery }: Contestant, child: ChildProcess): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline && child.exitCode === null;) {
    const status = await send(discovery).then((answer) => answer.status, () => 0)
    if (status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }

  throw new Error(`${name} does not answer on ${discovery}.`)
}

async function askFor({ name, token, form }: Contestant, agent: Agent, requests: number): Promise<void> {
  const body = new URLSearchParams(form).toString()
  let left = requests
  const asker = async () => {
    while (left-- > 0) {
      const { status, text } = await send(token, agent, body)
      if (status !== 200 || !text.includes('"access_token"')) throw new Error(`${name} answered ${status}: ${text}`)
    }
  }

  await Promise.all(Array.from({ length: inFlight }, asker))
}

function send(url: string, agent?: Agent, body?: string): Promise<{ status: number; text: string }> {
  const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }

  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: body === undefined ? 'GET' : 'POST', headers, ...(agent ? { agent } : {}) }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
