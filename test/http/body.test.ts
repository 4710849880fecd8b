import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { defaultLimit, readForm, readJson } from '../../src/http/body.ts'
import { refusals } from '../../src/http/errors.ts'
import { writeAllFirst } from '../support/write-all-first.ts'
import { serve } from './serve.ts'

type Case = { type?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string>; method?: string; gives?: unknown; status?: number; code?: string }

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'

const jsonBodies: Record<string, Case> = {
  'an object is read': { type: json, body: '{"advance":"PT8H"}', gives: { advance: 'PT8H' } },
  'an array is read': { type: json, body: '[1]', gives: [1] },
  'a charset may be named': { type: `${json}; charset=utf-8`, body: '{"a":"é"}', gives: { a: 'é' } },
  'a vendor type of JSON is read': { type: 'application/merge-patch+json', body: '{"a":1}', gives: { a: 1 } },
  'a body is read whatever the method': { method: 'DELETE', type: json, body: '{"a":1}', gives: { a: 1 } },
  'a compressed body is read': { type: json, body: new Uint8Array(gzipSync('{"a":1}')), headers: { 'content-encoding': 'gzip' }, gives: { a: 1 } },
  'no body is nothing': { gives: null },
  'broken JSON is refused': { type: json, body: '{"a":', status: 400, code: 'broken_json' },
  'a bare number is refused': { type: json, body: '1', status: 400, code: 'broken_json' },
  'a member that would poison a prototype is refused': { type: json, body: '{"__proto__":{"isAdmin":true}}', status: 400, code: 'broken_json' },
  'a form is not JSON': { type: form, body: 'a=1', status: 415, code: 'unsupported_content_type' },
  'plain text is not JSON, so a page elsewhere cannot send any without asking': { type: 'text/plain', body: '{}', status: 415, code: 'unsupported_content_type' },
  'a body of no type is refused': { body: new Uint8Array([123, 125]), status: 415, code: 'unsupported_content_type' },
  'a body that is too large is refused': { type: json, body: `{"a":"${'a'.repeat(defaultLimit)}"}`, status: 413, code: 'body_too_large' },
  'a body that is too large once unpacked is refused': { type: json, body: new Uint8Array(gzipSync(`{"a":"${'a'.repeat(1e7)}"}`)), headers: { 'content-encoding': 'gzip' }, status: 413, code: 'body_too_large' },
  'an unknown encoding is refused': { type: json, body: '{}', headers: { 'content-encoding': 'rot13' }, status: 415, code: 'unsupported_encoding' },
  'what is not gzip is refused as gzip': { type: json, body: '{"a":1}', headers: { 'content-encoding': 'gzip' }, status: 400, code: 'broken_body' },
}

const forms: Record<string, Case> = {
  'a form is read': { type: form, body: 'username=alice%40contoso.example&stay=yes', gives: { username: 'alice@contoso.example', stay: 'yes' } },
  'a plus is a space': { type: form, body: 'scope=openid+profile', gives: { scope: 'openid profile' } },
  'dots and brackets are part of a name': { type: form, body: 'a.b=1&c%5Bd%5D=2', gives: { 'a.b': '1', 'c[d]': '2' } },
  'a name that objects inherit is only a name': { type: form, body: 'constructor=1&__proto__=2', gives: { constructor: '1', ['__proto__']: '2' } },
  'no body is an empty form': { gives: {} },
  'a parameter given twice is refused': { type: form, body: 'code=1&code=2', status: 400, code: 'duplicate_parameter' },
  'JSON is not a form': { type: json, body: '{}', status: 415, code: 'unsupported_content_type' },
  'a form that is too large is refused': { type: form, body: `a=${'a'.repeat(defaultLimit)}`, status: 413, code: 'body_too_large' },
}

for (const [what, read, cases] of [['JSON', readJson, jsonBodies], ['form', readForm, forms]] as const) {
  for (const [fact, { type, body, headers, method = 'POST', gives, status = 200, code }] of Object.entries(cases)) {
    test(`${what}: ${fact}`, async () => {
      const server = await serve(refusals(), async (ctx) => void (ctx.body = JSON.stringify((await read(ctx)) ?? null)))
      const answer = await server.fetch('/', { method, headers: { ...(type ? { 'content-type': type } : {}), ...headers }, ...(body === undefined ? {} : { body }) })
      const answered = JSON.parse(await answer.text())

      expect([answer.status, code === undefined ? JSON.stringify(answered) : answered.error.code]).toEqual([status, code ?? JSON.stringify(gives)])
      expect(server.mistakes).toEqual([])
    })
  }
}

test('the first of two parameters is taken where the reader chooses so', async () => {
  const server = await serve(async (ctx) => void (ctx.body = await readForm(ctx, { duplicates: 'first' })))
  const answer = await server.fetch('/', { method: 'POST', headers: { 'content-type': form }, body: 'a=1&a=2' })

  expect(await answer.json()).toEqual({ a: '1' })
})

test('a client that writes all it has before it reads is answered, too', async () => {
  const server = await serve(refusals(), async (ctx) => void (ctx.body = JSON.stringify(await readJson(ctx))))

  expect(await writeAllFirst(server.port, '/', `"${'x'.repeat(8_000_000)}"`)).toMatch(/^HTTP\/1\.1 413 /)
})

test('a reader may set a limit of its own', async () => {
  const server = await serve(refusals(), async (ctx) => void (ctx.body = await readForm(ctx, { limit: 8 })))
  const send = (body: string) => server.fetch('/', { method: 'POST', headers: { 'content-type': form }, body })

  expect((await send('a=123456')).status).toBe(200)
  expect((await send('a=1234567')).status).toBe(413)
})
