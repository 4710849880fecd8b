import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** A folder of somebody else's, with what `npm pack` made installed in it. */
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'package-test-'))
  await run('npm', ['run', 'build'], { cwd: root })
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], { cwd: root })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  await writeFile(join(home, 'package.json'), '{"name":"somebody-else","private":true,"type":"module"}')
  await run('npm', ['install', '--no-audit', '--no-fund', join(home, filename)], { cwd: home })
}, 300_000)
afterAll(() => rm(home, { recursive: true, force: true }))

const inHome = (...words: string[]) => run(process.execPath, words, { cwd: home })

describe('the installed package', () => {
  test('brings nothing but itself', async () => {
    const installed = (await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))

    expect(installed).toEqual(['portcullis'])
  })

  test('holds neither sources nor tests', async () => {
    const files = await readdir(join(home, 'node_modules/portcullis'))

    expect(files.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'data', 'dist', 'package.json', 'views'])
  })

  test('says whose work is in it', async () => {
    const notices = await readFile(join(home, 'node_modules/portcullis/dist/THIRD-PARTY.md'), 'utf8')

    for (const name of ['oidc-provider', 'koa', 'jose', 'eta', 'valibot', 'ipaddr.js']) expect(notices).toContain(`## ${name} `)
  })

  test('runs as a command, by a clock that can be moved, and stops when asked', async () => {
    const bin = join(home, 'node_modules/.bin/portcullis')
    const child = spawn(bin, ['--json', '--port', '0', '--https-port', '0'], { cwd: home, env: pathWithThisNode(), stdio: ['ignore', 'pipe', 'inherit'] })
    const [chunk] = await once(child.stdout, 'data') as [Buffer]
    const { http, tenants: [contoso] } = JSON.parse(String(chunk)) as { http: string; tenants: [{ issuerHttp: string }] }

    try {
      const discovery = await fetch(`${contoso.issuerHttp}/.well-known/openid-configuration`)
      expect(discovery.status).toBe(200)
      expect((await fetch(`${http}/contoso.example`)).status).toBe(200)

      const moved = await fetch(`${http}/_mock/clock`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"advance":"P30D"}',
      })
      expect(moved.status).toBe(200)
      const token = await fetch(`${http}/contoso.example/oauth2/v2.0/token`, { method: 'POST', body: daemon })
      const { access_token: accessToken } = await token.json() as { access_token: string }
      const { iat } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }
      expect(iat - Date.now() / 1000).toBeGreaterThan(29 * 86_400)
    } finally {
      child.kill('SIGTERM')
    }
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('starts in a process of somebody else\'s', async () => {
    await writeFile(join(home, 'use.js'), `
      import { startPortcullis } from 'portcullis'
      const mock = await startPortcullis({ port: 0, httpsPort: null })
      const { outcome } = await mock.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: '203.0.113.9' } })
      console.log(outcome)
      await mock.stop()
    `)

    expect((await inHome('use.js')).stdout).toBe('blocked\n')
  })

  test('decides without a server', async () => {
    await writeFile(join(home, 'decide.js'), 'import * as policy from \'portcullis/policy\'; console.log(typeof policy.evaluate)')

    expect((await inHome('decide.js')).stdout).toBe('function\n')
  })

  test('tells TypeScript what it is', async () => {
    await mkdir(join(home, 'typed'), { recursive: true })
    await writeFile(join(home, 'typed/use.ts'), `
      import { startPortcullis } from 'portcullis'
      import type { Portcullis } from 'portcullis'
      import { evaluate } from 'portcullis/policy'
      const mock: Portcullis = await startPortcullis({ port: 0 })
      const http: string | null = mock.http
      // @ts-expect-error: there is no such option
      await startPortcullis({ prot: 0 })
      void [http, evaluate]
    `)
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '']
    const checked = await run(join(root, 'node_modules/.bin/tsc'), [...options, join(home, 'typed/use.ts')], { cwd: home })
      .then(() => '', (error: { stdout: string }) => error.stdout)

    expect(checked).toBe('')
  })
})

const daemon = new URLSearchParams({
  grant_type: 'client_credentials',
  client_id: 'c0ffee00-0000-4000-8000-0000000000a4',
  client_secret: 'nightly-job-secret',
  scope: 'api://sales-api/.default',
})

/** The bin says `env node`; that must be the node of this run. */
const pathWithThisNode = () => ({ ...process.env, PATH: `${join(process.execPath, '..')}:${process.env.PATH}` })
