import { expect, test } from 'vitest'
import { refusals } from '../../src/http/errors.ts'
import { originCheck } from '../../src/http/origin-check.ts'
import { hello, serve } from './serve.ts'

const requests: Record<string, { method?: string; origin?: string; status: number }> = {
  'a program, which sends no origin, may change things': { status: 200 },
  'a page of ours may change things': { origin: 'own', status: 200 },
  'a page of the public address may change things': { origin: 'https://idp.example', status: 200 },
  'a page of another site may change nothing': { origin: 'https://evil.example', status: 403 },
  'a page of another port may change nothing': { origin: 'http://127.0.0.1:1', status: 403 },
  'a page without an origin may change nothing': { origin: 'null', status: 403 },
  'deleting counts as changing': { method: 'DELETE', origin: 'https://evil.example', status: 403 },
  'reading is no business of this check': { method: 'GET', origin: 'https://evil.example', status: 200 },
}

for (const [fact, { method = 'POST', origin, status }] of Object.entries(requests)) {
  test(fact, async () => {
    const server = await serve(refusals(), originCheck(['https://idp.example']), hello)
    const host = `127.0.0.1:${server.port}`
    const answer = await server.raw('/', origin === undefined ? { host } : { host, origin: origin === 'own' ? server.base : origin }, method)

    expect(answer.status).toBe(status)
  })
}
