import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openKeys } from '../src/keys/keys.ts'

/** A server to be measured: how to start it, and what to ask it. */
export type Contestant = {
  readonly name: string
  /** Arguments of `node`. */
  readonly command: readonly string[]
  readonly discovery: string
  readonly token: string
  readonly form: Readonly<Record<string, string>>
}

/** Portcullis from source and from `dist/`, and the peer, each with keys made beforehand. */
export async function createContestants(folder: string): Promise<Record<'source' | 'built' | 'peer', Contestant>> {
  const { signing: [key] } = await openKeys(folder)
  const jwk = join(folder, 'peer.json')
  await writeFile(jwk, JSON.stringify(key?.privateJwk))
  const peerPort = await freePort()
  const peer = `http://127.0.0.1:${peerPort}`

  return {
    source: await portcullis('portcullis, source', 'bin/portcullis.js', join(folder, 'source')),
    built: await portcullis('portcullis, built', 'dist/main.js', join(folder, 'built')),
    peer: {
      name: 'oauth2-mock-server',
      command: ['node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs', '-a', '127.0.0.1', '-p', String(peerPort), '--jwk', jwk],
      discovery: `${peer}/.well-known/openid-configuration`,
      token: `${peer}/token`,
      form: { grant_type: 'client_credentials', scope: 'orders' },
    },
  }
}

const contoso = 'c0ffee00-0000-4000-8000-000000000001'

async function portcullis(name: string, main: string, data: string): Promise<Contestant> {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}/${contoso}`

  return {
    name,
    command: [main, '--port', String(port), '--https-port', String(await freePort()), '--data', data, '--json'],
    discovery: `${base}/v2.0/.well-known/openid-configuration`,
    token: `${base}/oauth2/v2.0/token`,
    form: {
      grant_type: 'client_credentials',
      client_id: 'c0ffee00-0000-4000-8000-0000000000a4',
      client_secret: 'nightly-job-secret',
      scope: 'api://sales-api/.default',
    },
  }
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
