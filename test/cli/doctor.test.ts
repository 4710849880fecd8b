import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../src/cli/index.ts'
import { nodeFinding } from '../../src/cli/doctor/machine.ts'
import { startPortcullis } from '../../src/index.ts'
import type { PortcullisOptions } from '../../src/index.ts'
import { distrustTestCa, trustTestCa } from '../support/https.ts'
import { testCertificates, testKeys } from '../support/keys.ts'
import { createTerminal } from './world.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'doctor-test-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

async function doctor(words: readonly string[], environment: Record<string, string> = {}) {
  const { world, printed, complaints } = createTerminal({ workingFolder: folder, environment })
  const code = await runCommandLine(['doctor', ...words], world)

  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

type Seen = { readonly check: string; readonly ok: boolean; readonly says: string; readonly advice?: string }

/** What is not well, as `--json` tells it. */
async function complaintsOf(words: readonly string[], environment: Record<string, string> = {}) {
  const { code, printed } = await doctor([...words, '--json'], environment)
  const { ok, checks } = JSON.parse(printed) as { ok: boolean; checks: Seen[] }
  expect(code).toBe(ok ? 0 : 1)

  return checks.filter((seen) => !seen.ok)
}

async function withServer(options: PortcullisOptions, visit: (mock: Awaited<ReturnType<typeof startPortcullis>>) => Promise<void>) {
  const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), ...options })
  try {
    await visit(mock)
  } finally {
    await mock.stop()
  }
}

describe('a tenant that runs', () => {
  test('is well, line by line', () => withServer({}, async (mock) => {
    const { code, printed } = await doctor(['--url', mock.http!])

    expect(code).toBe(0)
    expect(printed.split('\n').map((line) => line.slice(0, 21).trim())).toEqual(['ok      node', 'ok      running', 'ok      issuer', 'ok      clock', 'ok      data'])
    expect(printed).toContain(`${mock.issuer} is what discovery says too`)
  }))

  test('is found by its ports', () => withServer({}, async (mock) => {
    expect(await complaintsOf(['--https-port', '1'], { PORTCULLIS_PORT: new URL(mock.http!).port })).toEqual([])
  }))

  test('whose clock was moved is said to be so, and how to set it right', () => withServer({}, async (mock) => {
    mock.clock.advance('PT8H')
    expect(await complaintsOf(['--url', mock.http!])).toEqual([{
      check: 'clock', ok: false, says: expect.stringContaining('contoso.example is 8 hours ahead of real time'), advice: expect.stringContaining('{"reset":true}'),
    }])

    await fetch(`${mock.http}/_mock/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"tokens":"wire"}' })
    expect(await complaintsOf(['--url', mock.http!])).toEqual([])
  }))

  test('whose clock stands still is said to be so', () => withServer({}, async (mock) => {
    await fetch(`${mock.http}/_mock/clock`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"frozen":true}' })

    expect(await complaintsOf(['--url', mock.http!])).toMatchObject([{ check: 'clock', says: expect.stringContaining('stands still') }])
  }))

  test('under a public URL is another issuer than the one it is reached by', () => withServer({ publicUrl: 'https://login.example' }, async (mock) => {
    expect(await complaintsOf(['--url', mock.http!])).toMatchObject([{ check: 'issuer', says: expect.stringMatching(/says the issuer is https:\/\/login\.example\/.*\/v2\.0$/), advice: expect.stringContaining('--public-url') }])
  }))

  test('with a control key wants it', () => withServer({ controlKey: 'k' }, async (mock) => {
    expect(await complaintsOf(['--url', mock.http!])).toMatchObject([{ advice: 'Give it with --control-key KEY.' }])
    expect(await complaintsOf(['--url', mock.http!, '--control-key', 'k'])).toEqual([])
  }))
})

test('a certificate is trusted where its CA is, and otherwise doctor says which line to paste', () => withServer({ httpsPort: 0, certificates: testCertificates() }, async (mock) => {
  const { caFile } = testCertificates()
  distrustTestCa()
  expect(await complaintsOf(['--url', mock.https!])).toEqual([{
    check: 'certificate', ok: false, says: expect.stringContaining('Node does not trust the certificate'), advice: `export NODE_EXTRA_CA_CERTS=${caFile}`,
  }])
  expect(await complaintsOf(['--url', mock.http!])).toMatchObject([{ check: 'certificate' }])
  expect(await complaintsOf(['--url', mock.https!], { NODE_EXTRA_CA_CERTS: 'nowhere.pem' })).toMatchObject([{ says: 'NODE_EXTRA_CA_CERTS names nowhere.pem, which cannot be read' }])
  await writeFile(join(folder, 'other.pem'), '')
  expect(await complaintsOf(['--url', mock.https!], { NODE_EXTRA_CA_CERTS: 'other.pem' })).toMatchObject([{ says: expect.stringContaining('which is not the CA of') }])

  trustTestCa()
  expect(await complaintsOf(['--url', mock.https!])).toEqual([])
}))

describe('nobody there', () => {
  test('is said, with how to start it', async () => {
    const { code, printed } = await doctor(['--port', '1', '--https-port', '1'])

    expect(code).toBe(1)
    expect(printed).toContain('not ok  running      http://localhost:1 does not answer: nobody listens there\n                     → Start it with `portcullis`')
  })

  test('but somebody else is told apart', async () => {
    const other = createServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    try {
      expect(await complaintsOf(['--url', `http://127.0.0.1:${(other.address() as AddressInfo).port}`])).toMatchObject([{ check: 'running', says: expect.stringContaining('answered by something else (200') }])
    } finally {
      other.close()
    }
  })

  test('while the data folder is open is somebody who listens elsewhere', () => withServer({ data: join(folder, 'data') }, async () => {
    expect(await complaintsOf(['--url', 'http://localhost:1', '--data', 'data'])).toMatchObject([{ check: 'running' }, { check: 'data', says: expect.stringMatching(/^Process \d+ has .*data open, but nobody answers$/) }])
  }))
})

describe('the data folder', () => {
  const sick: Record<string, [prepare: () => Promise<unknown>, says: RegExp]> = {
    'that is a file': [() => writeFile(join(folder, 'data'), ''), /is a file$/],
    // Whoever may do everything may write everywhere.
    ...(process.getuid?.() === 0 ? {} : { 'that may not be written': [async () => { await mkdir(join(folder, 'data')); await chmod(join(folder, 'data'), 0o500) }, /cannot be written$/] as [() => Promise<unknown>, RegExp] }),
  }
  for (const [what, [prepare, says]] of Object.entries(sick)) {
    test(`${what} is found`, async () => {
      await prepare()

      expect(await complaintsOf(['--url', 'http://localhost:1', '--data', 'data'])).toMatchObject([{ check: 'running' }, { check: 'data', says: expect.stringMatching(says) }])
    })
  }

  test('with the lock of a process that is gone is free', async () => {
    await mkdir(join(folder, 'data'))
    await writeFile(join(folder, 'data', 'lock'), '{"pid":999999999,"started":null}')

    expect((await doctor(['--url', 'http://localhost:1', '--data', 'data'])).printed).toMatch(/^ok +data .*no process has it open$/m)
  })

  test('of a server on another machine is not looked for here', async () => {
    expect((await doctor(['--url', 'https://nowhere.invalid'])).printed).not.toContain(' data ')
  })
})

test('a Node that is too old is told which to install', () => {
  expect(['22.17.1', '20.19.0', '22.18.0', '24.0.0'].map((version) => nodeFinding(version).isOk)).toEqual([false, false, true, true])
})

const badUse: Record<string, [words: string[], message: string]> = {
  'an address that is none': [['--url', 'localhost:8400'], '--url wants an address like https://localhost:8443, not "localhost:8400".'],
  'a port that is none': [['--port', 'x'], '--port wants a number from 0 to 65535, not "x".'],
  'a flag misspelled': [['--jsno'], '`portcullis doctor` has no flag --jsno. Did you mean --json?'],
}
for (const [what, [words, message]] of Object.entries(badUse)) {
  test(`${what} exits 2`, async () => expect(await doctor(words)).toEqual({ code: 2, printed: '', complaints: message }))
}
