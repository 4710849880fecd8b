import { describe, expect, test } from 'vitest'
import { startPortcullis } from '../../src/index.ts'
import type { PortcullisOptions } from '../../src/index.ts'
import { createMetrics } from '../../src/server/metrics.ts'
import { serve } from '../http/serve.ts'
import { testKeys } from '../support/keys.ts'
import { apps, contosoId, password } from '../support/mock.ts'

type Mock = Awaited<ReturnType<typeof startPortcullis>>

/** A server of its own: what others count would be in the figures. */
async function withServer(options: PortcullisOptions, visit: (mock: Mock) => Promise<void>) {
  const mock = await startPortcullis({ port: 0, httpsPort: null, keys: testKeys(), ...options })
  try {
    await visit(mock)
  } finally {
    await mock.stop()
  }
}

/** Figures by `name{labels}`; every line is of the exposition format, and every name is announced before it. */
async function figuresOf({ http }: Mock): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${http}/metrics`)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const text = await response.text()
  expect(text.endsWith('\n')).toBe(true)
  const announced = new Map([...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map(([, name = '', type = '']) => [name, type]))
  const samples = text.trimEnd().split('\n').filter((line) => !line.startsWith('#')).map((line) => {
    const [, name = '', labels = '', value] = /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (\S+)$/.exec(line) ?? []
    expect(announced.has(name.replace(/_(bucket|sum|count)$/, '')) || announced.has(name), line).toBe(true)
    expect(Number(value), line).not.toBeNaN()

    return [`${name}${labels}`, Number(value)] as const
  })

  return Object.fromEntries(samples)
}

const token = ({ http }: Mock, form: Record<string, string>) => fetch(`${http}/${contosoId}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(form) })
const daemon = { grant_type: 'client_credentials', client_id: apps.nightlyJob, client_secret: 'nightly-job-secret', scope: 'api://sales-api/.default' }

describe('counted', () => {
  test('are sign-ins, by what asked, outcome and code', () => withServer({}, async (mock) => {
    await mock.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: '198.51.100.7' } })
    await mock.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: '203.0.113.9' } })
    await mock.signIn({ user: 'alice', client: 'Sales Hub', signals: { ipAddress: '203.0.113.9' } })
    await mock.signIn({ user: 'alice', client: 'Sales Hub', password: 'wrong' })

    expect(await figuresOf(mock)).toMatchObject({
      'portcullis_sign_ins_total{event="authorize",outcome="granted",code="0"}': 1,
      'portcullis_sign_ins_total{event="authorize",outcome="blocked",code="53003"}': 2,
      'portcullis_sign_ins_total{event="authorize",outcome="failed",code="50126"}': 1,
    })
  }))

  test('are tokens, by grant, whichever way they were issued', () => withServer({}, async (mock) => {
    for (const form of [daemon, daemon, { ...daemon, client_secret: 'wrong' }]) await token(mock, form)
    const rope = { client_id: apps.salesMobile, scope: 'openid offline_access', username: 'breakglass@contoso.example', password, grant_type: 'password' }
    const { refresh_token: refreshToken = '' } = (await (await token(mock, rope)).json()) as { refresh_token?: string }
    await token(mock, { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: apps.salesMobile })
    await token(mock, { ...daemon, grant_type: 'urn:made-up' })
    const figures = await figuresOf(mock)

    expect(Object.entries(figures).filter(([name]) => name.startsWith('portcullis_tokens_issued_total'))).toEqual([
      ['portcullis_tokens_issued_total{grant="client_credentials"}', 2],
      ['portcullis_tokens_issued_total{grant="password"}', 1],
      ['portcullis_tokens_issued_total{grant="refresh_token"}', 1],
    ])
  }))

  test('are requests, in buckets that rise, by endpoint and never by path', () => withServer({}, async (mock) => {
    await token(mock, daemon)
    await token(mock, { ...daemon, client_secret: 'wrong' })
    for (const path of ['/contoso.example/v2.0/.well-known/openid-configuration', '/healthz', '/v1.0/me', '/contoso.example', '/no/such/path-at-all']) await fetch(`${mock.http}${path}`)
    const figures = await figuresOf(mock)
    const counts = Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => {
      const [, endpoint, status] = /^portcullis_request_duration_seconds_count\{endpoint="(\w+)",status="(\w+)"\}$/.exec(name) ?? []

      return endpoint === undefined ? [] : [[`${endpoint} ${status}`, value]]
    }))
    expect(counts).toEqual({ 'token 2xx': 1, 'token 4xx': 1, 'discovery 2xx': 1, 'health 2xx': 1, 'graph 4xx': 1, 'page 2xx': 1, 'page 4xx': 1 })

    const buckets = Object.entries(figures).filter(([name]) => name.startsWith('portcullis_request_duration_seconds_bucket{endpoint="token",status="2xx"')).map(([, value]) => value)
    expect(buckets).toHaveLength(14)
    expect(buckets).toEqual(buckets.toSorted((one, other) => one - other))
    expect(buckets.at(-1)).toBe(1)
    expect(figures['portcullis_request_duration_seconds_sum{endpoint="token",status="2xx"}']).toBeGreaterThan(0)
  }))

  test('are slow ones where they belong', () => withServer({}, async (mock) => {
    await mock.faults.add({ on: 'discovery', delay: 150 })
    await fetch(`${mock.http}/contoso.example/v2.0/.well-known/openid-configuration`)
    const figures = await figuresOf(mock)
    const below = (bound: string) => figures[`portcullis_request_duration_seconds_bucket{endpoint="discovery",status="2xx",le="${bound}"}`]

    expect([below('0.1'), below('5'), below('+Inf')]).toEqual([0, 1, 1])
  }))

  test('are grants by few words, whoever makes one up', async () => {
    const { tally, endpoint } = createMetrics()
    for (const grant of ['urn:ietf:params:oauth:grant-type:device_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'made-up', 'another']) tally.tokenIssued(grant)
    const served = await serve(endpoint({ list: () => [], sandboxes: 0 }, () => {}))
    const text = await (await served.fetch('/metrics')).text()

    expect([...text.matchAll(/^portcullis_tokens_issued_total.*$/gm)].map(([line]) => line)).toEqual([
      'portcullis_tokens_issued_total{grant="device_code"} 1', 'portcullis_tokens_issued_total{grant="on_behalf_of"} 1', 'portcullis_tokens_issued_total{grant="other"} 2',
    ])
  })

  test('are tenants and sandboxes, as they come and go', () => withServer({}, async (mock) => {
    const [sandbox] = [await mock.sandbox(), await mock.sandbox()]
    expect(await figuresOf(mock)).toMatchObject({ 'portcullis_tenants{kind="kept"}': 1, 'portcullis_tenants{kind="sandbox"}': 2 })
    await sandbox.delete()

    expect(await figuresOf(mock)).toMatchObject({ 'portcullis_tenants{kind="kept"}': 1, 'portcullis_tenants{kind="sandbox"}': 1 })
  }))

  test('is the process', () => withServer({}, async (mock) => {
    const figures = await figuresOf(mock)

    expect(figures.process_resident_memory_bytes).toBeGreaterThan(1_000_000)
    expect(figures.process_cpu_seconds_total).toBeGreaterThan(0)
    expect(Math.abs((figures.process_start_time_seconds ?? 0) - Date.now() / 1000)).toBeLessThan(60)
    expect(Object.keys(figures).some((name) => /^portcullis_build_info\{version="\d+\.\d+\.\d+",node="v\d+[.\d]*"\}$/.test(name))).toBe(true)
  }))
})

test('nothing in it says who, with what, from where or in which tenant', () => withServer({}, async (mock) => {
  await mock.signIn({ user: 'alice', client: 'Sales Hub', password: 'a-secret-guess', signals: { ipAddress: '203.0.113.9' } })
  await token(mock, daemon)
  await fetch(`${mock.http}/contoso.example/alice@contoso.example?login_hint=alice`)
  const text = await (await fetch(`${mock.http}/metrics`)).text()

  for (const secret of ['alice', 'a-secret-guess', '203.0.113.9', contosoId, 'contoso', apps.salesHub, apps.nightlyJob, 'nightly-job-secret', 'sales-api']) expect(text).not.toContain(secret)
}))

describe('who may read it', () => {
  const key = { headers: { authorization: 'Bearer the-key' } }
  const asked: Record<string, [init: RequestInit, status: number]> = {
    'nobody without the key': [{}, 401],
    'nobody with another': [{ headers: { authorization: 'Bearer another' } }, 401],
    'who has the key': [key, 200],
    'no page of another site, key or not': [{ headers: { ...key.headers, origin: 'https://elsewhere.example' } }, 403],
  }
  test.each(Object.entries(asked))('of a server with a control key: %s', (_, [init, status]) => withServer({ controlKey: 'the-key' }, async (mock) => {
    const response = await fetch(`${mock.http}/metrics`, init)

    expect(response.status).toBe(status)
    expect((await response.text()).includes('portcullis_')).toBe(status === 200)
  }))

  test('it is read, not written', () => withServer({}, async (mock) => {
    const response = await fetch(`${mock.http}/metrics`, { method: 'POST', body: 'x' })

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect((await fetch(`${mock.http}/metrics`, { method: 'HEAD' })).status).toBe(200)
  }))
})
