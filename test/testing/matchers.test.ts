import { describe, expect, test } from 'vitest'
import { judgementOf } from '../../src/testing/judgement.ts'
import { matchers } from '../../src/testing/matchers.ts'
import { places, useMock } from '../support/mock.ts'

const server = useMock()
const story = 'Sales Hub only from trusted locations'

async function signedIn(user: string, from: string, more: object = {}) {
  const sandbox = await server.mock.sandbox()
  const answer = await sandbox.signIn({ user, client: 'Sales Hub', signals: { ipAddress: from }, ...more })

  return { answer, row: sandbox.signIns().at(-1), decision: answer.why }
}

const facts: Record<string, { user: string; from: string; more?: object; passes: readonly (readonly [keyof typeof matchers, string?])[]; fails: readonly (readonly [keyof typeof matchers, string?])[] }> = {
  'alice at the office is granted': {
    user: 'alice', from: places.office,
    passes: [['toBeGranted']],
    fails: [['toBeBlockedBy', story], ['toBeBlockedBy'], ['toNeed', 'mfa']],
  },
  'alice in the café is blocked, by one policy and no other': {
    user: 'alice', from: places.cafe,
    passes: [['toBeBlockedBy', story], ['toBeBlockedBy'], ['toBeBlockedBy', 'c0ffee00-0000-4000-8000-0000000000e1']],
    fails: [['toBeGranted'], ['toBeBlockedBy', 'MFA outside trusted locations'], ['toBeBlockedBy', 'No such policy'], ['toNeed', 'mfa']],
  },
  'dave in the café needs a second factor': {
    user: 'dave', from: places.cafe,
    passes: [['toNeed', 'mfa']],
    fails: [['toBeGranted'], ['toNeed', 'register'], ['toBeBlockedBy', story]],
  },
  'dave in the café with a code is granted': {
    user: 'dave', from: places.cafe, more: { oneTimeCode: true },
    passes: [['toBeGranted']],
    fails: [['toNeed', 'mfa']],
  },
}

describe.each(['answer', 'row', 'decision'] as const)('read in the %s', (where) => {
  test.each(Object.entries(facts))('%s', async (_, { user, from, more, passes, fails }) => {
    const { [where]: seen } = await signedIn(user, from, more)
    const ask = ([matcher, said]: readonly [keyof typeof matchers, string?]) => [matcher, said, matchers[matcher](seen, said as never).pass]

    expect(passes.map(ask).filter(([, , pass]) => !pass)).toEqual([])
    expect(fails.map(ask).filter(([, , pass]) => pass)).toEqual([])
  })
})

test('a failure says every policy\'s reason, those that decided first', async () => {
  const { answer } = await signedIn('alice', places.cafe)
  const lines = matchers.toBeGranted(answer).message().split('\n')

  expect(lines[0]).toMatch(/^Expected the sign-in to be granted\. It was blocked, AADSTS53003: Access /)
  expect(lines[1]).toMatch(new RegExp(`^ {2}✗ ${story}: failure\\. \\S.*`))
  expect(lines).toHaveLength(7)
  expect(lines.slice(1).every((line) => /^ {2}[✗✓·] [^:]+: \w+\. \S/.test(line))).toBe(true)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(400)
})

test('a failure names what is needed instead, and a policy that is not there', async () => {
  const { answer } = await signedIn('dave', places.cafe)

  expect(matchers.toNeed(answer, 'register').message()).toMatch(/^Expected the sign-in to need register\. It was interrupted, AADSTS50074: Strong authentication is required\. It needs mfa\.\n/)
  expect(matchers.toBeBlockedBy(answer, 'Sales Hut').message()).toMatch(/^[^\n]*There is no policy "Sales Hut" in this tenant\.\n/)
})

test('a failed row of the log names the policy and its condition', async () => {
  const { row } = await signedIn('alice', places.cafe)

  expect(matchers.toBeGranted(row).message()).toMatch(new RegExp(`It was blocked, AADSTS53003: .*\\n {2}✗ ${story}: failure\\. It wants Block\\.`, 'i'))
})

test('what was expected not to be says so', async () => {
  const { answer } = await signedIn('alice', places.office)

  expect(matchers.toBeGranted(answer).message()).toMatch(/^Expected the sign-in not to be granted\. It was granted\./)
})

test('a wrong password is no matter of policy', async () => {
  const { answer, row } = await signedIn('alice', places.office, { password: 'wrong' })

  expect([judgementOf(answer).outcome, judgementOf(row).outcome]).toEqual(['failed', 'failed'])
  expect(matchers.toBeGranted(answer).message()).toMatch(/^Expected the sign-in to be granted\. It failed, AADSTS50126: Error /)
})

test.each([undefined, null, 'granted', {}, Promise.resolve()])('%o is no sign-in', (value) => {
  expect(() => matchers.toBeGranted(value)).toThrow(/no sign-in/)
})
