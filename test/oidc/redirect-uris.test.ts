import { describe, expect, test } from 'vitest'
import { isRegisteredRedirect } from '../../src/oidc/redirect-uris.ts'

const cases: Record<string, { registered: string[]; requested: string; isAllowed: boolean }> = {
  'an exact URI is allowed': { registered: ['https://app.example/cb'], requested: 'https://app.example/cb', isAllowed: true },
  'another path of a host is not': { registered: ['https://app.example/cb'], requested: 'https://app.example/cb2', isAllowed: false },
  'another port of a host is not': { registered: ['https://app.example/cb'], requested: 'https://app.example:444/cb', isAllowed: false },
  'a bare http://localhost allows any port': { registered: ['http://localhost'], requested: 'http://localhost:49152', isAllowed: true },
  'a bare http://localhost allows any path': { registered: ['http://localhost'], requested: 'http://localhost:3000/auth/callback', isAllowed: true },
  'a bare https://localhost allows any port and path': { registered: ['https://localhost'], requested: 'https://localhost:8443/app/callback', isAllowed: true },
  'http://localhost does not allow https': { registered: ['http://localhost'], requested: 'https://localhost:3000/cb', isAllowed: false },
  'http://localhost does not allow 127.0.0.1': { registered: ['http://localhost'], requested: 'http://127.0.0.1:3000/cb', isAllowed: false },
  'a loopback URI with a path allows any port of that path': { registered: ['http://127.0.0.1/cb'], requested: 'http://127.0.0.1:5000/cb', isAllowed: true },
  'a loopback URI with a path allows no other path': { registered: ['http://localhost/cb'], requested: 'http://localhost:5000/evil', isAllowed: false },
  'a name that begins like localhost is another host': { registered: ['http://localhost'], requested: 'http://localhost.evil.example/cb', isAllowed: false },
  'a name before an @ is no host': { registered: ['http://localhost'], requested: 'http://localhost@evil.example/cb', isAllowed: false },
  'user information is never allowed': { registered: ['http://localhost'], requested: 'http://user:pass@localhost/cb', isAllowed: false },
  'a fragment is never allowed': { registered: ['http://localhost'], requested: 'http://localhost/cb#x', isAllowed: false },
  'a script is never allowed': { registered: ['http://localhost'], requested: 'javascript:alert(1)', isAllowed: false },
  'what is no URI is not allowed': { registered: ['http://localhost'], requested: 'nonsense', isAllowed: false },
}

describe('a redirect URI', () => {
  test.each(Object.entries(cases))('%s', (_fact, { registered, requested, isAllowed }) => {
    expect(isRegisteredRedirect(registered, requested)).toBe(isAllowed)
  })
})
