import { expect, test } from 'vitest'
import { isGoodCsrf, newCsrf } from '../../src/http/csrf.ts'

const secret = 'a secret of this process'
const token = newCsrf(secret, 'visit-1')

const answers: Record<string, { token: string | undefined; binding?: string; secret?: string; isGood: boolean }> = {
  'a token is good for the visit it was made for': { token, isGood: true },
  'a token is not good for another visit': { token, binding: 'visit-2', isGood: false },
  'a token of another secret is not good': { token: newCsrf('another', 'visit-1'), isGood: false },
  'a token with one letter changed is not good': { token: (token.startsWith('A') ? 'B' : 'A') + token.slice(1), isGood: false },
  'half a token is not good': { token: token.slice(0, 20), isGood: false },
  'no token is not good': { token: undefined, isGood: false },
  'an empty token is not good': { token: '', isGood: false },
}

for (const [fact, { token: given, binding = 'visit-1', isGood }] of Object.entries(answers)) {
  test(fact, () => expect(isGoodCsrf(secret, binding, given)).toBe(isGood))
}

test('a token is safe in a URL and in a form', () => expect(token).toMatch(/^[\w-]{43}$/))
