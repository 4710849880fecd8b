import { describe, expect, test } from 'vitest'
import { driven } from './driven.ts'

test('the front page says what runs, where, and for which tenants', async () => {
  const { call, base } = await driven()
  const { status, json, headers } = await call('GET /_mock')
  const id = 'c0ffee00-0000-4000-8000-000000000001'

  expect(status).toBe(200)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(json).toEqual({
    version: '1.2.3',
    addresses: { http: 'http://localhost:8400', https: null, ca: null },
    tenants: [{ id, domain: 'contoso.example', displayName: 'Contoso', issuer: `${base}/${id}/v2.0` }],
  })
})

test('a public URL is the base of every issuer', async () => {
  const { call } = await driven({ addresses: () => ({ http: null, https: null, ca: null, publicUrl: 'https://sso.example' }) })

  expect((await call('GET /_mock')).json.tenants[0].issuer).toMatch(/^https:\/\/sso\.example\/c0ffee00/)
})

test('what is not below /_mock goes by', async () => {
  const { fetch } = await driven()

  expect((await fetch('/_mocking')).status).toBe(404)
})

describe('a page in a browser', () => {
  const pages: Record<string, { origin: (base: string) => string; may: boolean }> = {
    'of this server may call': { origin: (base) => base, may: true },
    'of this server at its other address may call': { origin: () => 'http://localhost:8400', may: true },
    'of another site may not': { origin: () => 'https://evil.example', may: false },
    'of another port of this machine may not': { origin: (base) => base.replace(/\d+$/, '1'), may: false },
    'of no origin (a sandboxed frame) may not': { origin: () => 'null', may: false },
    'whose origin begins like ours may not': { origin: (base) => `${base}.evil.example`, may: false },
  }

  test.each(Object.entries(pages))('%s', async (_, { origin, may }) => {
    const { call, base } = await driven()
    const { status, json } = await call('GET /_mock/clock', undefined, { origin: origin(base) })

    expect([status, json.error?.code]).toEqual(may ? [200, undefined] : [403, 'foreign_origin'])
  })
})

describe('a server with a control key', () => {
  const key = 'correct horse battery staple'
  const headers: Record<string, Record<string, string>> = {
    'without': {},
    'for another key': { authorization: 'Bearer correct' },
    'for a longer one': { authorization: `Bearer ${key}!` },
    'for another scheme': { authorization: `Basic ${key}` },
  }

  test('opens for the key', async () => {
    const { call } = await driven({ controlKey: key })

    expect((await call('GET /_mock/clock', undefined, { authorization: `Bearer ${key}` })).status).toBe(200)
  })

  test.each(Object.entries(headers))('does not open %s', async (_, given) => {
    const { call } = await driven({ controlKey: key })
    const answer = await call('GET /_mock/clock', undefined, given)

    expect([answer.status, answer.json.error.code]).toEqual([401, 'control_key_required'])
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect(JSON.stringify(answer.json)).not.toContain(key)
  })
})

type Refusal = { line: string; body?: string; type?: string; status: number; code: string; says: RegExp }

const refusals: Record<string, Refusal> = {
  'an unknown path says what exists': { line: 'GET /_mock/clocks', status: 404, code: 'unknown_call', says: /Did you mean \/_mock\/clock\?.*\/_mock\/sign-ins/ },
  'a known path with another method says which': { line: 'DELETE /_mock/clock', status: 405, code: 'method_not_allowed', says: /GET, POST/ },
  'an unknown tenant': { line: 'GET /_mock/tenants/nowhere.example/clock', status: 404, code: 'not_found', says: /"nowhere\.example"/ },
  'a path that is not well encoded': { line: 'GET /_mock/signals/%E0%A4%A', status: 400, code: 'invalid_path', says: /percent/ },
  'a form': { line: 'POST /_mock/clock', body: 'advance=PT8H', type: 'application/x-www-form-urlencoded', status: 415, code: 'unsupported_content_type', says: /application\/json/ },
  'JSON that says it is plain text': { line: 'POST /_mock/clock', body: '{"advance":"PT8H"}', type: 'text/plain', status: 415, code: 'unsupported_content_type', says: /application\/json/ },
  'half a JSON': { line: 'POST /_mock/clock', body: '{"advance":', status: 400, code: 'broken_json', says: /JSON/ },
  'a list': { line: 'POST /_mock/clock', body: '[]', status: 400, code: 'invalid_body', says: /a list; send a JSON object/ },
  'no body where one is wanted': { line: 'PUT /_mock/signals', status: 400, code: 'invalid_body', says: /JSON body/ },
  'a body where none is wanted': { line: 'POST /_mock/reset', body: '{"hard":true}', status: 400, code: 'invalid_body', says: /"hard"/ },
  'more than a megabyte': { line: 'POST /_mock/clock', body: JSON.stringify({ advance: 'x'.repeat(1_100_000) }), status: 413, code: 'body_too_large', says: /1048576/ },
  'an unknown question': { line: 'GET /_mock/sign-ins?afer=1', status: 400, code: 'invalid_query', says: /"afer".*Did you mean "after"/ },
  'a question asked twice': { line: 'GET /_mock/sign-ins?after=1&after=2', status: 400, code: 'invalid_query', says: /"after"/ },
  'a member named like an object\'s own': { line: 'POST /_mock/clock', body: '{"__proto__":{"advance":"PT8H"}}', status: 400, code: 'broken_json', says: /prototype/ },
}

test.each(Object.entries(refusals))('%s is refused in the control envelope', async (_, { line, body, type = 'application/json', status, code, says }) => {
  const { call, tenant, mistakes } = await driven()
  const answer = await call(line, body, body === undefined ? {} : { 'content-type': type })

  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(answer.json).toEqual({ error: { code, message: expect.stringMatching(says) } })
  expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, POST' : null)
  expect(tenant.clock.offset).toBe(0)
  expect(mistakes).toEqual([])
})

test('a mistake of ours is reported to us and tells a stranger nothing', async () => {
  const { call, mistakes } = await driven({
    addresses: () => {
      throw new Error('the secret of the house')
    },
  })
  const { status, json } = await call('GET /_mock')

  expect(status).toBe(500)
  expect(JSON.stringify(json)).not.toContain('secret of the house')
  expect(mistakes).toHaveLength(1)
})
