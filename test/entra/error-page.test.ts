import { describe, expect, test } from 'vitest'
import { describeRefusal } from '../../src/entra/aadsts.ts'
import { codePage, pageError } from '../../src/entra/error-page.ts'
import type { Decision, PolicyStanding } from '../../src/policy/decision.ts'
import type { Refusal } from '../../src/sign-in/refusal.ts'

const standing = (id: string, displayName: string) => ({ id, displayName }) as PolicyStanding
const decision = {
  outcome: 'blocked',
  blocked: { by: 'block', policyIds: ['e1'] },
  policies: [standing('e2', 'MFA outside trusted locations'), standing('e1', 'Sales Hub only from trusted locations')],
} as unknown as Decision
const tenant = { displayName: 'Contoso', domain: 'contoso.example' }
const page = (refusal: Refusal, more: Partial<Parameters<typeof pageError>[2]> = {}) => pageError(
  refusal,
  describeRefusal(refusal, { surface: 'page', base: 'https://localhost:8443', traceId: 'trace', correlationId: 'correlation', now: 0 }),
  { tenant, ...more },
)

describe('the page of a refusal', () => {
  test('by policy names the code and the policies that stood against it, and no other', () => {
    expect(page({ code: 53003, decision, policyIds: ['e1'] })).toMatchObject({
      tenant, title: 'You cannot access this right now', code: 'AADSTS53003', policies: ['Sales Hub only from trusted locations'], links: [],
    })
  })

  test('by policy finds them in the decision where the refusal names none', () => {
    expect(page({ code: 53003, decision }).policies).toEqual(['Sales Hub only from trusted locations'])
  })

  test('tells what is known of the sign-in, and leaves out what is not', () => {
    const { details } = page({ code: 53000 }, { app: { displayName: 'Sales Hub', appId: 'a1' }, ipAddress: '203.0.113.9', device: { platform: 'iOS' } })

    expect(details).toEqual([
      { label: 'Error code', value: '53000' },
      { label: 'Request id', value: 'trace' },
      { label: 'Correlation id', value: 'correlation' },
      { label: 'Timestamp', value: '1970-01-01 00:00:00Z' },
      { label: 'App name', value: 'Sales Hub' },
      { label: 'App id', value: 'a1' },
      { label: 'IP address', value: '203.0.113.9' },
      { label: 'Device identifier', value: 'Not available' },
      { label: 'Device platform', value: 'iOS' },
      { label: 'Device state', value: 'Unregistered' },
    ])
  })

  const titles: Record<number, string> = {
    50011: "Sorry, but we're having trouble signing you in", 50105: "Sorry, but we're having trouble signing you in",
    53000: "You can't get there from here", 53001: "You can't get there from here", 530003: "You can't get there from here",
    53003: 'You cannot access this right now', 90094: 'Need admin approval', 50027: "Sorry, but we're having trouble signing you in",
  }
  for (const [code, title] of Object.entries(titles)) {
    test(`${code} is titled "${title}"`, () => expect(page({ code: Number(code) })).toMatchObject({ title, policies: [] }))
  }

  test('without words of its own says what the refusal says, and what to do', () => {
    const shown = page({ code: 50011, values: { redirectUri: 'https://evil.example', app: 'a1' } })

    expect(shown.message).toMatch(/^The redirect URI 'https:\/\/evil\.example' specified in the request does not match/)
    expect(shown.advice).not.toBeNull()
  })
})

test('a code can be looked up, apart from any sign-in', () => {
  expect(codePage(53003)).toMatchObject({ title: 'AADSTS53003', code: 'BlockedByConditionalAccess', message: 'A Conditional Access policy blocks token issuance.' })
  expect(codePage(1)).toBeNull()
})
