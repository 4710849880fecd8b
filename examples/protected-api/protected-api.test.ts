import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
// In a project of your own: from 'portcullis'.
import { startPortcullis } from '../../src/index.ts'
import type { Portcullis, Sandbox } from '../../src/index.ts'
import { trustTestCa } from '../../test/support/https.ts'
import { testCertificates, testKeys } from '../../test/support/keys.ts'
import { visitor } from '../../test/support/visitor.ts'
import { createReportsApi } from './api.ts'
import { createReader } from './reader.ts'
import type { Reader } from './reader.ts'

const [reportsApi, reportsReader] = ['c0ffee00-0000-4000-8000-00000000a0a1', 'c0ffee00-0000-4000-8000-00000000a0a2']
const [office, cafe] = ['198.51.100.7', '203.0.113.9']

let mock: Portcullis
let tenant: Sandbox
let api: { url: string; close(): void }
let reader: Reader
/** What Dave was asked at the browser, sign-in by sign-in. */
let asked: string[][]
let password: string

beforeAll(async () => {
  trustTestCa()
  mock = await startPortcullis({ port: 0, httpsPort: 0, seed: new URL('tenant.json', import.meta.url), keys: testKeys(), certificates: testCertificates() })
})
afterAll(() => mock?.stop())

beforeEach(async () => {
  tenant = await mock.sandbox()
  tenant.signals('dave', { ipAddress: office })
  asked = []
  password = 'Portcullis1!'
  api = await served(tenant)
  reader = createReader({ clientId: reportsReader, authority: `${mock.https}/${tenant.id}`, api: api.url, openBrowser: (url) => daveSignsIn(url) })

  return () => api.close()
})

describe('a reader that understands challenges', () => {
  test('reads, and asks Dave once for all of it', async () => {
    expect(await reader.read('/reports')).toEqual({ status: 200, body: { reports: ['Sales', 'Payroll'] } })
    expect(await reader.read('/reports')).toMatchObject({ status: 200 })
    expect(asked).toEqual([['user-name', 'password']])
  })

  test('is stepped up where the API wants an authentication context, and need not be again', async () => {
    await reader.read('/reports')
    expect(await reader.read('/reports/payroll')).toEqual({ status: 200, body: { report: 'Payroll', total: 4_000_000 } })
    expect(await reader.read('/reports/payroll')).toMatchObject({ status: 200 })

    expect(asked.at(-1)).toContain('one-time-code')
    expect(asked).toHaveLength(2)
  })

  const endings: Record<string, () => Promise<unknown>> = {
    'is signed out everywhere': () => tenant.revoke('dave'),
    'is given another password'() {
      password = 'Drawbridge2?'
      return tenant.patchUser('dave', { password })
    },
  }
  test.each(Object.entries(endings))('signs in again at once when Dave %s, and goes on', async (_fact, happens) => {
    await reader.read('/reports')
    await happens()

    expect(await reader.read('/reports')).toMatchObject({ status: 200 })
    expect(asked).toEqual([['user-name', 'password'], ['password']])
  })

  test('gets no further when the account is disabled, and nobody is asked', async () => {
    await reader.read('/reports')
    await tenant.patchUser('dave', { accountEnabled: false })

    await expect(reader.read('/reports')).rejects.toThrow(/AADSTS50057/)
    expect(asked).toHaveLength(1)
  })

  test('gets no further when Dave goes to the café, and goes on when he is back', async () => {
    await reader.read('/reports')
    tenant.signals('dave', { ipAddress: cafe })
    await expect(reader.read('/reports')).rejects.toThrow(/user is at a page: .*AADSTS53003/)

    tenant.signals('dave', { ipAddress: office })
    expect(await reader.read('/reports')).toMatchObject({ status: 200 })
    expect(asked, 'he is still signed in').toHaveLength(2)
  })

  test('gets no further where the API alone sees him in the café: location is enforced strictly', async () => {
    await reader.read('/reports')
    api.close()
    api = await served(tenant, { isBehindProxy: true, at: cafe })
    reader = createReader({ clientId: reportsReader, authority: `${mock.https}/${tenant.id}`, api: api.url, openBrowser: (url) => daveSignsIn(url) })

    await expect(reader.read('/reports')).rejects.toThrow(/AADSTS53003/)
  })
})

describe('the API refuses', () => {
  const good = { aud: reportsApi, scp: 'Reports.Read', oid: 'c0ffee00-0000-4000-8000-0000000000b1' }
  const ordered: Record<string, { order: Parameters<Sandbox['token']>[0]; status: number; challenge: RegExp }> = {
    'an expired token': { order: { claims: good, lifetime: '-PT1H' }, status: 401, challenge: /error="invalid_token"/ },
    'a token for another API': { order: { claims: { ...good, aud: 'api://elsewhere' } }, status: 401, challenge: /error="invalid_token"/ },
    'a token of another issuer': { order: { claims: { ...good, iss: 'https://elsewhere.example/v2.0' } }, status: 401, challenge: /error="invalid_token"/ },
    'a forged token': { order: { claims: good, key: 'unknown' }, status: 401, challenge: /error="invalid_token"/ },
    'a token without a signature': { order: { claims: good, key: 'none' }, status: 401, challenge: /error="invalid_token"/ },
    'a token without the scope': { order: { claims: { ...good, scp: 'Other.Read' } }, status: 403, challenge: /error="insufficient_scope"/ },
  }
  test.each(Object.entries(ordered))('%s', async (_fact, { order, status, challenge }) => {
    const answer = await fetch(`${api.url}/reports`, { headers: { authorization: `Bearer ${await tenant.token(order)}` } })

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, expect.stringMatching(challenge)])
  })

  test('payroll to a client that cannot be challenged, without sending it a challenge', async () => {
    const answer = await fetch(`${api.url}/reports/payroll`, { headers: { authorization: `Bearer ${await tenant.token({ claims: good })}` } })

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, 'Bearer error="insufficient_claims"'])
  })
})

/** The API on a port of its own, asking this server how sessions stand; `at`: a proxy that says where callers are. */
async function served({ id }: Sandbox, { isBehindProxy = false, at }: { isBehindProxy?: boolean; at?: string } = {}) {
  const app = createReportsApi({
    issuer: `${mock.https}/${id}/v2.0`,
    audience: reportsApi,
    isBehindProxy,
    standingOf: (token, ipAddress) => mock.standingOf(token, ipAddress),
  })
  const handle = app.callback()
  const server = createServer((request, response) => {
    if (at) request.headers['x-forwarded-for'] = at
    void handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

let browser: ReturnType<typeof visitor>

/** Dave at the browser that the reader opens: always the same one, so that he stays signed in. */
async function daveSignsIn(url: string): Promise<void> {
  browser = asked.length === 0 ? visitor({ http: mock.https }) : browser
  await browser.open(url)
  const steps: string[] = []
  asked.push(steps)
  for (let { step } = browser.page; step !== null && steps.length < 5; { step } = browser.page) {
    steps.push(step)
    if (step === 'user-name') await browser.submit({ username: 'dave@reports.example' })
    else if (step === 'one-time-code') await browser.submit({ code: tenant.oneTimeCode('dave') ?? '' })
    else if (step === 'password') await browser.submit({ password })
  }
  const { root, answer, text } = browser.page
  if (!('code' in answer)) throw new Error(`The user is at a page: ${text}`)
  await fetch(root.querySelector('main form')?.getAttribute('action') ?? '', { method: 'POST', body: new URLSearchParams(answer) })
}
