import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unpackChromium } from '../browser/unpack-chromium.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

/** A folder of somebody else's, with what `npm pack` made installed in it. */
let home: string
/** The package as npm would publish it. */
let packed: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'package-test-'))
  await run('npm', ['run', 'build'], { cwd: root })
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], { cwd: root })
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  packed = join(home, filename)
  await writeFile(join(home, 'package.json'), '{"name":"somebody-else","private":true,"type":"module"}')
  await run('npm', ['install', '--no-audit', '--no-fund', packed], { cwd: home })
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

  test('imports an export, asks what if and runs scenario files, from files of its own', async () => {
    const bin = join(home, 'node_modules/portcullis/dist/main.js')
    await inHome(bin, 'export', '--out', 'exported')
    expect((await inHome(bin, 'import', 'exported', '--out', 'imported.json')).stdout).toMatch(/^6 policies, 3 named locations, 7 users, 3 groups, 6 applications\n/)
    await writeFile(join(home, 'story.yaml'), 'cases:\n  - {user: alice, app: Sales Hub, from: 203.0.113.9, outcome: blocked, by: Sales Hub only from trusted locations}\n')

    expect((await inHome(bin, 'what-if', '--tenant', 'imported.json', '--user', 'alice', '--app', 'Sales Hub', '--from', '203.0.113.9')).stdout).toMatch(/^blocked \(AADSTS53003\)/)
    expect((await inHome(bin, 'test', '--tenant', 'imported.json', 'story.yaml')).stdout).toMatch(/1 case, all as expected\n$/)
  })

  test('decides without a server', async () => {
    await writeFile(join(home, 'decide.js'), 'import * as policy from \'portcullis/policy\'; console.log(typeof policy.evaluate)')

    expect((await inHome('decide.js')).stdout).toBe('function\n')
  })

  test('tells TypeScript what it is', async () => {
    await mkdir(join(home, 'typed'), { recursive: true })
    await writeFile(join(home, 'typed/use.ts'), `
      import { controlClient, startPortcullis } from 'portcullis'
      import type { Portcullis } from 'portcullis'
      import { evaluate } from 'portcullis/policy'
      const mock: Portcullis = await startPortcullis({ port: 0 })
      const http: string | null = mock.http
      // @ts-expect-error: there is no such option
      await startPortcullis({ prot: 0 })
      const control = controlClient(String(http))
      await control('POST /clock', { body: { advance: 'PT8H' } })
      // @ts-expect-error: a clock is not set so
      await control('POST /clock', { body: { advanced: 'PT8H' } })
      void [http, evaluate]
    `)
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '']
    const checked = await run(join(root, 'node_modules/.bin/tsc'), [...options, join(home, 'typed/use.ts')], { cwd: home })
      .then(() => '', (error: { stdout: string }) => error.stdout)

    expect(checked).toBe('')
  })
})

/**
 * The fixtures, as a project of somebody else's gets them: the package beside a test runner from the registry, and the
 * shipped examples with the name of the package in place of the path into this repository.
 */
describe('the fixtures of the installed package', () => {
  const versionOf = async (name: string) => (JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version

  /** A new project with a runner of this version, and an example in it. */
  async function project(runner: string, version: string, example: 'vitest' | 'playwright'): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'fixtures-test-'))
    projects.push(folder)
    await writeFile(join(folder, 'package.json'), '{"name":"somebody-else","private":true,"type":"module"}')
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', packed, `${runner}@${version}`, `@types/node@${await versionOf('@types/node')}`], { cwd: folder })
    const from = join(root, 'examples', example)
    for (const file of await readdir(from)) {
      await writeFile(join(folder, file), (await readFile(join(from, file), 'utf8')).replaceAll(`../../src/testing/${example}.ts`, `portcullis/${example}`))
    }

    return folder
  }

  const projects: string[] = []
  afterAll(() => Promise.all(projects.map((folder) => rm(folder, { recursive: true, force: true }))))

  /** What the project's own TypeScript would say of its tests. */
  async function typeErrorsIn(folder: string): Promise<string> {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'))
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--allowImportingTsExtensions', '--skipLibCheck', '--types', 'node']

    return run(join(root, 'node_modules/.bin/tsc'), [...options, ...files], { cwd: folder }).then(() => '', (error: { stdout: string }) => error.stdout)
  }

  const oldest = async (name: string) => (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { peerDependencies: Record<string, string> }).peerDependencies[name]!.replace('>=', '')
  const vitests: Record<string, () => Promise<string>> = { 'the oldest Vitest that will do': () => oldest('vitest'), 'the Vitest of this repository': () => versionOf('vitest') }
  for (const [name, version] of Object.entries(vitests)) {
    test(`${name} runs the example`, async () => {
      const folder = await project('vitest', await version(), 'vitest')
      await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=result.json'], { cwd: folder, env: pathWithThisNode() })

      expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toMatchObject({ success: true, numPassedTests: 3, numTotalTests: 3 })
    })
  }

  test('an expectation that is not met fails the run, with the decision\'s own reasons', async () => {
    const folder = await project('vitest', await versionOf('vitest'), 'vitest')
    expect(await typeErrorsIn(folder)).toBe('')
    await writeFile(join(folder, 'report-access.test.ts'), (await readFile(join(folder, 'report-access.test.ts'), 'utf8')).replace('from: \'office\'', 'from: \'café\''))
    const { code, stdout } = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], { cwd: folder, env: { ...pathWithThisNode(), NO_COLOR: '1' } })
      .then((ran) => ({ code: 0, ...ran }), (error: { code: number; stdout: string; stderr: string }) => ({ ...error, stdout: error.stdout + error.stderr }))

    expect(code).toBe(1)
    expect(stdout).toContain('Expected the sign-in to be granted. It was blocked, AADSTS53003')
    expect(stdout).toContain('✗ Sales Hub only from trusted locations: failure.')
  })

  const playwrights: Record<string, () => Promise<string>> = {
    'the oldest Playwright that will do': () => oldest('@playwright/test'),
    'the Playwright of this repository': () => versionOf('@playwright/test'),
  }
  test.each(Object.entries(playwrights))('%s runs the example in a browser', async (_, version) => {
    const folder = await project('@playwright/test', await version(), 'playwright')
    expect(await typeErrorsIn(folder)).toBe('')
    const { executablePath, fontsFile, libraries } = await unpackChromium()
    const { stdout } = await run(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', '--workers', '2'], {
      cwd: folder,
      env: {
        ...pathWithThisNode(), CHROMIUM: executablePath, CHROMIUM_ARGS: '--headless --no-sandbox --disable-gpu --ignore-certificate-errors',
        FONTCONFIG_FILE: fontsFile, LD_LIBRARY_PATH: libraries, PLAYWRIGHT_RESULTS: join(folder, 'results'),
      },
    }).catch((error: { stdout?: string }) => ({ stdout: String(error.stdout ?? error) }))

    expect(stdout).toMatch(/3 passed/)
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
