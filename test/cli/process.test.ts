import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'process-test-'))))
afterEach(() => rm(folder, { recursive: true }))

const main = join(import.meta.dirname, '../../src/main.ts')
/** What `npm start` runs. */
const quickly = join(import.meta.dirname, '../../bin/portcullis.js')

/** The process itself, as somebody runs it who has no settings of his own. */
function portcullis(...words: string[]) {
  return run(main, ...words)
}

function run(entrance: string, ...words: string[]) {
  const child = spawn(process.execPath, [entrance, ...words], { cwd: folder, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => void (said.out += chunk))
  child.stderr.on('data', (chunk) => void (said.err += chunk))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...said }))
  const ready = new Promise<void>((resolve) => void child.stdout.once('data', () => resolve()))

  return { child, said, ended, ready: Promise.race([ready, ended]) }
}

test('it ends with `npm start`, whose shell goes without passing anything on', async () => {
  const command = `"${process.execPath}" "${quickly}" --ephemeral --port 0 --no-https --json; true`
  const shell = spawn('sh', ['-c', command], { cwd: folder, env: { PATH: process.env.PATH, npm_package_name: 'portcullis', npm_lifecycle_event: 'start' }, stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(shell.stdout, 'data')) as [Buffer]
  const { http } = JSON.parse(String(line)) as { http: string }
  const isUp = () => fetch(`${http}/healthz`).then(({ ok }) => ok, () => false)
  expect(await isUp()).toBe(true)
  shell.kill('SIGTERM')

  await expect.poll(isUp, { timeout: 3000 }).toBe(false)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`it prints one line of JSON when ready, serves, and ends within a second of ${signal}`, async () => {
    const { child, said, ended, ready } = portcullis('--port', '0', '--https-port', '0', '--json')
    await ready
    const line = JSON.parse(said.out) as { http: string; https: string; ca: string; tenants: { id: string; issuer: string; issuerHttp: string }[]; pid: number }

    expect(line).toEqual({
      http: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      https: expect.stringMatching(/^https:\/\/localhost:\d+$/),
      ca: expect.stringMatching(/\/\.portcullis\/ca\.pem$/),
      tenants: [{
        id: 'c0ffee00-0000-4000-8000-000000000001',
        domain: 'contoso.example',
        issuer: `${line.https}/c0ffee00-0000-4000-8000-000000000001/v2.0`,
        issuerHttp: `${line.http}/c0ffee00-0000-4000-8000-000000000001/v2.0`,
      }],
      pid: child.pid,
    })
    expect(await readFile(line.ca, 'utf8')).toContain('BEGIN CERTIFICATE')
    const discovery = await fetch(`${line.http}/contoso.example/v2.0/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer: line.tenants[0]!.issuerHttp })

    const asked = Date.now()
    child.kill(signal)
    const { code, out } = await ended
    expect(code).toBe(0)
    expect(Date.now() - asked).toBeLessThan(1000)
    expect(out.trimEnd().split('\n')).toHaveLength(1)
  })
}

test('readers who wait for the log do not hold it up, and what was acknowledged is there at the next start', async () => {
  const first = portcullis('--port', '0', '--no-https', '--json')
  await first.ready
  const { http } = JSON.parse(first.said.out) as { http: string }
  const waiting = ['/sign-ins/events', '/sign-ins?after=0&wait=60'].map((path) => fetch(`${http}/_mock${path}`).then((response) => response.text()).catch(() => 'cut off'))
  await fetch(`${http}/_mock/users/alice`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"displayName":"Alice Ames"}' })
  const asked = Date.now()
  first.child.kill('SIGTERM')

  expect((await first.ended).code).toBe(0)
  expect(Date.now() - asked).toBeLessThan(1000)
  await Promise.all(waiting)

  const second = portcullis('--port', '0', '--no-https', '--json')
  await second.ready
  const snapshot = await (await fetch(`${(JSON.parse(second.said.out) as { http: string }).http}/_mock/snapshot`)).json() as { users: { displayName: string }[] }
  second.child.kill()
  await second.ended
  expect(snapshot.users[0]).toMatchObject({ displayName: 'Alice Ames' })
})

test('whoever has connected and says nothing does not hold it up, at either port', async () => {
  const { child, said, ended, ready } = portcullis('--port', '0', '--https-port', '0', '--ephemeral', '--json')
  await ready
  const { http, https } = JSON.parse(said.out) as { http: string; https: string }
  const silent = await Promise.all([http, https].map(async (address) => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')

    return socket
  }))
  const asked = Date.now()
  child.kill('SIGTERM')

  expect((await ended).code).toBe(0)
  expect(Date.now() - asked).toBeLessThan(1000)
  silent.forEach((socket) => socket.destroy())
})

test('to a person it tells users, passwords and what to try', async () => {
  const { child, said, ended, ready } = portcullis('--port', '0', '--no-https', '--ephemeral')
  await ready

  expect(said.out).toMatch(/alice@contoso\.example +Portcullis1! +\d{6} +Alice Adams/)
  expect(said.out).toContain('Where are you?')
  child.kill()
  expect((await ended).code).toBe(0)
})

test('a port that is taken is one sentence and exit code 2', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo

  try {
    const { code, out, err } = await portcullis('--port', String(port), '--no-https', '--ephemeral').ended

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(new RegExp(`^Port ${port} is taken, perhaps by another Portcullis\\. .*\\n$`))
  } finally {
    other.close()
  }
})

const refused: Record<string, [words: string[], err: RegExp]> = {
  'a command that is none': [['strat'], /^There is no command "strat"\. Did you mean start\?\n$/],
  'a seed that is not there': [['--seed', 'nowhere.json', '--ephemeral', '--port', '0', '--no-https'], /^There is no .*nowhere\.json\.\n$/],
}
for (const [what, [words, err]] of Object.entries(refused)) {
  test(`${what} is one sentence and exit code 2`, async () => {
    expect(await portcullis(...words).ended).toEqual({ code: 2, out: '', err: expect.stringMatching(err) })
  })
}

test('keys that cannot be read keep it from starting, and nothing is left locked', async () => {
  const data = join(folder, 'data')
  await mkdir(data)
  await writeFile(join(data, 'keys.json'), 'junk')

  expect(await portcullis('--port', '0', '--no-https', '--data', data).ended).toEqual({
    code: 2, out: '', err: `The signing keys in ${data}/keys.json cannot be read. Move the file away to have new ones made at the next start.\n`,
  })
  expect(await readdir(data)).toEqual(['keys.json'])
})

test('a tenant file with mistakes keeps it from starting, and all of them are told', async () => {
  await writeFile(join(folder, 'bad.yaml'), 'tenants:\n  - displayName: Bad\n    licence: P3\n    domains: [{ id: bad.example }]\n    users: [{}]\n')
  const { code, err } = await portcullis('--port', '0', '--no-https', '--seed', 'bad.yaml').ended

  expect(code).toBe(2)
  expect(err).toMatch(/^tenants\[0\]\.licence: .*P3/m)
  expect(err).toMatch(/^tenants\[0\]\.users\[0\]/m)
  expect(err).not.toMatch(/^ +at /m)
})

test('npm start runs the same, and leads to the same commands', async () => {
  const { child, said, ended, ready } = run(quickly, '--port', '0', '--https-port', '0', '--ephemeral', '--json')
  await ready
  const { http } = JSON.parse(said.out) as { http: string }

  expect((await fetch(`${http}/contoso.example/v2.0/.well-known/openid-configuration`)).status).toBe(200)
  child.kill()
  expect((await ended).code).toBe(0)
  expect(await run(quickly, 'strat').ended).toEqual(await portcullis('strat').ended)
})
