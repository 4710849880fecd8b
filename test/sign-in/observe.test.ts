import { describe, expect, test } from 'vitest'
import { observe } from '../../src/sign-in/describe.ts'
import { BadSignals } from '../../src/sign-in/signals-syntax.ts'

const plain = { trustProxy: false, simulation: true } as const

describe('the address a request comes from', () => {
  const proxy = '10.0.0.1'
  const cases: Record<string, { socket: string; forwarded?: string; trust: boolean | number; address: string }> = {
    'is the socket\'s': { socket: '203.0.113.9', trust: false, address: '203.0.113.9' },
    'is IPv4 where the socket maps it into IPv6': { socket: '::ffff:203.0.113.9', trust: false, address: '203.0.113.9' },
    'has no zone': { socket: 'fe80::1%eth0', trust: false, address: 'fe80::1' },
    'is not what a stranger says he forwards': { socket: proxy, forwarded: '198.51.100.10', trust: false, address: proxy },
    'is what one trusted proxy saw': { socket: proxy, forwarded: '198.51.100.10, 203.0.113.9', trust: 1, address: '203.0.113.9' },
    'is what the outer of two trusted proxies saw': { socket: proxy, forwarded: '1.1.1.1, 198.51.100.10, 10.0.0.2', trust: 2, address: '198.51.100.10' },
    'is the first of all where every proxy is trusted': { socket: proxy, forwarded: '198.51.100.10, 10.0.0.2', trust: true, address: '198.51.100.10' },
    'is the first where fewer proxies than expected were passed': { socket: proxy, forwarded: '198.51.100.10', trust: 3, address: '198.51.100.10' },
    'is read without its port': { socket: proxy, forwarded: '198.51.100.10:50000', trust: 1, address: '198.51.100.10' },
    'is read without brackets': { socket: proxy, forwarded: '[2001:db8::7]:443', trust: 1, address: '2001:db8::7' },
    'is the socket\'s where a trusted proxy forwards nonsense': { socket: proxy, forwarded: 'unknown', trust: 1, address: proxy },
  }
  test.each(Object.entries(cases))('%s', (_fact, { socket, forwarded, trust, address }) => {
    expect(observe({ socketAddress: socket, forwardedFor: forwarded }, { trustProxy: trust, simulation: true }).ipAddress).toBe(address)
  })
})

describe('the platform a request claims', () => {
  const agents: Record<string, [agent: string, platform: string | null]> = {
    'Windows': ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36', 'windows'],
    'a Mac': ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15', 'macOS'],
    'Linux': ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'linux'],
    'an iPhone, though it says Mac OS X too': ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15', 'iOS'],
    'an iPad': ['Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X)', 'iOS'],
    'Android, though it says Linux too': ['Mozilla/5.0 (Linux; Android 14; Pixel 8)', 'android'],
    'a Windows phone, though it says Android too': ['Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950)', 'windowsPhone'],
    'Chrome OS has no name in a policy': ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', null],
    'a program says nothing': ['node', null],
  }
  test.each(Object.entries(agents))('%s', (_fact, [userAgent, platform]) => {
    expect(observe({ socketAddress: '::1', userAgent }, plain).platform).toBe(platform)
  })

  test('a client hint outweighs the user agent', () => {
    const seen = observe({ socketAddress: '::1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', clientHints: { platform: '"Windows"' } }, plain)
    expect(seen.platform).toBe('windows')
  })

  test('an empty hint says nothing', () => {
    expect(observe({ socketAddress: '::1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', clientHints: { platform: '' } }, plain).platform).toBe('linux')
  })
})

describe('what a request simulates', () => {
  const request = { socketAddress: '127.0.0.1', mockSignals: 'ipAddress=203.0.113.9', browserCookie: encodeURIComponent('{"platform":"iOS"}') }

  test('header and browser are kept apart, and apart from what is real', () => {
    expect(observe(request, plain)).toMatchObject({ ipAddress: '127.0.0.1', header: { ipAddress: '203.0.113.9' }, browser: { platform: 'iOS' } })
  })

  test('without simulation neither counts, nor is a bad header refused', () => {
    expect(observe({ ...request, mockSignals: 'nonsense' }, { trustProxy: false, simulation: false })).toMatchObject({ header: {}, browser: {} })
  })

  test('a bad header is refused', () => {
    expect(() => observe({ ...request, mockSignals: 'platform=amiga' }, plain)).toThrow(BadSignals)
  })
})

test('a sign-in keeps the id the client gave it, and gets one where that is no GUID', () => {
  const id = '9F0B3B5E-0000-4000-8000-000000000001'
  expect(observe({ socketAddress: '::1', correlationId: id }, plain).correlationId).toBe(id)
  expect(observe({ socketAddress: '::1', correlationId: 'x\r\ny' }, plain).correlationId).toMatch(/^[0-9a-f-]{36}$/)
})
