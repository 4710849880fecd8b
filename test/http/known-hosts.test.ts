import { expect, test } from 'vitest'
import { refusals } from '../../src/http/errors.ts'
import { knownHosts, loopbackHosts } from '../../src/http/known-hosts.ts'
import { hello, serve } from './serve.ts'

const allowed = [...loopbackHosts, 'idp.example', '2001:db8::1']

const hosts: Record<string, { host: string; path?: string; status: number }> = {
  'localhost is known at any port': { host: 'localhost:8400', status: 200 },
  'a host is known whatever its case': { host: 'LocalHost:8400', status: 200 },
  'the loopback address is known': { host: '127.0.0.1', status: 200 },
  'the IPv6 loopback address is known': { host: '[::1]:8400', status: 200 },
  'a host that was allowed is known': { host: 'idp.example', status: 200 },
  'an IPv6 address may be allowed without brackets': { host: '[2001:db8::1]:8400', status: 200 },
  'another name is misdirected': { host: 'evil.example:8400', status: 421 },
  'a name that begins like a known one is misdirected': { host: 'localhost.evil.example', status: 421 },
  'a name that ends like a known one is misdirected': { host: 'evil.idp.example', status: 421 },
  'another spelling of the loopback address is misdirected': { host: '127.1:8400', status: 421 },
  'a name behind user information is misdirected': { host: 'localhost@evil.example', status: 421 },
  'an empty host is misdirected': { host: '', status: 421 },
  'a port that is no number is misdirected': { host: 'localhost:http', status: 421 },
  'a request line that names a known host is served': { host: 'localhost', path: 'http://localhost:8400/', status: 200 },
  'a request line that names another host is misdirected': { host: 'localhost', path: 'http://evil.example/', status: 421 },
}

for (const [fact, { host, path = '/', status }] of Object.entries(hosts)) {
  test(fact, async () => {
    const server = await serve(refusals(), knownHosts(allowed), hello)
    const answer = await server.raw(path, { host })

    expect(answer.status).toBe(status)
  })
}

test('the refusal names the host and what to do', async () => {
  const server = await serve(refusals(), knownHosts(allowed), hello)
  const { text } = await server.raw('/', { host: 'evil.example' })

  expect(JSON.parse(text)).toEqual({ error: { code: 'unknown_host', message: expect.stringMatching(/"evil\.example".*localhost.*--allow-host/) } })
})

test('the refusal is readable where nothing turns refusals into responses', async () => {
  const server = await serve(knownHosts(allowed), hello)
  const answer = await server.raw('/', { host: 'evil.example' })

  expect(answer.status).toBe(421)
  expect(answer.text).toContain('does not answer for the host')
  expect(server.mistakes).toHaveLength(1)
})
